"""What parts of the hub count of themselves, asked for when somebody looks."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field

from hub.core.clock import Detach


@dataclass(frozen=True, slots=True)
class Figure:
    """A number with what it is of; `grows` is a count that only goes up until the next start."""

    name: str
    help: str
    value: float
    labels: Mapping[str, str] = field(default_factory=dict)
    grows: bool = True


Teller = Callable[[], Iterable[Figure]]


class Figures:
    """Those who have figures to tell."""

    def __init__(self) -> None:
        self._tellers: list[Teller] = []

    def add(self, tell: Teller) -> Detach:
        """Let `tell()` be called whenever the figures are asked for."""
        self._tellers.append(tell)
        return lambda: self._tellers.remove(tell)

    def all(self) -> list[Figure]:
        return [figure for tell in self._tellers for figure in tell()]
