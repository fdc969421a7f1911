"""Know what Home Assistant has and no plugin here offers, and what can be written instead.

A rule that uses such a part is read with a warning: people bring files of a house in which other
integrations live. A name that is only misspelt is an error, as ever.
"""

from __future__ import annotations

import difflib
from collections.abc import Iterable
from dataclasses import dataclass

_NEAR = 0.8

_STATE = "Take `trigger: state` or `trigger: numeric_state` on the entity"
_EVENT = "Take `trigger: event` with the event that the integration fires, or `trigger: mqtt`"

_TRIGGERS = {
    "calendar": "Take `trigger: state` on the calendar's entity with `to: 'on'`",
    "conversation": "Let the assistant publish what it heard, and take `trigger: mqtt`",
    "device": "Take `trigger: state` on the device's entity, or `trigger: mqtt` for a button",
    "geo_location": "Take `trigger: zone` or `trigger: state` on the entity",
    "knx": _EVENT,
    "litejet": _EVENT,
    "persistent_notification": "Take `trigger: event`",
    "tag": "Take `trigger: event` with `event_type: tag_scanned`",
    "time": "Take `trigger: time_pattern` with the same keys",
    "webhook": "Let the sender publish to a topic, and take `trigger: mqtt`",
    "zone": "Take `trigger: state` on the person with `to: home`",
}
_CONDITIONS = {
    "device": "Take `condition: state` or `condition: numeric_state` on the device's entity",
    "zone": "Take `condition: state` on the person with `state: home`",
}
_ACTIONS = {"device_id": "Call a service on the entity: `action: light.turn_on` with `target:`"}

# Without its plugin such a name is an error like any other; the hint is for old forms of it.
_OFTEN_HERE = ("time",)
_KNOWN = {"trigger": _TRIGGERS, "condition": _CONDITIONS, "action": _ACTIONS}
_DOTTED = {"trigger": f"{_STATE}. {_EVENT}", "condition": "Take `condition: state` or `condition: template`"}
_DOES = {
    "trigger": "it never fires",
    "condition": "it can't be told whether it holds",
    "action": "a run that comes to it fails",
}


@dataclass(frozen=True, slots=True)
class Absence:
    """What to say of a part that only another system has."""

    problem: str
    hint: str


def lacking(what: str, name: str, thing: str) -> Absence | None:
    """Return what to say of a `thing` that a kind is asked for and can't do."""
    if not thing:
        return None
    return Absence(f"no plugin offers {thing}, so {_DOES[what]}", _KNOWN[what].get(name, ""))


def absence(what: str, name: str, offered: Iterable[str]) -> Absence | None:
    """Return what to say of a trigger, condition or action that Home Assistant has and nobody here offers.

    None if the name means nothing to Home Assistant either, or is a misspelling of one that is `offered`.
    """
    hint = _KNOWN[what].get(name) if name not in _OFTEN_HERE else None
    if hint is None and "." in name and what in _DOTTED:
        near = difflib.get_close_matches(name, [other for other in offered if "." in other], 1, _NEAR)
        hint = None if near else _DOTTED[what]
    if hint is None:
        return None
    return Absence(f"no plugin offers the {what} {name!r}, so {_DOES[what]}", hint)


def elsewhere(what: str) -> Iterable[str]:
    """Return the names without a dot that only Home Assistant has for triggers, conditions or actions."""
    return _KNOWN[what]
