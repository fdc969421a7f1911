"""Know the house's areas, floors and labels."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from typing import Any, Generic, TypeVar

from hub.core.bus import Bus
from hub.core.events import AREA_REGISTRY_UPDATED, FLOOR_REGISTRY_UPDATED, LABEL_REGISTRY_UPDATED
from hub.core.slugs import slugify, unique


@dataclass(slots=True)
class AreaEntry:
    id: str
    name: str
    floor_id: str | None = None
    icon: str | None = None
    aliases: frozenset[str] = frozenset()
    labels: frozenset[str] = frozenset()


@dataclass(slots=True)
class FloorEntry:
    id: str
    name: str
    level: int | None = None
    icon: str | None = None
    aliases: frozenset[str] = frozenset()


@dataclass(slots=True)
class LabelEntry:
    id: str
    name: str
    description: str | None = None
    icon: str | None = None
    color: str | None = None


T = TypeVar("T", AreaEntry, FloorEntry, LabelEntry)


class Shelf(Generic[T]):
    """Entries of one kind by id. A change fires an event of its `event_type`, if there is a bus."""

    def __init__(self, kind: Callable[..., T], event_type: str, key: str, bus: Bus | None) -> None:
        self._kind: Callable[..., T] = kind
        self._event_type = event_type
        self._key = key
        self._bus = bus
        self.entries: dict[str, T] = {}

    def add(self, name: str, **fields: Any) -> T:
        """Make an entry; its id is made of its name."""
        entry: T = self._kind(id=unique(slugify(name), self.entries.__contains__), name=name, **fields)
        self.entries[entry.id] = entry
        self._tell("create", entry.id)
        return entry

    def update(self, id: str, **fields: Any) -> T:
        entry = replace(self.entries[id], **fields)
        self.entries[id] = entry
        self._tell("update", id)
        return entry

    def remove(self, id: str) -> None:
        if self.entries.pop(id, None) is not None:
            self._tell("remove", id)

    def named(self, name: str) -> T | None:
        """Return the entry of this name or alias, whatever its capitals and spaces."""
        wanted = _plain(name)
        return next((entry for entry in self.entries.values() if wanted in _names(entry)), None)

    def _tell(self, action: str, id: str) -> None:
        if self._bus is not None:
            self._bus.emit(self._event_type, {"action": action, self._key: id})


class AreaRegistry:
    """Areas, floors and labels, by id."""

    def __init__(self, bus: Bus | None = None) -> None:
        self.area_shelf = Shelf(AreaEntry, AREA_REGISTRY_UPDATED, "area_id", bus)
        self.floor_shelf = Shelf(FloorEntry, FLOOR_REGISTRY_UPDATED, "floor_id", bus)
        self.label_shelf = Shelf(LabelEntry, LABEL_REGISTRY_UPDATED, "label_id", bus)
        self.areas = self.area_shelf.entries
        self.floors = self.floor_shelf.entries
        self.labels = self.label_shelf.entries

    def ensure(self, name: str) -> AreaEntry:
        """Return the area of this name or alias, made if there is none."""
        return self.area_named(name) or self.area_shelf.add(name)

    def area_named(self, name: str) -> AreaEntry | None:
        return self.area_shelf.named(name)

    def floor_named(self, name: str) -> FloorEntry | None:
        return self.floor_shelf.named(name)

    def label_named(self, name: str) -> LabelEntry | None:
        return self.label_shelf.named(name)


def _names(entry: AreaEntry | FloorEntry | LabelEntry) -> Iterable[str]:
    aliases: Iterable[str] = () if isinstance(entry, LabelEntry) else entry.aliases
    return {_plain(each) for each in (entry.name, *aliases)}


def _plain(name: str) -> str:
    return name.casefold().replace(" ", "")
