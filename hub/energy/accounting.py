"""Compute what was used and what it cost, from statistics (`hub.core.energy.Energy`)."""

from __future__ import annotations

import asyncio
from collections import defaultdict
from collections.abc import Mapping, Sequence
from typing import Any, Protocol

from hub.core.energy import Account, Peak, Report, Standby
from hub.core.history import Period
from hub.core.ports import House
from hub.energy.accounts import account, added, plus, rest, shared
from hub.energy.before import before
from hub.energy.meters import HOUR, Metered, Meters, Only, mean_power
from hub.energy.tariff import Prices, Tariff
from hub.storage.history import Spans

YEAR_HOURS = 8766
# A device waits when it uses less than this part of what it uses at most, and less than so many watts.
_WAITING_SHARE = 0.1
_WAITING_WATTS = 30.0
# Less is what the sensor does not see, and nobody unplugs a thing for it.
_LEAST_WATTS = 0.3


class _Model(Protocol):
    @property
    def currency(self) -> str | None: ...
    @property
    def tariff(self) -> tuple[Tariff, ...]: ...
    @property
    def grid(self) -> Any: ...
    @property
    def devices(self) -> tuple[Any, ...]: ...


class Accounting:
    """Answers from the history of one house."""

    def __init__(self, house: House, model: _Model) -> None:
        self._house = house
        self._model = model

    async def report(self, since: float, until: float | None = None, *, period: Period = "day") -> Report:
        """Return what each device used and what it cost, beside the time before (`hub.energy.before`)."""
        until = self._house.clock.timestamp() if until is None else until
        zone = self._house.settings.time_zone
        since = Spans("hour" if period == "hour" else "day", zone).start(since)
        old = before(since, until, zone)
        prices = await self._prices(old[0], until)
        books = _Books(self._meters, prices, Spans(period, zone), (since, until), old)
        accounts = [await books.account(device.name, device) for device in self._model.devices]
        grid = self._model.grid
        whole = await books.account("house", grid) if _measures(grid) else None
        standing = self._standing(prices, since, until)
        returned = 0.0
        if grid is not None and grid.returned:
            sold = await self._meters.slots(Only(grid.returned), since, until, fine=False)
            returned = sum(slot.energy for slot in sold) * grid.returned_price
        total = whole or added(accounts)
        return Report(
            since,
            until,
            period,
            self._model.currency or self._house.settings.currency,
            total.energy,
            None if total.cost is None else plus([total.cost, standing, -returned]),
            total.energy_before,
            total.cost_before,
            standing,
            returned,
            sorted((shared(one, total.energy) for one in accounts), key=lambda one: -one.energy),
            rest(whole, accounts) if whole is not None else None,
            total.unpriced,
            *old,
        )

    async def standby(self, since: float, until: float | None = None) -> list[Standby]:
        """Return what waits: the lowest steady power of each device, and what it costs in a year."""
        until = self._house.clock.timestamp() if until is None else until
        prices = await self._prices(since, until)
        price = _mean([prices.mean(at, at + HOUR) for at in range(int(since), int(until), HOUR)])
        found = []
        for device in self._model.devices:
            rows = await self._meters.power(device, since, until)
            watts = [row.mean for row in rows if row.mean is not None]
            limit = getattr(device, "standby_below", None) or min(
                _WAITING_WATTS, max(watts, default=0.0) * _WAITING_SHARE
            )
            waiting = sorted(value for value in watts if value < limit)
            if not waiting or (power := waiting[len(waiting) // 2]) < _LEAST_WATTS:
                continue
            share = len(waiting) / len(watts)
            energy = power / 1000 * YEAR_HOURS * share
            found.append(
                Standby(device.name, power, share, energy, None if price is None else energy * price)
            )
        return sorted(found, key=lambda one: -one.energy_a_year)

    async def peaks(self, since: float, until: float | None = None, *, most: int = 10) -> list[Peak]:
        """Return the hours in which the most was used; with a main meter by what it tells."""
        until = self._house.clock.timestamp() if until is None else until
        used: dict[int, dict[str, float]] = defaultdict(dict)
        for device in self._model.devices:
            for start, watts in (await self._watts(device, since, until)).items():
                used[start][device.name] = watts
        grid = self._model.grid
        whole = await self._watts(grid, since, until) if _measures(grid) else {}
        peaks = []
        for start in {*used, *whole}:
            devices = dict(sorted(used.get(start, {}).items(), key=lambda pair: -pair[1]))
            power = whole[start] if start in whole else sum(devices.values())
            peaks.append(Peak(start, power, devices))
        return sorted(peaks, key=lambda peak: -peak.power)[:most]

    @property
    def _meters(self) -> Meters:
        return Meters(self._house.history, self._house.clock.timestamp())

    async def _watts(self, device: Metered, since: float, until: float) -> Mapping[int, float]:
        return mean_power(await self._meters.slots(device, since // HOUR * HOUR, until, fine=False))

    async def _prices(self, since: float, until: float) -> Prices:
        sensors = [tariff.sensor for tariff in self._model.tariff if tariff.sensor is not None]
        hours = {sensor: await self._meters.means(sensor, since, until, fine=False) for sensor in sensors}
        fine = {sensor: await self._meters.means(sensor, since, until, fine=True) for sensor in sensors}
        return Prices(self._model.tariff, self._house.settings.time_zone, hours, fine)

    def _standing(self, prices: Prices, since: float, until: float) -> float:
        spans = Spans("day", self._house.settings.time_zone)
        total, at = 0.0, spans.start(since)
        while at < until:
            tariff = prices.tariff(at)
            total += tariff.standing if tariff is not None else 0.0
            at = spans.end(at)
        return total


class _Books:
    """What is the same for each account of a report."""

    def __init__(
        self,
        meters: Meters,
        prices: Prices,
        spans: Spans,
        now: tuple[float, float],
        old: tuple[float, float],
    ) -> None:
        self._meters = meters
        self._prices = prices
        self._spans = spans
        self._now = now
        self._old = old

    async def account(self, name: str, device: Metered) -> Account:
        fine = self._prices.is_fine
        slots = await self._meters.slots(device, *self._now, fine=fine)
        old = await self._meters.slots(device, *self._old, fine=fine)
        # A year of many devices takes its time: the loop goes on beside.
        return await asyncio.to_thread(account, name, slots, old, self._prices, self._spans)


def _measures(grid: Any) -> bool:
    return grid is not None and bool(grid.energy or grid.power)


def _mean(values: Sequence[float | None]) -> float | None:
    known = [value for value in values if value is not None]
    return sum(known) / len(known) if known else None
