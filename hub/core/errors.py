"""Say what went wrong with its place, its problem and its remedy."""

from __future__ import annotations

from dataclasses import dataclass

# So much of a template is shown with its error.
_SHOWN = 200


@dataclass(frozen=True, slots=True)
class Place:
    """A spot in a file; `line` and `column` count from 1, 0 means unknown."""

    file: str = ""
    line: int = 0
    column: int = 0

    def __str__(self) -> str:
        if not self.line:
            return self.file
        return f"{self.file}:{self.line}:{self.column}"


class HubError(Exception):
    """The user's trouble: shown without a traceback as `place: problem. remedy`."""

    def __init__(self, problem: str, *, remedy: str = "", place: Place | None = None) -> None:
        super().__init__(problem)
        self.problem = problem
        self.remedy = remedy
        self.place = place

    def __str__(self) -> str:
        where = f"{self.place}: " if self.place and self.place.file else ""
        what = self.problem if not self.remedy else f"{self.problem.rstrip('.')}. {self.remedy}"
        return where + what


class NotFound(HubError):
    """A name that nothing has: an entity, a service, an automation."""


class Taken(HubError):
    """A name, id or certificate that something else has."""


class Denied(HubError):
    """Somebody has no right to do this."""


class NotNow(HubError):
    """Something else must be done first, or elsewhere: what is declared in the YAML is changed there."""


class ServiceRefused(HubError):
    """A service that does not exist, or does not take this data."""


class TemplateError(HubError):
    """A template that does not compile or does not render; `place` is the template's own line.

    `source` is the template, once it is known; `key` says where in the data it stands.
    """

    source = ""
    key = ""

    def within(self, key: object) -> None:
        """Note that the template stands under `key`."""
        self.key = f"{key}.{self.key}" if self.key else str(key)

    def __str__(self) -> str:
        told = f"{self.key}: {super().__str__()}" if self.key else super().__str__()
        lines = self.source.strip().splitlines()
        if not lines or self.source in self.problem:
            return told
        if len(lines) == 1:
            return f"{told}, in {_cut(lines[0])}"
        line = self.place.line if self.place is not None else 0
        at = f" line {line}" if line else ""
        return (
            f"{told}, in{at} of a template: {_cut(self.source.splitlines()[line - 1 if line else 0].strip())}"
        )


class StoreFailed(HubError):
    """History can't be kept or read at the moment: a full disk, a server that does not answer."""


class StoreBroken(StoreFailed):
    """The file of a store is damaged, or is no store at all."""


def _cut(text: str) -> str:
    return text if len(text) <= _SHOWN else text[:_SHOWN] + "…"
