"""The topics of devices and registries: which way each goes, which are permanent, what a filter covers."""

from __future__ import annotations

DEVICES = "$devices"
REGISTRIES = "$registries"
MONITORING = "$monitoring"
ROOTS = (DEVICES, REGISTRIES, MONITORING)

FROM_DEVICE = ("events", "state")
TO_DEVICE = ("commands", "config")
_PERMANENT = ("state", "config")
_FEWEST_LEVELS = 3


def is_permanent(topic: str) -> bool:
    """Tell whether the last message of a topic is kept although its sender does not ask for it."""
    if not topic.startswith("$"):
        return False
    levels = topic.split("/", 3)
    return (
        len(levels) >= _FEWEST_LEVELS
        and levels[0] in (DEVICES, REGISTRIES)
        and levels[1] != ""
        and levels[2] in _PERMANENT
    )


def monitoring_topic(device_id: str) -> str:
    return f"{MONITORING}/{device_id}/json"


def owner_of(topic: str) -> str:
    """Return the id of the device or registry a topic of theirs belongs to; may be a `+`."""
    return topic.split("/", 2)[1]


def intersection(first: str, second: str) -> str | None:
    """Return the filter that matches just the topics that both filters match, None if there are none."""
    ours, theirs = first.split("/"), second.split("/")
    common: list[str] = []
    for at in range(max(len(ours), len(theirs)) + 1):
        mine = ours[at] if at < len(ours) else None
        other = theirs[at] if at < len(theirs) else None
        if mine == "#" or other == "#":
            return "/".join([*common, *(theirs[at:] if mine == "#" else ours[at:])])
        if mine is None or other is None:
            return "/".join(common) if mine is other else None
        if mine != other and "+" not in (mine, other):
            return None
        common.append(other if mine == "+" else mine)
    raise AssertionError("one of two finite filters ends first")
