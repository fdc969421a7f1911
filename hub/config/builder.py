"""Build plain data and its places from the events of one YAML file, within limits."""

from __future__ import annotations

import re
from collections.abc import Collection
from typing import NamedTuple

from ruamel.yaml.events import (
    AliasEvent,
    CollectionStartEvent,
    DocumentEndEvent,
    DocumentStartEvent,
    Event,
    MappingEndEvent,
    MappingStartEvent,
    ScalarEvent,
    SequenceEndEvent,
    StreamEndEvent,
)

from hub.config.document import Document, Kind, Marks, Spot
from hub.config.problems import Key
from hub.config.reading import Budget, Exhausted, Refused, Site, Size, TagReader, Value, may_lack
from hub.config.scalars import Sixties, Word, is_sixties, is_word, resolve, tagged_scalar
from hub.config.syntax import NextEvent, SyntaxTrouble, parser

_MOST_PROBLEMS = 200
_CORE = "tag:yaml.org,2002:"
_CORE_SCALARS = frozenset({"str", "int", "float", "bool", "null"})
_COLLECTION_TAGS = frozenset({"!", _CORE + "map", _CORE + "seq"})
_LONE_SURROGATE = re.compile("[\ud800-\udfff]")
_KEY_TAGS = frozenset({None, "!", _CORE + "str"})
_Node = AliasEvent | ScalarEvent | CollectionStartEvent
_MERGE = "<<"


class _Anchored(NamedTuple):
    data: object
    kind: Kind
    size: Size


