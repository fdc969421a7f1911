"""Read Home Assistant's top level: labelled blocks joined, packages merged, `homeassistant:` as `hub:`."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import dataclass, field

from hub.config.document import Document, Kind, Spot
from hub.config.merging import Clash, Merger
from hub.config.problems import Key, KeyPath, Problem

HUB = "hub"
PACKAGES = "packages"
_RENAMED = {"homeassistant": HUB}

LISTS = frozenset(
    {
        "automation",
        "scene",
        "template",
        "zone",
        "person",
        "rest",
        "command_line",
        "scrape",
        "air_quality",
        "alarm_control_panel",
        "binary_sensor",
        "button",
        "calendar",
        "camera",
        "climate",
        "cover",
        "date",
        "datetime",
        "device_tracker",
        "event",
        "fan",
        "geo_location",
        "humidifier",
        "image",
        "image_processing",
        "lawn_mower",
        "light",
        "lock",
        "mailbox",
        "media_player",
        "notify",
        "number",
        "remote",
        "select",
        "sensor",
        "siren",
        "stt",
        "switch",
        "text",
        "time",
        "todo",
        "tts",
        "update",
        "vacuum",
        "valve",
        "wake_word",
        "water_heater",
        "weather",
    }
)
"""Sections that are lists of things, where Home Assistant takes one mapping for a list of one."""


@dataclass(frozen=True, slots=True)
class Item:
    """One entry of a section: `path` is where it stands in the document, `key` its index or name."""

    key: Key
    data: object
    path: KeyPath


@dataclass(frozen=True, slots=True)
class Section:
    """All that the configuration says of one thing, such as `automation`, from wherever it says it.

    `data` is the whole, joined if there are several blocks; `path` is the first block's.
    """

    name: str
    data: object
    path: KeyPath
    spot: Spot
    items: tuple[Item, ...]


@dataclass(frozen=True, slots=True)
class Layout:
    """The configuration by sections. A package that clashes is not in it."""

    sections: dict[str, Section] = field(default_factory=dict)
    problems: list[Problem] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class _Block:
    """One top-level key, of the configuration or of a package, and what stands below it."""

    name: str
    data: object
    path: KeyPath
    spot: Spot


def lay_out(document: Document, lists: Collection[str] = LISTS) -> Layout:
    """Return the document's sections; `lists` names those that are lists even if written as a mapping."""
    architect = _Architect(document, lists)
    architect.build()
    return Layout(architect.sections, architect.problems)


class _Architect:
    def __init__(self, document: Document, lists: Collection[str]) -> None:
        self.sections: dict[str, Section] = {}
        self.problems: list[Problem] = []
        self._document = document
        self._lists = lists
        self._merger = Merger(document)

    def build(self) -> None:
        packages: list[_Block] = []
        for block in self._blocks(self._document.data, ()):
            if block.name == HUB:
                block = self._unpacked(block, packages)
            try:
                self._add(self.sections, block)
            except Clash as clash:
                self._report_clash(clash, block.path, "Remove one")
        for package in packages:
            self._add_package(package)

    def _blocks(self, data: object, path: KeyPath) -> Iterator[_Block]:
        """Yield the blocks of a top level: the configuration's own or a package's."""
        if not isinstance(data, dict):
            if data is not None:
                spot = self._document.locate(self._document.data, path)
                self._report(spot, "should be a mapping of sections, such as 'automation:'", "", path)
            return
        for key, value in data.items():
            spot = self._document.locate(data, (key,), key=True)
            if self._document.kind(data, (key,)) is Kind.BROKEN:
                continue
            if not isinstance(key, str) or not key.strip():
                self._report(spot, "a section's name should be a text", "", (*path, key))
                continue
            name = key.split()[0]
            yield _Block(_RENAMED.get(name, name), value, (*path, key), spot)

    def _unpacked(self, block: _Block, packages: list[_Block]) -> _Block:
        """Return the block without its packages, and add these to `packages`."""
        if not isinstance(block.data, dict) or PACKAGES not in block.data:
            return block
        path = (*block.path, PACKAGES)
        found = block.data[PACKAGES]
        if isinstance(found, dict):
            for name, data in found.items():
                spot = self._document.locate(found, (name,), key=True)
                if self._document.kind(found, (name,)) is not Kind.BROKEN:
                    packages.append(_Block(str(name), data, (*path, name), spot))
        elif found is not None:
            spot = self._document.locate(block.data, (PACKAGES,))
            self._report(spot, "should be a mapping of packages by name", "Try !include_dir_named", path)
        return _Block(block.name, self._merger.without(block.data, PACKAGES), block.path, block.spot)

    def _add_package(self, package: _Block) -> None:
        """Take a package over as a whole or not at all."""
        sections = dict(self.sections)
        for block in self._blocks(package.data, package.path):
            if block.name == HUB and isinstance(block.data, dict) and PACKAGES in block.data:
                spot = self._document.locate(block.data, (PACKAGES,), key=True)
                self._report(spot, "a package cannot hold packages", "", (*block.path, PACKAGES))
                return
            try:
                self._add(sections, block)
            except Clash as clash:
                hint = f"The package '{package.name}' is left out until one is renamed"
                self._report_clash(clash, block.path, hint)
                return
        self.sections = sections

    def _add(self, sections: dict[str, Section], block: _Block) -> None:
        """Add a block to its section; raise Clash if both say something different of one thing."""
        listed = block.name in self._lists
        if listed and not isinstance(block.data, dict | list | None):
            self._report(
                self._document.locate(self._document.data, block.path), "should be a list", "", block.path
            )
            return
        data = self._merger.as_list(block.data) if listed else block.data
        section = Section(block.name, data, block.path, block.spot, _items(block, data))
        known = sections.get(block.name)
        if known is None or known.data is None:
            sections[block.name] = section
        elif data is not None:
            sections[block.name] = self._joined(known, section)

    def _joined(self, first: Section, second: Section) -> Section:
        if not isinstance(first.data, dict | list) or not isinstance(second.data, dict | list):
            raise Clash(first.name, first.spot, second.spot)
        data = self._merger.joined(first.data, second.data)
        if isinstance(data, list):
            both = (*_as_list_items(first), *_as_list_items(second))
            items = tuple(Item(index, item.data, item.path) for index, item in enumerate(both))
        else:
            paths = {item.key: item.path for item in (*second.items, *first.items)}
            items = tuple(Item(key, value, paths[key]) for key, value in data.items())
        return Section(first.name, data, first.path, first.spot, items)

    def _report_clash(self, clash: Clash, path: KeyPath, hint: str) -> None:
        text = f"'{clash.key}' stands twice, first at {clash.first.place}"
        self._report(clash.second, text, hint, path)

    def _report(self, spot: Spot, text: str, hint: str, path: KeyPath) -> None:
        self.problems.append(self._document.problem(spot, text, hint, path=path))


def _items(block: _Block, data: object) -> tuple[Item, ...]:
    if isinstance(data, dict):
        return tuple(Item(key, value, (*block.path, key)) for key, value in data.items())
    if not isinstance(data, list):
        return ()
    if data is not block.data:  # one mapping that stands for a list
        return tuple(Item(0, item, block.path) for item in data)
    return tuple(Item(index, item, (*block.path, index)) for index, item in enumerate(data))


def _as_list_items(section: Section) -> tuple[Item, ...]:
    if isinstance(section.data, list):
        return section.items
    return (Item(0, section.data, section.path),) if section.data else ()
