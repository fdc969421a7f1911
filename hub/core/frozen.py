"""Turn the values of a run into what JSON can hold, and back again.

JSON has no times, sets or states; such a value becomes a mapping with the key `$` that names its type.
"""

from __future__ import annotations

import math
from base64 import b64decode, b64encode
from collections.abc import Callable, Mapping, Set
from datetime import date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from hub.core.cause import Cause
from hub.core.events import Event
from hub.core.state import State

TYPE = "$"
# What is nested deeper than any template gives is kept as text.
_DEEPEST = 32
_LONGEST_CHAIN = 50

Spell = Callable[[str], Any]
"""Makes the value that a text spells, for containers that remember the text they came from."""


def freeze(value: Any, depth: int = _DEEPEST) -> Any:
    """Return `value` as plain data; what has no form of its own becomes its text."""
    if value is None or isinstance(value, (bool, int)):
        return value
    if isinstance(value, str):
        return str(value)
    if isinstance(value, float):
        return value if math.isfinite(value) else {TYPE: "float", "text": repr(value)}
    if depth <= 0:
        return str(value)
    rendered = getattr(value, "rendered", None)
    if isinstance(rendered, str):
        return {TYPE: "spelt", "text": rendered}
    if isinstance(value, list):
        return [freeze(item, depth - 1) for item in value]
    if isinstance(value, Mapping):
        return _mapping(value, depth)
    return _tagged(value, depth)


def thaw(data: Any, spell: Spell) -> Any:
    """Return the value that `freeze` was given."""
    if isinstance(data, list):
        return [thaw(item, spell) for item in data]
    if not isinstance(data, Mapping):
        return data
    kind = data.get(TYPE)
    if kind is None:
        return {name: thaw(item, spell) for name, item in data.items()}
    return _THAWED[kind](data, spell)


def freeze_cause(cause: Cause | None) -> list[list[str | None]]:
    """Return the links of a chain, the latest first."""
    links = cause.chain()[:_LONGEST_CHAIN] if cause is not None else []
    return [[link.id, link.user_id, link.origin] for link in links]


def thaw_cause(links: list[list[str | None]]) -> Cause:
    cause: Cause | None = None
    for id_, user_id, origin in reversed(links):
        cause = Cause(cause, user_id=user_id, origin=origin or "", id=id_ or "")
    return cause if cause is not None else Cause()


def _mapping(value: Mapping[Any, Any], depth: int) -> dict[str, Any]:
    if TYPE not in value and all(isinstance(name, str) for name in value):
        return {str(name): freeze(item, depth - 1) for name, item in value.items()}
    pairs = [[freeze(name, depth - 1), freeze(item, depth - 1)] for name, item in value.items()]
    return {TYPE: "dict", "pairs": pairs}


def _tagged(value: Any, depth: int) -> Any:
    if isinstance(value, (tuple, Set)):
        kind = "tuple" if isinstance(value, tuple) else "set"
        return {TYPE: kind, "items": [freeze(item, depth - 1) for item in value]}
    if isinstance(value, (datetime, date, time)):
        return _moment(value)
    if isinstance(value, timedelta):
        return {TYPE: "timedelta", "parts": [value.days, value.seconds, value.microseconds]}
    if isinstance(value, (bytes, bytearray)):
        return {TYPE: "bytes", "text": b64encode(value).decode()}
    if isinstance(value, State):
        return _state(value, depth)
    if isinstance(value, Cause):
        return {TYPE: "cause", "links": freeze_cause(value)}
    if isinstance(value, Event):
        return {
            TYPE: "event",
            "type": value.event_type,
            "data": freeze(value.data, depth - 1),
            "fired": value.fired,
            "links": freeze_cause(value.cause),
        }
    return str(value)


def _moment(value: datetime | date | time) -> dict[str, str]:
    zone = getattr(getattr(value, "tzinfo", None), "key", "")
    kind = next(kind for kind in (datetime, date, time) if isinstance(value, kind))
    return {TYPE: kind.__name__, "text": value.isoformat(), **({"zone": zone} if zone else {})}


def _state(state: State, depth: int) -> dict[str, Any]:
    return {
        TYPE: "state",
        "entity_id": state.entity_id,
        "state": state.state,
        "attributes": freeze(state.attributes, depth - 1),
        "times": [state.changed, state.updated, state.reported],
        "links": freeze_cause(state.cause),
    }


def _thaw_state(data: Any, spell: Spell) -> State:
    changed, updated, reported = data["times"]
    attributes = thaw(data["attributes"], spell)
    cause = thaw_cause(data["links"]) if data["links"] else None
    return State(data["entity_id"], data["state"], attributes, changed, updated, reported, cause)


def _thaw_event(data: Any, spell: Spell) -> Event:
    cause = thaw_cause(data["links"]) if data["links"] else None
    return Event(data["type"], thaw(data["data"], spell), cause, data["fired"])


def _thaw_datetime(data: Any, spell: Spell) -> datetime:
    moment = datetime.fromisoformat(data["text"])
    return moment.astimezone(ZoneInfo(data["zone"])) if data.get("zone") else moment


_THAWED: Mapping[str, Callable[[Any, Spell], Any]] = {
    "float": lambda data, spell: float(data["text"]),
    "spelt": lambda data, spell: spell(data["text"]),
    "dict": lambda data, spell: {thaw(name, spell): thaw(item, spell) for name, item in data["pairs"]},
    "tuple": lambda data, spell: tuple(thaw(item, spell) for item in data["items"]),
    "set": lambda data, spell: {thaw(item, spell) for item in data["items"]},
    "datetime": _thaw_datetime,
    "date": lambda data, spell: date.fromisoformat(data["text"]),
    "time": lambda data, spell: time.fromisoformat(data["text"]),
    "timedelta": lambda data, spell: timedelta(*data["parts"]),
    "bytes": lambda data, spell: b64decode(data["text"]),
    "state": _thaw_state,
    "cause": lambda data, spell: thaw_cause(data["links"]),
    "event": _thaw_event,
}
