"""Turn plain data into a model, and each of pydantic's errors into a problem with its place."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import TypeVar

from pydantic import TypeAdapter, ValidationError
from pydantic_core import ErrorDetails

from hub.config.document import Document, Kind, Spot
from hub.config.fields import keys_of, models_at
from hub.config.findings import Finding, Findings
from hub.config.location import is_key, path_of, path_to, value_at
from hub.config.problems import KeyPath, Problem, in_order, nearest
from hub.config.scalars import Input, Sixties, Word
from hub.config.wording import but_is, complaint
from hub.core.errors import HubError

T = TypeVar("T")
_OWN_COMPLAINTS = ("hub", "value_error")
"""The types of what validators raise themselves: `refuse` and ValueError."""


def validate(
    model: type[T] | TypeAdapter[T],
    data: object,
    document: Document,
    path: KeyPath = (),
    context: Mapping[str, object] | None = None,
) -> tuple[T | None, list[Problem]]:
    """Return `data` as a `model` (None if it is none) and its problems, warnings too.

    `data` is a part of the document, the very object: its places are known by that. `path` is how messages
    call it. Validators find `Findings` in `info.context["findings"]`. They refuse with ValueError(text),
    ValueError(text, hint), a PydanticCustomError whose context may have a `hint`, or with a HubError, which
    ends the validation.
    """
    adapter = model if isinstance(model, TypeAdapter) else TypeAdapter(model)
    findings = Findings()
    part = _Part(document, data, path, findings, model)
    try:
        result = adapter.validate_python(data, context={**(context or {}), "findings": findings})
    except ValidationError as error:
        return None, in_order([*part.problems(error), *part.warnings()])
    except HubError as error:
        return None, in_order([part.refused(error), *part.warnings()])
    return result, in_order(part.warnings())


@dataclass(frozen=True, slots=True)
class _Fault:
    """One of pydantic's errors with its path in the data."""

    error: ErrorDetails
    path: KeyPath

    @property
    def kind(self) -> str:
        return self.error["type"]


@dataclass(frozen=True, slots=True)
class _Part:
    """The part of a document that is being validated."""

    document: Document
    data: object
    path: KeyPath
    findings: Findings
    model: object

    def problems(self, error: ValidationError) -> Iterable[Problem]:
        faults = [self._fault(each) for each in error.errors(include_url=False)]
        faults = [
            fault
            for fault in faults
            if self._kind(fault.path) is not Kind.BROKEN and not self._lacks_a_part(fault)
        ]
        hints = {
            fault.path: self._near_key(fault.path) for fault in faults if fault.kind == "extra_forbidden"
        }
        meant = {(*path[:-1], near) for path, near in hints.items() if near}
        alike: dict[KeyPath, list[_Fault]] = {}
        for fault in faults:
            if fault.kind != "missing" or fault.path not in meant:  # the misspelt key is said already
                alike.setdefault(fault.path, []).append(fault)
        for path, group in alike.items():
            hint = f"Did you mean '{hints[path]}'?" if hints.get(path) else ""
            deeper = any(other[: len(path)] == path for other in alike if len(other) > len(path))
            yield from self._said(group, hint, deeper=deeper)

    def refused(self, error: HubError) -> Problem:
        own = error.place if error.place and error.place.file in self.document.texts else None
        return self.document.problem(own or self._spot(()), error.problem, error.remedy, path=self.path)

    def warnings(self) -> Iterable[Problem]:
        for finding in self.findings.warnings:
            path = self._path_of(finding)
            spot = self._spot(path)
            place = finding.at.place if isinstance(finding.at, Word | Sixties | Input) else spot.place
            whole = (*self.path, *path)
            yield self.document.problem(place, finding.text, finding.hint, path=whole, severity="warning")

    def _fault(self, error: ErrorDetails) -> _Fault:
        return _Fault(error, path_of(self.data, error["loc"], missing=error["type"] == "missing"))

    def _said(self, group: list[_Fault], hint: str, *, deeper: bool) -> Iterable[Problem]:
        """Yield the problems of one path. Wrong types are told together, as the members of a union they are.

        They are not told at all when a member took the value and found fault with what is in it.
        """
        secret = self._kind(group[0].path) is Kind.SECRET
        complaints = {complaint(fault.error, secret=secret): fault for fault in group}
        for said, fault in complaints.items():
            if not said.expected:
                yield self._problem(fault, said.text, said.hint or hint)
        types = [said for said in complaints if said.expected]
        if types and not deeper:
            fault = complaints[types[0]]
            wanted = " or ".join(dict.fromkeys(said.expected for said in types))
            text = f"should be {wanted}{but_is(fault.error['input'], secret=secret)}"
            yield self._problem(fault, text, types[0].hint)

    def _problem(self, fault: _Fault, text: str, hint: str) -> Problem:
        at_key = fault.kind == "extra_forbidden" or is_key(fault.error["loc"])
        spot = self._spot(fault.path, key=at_key)
        return self.document.problem(spot, text, hint, path=(*self.path, *fault.path))

    def _lacks_a_part(self, fault: _Fault) -> bool:
        """Tell whether a validator found fault with a mapping of which a value could not even be read."""
        if fault.kind not in _OWN_COMPLAINTS:
            return False
        mapping = value_at(self.data, fault.path)
        keys = mapping if isinstance(mapping, Mapping) else ()
        return any(self._kind((*fault.path, key)) is Kind.BROKEN for key in keys)

    def _near_key(self, path: KeyPath) -> str:
        """Return the key that was meant by the unknown one at `path`; nothing if it stands in no file."""
        if not path:
            return ""
        mapping = value_at(self.data, path[:-1])
        models = models_at(*self._reader(path[:-1]))
        taken = mapping if isinstance(mapping, Mapping) else {}
        free = {key for model in models for key in keys_of(model) if key not in taken}
        return nearest(path[-1], sorted(free))

    def _reader(self, path: KeyPath) -> tuple[object, KeyPath]:
        """Return the model that is known to read most of `path`, and the rest of it."""
        for length in range(len(path), -1, -1):
            seen = self.findings.model_of(value_at(self.data, path[:length]))
            if seen is not None:
                return seen, path[length:]
        return self.model, path

    def _path_of(self, finding: Finding) -> KeyPath:
        if not isinstance(finding.at, dict | list | Word | Sixties | Input):
            return ()
        path = path_to(self.data, finding.at)
        if path is None or finding.key is None:
            return path or ()
        return (*path, finding.key)

    def _spot(self, path: KeyPath, *, key: bool = False) -> Spot:
        if self.document.knows(self.data):
            return self.document.locate(self.data, path, key=key)
        return self.document.locate(self.document.data, self.path, key=key)

    def _kind(self, path: KeyPath) -> Kind:
        if self.document.knows(self.data):
            return self.document.kind(self.data, path)
        return self.document.kind(self.document.data, self.path)
