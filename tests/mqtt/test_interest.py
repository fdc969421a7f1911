"""What is subscribed at a server: all that is wanted, none of it twice."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from hub.mqtt.interest import Interest
from hub.registry import covers

LEVELS = st.lists(st.sampled_from(["a", "b", "$s", "+"]), min_size=1, max_size=3)
FILTERS = st.one_of(LEVELS.map("/".join), LEVELS.map(lambda levels: "/".join([*levels, "#"])), st.just("#"))
STEPS = st.lists(st.tuples(FILTERS, st.sampled_from(["add", "add", "remove", "refuse"])), max_size=25)


def follow(steps: list[tuple[str, str]]) -> tuple[Interest, list[str], set[str]]:
    interest = Interest()
    wanted: list[str] = []
    refused: set[str] = set()
    for filter, step in steps:
        if step == "add":
            interest.add(filter, 1)
            wanted.append(filter)
        elif step == "remove" and filter in wanted:
            interest.remove(filter, 1)
            wanted.remove(filter)
        elif step == "refuse" and filter in interest.chosen:
            interest.refuse(filter)
            refused.add(filter)
    return interest, wanted, refused


@given(STEPS)
def test_everything_wanted_is_covered_by_something_chosen(steps: list[tuple[str, str]]) -> None:
    interest, wanted, refused = follow(steps)

    left = {filter for filter in wanted if not any(covers(wide, filter) for wide in interest.chosen)}

    assert left <= refused


@given(STEPS)
def test_nothing_chosen_covers_another(steps: list[tuple[str, str]]) -> None:
    interest, _, _ = follow(steps)

    chosen = list(interest.chosen)

    assert not [
        (wide, narrow) for wide in chosen for narrow in chosen if wide != narrow and covers(wide, narrow)
    ]


@given(STEPS)
def test_only_what_is_wanted_and_not_refused_is_chosen(steps: list[tuple[str, str]]) -> None:
    interest, wanted, refused = follow(steps)

    assert set(interest.chosen) <= set(wanted) - refused
    assert interest.asking <= set(interest.chosen)


@given(STEPS)
def test_with_a_new_server_everything_is_asked_for_again(steps: list[tuple[str, str]]) -> None:
    interest, wanted, _ = follow(steps)

    interest.begin()

    assert interest.asking == set(interest.chosen)
    assert all(any(covers(wide, filter) for wide in interest.chosen) for filter in wanted)


def test_what_is_wanted_again_is_asked_for_again() -> None:
    interest = Interest()
    interest.add("a/#", 0)
    interest.asking.clear()

    interest.add("a/b", 0)

    assert interest.asking == {"a/#"}


def test_the_highest_quality_of_service_is_taken_over() -> None:
    interest = Interest()
    interest.add("a/b", 2)
    interest.add("a/+", 0)
    interest.add("a/c", 1)

    assert interest.chosen == {"a/+": 2}


def test_a_long_row_of_wildcards_is_no_trouble() -> None:
    interest = Interest()
    filter = "/".join("+" * 200)
    interest.add(filter, 0)

    interest.add(filter + "/a", 0)

    assert len(interest.chosen) == 2
