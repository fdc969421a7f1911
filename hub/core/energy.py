"""The shapes of what is told about energy: what was used, what it cost, where it could be less."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Protocol

from hub.core.errors import HubError
from hub.core.history import Period


@dataclass(frozen=True, slots=True)
class Use:
    """One device over one period: kilowatt-hours and their cost; None where no price is known."""

    start: float
    end: float
    energy: float
    cost: float | None
    unpriced: float = 0.0
    """Kilowatt-hours of which the price is not known: they are not in the cost."""


@dataclass(frozen=True, slots=True)
class Account:
    """One device over a whole time, piece by piece, beside the time before."""

    name: str
    energy: float
    cost: float | None
    share: float | None
    """Its part of all, between 0 and 1."""
    energy_before: float | None
    cost_before: float | None
    uses: list[Use] = field(default_factory=list)
    unpriced: float = 0.0


@dataclass(frozen=True, slots=True)
class Report:
    """What a house used between two times. With a main meter, `rest` is what no device accounts for."""

    since: float
    until: float
    period: Period
    currency: str
    energy: float
    cost: float | None
    energy_before: float | None
    cost_before: float | None
    standing: float
    returned: float
    devices: list[Account] = field(default_factory=list)
    rest: Account | None = None
    unpriced: float = 0.0
    since_before: float = 0.0
    until_before: float = 0.0
    """The time before: with a day it is the day before up to the same hour, with a month the month before."""


@dataclass(frozen=True, slots=True)
class Standby:
    """A device that uses power while it only waits: how much, how often, and what that costs in a year."""

    name: str
    power: float
    share_of_time: float
    energy_a_year: float
    cost_a_year: float | None


@dataclass(frozen=True, slots=True)
class Peak:
    """A time in which much was used, and what used it."""

    start: float
    power: float
    devices: dict[str, float] = field(default_factory=dict)
    """Watts by name, the largest first."""


class Energy(Protocol):
    """Asks what was used. All raise `HubError` without a section `energy:`."""

    async def report(self, since: float, until: float | None = None, *, period: Period = "day") -> Report: ...

    async def standby(self, since: float, until: float | None = None) -> list[Standby]:
        """Return the devices that use power while they wait, the dearest first."""
        ...

    async def peaks(self, since: float, until: float | None = None, *, most: int = 10) -> list[Peak]:
        """Return the hours in which the most was used, the highest first."""
        ...


class NoEnergy:
    """Stands for energy where nothing is said about it (`Energy`)."""

    async def report(self, since: float, until: float | None = None, *, period: Period = "day") -> Report:
        raise _nothing()

    async def standby(self, since: float, until: float | None = None) -> list[Standby]:
        raise _nothing()

    async def peaks(self, since: float, until: float | None = None, *, most: int = 10) -> list[Peak]:
        raise _nothing()


def _nothing() -> HubError:
    return HubError(
        "the configuration says nothing about energy",
        remedy="Write `energy:` with your devices and what a kilowatt-hour costs; see docs/energy.md.",
    )
