"""Know what Home Assistant has and no plugin here offers, and what can be written instead.

A rule that uses such a part is read with a warning: people bring files of a house in which other
integrations live. A name that is only misspelt is an error, as ever.
"""

from __future__ import annotations

import difflib
import re
from collections.abc import Container, Iterable
from dataclasses import dataclass

_NEAR = 0.8
_NAME = re.compile(r"[a-z][a-z0-9_]*")

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
# What every house has. Where one of these is missing, a plugin of the hub itself was taken away.
_EVERYWHERE = frozenset({
    "and", "event", "homeassistant", "mqtt", "not", "numeric_state", "or", "state", "sun", "template",
    "time", "time_pattern", "trigger",
})  # fmt: skip
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


def unheard_of(what: str, name: str, offered: Iterable[str], integrations: Container[str]) -> Absence | None:
    """Return what to say of a trigger or condition that may be of an integration that is not here.

    None if it is a misspelling of one that is `offered`, and for actions, whose names are a closed list.
    """
    if what not in _DOTTED or name in _EVERYWHERE or not _NAME.fullmatch(name):
        return None
    known = sorted(offered)
    if name not in integrations and difflib.get_close_matches(name, known, 1, _NEAR):
        return None
    near = difflib.get_close_matches(name, known, 1)
    hint = f"Did you mean {near[0]!r}?" if near else f"There are: {', '.join(known)}"
    return Absence(f"no plugin offers the {what} {name!r}, so {_DOES[what]}", hint)


def elsewhere(what: str) -> Iterable[str]:
    """Return the names without a dot that only Home Assistant has for triggers, conditions or actions."""
    return _KNOWN[what]