class Builder:
    """Reads one file. Errors go to the document; what stops the file raises SyntaxTrouble."""

    def __init__(
        self,
        document: Document,
        name: str,
        text: str,
        budget: Budget,
        tags: TagReader,
        site: Site | None = None,
    ) -> None:
        self._document = document
        self._name = name
        self._text = text
        self._budget = budget
        self._tags = tags
        self._path: list[Key] = list(site.path) if site else []
        self._depth = site.depth if site else 0
        self._anchors: dict[str, _Anchored | None] = {}
        self._escapes = "\\u" in text or "\\U" in text
        self._next: NextEvent

    def build(self) -> Value | None:
        """Return what the file holds, None if it is empty."""
        self._next = parser(self._text)
        self._next()  # the start of the stream
        event = self._next()
        if not isinstance(event, DocumentStartEvent):
            return None
        event = self._next()
        empty = _is_empty(event)
        value = self._node(event, self._depth)
        self._finish()
        return None if empty else value

    def _finish(self) -> None:
        while not isinstance(event := self._next(), StreamEndEvent):
            if not isinstance(event, DocumentEndEvent):
                spot = self._spot(event)
                self._report(spot, "a second document starts here", "Use one file for each, without '---'")
                return

    def _node(self, event: _Node, depth: int) -> Value:
        if isinstance(event, AliasEvent):
            return self._alias(event, depth)
        if event.anchor is None:
            return self._content(event, depth)
        self._anchors[event.anchor] = None  # not finished: an alias to it would never end
        with self._budget.measured(depth) as size:
            value = self._content(event, depth)
            self._anchors[event.anchor] = _Anchored(value.data, value.spot.kind, size())
        return value

    def _content(self, event: ScalarEvent | CollectionStartEvent, depth: int) -> Value:
        if isinstance(event, ScalarEvent):
            return self._scalar(event, depth)
        return self._container(event, depth)

    def _scalar(self, event: ScalarEvent, depth: int) -> Value:
        spot = self._spot(event)
        self._budget.spend(1, spot)
        text = self._text_of(event, spot)
        tag: str | None = event.tag
        if tag is not None:
            return self._tagged(tag, text, spot, depth)
        if not event.implicit[0]:  # it stands in quotes
            return Value(text, spot)
        if is_word(text):
            return Value(Word(text, spot.place), spot)
        if is_sixties(text):
            return Value(Sixties(text, spot.place), spot)
        return Value(resolve(text), spot)

    def _tagged(self, tag: str, text: str, spot: Spot, depth: int) -> Value:
        if tag == "!":
            return Value(text, spot)
        core = tag.removeprefix(_CORE)
        try:
            if core != tag and core in _CORE_SCALARS:
                return Value(tagged_scalar(core, text), spot)
            return self._tags(tag, text, Site(spot, tuple(self._path), depth))
        except Refused as refused:
            return self._broken(spot, refused.text, refused.hint, missing=refused.missing)
        except ValueError as error:
            return self._broken(spot, str(error))

    def _alias(self, event: AliasEvent, depth: int) -> Value:
        spot = self._spot(event)
        if event.anchor not in self._anchors:
            hint = "Put quotes around a text that starts with '*'"
            return self._broken(spot, f"no '&{event.anchor}' stands above this alias", hint)
        anchored = self._anchors[event.anchor]
        if anchored is None:
            return self._broken(spot, f"'*{event.anchor}' stands inside what it names", "Remove the alias")
        self._budget.repeat(anchored.size, depth, spot)
        return Value(anchored.data, spot._replace(kind=anchored.kind))

    def _container(self, event: CollectionStartEvent, depth: int) -> Value:
        spot = self._spot(event)
        self._budget.spend(1, spot)
        self._budget.reach(depth + 1, spot)
        read = self._mapping if type(event) is MappingStartEvent else self._sequence
        data = read(spot, depth + 1)
        if event.tag is not None and event.tag not in _COLLECTION_TAGS:
            tag = tag_name(event.tag)
            return self._broken(spot, f"the tag '{tag}' cannot stand before a list or mapping")
        return Value(data, self._document.spot_of(data))

    def _sequence(self, spot: Spot, depth: int) -> list[object]:
        items: list[object] = []
        marks = Marks(spot)
        self._document.keep(items, marks)
        while type(event := self._next()) is not SequenceEndEvent:
            self._path.append(len(items))
            value = self._node(event, depth)
            self._path.pop()
            marks.values[len(items)] = value.spot
            items.append(value.data)
        return items

    def _mapping(self, spot: Spot, depth: int) -> dict[Key, object]:
        mapping: dict[Key, object] = {}
        marks = Marks(spot)
        self._document.keep(mapping, marks)
        merges: list[Value] = []
        key_spot = spot
        while type(event := self._next()) is not MappingEndEvent:
            key, key_spot = self._key(event, depth)
            self._path.append(key)
            event = self._next()
            value = Value(None, key_spot) if _is_empty(event) else self._node(event, depth)
            if key == _MERGE and key_spot.kind is not Kind.BROKEN:
                merges.append(value)
            elif key_spot.kind is not Kind.BROKEN:
                if key in mapping:
                    self._report_twice(key_spot, key, marks.keys[key])
                    if not may_lack(tuple(self._path)):
                        self._path.pop()
                        continue
                mapping[key] = value.data
                marks.keys[key], marks.values[key] = key_spot, value.spot
            self._path.pop()
        if merges:
            self._merge(mapping, marks, merges)
        elif not mapping and key_spot.kind is Kind.BROKEN:  # `{{ x }}`: all there is to say is said
            marks.spot = key_spot
        return mapping

    def _key(self, event: _Node, depth: int) -> tuple[Key, Spot]:
        spot = self._spot(event)
        if isinstance(event, AliasEvent):
            value = self._alias(event, depth)
            if value.spot.kind is Kind.OPEN and isinstance(value.data, str | int | float | None):
                return value.data, value.spot
        elif isinstance(event, ScalarEvent) and event.tag in _KEY_TAGS:
            self._budget.spend(1, spot)
            text = self._text_of(event, spot)
            return (text if event.tag or not event.implicit[0] or is_word(text) else resolve(text)), spot
        else:
            self._node(event, depth)  # to read on behind it
        hint = "Put quotes around a template" if self._is_template(event) else "Write it as 'key: value'"
        return None, self._broken(spot, "a key must be a plain text", hint).spot

    def _text_of(self, event: ScalarEvent, spot: Spot) -> str:
        text: str = event.value
        if self._escapes and _LONE_SURROGATE.search(text):
            raise SyntaxTrouble(spot.line, spot.column, "an escape that is half a character", "Remove it")
        return text

    def _merge(self, mapping: dict[Key, object], marks: Marks, merges: list[Value]) -> None:
        """Add the keys that `<<` brings: the mapping's own win, then those that come first."""
        own = dict(mapping)
        mapping.clear()
        for value in merges:
            for source in value.data if isinstance(value.data, list) else [value.data]:
                self._merge_one(mapping, marks, source, value.spot, own.keys())
        mapping.update(own)

    def _merge_one(
        self, mapping: dict[Key, object], marks: Marks, source: object, spot: Spot, own: Collection[Key]
    ) -> None:
        theirs = self._document.marks.get(id(source))
        if not isinstance(source, dict) or theirs is None:
            if spot.kind is not Kind.BROKEN:
                self._report(spot, "'<<' takes a mapping or a list of mappings", "Name one with '*'")
            return
        self._budget.spend(len(source), spot)
        for key, item in source.items():
            if key in mapping:
                continue
            mapping[key] = item
            if key not in own:
                marks.keys[key], marks.values[key] = theirs.keys[key], theirs.values[key]

    def _is_template(self, event: Event) -> bool:
        """Say whether a '{' stands before: `{{ x }}` without quotes reads as a mapping for a key."""
        index: int = event.start_mark.index
        return self._text[index - 1 : index + 1] == "{{"

    def _spot(self, event: Event) -> Spot:
        mark = event.start_mark
        return Spot(self._name, mark.line + 1, mark.column + 1)

    def _broken(self, spot: Spot, text: str, hint: str = "", *, missing: bool = False) -> Value:
        path = tuple(self._path)
        if missing and may_lack(path):
            said = self._document.problem(spot, text, hint, path=path, severity="warning", missing=True)
            self._document.problems.append(said)
        else:
            self._report(spot, text, hint)
        return Value(None, spot._replace(kind=Kind.BROKEN))

    def _report_twice(self, spot: Spot, key: Key, first: Spot) -> None:
        """Say that a key stands twice: as in Home Assistant, a warning, and the last one counts."""
        text, path = f"the key '{key}' stands twice, first at {first.place}", tuple(self._path)
        if not may_lack(path):
            self._report(spot, text, "Remove one")
            return
        if len(self._document.problems) <= _MOST_PROBLEMS:
            hint = "Remove one: only the last counts"
            said = self._document.problem(spot, text, hint, path=path, severity="warning")
            self._document.problems.append(said)

    def _report(self, spot: Spot, text: str, hint: str = "") -> None:
        problem = self._document.problem(spot, text, hint, path=tuple(self._path))
        self._document.problems.append(problem)
        if len(self._document.errors) > _MOST_PROBLEMS:
            raise Exhausted(spot, f"more than {_MOST_PROBLEMS} mistakes", "Mend those first")


def tag_name(tag: str) -> str:
    """Write a tag as in the file."""
    return tag.replace(_CORE, "!!", 1)


def _is_empty(event: Event) -> bool:
    return (
        isinstance(event, ScalarEvent)
        and not event.value
        and event.implicit[0]
        and event.tag is None
        and event.anchor is None
    )
