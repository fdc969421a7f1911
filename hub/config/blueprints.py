"""Put a blueprint's body in the place of `use_blueprint:`, its gaps filled with the inputs given there.

What is wrong in the body is then told with its place in the blueprint's file, what is wrong in an input
with its place where it is used.
"""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from hub.config.blueprint import Blueprint, read_blueprint
from hub.config.document import Document, Marks, Spot
from hub.config.problems import Key, KeyPath, Problem, Severity, did_you_mean, nearest
from hub.config.scalars import Input
from hub.config.selectors import doubt

USE = "use_blueprint"
FOLDER = "blueprints"
# Two spellings of one key: what is written beside `use_blueprint` covers both of the body's.
_SPELLINGS = {
    "trigger": "triggers", "condition": "conditions", "action": "actions",
    "triggers": "trigger", "conditions": "condition", "actions": "action",
}  # fmt: skip
_OF_THE_ENTITY = frozenset(["name", "unique_id"])
_NO_ENTITY = frozenset([*_OF_THE_ENTITY, *_SPELLINGS, "variables"])


class Left(Exception):
    """The use of a blueprint that cannot be put in its place; what is to be said is said."""


class Blueprints:
    """The blueprints of a configuration folder, each read once, and those that come with the hub."""

    def __init__(self, document: Document, root: Path) -> None:
        self.problems: list[Problem] = []
        self._document = document
        self._root = root
        self._known: dict[Path, Blueprint] = {}

    def filled(self, domain: str, data: object, path: KeyPath) -> object:
        """Return `data` with its blueprint put in, or as it is; raise Left if that cannot be done."""
        if not isinstance(data, dict) or USE not in data:
            return data
        use = data[USE]
        at = (*path, USE)
        if not isinstance(use, dict) or not isinstance(use.get("path"), str):
            self._report(data, (USE,), at, "should be a mapping with `path:` and `input:`")
            raise Left
        blueprint = self._blueprint(domain, use, at)
        inputs = use.get("input") or {}
        if not isinstance(inputs, dict):
            self._report(use, ("input",), (*at, "input"), "should be a mapping of inputs by name")
            raise Left
        self._check(blueprint, use, inputs, at)
        return self._joined(blueprint, data, inputs)

    # --- find and read ---

    def _blueprint(self, domain: str, use: dict[Any, Any], at: KeyPath) -> Blueprint:
        name = use["path"]
        path, root = self._find(domain, name)
        if path is None:
            self._missing(domain, use, (*at, "path"))
            raise Left
        if path not in self._known:
            blueprint = self._known[path] = read_blueprint(path, root)
            self._document.adopt(blueprint.document)
            self.problems += blueprint.problems
        blueprint = self._known[path]
        if any(problem.is_error for problem in blueprint.problems):
            text = f"the blueprint {name} has mistakes"
            self._report(use, ("path",), (*at, "path"), text, severity="warning")
            raise Left
        if blueprint.domain != domain:
            text = f"{name} is a blueprint for {blueprint.domain}, not for {domain}"
            self._report(use, ("path",), (*at, "path"), text)
            raise Left
        return blueprint

    def _find(self, domain: str, name: str) -> tuple[Path | None, Path]:
        for root in (self._root, Path(__file__).parents[1]):
            folder = root / FOLDER / domain
            path = Path(os.path.normpath(folder / name))
            if path.is_relative_to(folder) and path.is_file():
                return path, root
        return None, self._root

    def _missing(self, domain: str, use: dict[Any, Any], at: KeyPath) -> None:
        """A misspelt path is an error; a blueprint that is nowhere near may just not be there yet."""
        name = use["path"]
        near = nearest(name, names(self._root, domain))
        hint = f"Did you mean '{near}'?" if near else "Save it there with `hub blueprint import`"
        text = f"there is no {FOLDER}/{domain}/{name}"
        self._report(use, ("path",), at, text, hint, severity="error" if near else "warning")

    # --- check what is given ---

    def _check(self, blueprint: Blueprint, use: dict[Any, Any], inputs: dict[Any, Any], at: KeyPath) -> None:
        lacking = [n for n, gap in blueprint.gaps.items() if n not in inputs and not gap.has_default]
        for name in inputs:
            if name not in blueprint.gaps:
                self._unknown(blueprint, inputs, str(name), (*at, "input", name))
        for name in lacking:
            text = f"the blueprint needs the input '{name}'"
            self._report(use, ("input",), (*at, "input"), text)
        for name, value in inputs.items():
            self._doubt(blueprint, inputs, str(name), value, (*at, "input", name))
        if lacking:
            raise Left

    def _unknown(self, blueprint: Blueprint, inputs: dict[Any, Any], name: str, at: KeyPath) -> None:
        hint = did_you_mean(name, [gap for gap in blueprint.gaps if gap not in inputs])
        spot = self._document.locate(inputs, (name,), key=True)
        text = f"the blueprint has no input '{name}'"
        severity: Severity = "error" if hint else "warning"
        self.problems.append(self._document.problem(spot, text, hint, path=at, severity=severity))

    def _doubt(
        self, blueprint: Blueprint, inputs: dict[Any, Any], name: str, value: object, at: KeyPath
    ) -> None:
        gap = blueprint.gaps.get(name)
        found = doubt(*gap.selector, value) if gap is not None else None
        if found is not None:
            self._report(inputs, (name,), at, *found, severity="warning")

    def _report(
        self, container: object, step: KeyPath, at: KeyPath, text: str, hint: str = "",
        *, severity: Severity = "error",
    ) -> None:  # fmt: skip
        spot = self._document.locate(container, step)
        self.problems.append(self._document.problem(spot, text, hint, path=at, severity=severity))

    # --- put together ---

    def _joined(self, blueprint: Blueprint, data: dict[Any, Any], inputs: dict[Any, Any]) -> object:
        filler = _Filler(self._document, blueprint, inputs)
        own = {key: value for key, value in data.items() if key != USE}
        covered = own.keys() | {_SPELLINGS[key] for key in own if key in _SPELLINGS}
        marks = Marks(self._document.spot_of(data))
        joined: dict[Key, object] = {}
        source = blueprint.document.data
        for key, value in blueprint.body.items():
            if key not in covered:
                spot = self._document.locate(source, (key,))
                joined[key], marks.values[key] = filler.fill(value, spot)
                marks.keys[key] = self._document.locate(source, (key,), key=True)
        for key, value in own.items():
            joined[key] = value
            marks.keys[key] = self._document.locate(data, (key,), key=True)
            marks.values[key] = self._document.locate(data, (key,))
        if blueprint.domain == "template":
            self._name_within(joined, marks)
        self._document.keep(joined, marks)
        return joined

    def _name_within(self, joined: dict[Key, object], marks: Marks) -> None:
        """Give a template's name and unique id, which stand beside `use_blueprint`, to its one entity."""
        entities = {key: value for key, value in joined.items() if key not in _NO_ENTITY}
        [(domain, entity)] = entities.items() if len(entities) == 1 else [("", None)]
        if not isinstance(entity, dict):
            return
        old = self._document.marks[id(entity)]
        inner = Marks(old.spot)
        inner.keys, inner.values = dict(old.keys), dict(old.values)
        named = dict(entity)
        for key in _OF_THE_ENTITY & joined.keys():
            named[key] = joined.pop(key)
            inner.keys[key], inner.values[key] = marks.keys.pop(key), marks.values.pop(key)
        self._document.keep(named, inner)
        joined[domain] = named


