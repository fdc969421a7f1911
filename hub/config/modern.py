"""Find spellings of earlier years in a configuration, and put today's in their place.

What is changed is changed in the text: a key where it stands, an `entity_id` beside its service moved under
`target:`. Comments, order, quotes and all else keep their very bytes.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ruamel.yaml.nodes import MappingNode, Node, ScalarNode

from hub.config.document import Document
from hub.config.layout import HUB, Layout, lay_out
from hub.config.passages import INDENT, mappings, passage_of
from hub.core.errors import Place


@dataclass(frozen=True, slots=True)
class Spelling:
    """A key that has another name today; `since` is the version of Home Assistant that has it."""

    old: str
    new: str
    since: str


_PLURAL = tuple(Spelling(old, f"{old}s", "2024.10") for old in ("trigger", "condition", "action"))
_TRIGGER = (Spelling("platform", "trigger", "2024.10"),)
_ACTION = (
    Spelling("service", "action", "2024.8"),
    Spelling("service_template", "action", "0.115"),
    Spelling("data_template", "data", "0.115"),
)
_HUB = (Spelling("whitelist_external_dirs", "allowlist_external_dirs", "0.113"),)
TARGET = Spelling("entity_id", "target", "0.118")
_CALLS = ("action", "service", "service_template")
# Below these keys of an action there are actions again; triggers where it waits for some.
_NESTED = ("sequence", "then", "else", "default", "parallel", "choose", "repeat", "actions")
_WAITS = "wait_for_trigger"


@dataclass(frozen=True, slots=True)
class Old:
    """An old spelling in a mapping of the document; `is_moved`: it goes below the new key, not away."""

    mapping: Mapping[str, Any]
    spelling: Spelling
    is_moved: bool = False

    @property
    def hint(self) -> str:
        if self.is_moved:
            return f"Write it under `{self.spelling.new}:`, or let `hub migrate` do it"
        return f"Write `{self.spelling.new}:`, or let `hub migrate` do it"


@dataclass(frozen=True, slots=True)
class Change:
    """A piece of a file's text, and what takes its place."""

    start: int
    end: int
    text: str


def old_spellings(document: Document) -> list[Old]:
    """Return every old spelling, each once, in the order in which they are read."""
    found: dict[tuple[int, str], Old] = {}
    for old in _of_layout(lay_out(document)):
        if document.knows(old.mapping):
            found.setdefault((id(old.mapping), old.spelling.old), old)
    return list(found.values())


def place_of(document: Document, old: Old) -> Place:
    """Return where an old spelling stands."""
    return document.locate(old.mapping, (old.spelling.old,), key=True).place


def modern(document: Document, folder: Path) -> dict[Path, str]:
    """Return the new text of each file below `folder` that has old spellings."""
    by_file: dict[str, list[Old]] = {}
    for old in old_spellings(document):
        by_file.setdefault(document.spot_of(old.mapping).file, []).append(old)
    texts = {}
    for name, olds in by_file.items():
        path = folder / name
        text = document.texts.get(name)
        if text is None or not path.is_file():
            continue
        new = rewritten(text, [(_position(document, old), old) for old in olds])
        if new != text:
            texts[path] = new
    return texts


def rewritten(text: str, olds: list[tuple[tuple[int, int], Old]]) -> str:
    """Return a text with old spellings put right; each comes with line and column of its mapping."""
    nodes = mappings(text)
    changes = {}
    for position, old in olds:
        node = nodes.get(position)
        for change in _changes(text, node, old) if node is not None else ():
            changes[change.start, change.end] = change
    for change in sorted(changes.values(), key=lambda each: each.start, reverse=True):
        text = text[: change.start] + change.text + text[change.end :]
    return text


# --- where they can stand -----------------------------------------------------------------------------


def _of_layout(layout: Layout) -> Iterator[Old]:
    for section in layout.sections.values():
        if section.name == HUB and isinstance(section.data, Mapping):
            yield from _renamed(section.data, _HUB)
        for item in section.items:
            if section.name == "automation":
                yield from _automation(item.data)
            elif section.name == "script":
                yield from _actions({"sequence": item.data} if isinstance(item.data, list) else item.data)
            elif section.name == "template":
                yield from _automation(item.data)


def _automation(data: Any) -> Iterator[Old]:
    if not isinstance(data, Mapping):
        return
    yield from _renamed(data, _PLURAL)
    yield from _triggers(data.get("triggers", data.get("trigger")))
    yield from _actions(data.get("actions", data.get("action")))


def _triggers(data: Any) -> Iterator[Old]:
    if isinstance(data, list):
        for each in data:
            yield from _triggers(each)
    elif isinstance(data, Mapping):
        yield from _renamed(data, _TRIGGER)
        yield from _triggers(data.get("triggers"))


def _actions(data: Any) -> Iterator[Old]:
    if isinstance(data, list):
        for each in data:
            yield from _actions(each)
    elif isinstance(data, Mapping):
        yield from _renamed(data, _ACTION)
        is_call = any(isinstance(data.get(key), str) for key in _CALLS)
        if is_call and "entity_id" in data and "target" not in data:
            yield Old(data, TARGET, is_moved=True)
        for key in _NESTED:
            yield from _actions(data.get(key))
        yield from _triggers(data.get(_WAITS))


def _renamed(data: Mapping[str, Any], spellings: tuple[Spelling, ...]) -> Iterator[Old]:
    """Yield the old keys; one whose new key is there as well is left to whoever wrote both."""
    taken = set(data)
    for spelling in spellings:
        if spelling.old in taken and spelling.new not in taken:
            taken.add(spelling.new)
            yield Old(data, spelling)


# --- in the text --------------------------------------------------------------------------------------


def _position(document: Document, old: Old) -> tuple[int, int]:
    spot = document.spot_of(old.mapping)
    return spot.line, spot.column


def _changes(text: str, node: MappingNode, old: Old) -> Iterator[Change]:
    for key, value in node.value:
        if isinstance(key, ScalarNode) and key.value == old.spelling.old:
            if old.is_moved:
                yield from _moved(text, node, key, value)
            else:
                yield _named(text, key, old.spelling)
            return


def _named(text: str, key: ScalarNode, spelling: Spelling) -> Change:
    start, end = key.start_mark.index, key.end_mark.index
    return Change(start, end, text[start:end].replace(spelling.old, spelling.new, 1))


def _moved(text: str, node: MappingNode, key: ScalarNode, value: Node) -> Iterator[Change]:
    start, end = key.start_mark.index, value.end_mark.index
    if node.flow_style:
        yield Change(start, end, f"target: {{{text[start:end]}}}")
        return
    if _fixes_its_margin(text, value):
        return
    margin = " " * (key.start_mark.column + INDENT)
    yield Change(start, start, f"target:\n{margin}")
    # What of the value stands on lines of its own moves along; its first line may be the key's.
    end = passage_of(text, value).end
    line = text.find("\n", start) + 1
    while 0 < line < end:
        following = text.find("\n", line) + 1
        if text[line : following or len(text)].strip():
            yield Change(line, line, " " * INDENT)
        line = following


def _fixes_its_margin(text: str, value: Node) -> bool:
    """Tell whether a block of text says by a digit how far in it stands."""
    head = text[value.start_mark.index : value.end_mark.index].partition("\n")[0]
    return head[:1] in "|>" and any(sign.isdigit() for sign in head.partition("#")[0])
