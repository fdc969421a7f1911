"""Filters match topics as a naive reading of the standard says, in every structure that matches."""

from __future__ import annotations

import itertools

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hub.broker.topics import Shared, check_filter, matches, parse_shared
from hub.broker.trie import FilterTrie, TopicTrie
from hub.broker.wire import ProtocolError

WORDS = ["a", "b", "", "$x", "A"]
TOPICS = st.lists(st.sampled_from(WORDS), min_size=1, max_size=5).map("/".join).filter(bool)
FILTERS = st.builds(
    lambda levels, end: "/".join([*levels, *end]),
    st.lists(st.sampled_from([*WORDS, "+", "+"]), max_size=5),
    st.sampled_from([[], ["#"]]),
).filter(bool)


def naive(filter: list[str], topic: list[str]) -> bool:
    """Match by the words of 4.7.1, without a thought for speed."""
    if filter == ["#"]:
        return True
    if not filter or not topic:
        return filter == topic
    return (filter[0] in ("+", topic[0])) and naive(filter[1:], topic[1:])


def oracle(filter: str, topic: str) -> bool:
    if topic[0] == "$" and filter[0] in "+#":
        return False
    return naive(filter.split("/"), topic.split("/"))


@pytest.mark.parametrize(
    ("filter", "topic", "wanted"),
    [
        ("sport/tennis/player1/#", "sport/tennis/player1", True),
        ("sport/tennis/player1/#", "sport/tennis/player1/ranking", True),
        ("sport/tennis/player1/#", "sport/tennis/player1/score/wimbledon", True),
        ("sport/#", "sport", True),
        ("sport/tennis/+", "sport/tennis/player1", True),
        ("sport/tennis/+", "sport/tennis/player1/ranking", False),
        ("sport/+", "sport", False),
        ("sport/+", "sport/", True),
        ("+/+", "/finance", True),
        ("/+", "/finance", True),
        ("+", "/finance", False),
        ("#", "$SYS/monitor", False),
        ("+/monitor/Clients", "$SYS/monitor/Clients", False),
        ("$SYS/#", "$SYS/monitor", True),
        ("$SYS/monitor/+", "$SYS/monitor/Clients", True),
        ("a/+", "a/$b", True),
        ("ACCOUNTS", "Accounts", False),
        ("/finance", "finance", False),
    ],
)
def test_matches_the_examples_of_the_standard(filter: str, topic: str, wanted: bool) -> None:
    assert matches(filter, topic) is wanted
    assert oracle(filter, topic) is wanted


@given(FILTERS, TOPICS)
def test_agrees_with_the_naive_oracle(filter: str, topic: str) -> None:
    assert matches(filter, topic) is oracle(filter, topic)


@given(st.lists(FILTERS, max_size=12), st.lists(FILTERS, max_size=6), TOPICS)
def test_the_trie_of_filters_agrees_with_the_oracle(
    filters: list[str], removed: list[str], topic: str
) -> None:
    trie: FilterTrie[str] = FilterTrie()
    for filter in filters:
        trie.add(filter, filter)
    for filter in removed:
        trie.remove(filter, filter)

    found = trie.match(topic.split("/"))

    left = {filter for filter in filters if filter not in removed}
    assert sorted(found) == sorted(filter for filter in left if oracle(filter, topic))


@given(st.sets(TOPICS, max_size=12), st.sets(TOPICS, max_size=6), FILTERS)
def test_the_trie_of_topics_agrees_with_the_oracle(topics: set[str], removed: set[str], filter: str) -> None:
    trie: TopicTrie[str] = TopicTrie()
    for topic in topics:
        trie.set(topic, topic)
    for topic in removed:
        trie.remove(topic)

    found = trie.match(filter)

    assert sorted(found) == sorted(topic for topic in topics - removed if oracle(filter, topic))


@given(st.lists(FILTERS, max_size=12))
def test_an_emptied_trie_keeps_nothing(filters: list[str]) -> None:
    trie: FilterTrie[str] = FilterTrie()
    for filter in filters:
        trie.add(filter, filter)
    for filter in filters:
        trie.remove(filter, filter)
    assert not trie._root.children


@pytest.mark.parametrize("filter", ["", "a/#/b", "a#", "#a", "a/b+", "+a/b", "##", "a/++"])
def test_refuses_a_filter(filter: str) -> None:
    with pytest.raises(ProtocolError):
        check_filter(filter)


def test_takes_a_shared_subscription_apart() -> None:
    assert parse_shared("$share/workers/a/+/#") == Shared("workers", "a/+/#")
    assert parse_shared("a/b") is None


@pytest.mark.parametrize(
    "filter", ["$share/", "$share//a", "$share/g", "$share/g/", "$share/+/a", "$share/g/a#"]
)
def test_refuses_a_shared_subscription(filter: str) -> None:
    with pytest.raises(ProtocolError):
        parse_shared(filter)


@given(st.sets(TOPICS, max_size=8), st.sets(TOPICS, max_size=8), st.integers(0, 8), FILTERS)
def test_topics_may_come_and_go_while_the_trie_is_asked(
    topics: set[str], others: set[str], after: int, filter: str
) -> None:
    trie: TopicTrie[str] = TopicTrie()
    for topic in topics:
        trie.set(topic, topic)

    asked = trie.match(filter)
    found = list(itertools.islice(asked, after))
    for topic in others & topics:
        trie.remove(topic)
    for topic in others - topics:
        trie.set(topic, topic)
    found += asked

    stayed = {topic for topic in topics - others if oracle(filter, topic)}
    ever = {topic for topic in topics | others if oracle(filter, topic)}
    assert len(found) == len(set(found))
    assert stayed <= set(found) <= ever
