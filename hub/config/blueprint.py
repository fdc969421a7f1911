"""Read a blueprint: what it is called, which inputs it asks for, and its body with gaps in it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from hub.config.document import Document, Kind
from hub.config.problems import KeyPath, Problem, did_you_mean
from hub.config.scalars import Input
from hub.config.source import load

HEADER = "blueprint"
DOMAINS = ("automation", "script", "template")
_KEYS = ("name", "description", "domain", "author", "source_url", "homeassistant", "input", "icon")
_INPUT_KEYS = ("name", "description", "default", "selector", "icon")
_SECTION_KEYS = ("name", "description", "icon", "collapsed", "input")


@dataclass(frozen=True, slots=True)
class Gap:
    """One input: what fills it if nothing is given, and by what a user interface would ask for it."""

    name: str
    data: Mapping[Any, Any]

    @property
    def has_default(self) -> bool:
        return "default" in self.data

    @property
    def selector(self) -> tuple[str, Mapping[Any, Any]]:
        """Return the selector's name and options; no name if it has none."""
        selector = self.data.get("selector")
        if not isinstance(selector, dict) or not selector:
            return "", {}
        name, options = next(iter(selector.items()))
        return str(name), options if isinstance(options, dict) else {}


@dataclass(slots=True)
class Blueprint:
    """A blueprint's file; `problems` are its own, whoever uses it."""

    document: Document
    name: str = ""
    domain: str = ""
    author: str = ""
    source_url: str = ""
    gaps: dict[str, Gap] = field(default_factory=dict)
    problems: list[Problem] = field(default_factory=list)

    @property
    def body(self) -> dict[Any, Any]:
        """Return all but the header, by the very objects that were read."""
        data = self.document.data
        return {key: value for key, value in data.items() if key != HEADER} if isinstance(data, dict) else {}


def read_blueprint(path: Path, root: Path) -> Blueprint:
    """Read a blueprint below `root`; what is wrong with it is in its `problems`."""
    return _Reading(Blueprint(load(path, root=root))).read()


class _Reading:
    def __init__(self, blueprint: Blueprint) -> None:
        self._blueprint = blueprint
        self._document = blueprint.document
        self._problems = blueprint.problems

    def read(self) -> Blueprint:
        self._problems.extend(self._document.problems)
        data = self._document.data
        header = data.get(HEADER) if isinstance(data, dict) else None
        if not isinstance(header, dict):
            if not self._problems:
                self._report((), "this is no blueprint", "It should begin with `blueprint:`")
            return self._blueprint
        self._head(header)
        self._gaps(header.get("input"), (HEADER, "input"))
        self._uses()
        return self._blueprint

    def _head(self, header: Mapping[Any, Any]) -> None:
        blueprint = self._blueprint
        blueprint.name, blueprint.author = str(header.get("name", "")), str(header.get("author", ""))
        blueprint.source_url = str(header.get("source_url") or "")
        blueprint.domain = str(header.get("domain", ""))
        self._known(header, _KEYS, (HEADER,))
        for key in ("name", "domain"):
            if not isinstance(header.get(key), str):
                self._report((HEADER,), f"a blueprint needs its {key}", "")
        if blueprint.domain and blueprint.domain not in DOMAINS:
            text = f"should be one of {', '.join(DOMAINS)}, but is '{blueprint.domain}'"
            self._report((HEADER, "domain"), text, did_you_mean(blueprint.domain, DOMAINS))

    def _gaps(self, inputs: object, path: KeyPath) -> None:
        if inputs is None:
            return
        if not isinstance(inputs, dict):
            self._report(path, "should be a mapping of inputs by name", "")
            return
        for name, entry in inputs.items():
            data = entry if isinstance(entry, dict) else {}
            if isinstance(data.get("input"), dict) or "collapsed" in data:
                self._known(data, _SECTION_KEYS, (*path, name))
                self._gaps(data.get("input"), (*path, name, "input"))
            elif entry is not None and not isinstance(entry, dict):
                self._report((*path, name), "should be a mapping, or nothing", "")
            else:
                self._known(data, _INPUT_KEYS, (*path, name))
                self._blueprint.gaps[str(name)] = Gap(str(name), data)

    def _known(self, data: Mapping[Any, Any], keys: tuple[str, ...], path: KeyPath) -> None:
        for key in data:
            if key not in keys:
                spot = self._document.locate(self._document.data, (*path, key), key=True)
                text, hint = "unknown key", did_you_mean(key, keys)
                self._problems.append(self._document.problem(spot, text, hint, path=(*path, key)))

    def _uses(self) -> None:
        for used in inputs_in(self._blueprint.body):
            if used.name not in self._blueprint.gaps:
                hint = did_you_mean(used.name, self._blueprint.gaps) or "Declare it under `blueprint: input:`"
                text = f"the blueprint has no input '{used.name}'"
                self._problems.append(self._document.problem(used.place, text, hint))

    def _report(self, path: KeyPath, text: str, hint: str) -> None:
        if self._document.kind(self._document.data, path) is not Kind.BROKEN:
            spot = self._document.locate(self._document.data, path)
            self._problems.append(self._document.problem(spot, text, hint, path=path))


def inputs_in(value: object) -> Iterator[Input]:
    """Yield every `!input` in a part of a blueprint."""
    if isinstance(value, Input):
        yield value
    elif isinstance(value, dict):
        for item in value.values():
            yield from inputs_in(item)
    elif isinstance(value, list):
        for item in value:
            yield from inputs_in(item)
