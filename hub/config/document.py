"""Hold what was read from YAML files together with the place of every key and value."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from enum import IntEnum
from typing import NamedTuple

from hub.config.problems import Key, KeyPath, Problem, Severity
from hub.config.syntax import lines
from hub.core.errors import Place

_LONGEST_EXCERPT = 200
_LONGEST_TEXT = 400
_MASK = "(hidden)"
_QUOTED = re.compile(r"'.*'", re.DOTALL)  # greedy, for a secret may hold quotes


class Kind(IntEnum):
    """How much of a value may be said."""

    OPEN = 0
    SECRET = 1  # it came from !secret or the environment: never show it
    BROKEN = 2  # its error is already reported: do not complain about it again


class Spot(NamedTuple):
    """Where a key or a value stands; light, because each value has one. Lines and columns count from 1."""

    file: str
    line: int
    column: int
    kind: Kind = Kind.OPEN

    @property
    def place(self) -> Place:
        return Place(self.file, self.line, self.column)


_NOWHERE = Spot("", 0, 0)


class Marks:
    """The spots of one mapping or list, of its keys and of its values."""

    __slots__ = ("keys", "spot", "values")

    def __init__(self, spot: Spot) -> None:
        self.spot = spot
        self.keys: dict[Key, Spot] = {}
        self.values: dict[Key, Spot] = {}


@dataclass(slots=True)
class Document:
    """One configuration: plain data from a file and all it includes. Treat the data as read-only.

    Places belong to the mappings and lists themselves, so they hold for any part of the data, and still
    do when parts are put together anew. Aliases and repeated includes share one object.
    """

    data: object = None
    spot: Spot = _NOWHERE
    files: list[str] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)
    marks: dict[int, Marks] = field(default_factory=dict)
    texts: dict[str, str] = field(default_factory=dict)
    """The text of each file that may be quoted: not of secrets.yaml."""
    secrets: set[str] = field(default_factory=set)
    private: bool = False
    """A file of secrets: its problems quote nothing of it."""
    # Marks are found by the identity of a container, so each container must outlive its marks.
    _kept: list[object] = field(default_factory=list)
    _lines: dict[str, list[str]] = field(default_factory=dict)

    @property
    def errors(self) -> list[Problem]:
        return [problem for problem in self.problems if problem.is_error]

    def place(self, path: KeyPath, *, key: bool = False) -> Place:
        """Return where the value at `path` stands, or its key; if unknown, the nearest parent's place."""
        return self.locate(self.data, path, key=key).place

    def locate(self, container: object, path: KeyPath = (), *, key: bool = False) -> Spot:
        """Return the spot of what lies at `path` below `container`, any mapping or list of this document."""
        spot = self.spot_of(container)
        for marks, step in self._walk(container, path):
            found = (marks.keys if key else marks.values).get(step) or marks.values.get(step)
            if found is None:
                return marks.spot
            spot = found
        return spot

    def knows(self, container: object) -> bool:
        """Say whether `container` is one of this document's mappings and lists."""
        return id(container) in self.marks

    def spot_of(self, container: object) -> Spot:
        marks = self.marks.get(id(container))
        return marks.spot if marks else self.spot

    def kind(self, container: object, path: KeyPath) -> Kind:
        """Say whether the value at `path` is secret or broken, or lies in something that is."""
        spots = [marks.values.get(step) for marks, step in self._walk(container, path)]
        own = self.spot.kind if container is self.data else Kind.OPEN
        return max((spot.kind for spot in spots if spot), default=own)

    def keep(self, container: dict[Key, object] | list[object], marks: Marks) -> None:
        """Remember where `container` and all in it stands."""
        self._kept.append(container)
        self.marks[id(container)] = marks

    def adopt(self, other: Document) -> None:
        """Know the places of another document too, whose parts are put into this one."""
        self._kept.append(other)
        self.marks.update(other.marks)
        self.texts.update(other.texts)
        self.secrets.update(other.secrets)
        self.files += other.files

    def forget_places(self) -> None:
        """Let go of where everything stands, once nothing more will be said of it."""
        self.marks.clear()
        self.texts.clear()
        self._lines.clear()
        self._kept.clear()

    def problem(
        self,
        spot: Spot | Place,
        text: str,
        hint: str = "",
        *,
        path: KeyPath = (),
        severity: Severity = "error",
        missing: bool = False,
    ) -> Problem:
        """Return a problem with the line it is in, all secrets hidden."""
        place = spot.place if isinstance(spot, Spot) else spot
        if self.private:
            return Problem(place, _QUOTED.sub(_MASK, text), hint, (), severity, missing=missing)
        shown = _short(self.masked(text))
        return Problem(place, shown, self.masked(hint), path, severity, self.excerpt(place), missing)

    def mask_problems(self) -> None:
        """Hide secrets in the problems that were found before the secrets were."""
        self.problems = [
            replace(
                problem,
                text=self.masked(problem.text),
                hint=self.masked(problem.hint),
                excerpt=problem.excerpt and self.excerpt(problem.place),
            )
            for problem in self.problems
        ]

    def excerpt(self, place: Place) -> str:
        line = self._line(place)
        return self.masked_line(line)[:_LONGEST_EXCERPT] if place.column <= _LONGEST_EXCERPT else ""

    def masked(self, text: str) -> str:
        """Return `text` without the value of any secret."""
        for secret in sorted(self.secrets, key=len, reverse=True):
            if secret in text:
                text = re.sub(_whole(secret), _MASK, text)
        return text

    def masked_line(self, line: str) -> str:
        """Return a line of a file with the values of secrets starred out, each column where it was."""
        for secret in self.secrets:
            if len(secret) > 3 and secret in line:
                line = line.replace(secret, "*" * len(secret))
        return line

    def _line(self, place: Place) -> str:
        if place.file not in self._lines:
            self._lines[place.file] = lines(self.texts.get(place.file, ""))
        found = self._lines[place.file][place.line - 1 : place.line] if place.line else []
        return found[0] if found else ""

    def _walk(self, container: object, path: KeyPath) -> Iterator[tuple[Marks, Key]]:
        for step in path:
            marks = self.marks.get(id(container))
            if marks is None:
                return
            yield marks, step
            container = _child(container, step)


def _child(container: object, step: Key) -> object:
    if isinstance(container, Mapping):
        return container.get(step)
    if isinstance(container, list) and isinstance(step, int) and 0 <= step < len(container):
        return container[step]
    return None


def _whole(secret: str) -> str:
    """Match a short secret only as a whole word: 'on' must not blacken each word with an 'on' in it."""
    if len(secret) > 3:
        return re.escape(secret)
    return rf"(?<!\w){re.escape(secret)}(?!\w)"


def _short(text: str) -> str:
    return text if len(text) <= _LONGEST_TEXT else text[:_LONGEST_TEXT] + "..."
