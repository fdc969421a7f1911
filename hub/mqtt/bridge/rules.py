"""Say which topics cross a bridge, which way, and under which name. Pure functions of texts."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal

from hub.broker.topics import matches

Direction = Literal["in", "out", "both"]

MOST_TOPICS = 10_000


@dataclass(frozen=True, slots=True)
class Rule:
    """`filter` is what both sides have in common; each side puts its prefix before it.

    `qos` is the highest with which messages cross. With `retain` they stay retained on the other side.
    """

    filter: str
    direction: Direction = "out"
    local_prefix: str = ""
    remote_prefix: str = ""
    qos: int = 1
    retain: bool = True

    @property
    def local(self) -> str:
        return self.local_prefix + self.filter

    @property
    def remote(self) -> str:
        return self.remote_prefix + self.filter

    @property
    def goes_out(self) -> bool:
        return self.direction != "in"

    @property
    def comes_in(self) -> bool:
        return self.direction != "out"

    def to_remote(self, topic: str) -> str | None:
        """Return what a topic here is called there, None if it does not cross."""
        return _renamed(topic, self.local, self.local_prefix, self.remote, self.remote_prefix)

    def to_local(self, topic: str) -> str | None:
        """Return what a topic there is called here, None if it does not cross."""
        return _renamed(topic, self.remote, self.remote_prefix, self.local, self.local_prefix)


def _renamed(topic: str, filter: str, prefix: str, other_filter: str, other_prefix: str) -> str | None:
    if not topic.startswith(prefix) or not matches(filter, topic):
        return None
    renamed = other_prefix + topic.removeprefix(prefix)
    # Also on the other side: `a/$SYS/x` must not become `$SYS/x` when the prefix is taken away.
    return renamed if renamed and matches(other_filter, renamed) else None


@dataclass(frozen=True, slots=True)
class Crossing:
    """A rule that a topic follows, and what the topic is called on the other side."""

    rule: Rule
    name: str


class Rules:
    """The rules of one bridge. Where several give a topic the same new name, the first one decides."""

    def __init__(self, rules: Iterable[Rule]) -> None:
        self.all = tuple(rules)
        self._out: dict[str, tuple[Crossing, ...]] = {}
        self._in: dict[str, tuple[Crossing, ...]] = {}

    @property
    def outgoing(self) -> list[Rule]:
        return [rule for rule in self.all if rule.goes_out]

    @property
    def incoming(self) -> list[Rule]:
        return [rule for rule in self.all if rule.comes_in]

    def out_of(self, topic: str) -> tuple[Crossing, ...]:
        """Return the ways of a topic here to the other side."""
        found = self._out.get(topic)
        if found is None:
            ways = ((rule, rule.to_remote(topic)) for rule in self.outgoing)
            found = _remembered(self._out, topic, ways)
        return found

    def into(self, topic: str) -> tuple[Crossing, ...]:
        """Return the ways of a topic there to this side."""
        found = self._in.get(topic)
        if found is None:
            ways = ((rule, rule.to_local(topic)) for rule in self.incoming)
            found = _remembered(self._in, topic, ways)
        return found


def _remembered(
    memory: dict[str, tuple[Crossing, ...]], topic: str, ways: Iterable[tuple[Rule, str | None]]
) -> tuple[Crossing, ...]:
    by_name: dict[str, Crossing] = {}
    for rule, name in ways:
        if name is not None:
            by_name.setdefault(name, Crossing(rule, name))
    if len(memory) >= MOST_TOPICS:
        memory.clear()
    memory[topic] = found = tuple(by_name.values())
    return found
