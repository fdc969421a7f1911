"""Tell people what is wrong in their files: as text with a caret, as JSON, or as notes on a pull request."""

from __future__ import annotations

import difflib
import json
import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal

from hub.core.errors import Place

Key = str | int | float | None
KeyPath = tuple[Key, ...]
Severity = Literal["error", "warning"]

_PLAIN_KEY = re.compile(r"[\w/ -]+")


@dataclass(frozen=True, slots=True)
class Problem:
    """Something wrong at a place; `excerpt` is the line of the file, without secrets, if it may be shown."""

    place: Place
    text: str
    hint: str = ""
    path: KeyPath = ()
    severity: Severity = "error"
    excerpt: str = ""
    missing: bool = False
    """A file, a secret or a variable of the environment is not there; a reload does not go on without it."""

    def __str__(self) -> str:
        parts = [str(self.place), path_text(self.path), sentence(self.text, self.hint)]
        return ": ".join(part for part in parts if part)

    @property
    def is_error(self) -> bool:
        return self.severity == "error"


def path_text(path: KeyPath) -> str:
    """Write a path as people do: `automation[2].triggers[0].to`."""
    return "".join(_step_text(step, first=not index) for index, step in enumerate(path))


def sentence(text: str, hint: str = "") -> str:
    return f"{text.rstrip('.')}. {hint}" if hint else text


def nearest(word: object, choices: Iterable[str]) -> str:
    """Return the choice that is spelt most like `word`, or nothing if none is near."""
    near = difflib.get_close_matches(str(word), list(choices), n=1, cutoff=0.6)
    return near[0] if near else ""


def did_you_mean(word: object, choices: Iterable[str]) -> str:
    """Return the hint that names the nearest choice, or nothing."""
    near = nearest(word, choices)
    return f"Did you mean '{near}'?" if near else ""


def in_order(problems: Iterable[Problem]) -> list[Problem]:
    """Sort by place, each said once."""
    return sorted(dict.fromkeys(problems), key=_order)


def as_text(problems: Iterable[Problem]) -> str:
    """Write each problem in a line, with the line of the file and a caret below it."""
    return "\n".join(_human(problem) for problem in in_order(problems))


def as_json(problems: Iterable[Problem]) -> str:
    return json.dumps([_record(problem) for problem in in_order(problems)], ensure_ascii=False, indent=2)


def as_github(problems: Iterable[Problem], folder: str = "") -> str:
    """Write GitHub's workflow commands; `folder` is where the configuration lies in the repository."""
    return "\n".join(_annotation(problem, folder) for problem in in_order(problems))


def _step_text(step: Key, *, first: bool) -> str:
    if isinstance(step, int) and not isinstance(step, bool):
        return f"[{step}]"
    if not isinstance(step, str) or not _PLAIN_KEY.fullmatch(step):
        return f"[{step!r}]"
    return step if first else f".{step}"


def _order(problem: Problem) -> tuple[str, int, int, str]:
    return problem.place.file, problem.place.line, problem.place.column, problem.text


def _human(problem: Problem) -> str:
    line = str(problem) if problem.is_error else f"{problem} (warning)"
    if not problem.excerpt.strip():
        return line
    return f"{line}\n    {problem.excerpt}\n    {_indent(problem)}^"


def _indent(problem: Problem) -> str:
    # A tab stays a tab, so that the caret stands below its character whatever the width of a tab is.
    before = problem.excerpt[: max(problem.place.column - 1, 0)]
    return "".join("\t" if character == "\t" else " " for character in before)


def _record(problem: Problem) -> dict[str, object]:
    return {
        "severity": problem.severity,
        "file": problem.place.file,
        "line": problem.place.line,
        "column": problem.place.column,
        "path": path_text(problem.path),
        "keys": list(problem.path),
        "problem": problem.text,
        "hint": problem.hint,
    }


def _annotation(problem: Problem, folder: str) -> str:
    where = {"file": "/".join(part for part in (folder.strip("/"), problem.place.file) if part)}
    if problem.place.line:
        where |= {"line": str(problem.place.line), "col": str(problem.place.column)}
    properties = ",".join(f"{name}={_escape(value, ',:')}" for name, value in where.items())
    path = path_text(problem.path)
    message = sentence(problem.text, problem.hint)
    return f"::{problem.severity} {properties}::{_escape(f'{path}: {message}' if path else message)}"


def _escape(text: str, more: str = "") -> str:
    for character in "%\r\n" + more:
        text = text.replace(character, f"%{ord(character):02X}")
    return text
