"""Know which runs wait, and which were taken up again for whom: one book for all that has actions."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from typing import Any, Protocol

from hub.core.agenda import Agenda, ShortAgenda
from hub.core.cause import Cause


class Marked(Protocol):
    """A run that waits, as the book sees it."""

    parent: tuple[str, str] | None
    """The key of the run that waits for this one, and at which step."""

    @property
    def cause(self) -> Cause: ...

    def adopted(self) -> None:
        """Told that `parent` was set."""
        ...


class Resumed(Protocol):
    """What has actions, so that a run of them can be taken up again."""

    @property
    def digest(self) -> str:
        """Tell one text of its YAML from another."""
        ...

    @property
    def skips(self) -> bool:
        """Tell whether what was over while the hub was down is not done."""
        ...

    def take_up(self, told: Mapping[str, Any]) -> Callable[[], Awaitable[Any]]:
        """Go on with a run that waited when the hub ended; return what makes one wait for its end."""
        ...

    def give_up(self, told: Mapping[str, Any], outcome: str, why: str) -> None:
        """Keep the trace of a run that waited when the hub ended and does not go on."""
        ...


class Book:
    """The runs that wait, by their keys in the agenda; and what has actions, by name."""

    def __init__(self, agenda: Agenda | None = None) -> None:
        self.agenda: Agenda = agenda or ShortAgenda()
        self.open: dict[str, Marked] = {}
        self.items: dict[str, Resumed] = {}
        self._taken_up: dict[tuple[str, str], list[Callable[[], Awaitable[Any]]]] = {}

    def adopt(self, cause: Cause, parent: str, path: str) -> None:
        """Note that the run `parent` waits at `path` for the runs that it has just begun."""
        for mark in reversed(self.open.values()):
            if not _stems_from(mark.cause, cause):
                return
            if mark.cause.parent is cause and mark.parent is None:
                mark.parent = (parent, path)
                mark.adopted()

    def join(self, parent: tuple[str, str], again: Callable[[], Awaitable[Any]]) -> None:
        """Keep a run that was taken up for the one that waits for it."""
        self._taken_up.setdefault(parent, []).append(again)

    def joined(self, parent: str, path: str) -> list[Callable[[], Awaitable[Any]]]:
        """Return the runs that were taken up for this step, once."""
        return self._taken_up.pop((parent, path), [])


def _stems_from(link: Cause | None, cause: Cause) -> bool:
    while link is not None and link.depth > cause.depth:
        link = link.parent
    return link is cause
