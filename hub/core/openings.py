"""Where the hub listens, for those who tell others of it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

from hub.core.clock import Detach


@dataclass(frozen=True, slots=True)
class Opening:
    """An address that others on the network can reach; an empty host is every address."""

    kind: Literal["mqtt", "http"]
    host: str
    port: int
    tls: bool


class Openings:
    """The addresses that are open now. What only this machine reaches is not among them."""

    def __init__(self) -> None:
        self._open: list[Opening] = []
        self._listeners: list[Callable[[], None]] = []

    def add(self, opening: Opening) -> Detach:
        self._open.append(opening)
        self._tell()

        def detach() -> None:
            self._open.remove(opening)
            self._tell()

        return detach

    def all(self) -> list[Opening]:
        return list(self._open)

    def listen(self, callback: Callable[[], None]) -> Detach:
        """Call `callback()` when one was opened or closed."""
        self._listeners.append(callback)
        return lambda: self._listeners.remove(callback)

    def _tell(self) -> None:
        for callback in tuple(self._listeners):
            callback()
