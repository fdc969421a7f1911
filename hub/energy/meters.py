"""Read what meters told: kilowatt-hours by pieces of time, from meters of energy or of power."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from typing import NamedTuple, Protocol

from hub.core.history import History, Statistic

HOUR = 3600
# Of less (seconds) nobody can say what an hour will be.
LEAST_SEEN = 600
_KWH = {
    "mWh": 1e-6,
    "Wh": 0.001,
    "kWh": 1.0,
    "MWh": 1000.0,
    "GWh": 1e6,
    "J": 1 / 3.6e6,
    "kJ": 1 / 3600,
    "MJ": 1 / 3.6,
    "GJ": 1000 / 3.6,
}
_WATTS = {"mW": 0.001, "W": 1.0, "kW": 1000.0, "MW": 1e6}


class Slot(NamedTuple):
    """Kilowatt-hours that were used between two times, five minutes or an hour apart."""

    start: float
    end: float
    energy: float


class Metered(Protocol):
    """What has a sensor of energy, of power, or both."""

    @property
    def energy(self) -> str | None: ...

    @property
    def power(self) -> str | None: ...


class Only:
    """A meter of energy alone."""

    power = None

    def __init__(self, energy: str) -> None:
        self.energy: str | None = energy


class Meters:
    """Asks one history, as it is at a time."""

    def __init__(self, history: History, now: float) -> None:
        self._history = history
        self._now = now

    async def slots(self, device: Metered, since: float, until: float, *, fine: bool) -> list[Slot]:
        """Return what was used from `since` on; with `fine` by five minutes as far as these are kept.

        Where only power is known its mean is what was used: of an hour that was seen in part, that part.
        """
        if device.energy is not None:
            factor = _KWH.get(await self._unit(device.energy), 1.0)
            rows = await self._rows(device.energy, since, until, fine=fine)
            found = [(row, row.change * factor) for row in rows if row.change is not None]
        else:
            assert device.power is not None
            factor = _WATTS.get(await self._unit(device.power), 1.0) / 1000 / HOUR
            rows = await self._rows(device.power, since, until, fine=True)
            found = [(row, row.mean * factor * (row.end - row.start)) for row in rows if row.mean is not None]
        slots = [Slot(row.start, min(row.end, max(row.start + 1, self._now)), told) for row, told in found]
        return list(clipped(slots, since, until))

    async def power(self, device: Metered, since: float, until: float) -> list[Statistic]:
        """Return the mean power of each hour in watts."""
        if device.power is not None:
            factor = _WATTS.get(await self._unit(device.power), 1.0)
            rows = await self._statistics(device.power, since, until)
            return [Statistic(row.start, row.end, row.mean * factor) for row in rows if row.mean is not None]
        slots = await self.slots(device, since, until, fine=False)
        return [Statistic(start, start + HOUR, energy * 1000) for start, energy in by_hour(slots).items()]

    async def means(self, sensor: str, since: float, until: float, *, fine: bool) -> dict[int, float]:
        """Return the means of a sensor, by the hour or by five minutes."""
        ask = self._fine if fine else self._statistics
        return {int(row.start): row.mean for row in await ask(sensor, since, until) if row.mean is not None}

    async def _rows(self, sensor: str, since: float, until: float, *, fine: bool) -> list[Statistic]:
        """Return rows that follow one another: of hours, and with `fine` of five minutes after these."""
        hours = await self._statistics(sensor, since, until)
        parts = await self._fine(sensor, since, until) if fine else []
        if not parts:
            return hours
        first = parts[0].start // HOUR * HOUR
        purged = any(row.start < first for row in hours)
        if purged and parts[0].start > first:  # of this hour only its end is kept: the hour has it all
            first += HOUR
        return [
            *(row for row in hours if row.start < first),
            *(part for part in parts if part.start >= first),
        ]

    async def _fine(self, sensor: str, since: float, until: float) -> list[Statistic]:
        return (await self._history.statistics([sensor], since, until, period="5minute")).get(sensor, [])

    async def _statistics(self, sensor: str, since: float, until: float) -> list[Statistic]:
        return (await self._history.statistics([sensor], since, until, period="hour")).get(sensor, [])

    async def _unit(self, sensor: str) -> str:
        return (await self._history.units([sensor])).get(sensor, "")


def clipped(slots: Iterable[Slot], since: float, until: float) -> Iterable[Slot]:
    """Yield what lies between two times; of a slot across one of them its share."""
    for slot in slots:
        start, end = max(slot.start, since), min(slot.end, until)
        if end <= start:
            continue
        share = (end - start) / (slot.end - slot.start)
        yield slot if share >= 1 else Slot(start, end, slot.energy * share)


def by_hour(slots: Sequence[Slot]) -> dict[int, float]:
    hours: dict[int, float] = defaultdict(float)
    for slot in slots:
        hours[int(slot.start // HOUR) * HOUR] += slot.energy
    return dict(hours)


def mean_power(slots: Sequence[Slot]) -> dict[int, float]:
    """Return watts by hour, as the mean of the time that was seen of it."""
    seconds: dict[int, float] = defaultdict(float)
    for slot in slots:
        seconds[int(slot.start // HOUR) * HOUR] += slot.end - slot.start
    return {
        start: energy * 1000 * HOUR / max(seconds[start], LEAST_SEEN)
        for start, energy in by_hour(slots).items()
    }
