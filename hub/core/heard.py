"""Tell what was heard last on the topics that entities and devices listen to, to people who look at one."""

from __future__ import annotations

from typing import NamedTuple, Protocol

from hub.core.clock import Detach


class Heard(NamedTuple):
    """A message, and when it came in, in seconds since 1970."""

    payload: bytes
    at: float


class Ear(Protocol):
    """Whoever listens to a topic keeps the latest message."""

    @property
    def heard(self) -> Heard | None: ...


class Hearing:
    """Who listens to what, by the id of the entity or device; asked for only when somebody looks."""

    def __init__(self) -> None:
        self._ears: dict[str, list[tuple[str, Ear]]] = {}

    def add(self, who: str, filter: str, ear: Ear) -> Detach:
        """Say that an entity or a device listens to `filter`."""
        entry = (filter, ear)
        self._ears.setdefault(who, []).append(entry)

        def detach() -> None:
            entries = self._ears.get(who, [])
            if entry in entries:
                entries.remove(entry)
            if not entries:
                self._ears.pop(who, None)

        return detach

    def of(self, who: str) -> dict[str, Heard | None]:
        """Return what an entity or device listens to, and what was heard there last."""
        return {filter: ear.heard for filter, ear in self._ears.get(who, ())}
