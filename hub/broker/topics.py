"""Check topics and filters, and match one against the other (MQTT 3.1.1, 4.7)."""

from __future__ import annotations

from dataclasses import dataclass

from hub.broker.wire import ProtocolError

SHARE = "$share/"
RESERVED = ("$SYS", "$CONTROL")
"""The first level of the server's own topics."""


def check_topic(topic: str) -> None:
    """Refuse what cannot be the topic of a message."""
    if not topic:
        raise ProtocolError("an empty topic")
    if "+" in topic or "#" in topic:
        raise ProtocolError("a wildcard in the topic of a message")


def check_filter(filter: str) -> None:
    """Refuse what cannot be a filter; a wildcard must fill its level, and `#` be the last."""
    if not filter:
        raise ProtocolError("an empty filter")
    if "+" not in filter and "#" not in filter:
        return
    levels = filter.split("/")
    for level in levels:
        if len(level) > 1 and ("+" in level or "#" in level):
            raise ProtocolError("a wildcard that does not fill its level")
    if "#" in levels[:-1]:
        raise ProtocolError("a # that is not the last level")


def is_reserved(topic: str) -> bool:
    """Say whether no client may publish there."""
    return topic.startswith("$") and topic.partition("/")[0] in RESERVED


def is_wild(filter: str) -> bool:
    return "+" in filter or "#" in filter


def matches(filter: str, topic: str) -> bool:
    """Match `topic` against `filter`. A filter that starts with a wildcard does not match a topic that
    starts with `$`."""
    if topic.startswith("$") and filter[:1] in ("+", "#"):
        return False
    wanted, levels = filter.split("/"), topic.split("/")
    for at, level in enumerate(wanted):
        if level == "#":
            return True
        if at == len(levels) or level not in ("+", levels[at]):
            return False
    return len(wanted) == len(levels)


@dataclass(frozen=True, slots=True)
class Shared:
    """A shared subscription's group and the filter inside `$share/<group>/<filter>`."""

    group: str
    filter: str


def parse_shared(filter: str) -> Shared | None:
    """Take a shared subscription apart; None if it is an ordinary one."""
    if not filter.startswith(SHARE):
        return None
    group, slash, inner = filter.removeprefix(SHARE).partition("/")
    if not group or not slash or is_wild(group):
        raise ProtocolError("a shared subscription without a group")
    check_filter(inner)
    return Shared(group, inner)
