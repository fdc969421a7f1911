"""What a run knows comes back from JSON as it was."""

from __future__ import annotations

import json
import math
from ast import literal_eval
from datetime import UTC, date, datetime, time, timedelta, timezone
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hub.core.cause import Cause
from hub.core.events import Event
from hub.core.frozen import freeze, freeze_cause, thaw, thaw_cause
from hub.core.state import State

SCALARS = (
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text() | st.binary()
    | st.datetimes(timezones=st.just(UTC)) | st.dates() | st.times() | st.timedeltas()
)  # fmt: skip
HASHABLE = st.text() | st.integers() | st.just("$")
VALUES = st.recursive(
    SCALARS,
    lambda inner: (
        st.lists(inner) | st.tuples(inner, inner) | st.dictionaries(HASHABLE, inner) | st.frozensets(HASHABLE)
    ),
    max_leaves=20,
)


def there_and_back(value):
    return thaw(json.loads(json.dumps(freeze(value))), literal_eval)


@given(VALUES)
def test_every_value_comes_back(value):
    assert there_and_back(value) == value


@pytest.mark.parametrize(
    "value",
    [
        datetime(2024, 10, 27, 2, 30, tzinfo=ZoneInfo("Europe/Berlin"), fold=1),
        datetime(2024, 5, 6, tzinfo=timezone(timedelta(hours=3))),
        date(2024, 2, 29), time(2, 30), timedelta(days=-1), math.inf, -math.inf, (1, (2,)), {1: {"$": 2}},
    ],
)  # fmt: skip
def test_times_and_odd_things_come_back(value):
    back = there_and_back(value)
    assert (back, type(back)) == (value, type(value))


def test_a_zone_comes_back_with_its_rules():
    back = there_and_back(datetime(2024, 3, 30, 12, tzinfo=ZoneInfo("Europe/Berlin")))
    assert (back + timedelta(days=1)).utcoffset() == timedelta(hours=2)


def test_a_state_comes_back_with_its_cause():
    state = State("light.a", "on", {"rgb": (1, 2, 3)}, 1.0, 2.0, 3.0, Cause(origin="automation.x"))
    back = there_and_back(state)
    assert (back.entity_id, back.state, back.attributes) == ("light.a", "on", {"rgb": (1, 2, 3)})
    assert (back.changed, back.updated, back.reported) == (1.0, 2.0, 3.0)
    assert (back.cause.id, back.cause.origin) == (state.cause.id, "automation.x")


def test_an_event_and_a_chain_of_causes_come_back():
    cause = Cause(Cause(user_id="u", origin="first"), origin="second")
    back = there_and_back(Event("go", {"n": [1]}, cause, 5.0))
    assert (back.event_type, back.data, back.fired) == ("go", {"n": [1]}, 5.0)
    assert [(link.id, link.user_id, link.origin) for link in back.cause.chain()] == [
        (link.id, link.user_id, link.origin) for link in cause.chain()
    ]
    assert back.cause.depth == 1
    assert thaw_cause(freeze_cause(None)).depth == 0


def test_what_has_no_form_is_its_text_and_what_goes_round_ends():
    endless: list[object] = []
    endless.append(endless)
    assert json.dumps(freeze(endless))
    assert freeze(object()).startswith("<object")