class _Filler:
    """Copies a blueprint's body; what has no gap in it is not copied."""

    def __init__(self, document: Document, blueprint: Blueprint, inputs: Mapping[Any, Any]) -> None:
        self._document = document
        self._blueprint = blueprint
        self._inputs = inputs

    def fill(self, value: object, spot: Spot) -> tuple[object, Spot]:
        """Return what stands for `value`, and where that was written."""
        if isinstance(value, Input):
            return self._given(value.name)
        if isinstance(value, dict | list):
            return self._container(value), spot
        return value, spot

    def _given(self, name: str) -> tuple[object, Spot]:
        if name in self._inputs:
            return self._inputs[name], self._document.locate(self._inputs, (name,))
        data = self._blueprint.gaps[name].data
        return data["default"], self._document.locate(data, ("default",))

    def _container(self, value: dict[Any, Any] | list[Any]) -> object:
        old = self._document.marks[id(value)]
        marks = Marks(old.spot)
        marks.keys = old.keys
        filled: dict[Any, Any] = {}
        for step, item in _items(value):
            filled[step], marks.values[step] = self.fill(item, old.values.get(step, old.spot))
        if all(filled[step] is item for step, item in _items(value)):
            return value
        copy: dict[Any, Any] | list[Any] = filled if isinstance(value, dict) else list(filled.values())
        self._document.keep(copy, marks)
        return copy


def _items(value: dict[Any, Any] | list[Any]) -> Iterator[tuple[Any, Any]]:
    yield from value.items() if isinstance(value, dict) else enumerate(value)


def names(root: Path, domain: str) -> list[str]:
    """Return the blueprints of a configuration folder as `path:` names them."""
    folder = root / FOLDER / domain
    return sorted(path.relative_to(folder).as_posix() for path in folder.glob("**/*.yaml"))
