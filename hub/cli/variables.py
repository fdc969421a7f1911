"""Find variables in templates that nothing sets."""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterator, Mapping
from typing import Any

from hub.cli.walking import doubt, mappings
from hub.config.layout import Item
from hub.config.problems import KeyPath, Problem
from hub.configuration import Configuration
from hub.core.errors import HubError
from hub.core.ports import House
from hub.fields import looks_like_template

_NEAR = 0.75
# What a run, a trigger or a message brings along.
_GIVEN = frozenset({
    "trigger", "this", "wait", "repeat", "context", "state", "value", "value_json", "value_raw", "payload",
    "topic", "qos", "entity_id",
})  # fmt: skip
_SETS = ("variables", "trigger_variables")
_NAMED = ("response_variable",)
_ONLY_TEXT = frozenset(
    ("alias", "description", "id", "icon", "name", "unique_id", "use_blueprint", "metadata")
)


class Variables:
    """Looks at the templates of automations and scripts."""

    def __init__(self, configuration: Configuration, house: House) -> None:
        self._document = configuration.document
        self._templates = house.templates
        self._passed = _passed(configuration.rules)

    def of_rule(self, rule: Item) -> Iterator[Problem]:
        """Yield a warning for each name that a template reads and nothing gives, where it stands first."""
        known = _GIVEN | _set_in(rule.data)
        is_script = rule.key != "automation"
        if is_script:
            known |= self._passed
        told: set[str] = set()
        for container, at in _containers(rule.data, rule.path):
            for step, source in _templates(container):
                for name in sorted(self._names(source) - known - told):
                    if _is_asked_for(name, source):
                        continue
                    near = difflib.get_close_matches(name, known - _GIVEN, 1, _NEAR)
                    # Whoever calls a script gives it what they like; only a misspelling is told.
                    if is_script and not near:
                        continue
                    told.add(name)
                    text = f"nothing sets the variable {name!r}"
                    hint = f"Did you mean {near[0]!r}?" if near else "It is empty in this template"
                    yield doubt(self._document, container, (step,), at, text, hint)

    def _names(self, source: str) -> frozenset[str]:
        try:
            return self._templates.compile(source).names
        except HubError:  # told elsewhere
            return frozenset()


def _containers(part: Any, path: KeyPath) -> Iterator[tuple[Any, KeyPath]]:
    if isinstance(part, (Mapping, list)):
        yield part, path
        for key, value in part.items() if isinstance(part, Mapping) else enumerate(part):
            if key not in _ONLY_TEXT:
                yield from _containers(value, (*path, key))


def _templates(container: Any) -> Iterator[tuple[Any, str]]:
    for key, value in container.items() if isinstance(container, Mapping) else enumerate(container):
        if key not in _ONLY_TEXT and isinstance(value, str) and looks_like_template(value):
            yield key, value


def _set_in(data: Any) -> frozenset[str]:
    """Return every name that is set anywhere in a rule."""
    names: set[str] = set()
    for container, _ in mappings(data, ()):
        for key in _SETS:
            if isinstance(container.get(key), Mapping):
                names.update(str(name) for name in container[key])
        for key in _NAMED:
            if isinstance(container.get(key), str):
                names.add(container[key])
    if isinstance(data, Mapping) and isinstance(data.get("fields"), Mapping):
        names.update(str(name) for name in data["fields"])
    return frozenset(names)


def _passed(rules: list[Item]) -> frozenset[str]:
    """Return what any rule gives to a script that it calls."""
    names: set[str] = set()
    for rule in rules:
        for container, _ in mappings(rule.data, ()):
            name = container.get("action", container.get("service"))
            if isinstance(name, str) and name.startswith("script."):
                for key in ("data", "data_template"):
                    given = container.get(key)
                    if isinstance(given, Mapping):
                        names.update(str(name) for name in given)
                        inner = given.get("variables")
                        names.update(str(name) for name in (inner if isinstance(inner, Mapping) else ()))
    return frozenset(names)


def _is_asked_for(name: str, source: str) -> bool:
    """Tell whether a template knows that it may be missing."""
    word = re.escape(name)
    return (
        re.search(rf"\b{word}\s+is\s+(not\s+)?(un)?defined\b|\b{word}\s*\|\s*(default|d|iif)\b", source)
        is not None
    )
