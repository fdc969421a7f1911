"""What a list of MQTT filters allows, against an oracle that tries every topic."""

from __future__ import annotations

from itertools import product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hub.broker.topics import matches
from hub.registry import Rights, covers, expand

# "other" stands for all the words that no filter names.
WORDS = ("a", "b", "", "$s", "other")
TOPICS = ["/".join(levels) for size in range(1, 6) for levels in product(WORDS, repeat=size)]
LEVELS = st.lists(st.sampled_from(["a", "b", "", "$s", "+"]), min_size=1, max_size=3)
FILTERS = st.one_of(
    LEVELS.map("/".join), LEVELS.map(lambda levels: "/".join([*levels, "#"])), st.just("#")
).filter(bool)


def covers_by_trying(grant: str, filter: str) -> bool:
    return all(matches(grant, topic) for topic in TOPICS if matches(filter, topic))


@given(FILTERS, FILTERS)
def test_a_filter_covers_another_exactly_when_it_matches_all_its_topics(grant: str, filter: str) -> None:
    assert covers(grant, filter) == covers_by_trying(grant, filter)


@pytest.mark.parametrize(
    ("grant", "filter"),
    [
        ("a/#", "a"),
        ("a/#", "a/#"),
        ("a/#", "a/+/b"),
        ("a/+", "a/b"),
        ("+/+", "a/+"),
        ("#", "+/a/#"),
        ("+/#", "#"),
        ("$SYS/#", "$SYS/broker/+"),
        ("/a", "/a"),
    ],
)
def test_a_wider_filter_covers_a_narrower_one(grant: str, filter: str) -> None:
    assert covers(grant, filter)


@pytest.mark.parametrize(
    ("grant", "filter"),
    [
        ("a/+", "a/#"),
        ("a/+", "a"),
        ("a/+/#", "a/#"),
        ("sensors/+", "sensors/#"),
        ("a/b", "a/+"),
        ("a/b", "#"),
        ("#", "$SYS/#"),
        ("+/x", "$SYS/x"),
        ("+/#", "$SYS/#"),
        ("a", "a/"),
    ],
)
def test_a_filter_never_covers_more_than_it_matches(grant: str, filter: str) -> None:
    assert not covers(grant, filter)


def test_placeholders_become_the_names_of_the_client() -> None:
    assert expand("home/%u/%c/#", "ann", "phone") == "home/ann/phone/#"


@pytest.mark.parametrize("name", ["", "#", "+", "a/b", "x+", "$SYS"])
def test_a_name_that_would_widen_the_filter_gives_no_right(name: str) -> None:
    assert expand("home/%c/#", "ann", name) is None


def test_a_name_that_looks_like_a_placeholder_is_taken_as_it_is() -> None:
    assert expand("home/%c", "ann", "%u") == "home/%u"


def test_a_dangerous_name_leaves_the_filters_without_placeholders() -> None:
    rights = Rights(publish=("home/%c", "open/#"), subscribe=("%c/#",)).of("ann", "#")

    assert rights == Rights(publish=("open/#",))


def test_no_filters_allow_nothing() -> None:
    rights = Rights()

    assert not rights.may_publish("a")
    assert not rights.may_subscribe("a")
    assert not rights.may_receive("a")


def test_a_subscription_needs_one_grant_that_covers_all_of_it() -> None:
    rights = Rights(subscribe=("a", "a/+/#"))

    assert not rights.may_subscribe("a/#")
    assert rights.may_receive("a")
    assert rights.may_receive("a/b/c")


def test_a_right_to_everything_leaves_out_the_topics_of_the_server() -> None:
    rights = Rights(publish=("#",), subscribe=("#",))

    assert rights.may_subscribe("#")
    assert not rights.may_subscribe("$SYS/#")
    assert not rights.may_receive("$SYS/uptime")
    assert not rights.may_publish("$SYS/uptime")
