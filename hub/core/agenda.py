"""What is still to be done: runs that wait and times that were begun, kept from one start to the next.

An entry is told only when it is written, by a function that its owner gives. So an owner that changes
several times before costs nothing more.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, Protocol

Told = Callable[[], Mapping[str, Any]]
"""Says what is to be kept now, as data that JSON can hold. `due` is a time in seconds since 1970."""


class Agenda(Protocol):
    """Entries by key."""

    @property
    def left(self) -> dict[str, Mapping[str, Any]]:
        """What was to be done when the hub last ended. Who takes an entry up takes it out."""
        ...

    @property
    def sealed(self) -> bool:
        """Tell whether nothing is taken any more, because the hub ends."""
        ...

    def put(self, key: str, told: Told, *, at_once: bool = False) -> None:
        """Keep an entry; one that is there under this key is replaced.

        What is put `at_once` outlives a kill of the process in the next moment.
        """
        ...

    def drop(self, key: str) -> None:
        """Forget an entry at once: it is done, or no more to be done."""
        ...

    def knows(self, key: str) -> bool:
        """Tell whether a restart now could find an entry under this key."""
        ...

    def seal(self) -> None:
        """Keep everything as it stands now: the hub ends, and what is cancelled by that is not done."""
        ...


class ShortAgenda:
    """An agenda that lasts as long as the process."""

    def __init__(self, left: Mapping[str, Mapping[str, Any]] | None = None) -> None:
        self.left: dict[str, Mapping[str, Any]] = dict(left or {})
        self.sealed = False
        self._told: dict[str, Told] = {}
        self._kept: dict[str, Mapping[str, Any]] = dict(self.left)

    def put(self, key: str, told: Told, *, at_once: bool = False) -> None:
        if not self.sealed:
            self._told[key] = told

    def drop(self, key: str) -> None:
        if not self.sealed:
            self._told.pop(key, None)
            self._kept.pop(key, None)

    def knows(self, key: str) -> bool:
        return key in self._told or key in self._kept

    def seal(self) -> None:
        self._kept = self.entries()
        self.sealed = True

    def entries(self) -> dict[str, Mapping[str, Any]]:
        """Return what the next start would find if the process ended now."""
        if self.sealed:
            return dict(self._kept)
        return {**self._kept, **{key: told() for key, told in self._told.items()}}
