"""Other names for the topics of a device: which may stand beside each other, and what they mean."""

from __future__ import annotations

from bisect import bisect_left, insort
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from itertools import pairwise

from hub.core.errors import HubError
from hub.registry.topics import DEVICES, FROM_DEVICE, MONITORING, REGISTRIES, TO_DEVICE

MOST_PER_DEVICE = 5
LONGEST = 1_024
PLACEHOLDER = "{id}"


@dataclass(frozen=True, slots=True)
class Alias:
    """A beginning of topics, `name`, that stands for another, `target`; both without a slash at the end."""

    name: str
    target: str

    @classmethod
    def of(cls, name: str, target: str) -> Alias:
        return cls(name.removesuffix("/"), target.removesuffix("/"))

    def resolve(self, topic: str) -> str | None:
        """Return the topic that is meant, None if this is no alias of it."""
        if topic == self.name:
            return self.target
        if topic.startswith(self.name) and topic[len(self.name)] == "/":
            return self.target + topic[len(self.name) :]
        return None

    def resolve_filter(self, filter: str) -> str | None:
        """Return the filter for what this alias has of the topics that `filter` matches."""
        asked = filter.split("/")
        mine = self.name.split("/")
        for at, level in enumerate(mine):
            if at == len(asked):
                return None
            if asked[at] == "#":
                return f"{self.target}/#"
            if asked[at] not in ("+", level):
                return None
        return "/".join([self.target, *asked[len(mine) :]])


def device_aliases(device_id: str, registry_id: str) -> tuple[Alias, ...]:
    """Return the aliases that each device has of itself."""
    return (
        Alias("$me/device", f"{DEVICES}/{device_id}"),
        Alias("$me/registry", f"{REGISTRIES}/{registry_id}"),
        Alias("$me/monitoring", f"{MONITORING}/{device_id}"),
    )


def registry_aliases(registry_id: str) -> tuple[Alias, ...]:
    return (Alias("$me/registry", f"{REGISTRIES}/{registry_id}"),)


def check_aliases(aliases: Mapping[str, str], device_id: str) -> dict[str, str]:
    """Return a device's aliases with its id for `{id}`. Raises `HubError` for one that can't be."""
    if len(aliases) > MOST_PER_DEVICE:
        raise HubError(f"{len(aliases)} aliases; a device has room for {MOST_PER_DEVICE}")
    return {name: _checked(name, target, device_id) for name, target in aliases.items()}


def _checked(name: str, target: str, device_id: str) -> str:
    meant = target.replace(PLACEHOLDER, device_id)
    if not name.removesuffix("/") or name.startswith(("$", "/")) or _is_odd(name):
        raise HubError(
            f"{name!r} can't be an alias",
            remedy="It begins with neither $ nor /, has no wildcards, and at most 1024 characters.",
        )
    levels = meant.removesuffix("/").split("/")
    kind = levels[2] if len(levels) > 2 else None
    if levels[:2] != [DEVICES, device_id] or _is_odd(meant):
        raise HubError(
            f"the alias {name} should stand for a topic of its own device, not for {target}",
            remedy=f"Begin the topic with {DEVICES}/{PLACEHOLDER}/.",
        )
    if kind not in (None, *FROM_DEVICE, *TO_DEVICE):
        raise HubError(
            f"the alias {name} stands for {target}, and a device has no topic {kind!r}",
            remedy="It has events, state, commands and config.",
        )
    if name.endswith("/") != meant.endswith("/"):
        raise HubError(
            f"of the alias {name} and the topic {target} only one ends in a slash",
            remedy="Let both end in one, or neither.",
        )
    return meant


def _is_odd(text: str) -> bool:
    return len(text.encode()) > LONGEST or any(sign in "+#" or ord(sign) < 32 for sign in text)


class AliasBook:
    """The aliases of the devices of one registry. None is the beginning of another."""

    __slots__ = ("_by_name", "_owners", "_texts")

    def __init__(self) -> None:
        self._texts: list[str] = []
        self._owners: dict[str, str] = {}
        self._by_name: dict[str, Alias] = {}

    def __iter__(self) -> Iterator[Alias]:
        return iter(self._by_name.values())

    def check(self, aliases: Iterable[str], device_id: str) -> None:
        """Raise `HubError` if a device can't have these aliases beside those of the others."""
        mine = sorted(aliases)
        for shorter, longer in pairwise(mine):
            if longer.startswith(shorter):
                raise _clash(longer, shorter, "")
        for text in mine:
            for other in self._near(text):
                if self._owners[other] != device_id:
                    raise _clash(text, other, f" of device {self._owners[other]}")

    def add(self, aliases: Mapping[str, str], device_id: str) -> None:
        for text, target in aliases.items():
            insort(self._texts, text)
            self._owners[text] = device_id
            alias = Alias.of(text, target)
            self._by_name[alias.name] = alias

    def remove(self, aliases: Iterable[str]) -> None:
        for text in aliases:
            del self._texts[bisect_left(self._texts, text)]
            del self._owners[text]
            del self._by_name[text.removesuffix("/")]

    def find(self, topic: str) -> Alias | None:
        """Return the alias that a topic begins with."""
        end = len(topic)
        while end > 0:
            alias = self._by_name.get(topic[:end])
            if alias is not None:
                return alias
            end = topic.rfind("/", 0, end)
        return None

    def meant_by(self, filter: str) -> Iterator[Alias]:
        """Yield the aliases that a filter may be about; its first level must not be a wildcard."""
        first = filter.partition("/")[0]
        if "+" not in filter and "#" not in filter:
            alias = self.find(filter)
            if alias is not None:
                yield alias
            return
        for at in range(bisect_left(self._texts, first), len(self._texts)):
            text = self._texts[at]
            if not text.startswith(first):
                return
            yield self._by_name[text.removesuffix("/")]

    def _near(self, text: str) -> Iterator[str]:
        """Yield the aliases that begin with `text` or that it begins with, of which one is enough to tell.

        As no alias begins with another, one that `text` begins with stands right before it in their order.
        But the aliases that one device is about to give up may stand between, so all beginnings are tried.
        """
        for end in range(1, len(text)):
            if text[:end] in self._owners:
                yield text[:end]
        for at in range(bisect_left(self._texts, text), len(self._texts)):
            if not self._texts[at].startswith(text):
                return
            yield self._texts[at]


def _clash(text: str, other: str, whose: str) -> HubError:
    how = "is also an alias" if text == other else f"and the alias {other} begin alike"
    return HubError(
        f"the alias {text} {how}{whose}",
        remedy="In a registry no alias may be the beginning of another; a slash at the end tells them apart.",
    )
