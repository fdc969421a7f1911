"""Compare the data of service calls with what the services take."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Any

from hub.cli.walking import doubt, has_template, mappings, near
from hub.config.document import Marks
from hub.config.problems import KeyPath, Problem
from hub.config.scalars import plain
from hub.config.validate import validate
from hub.configuration import Configuration
from hub.core.ports import House
from hub.domains import TARGETS
from hub.fields import looks_like_template

_DATA = ("data", "data_template")


class ServiceFields:
    """Looks at calls whose service is no template; a field whose value is one is only looked at by name."""

    def __init__(self, configuration: Configuration, house: House) -> None:
        self._document = configuration.document
        self._scripts = configuration.scripts
        self._services = house.services

    def of_rule(self, part: Any, path: KeyPath) -> Iterator[Problem]:
        for call, at in mappings(part, path):
            name = call.get("action", call.get("service"))
            if not isinstance(name, str) or looks_like_template(name):
                continue
            domain, _, service = name.strip().lower().partition(".")
            if domain == "script" and service in self._scripts:
                yield from self._script(call, service, at)
            else:
                yield from self._service(call, domain, service, at)

    def _service(self, call: Mapping[str, Any], domain: str, name: str, at: KeyPath) -> Iterator[Problem]:
        service = self._services.find(domain, name)
        if service is None or service.model is None:
            return
        given = [call[key] for key in _DATA if call.get(key) is not None]
        if any(not isinstance(data, Mapping) for data in given):
            return  # a template makes all of it
        key = next((key for key in _DATA if call.get(key) is not None), "")
        rest, unclear = self._fixed(call, given)
        path = (*at, key) if key else at
        for problem in validate(service.model, rest, self._document, path)[1]:
            if _certain(problem, len(path), unclear):
                text = f"{domain}.{name}: {problem.text}"
                yield replace(problem, text=text, severity="warning")

    def _fixed(
        self, call: Mapping[str, Any], given: list[Mapping[str, Any]]
    ) -> tuple[dict[Any, Any], set[Any]]:
        """Return the fields without targets, and which of them only a template knows."""
        rest: dict[Any, Any] = {}
        unclear: set[Any] = set()
        marks = Marks(self._document.spot_of(given[0] if given else call))
        for data in given:
            for key, value in data.items():
                if key in TARGETS:
                    continue
                rest[key] = plain(value)
                marks.keys[key] = self._document.locate(data, (key,), key=True)
                marks.values[key] = self._document.locate(data, (key,))
                if has_template(value):
                    unclear.add(key)
        self._document.keep(rest, marks)
        return rest, unclear

    def _script(self, call: Mapping[str, Any], name: str, at: KeyPath) -> Iterator[Problem]:
        """A script takes any field; one spelt nearly as its own is doubtful, and so is a missing one."""
        fields = self._scripts[name].fields
        data = call.get("data") or {}
        if not isinstance(data, Mapping):
            return
        missing = [key for key, field in fields.items() if field.required and key not in data]
        for key in data:
            hint = near(str(key), [field for field in fields if field not in data])
            if key not in fields and hint:
                text = f"script.{name} has no field '{key}'"
                yield doubt(self._document, data, (key,), (*at, "data"), text, hint)
        for key in missing:
            yield doubt(self._document, call, (), at, f"script.{name} needs the field '{key}'", "")


def _certain(problem: Problem, depth: int, unclear: set[Any]) -> bool:
    """Say whether a problem stands whatever the templates give: an unknown key does, and what is fixed."""
    if len(problem.path) <= depth:
        return not unclear
    return problem.path[depth] not in unclear or problem.text == "unknown key"
