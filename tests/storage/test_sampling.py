"""A plot of few points shows every peak and every dip."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from hub.storage.sampling import extremes, latest, number, numbers

VALUES = st.lists(st.floats(-1e9, 1e9), min_size=1, max_size=400)


@given(VALUES, st.integers(4, 120), st.data())
def test_the_extremes_the_first_and_the_last_are_among_the_points(values, most, data):
    gaps = data.draw(st.lists(st.floats(0.001, 1000), min_size=len(values), max_size=len(values)))
    times = [sum(gaps[: at + 1]) for at in range(len(values))]

    chosen = extremes(times, values, most)

    assert len(chosen) <= max(most, min(len(values), most))
    assert chosen == sorted(set(chosen))
    assert {0, len(values) - 1} <= set(chosen)
    assert min(values[at] for at in chosen) == min(values)
    assert max(values[at] for at in chosen) == max(values)


@given(st.lists(st.integers(0, 3), min_size=1, max_size=300), st.integers(1, 50))
def test_of_texts_the_latest_stay(steps, most):
    times = [float(sum(steps[: at + 1])) for at in range(len(steps))]
    chosen = latest(times, most)
    assert 1 <= len(chosen) <= most
    assert chosen[-1] == len(times) - 1


def test_numbers_are_finite():
    assert numbers(["1", "2.5", "-3e2"]) == [1, 2.5, -300]
    assert numbers(["1", "unavailable", None, "nan", "inf"]) == [1, None, None, None, None]
    assert numbers(["nan", "1"]) == [None, 1]
    assert number("on") is None
