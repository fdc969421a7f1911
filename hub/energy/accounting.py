"""Compute what was used and what it cost, from hourly statistics (`hub.core.energy.Energy`)."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Protocol

from hub.core.energy import Account, Peak, Report, Standby, Use
from hub.core.history import History, Period, Statistic
from hub.core.ports import House
from hub.energy.tariff import Prices, Tariff
from hub.storage.history import Spans

HOUR = 3600
YEAR_HOURS = 8766
# A device waits when it uses less than this part of what it uses at most, and less than so many watts.
_WAITING_SHARE = 0.1
_WAITING_WATTS = 30.0
# Less is what the sensor does not see, and nobody unplugs a thing for it.
_LEAST_WATTS = 0.3
_KWH = {"Wh": 0.001, "kWh": 1.0, "MWh": 1000.0, "GWh": 1e6, "J": 1 / 3.6e6, "MJ": 1 / 3.6, "GJ": 1000 / 3.6}
_WATTS = {"mW": 0.001, "W": 1.0, "kW": 1000.0, "MW": 1e6}


class _Metered(Protocol):
    @property
    def energy(self) -> str | None: ...

    @property
    def power(self) -> str | None: ...


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

    @property
    def _history(self) -> History:
        return self._house.history

    async def report(self, since: float, until: float | None = None, *, period: Period = "day") -> Report:
        """Return what each device used and what it cost, beside the same length of time before."""
        until = self._house.clock.timestamp() if until is None else until
        zone = self._house.settings.time_zone
        since = Spans("hour" if period == "hour" else "day", zone).start(since)
        before = since - (until - since)
        prices = await self._prices(before, until)
        spans = Spans(period, zone)
        accounts = []
        for device in self._model.devices:
            hours = await self._hours(device, before, until)
            accounts.append(_account(device.name, hours, prices, spans, before, since))
        grid = self._model.grid
        whole = None
        if grid is not None and (grid.energy or grid.power):
            whole = _account("house", await self._hours(grid, before, until), prices, spans, before, since)
        standing = self._standing(prices, since, until)
        returned = 0.0
        if grid is not None and grid.returned:
            sold = await self._hours(_Only(grid.returned), since, until)
            returned = sum(sold.values()) * grid.returned_price
        total = whole or _sum(accounts)
        cost = _add([total.cost, standing, -returned])
        shared = [_shared(account, total.energy) for account in accounts]
        return Report(
            since,
            until,
            period,
            self._model.currency or self._house.settings.currency,
            total.energy,
            cost,
            total.energy_before,
            total.cost_before,
            standing,
            returned,
            sorted(shared, key=lambda account: -account.energy),
            _rest(whole, accounts) if whole is not None else None,
        )

    async def standby(self, since: float, until: float | None = None) -> list[Standby]:
        """Return what waits: the lowest steady power of each device, and what it costs in a year."""
        until = self._house.clock.timestamp() if until is None else until
        prices = await self._prices(since, until)
        found = []
        for device in self._model.devices:
            watts = [row.mean for row in await self._power(device, since, until) if row.mean is not None]
            limit = getattr(device, "standby_below", None) or min(
                _WAITING_WATTS, max(watts, default=0.0) * _WAITING_SHARE
            )
            waiting = sorted(value for value in watts if value < limit)
            if not waiting or (power := waiting[len(waiting) // 2]) < _LEAST_WATTS:
                continue
            share = len(waiting) / len(watts)
            energy = power / 1000 * YEAR_HOURS * share
            price = _mean([prices.price(at) for at in range(int(since), int(until), HOUR)])
            cost = None if price is None else energy * price
            found.append(Standby(device.name, power, share, energy, cost))
        return sorted(found, key=lambda one: -one.energy_a_year)

    async def peaks(self, since: float, until: float | None = None, *, most: int = 10) -> list[Peak]:
        """Return the hours in which the most was used; with a main meter by what it tells."""
        until = self._house.clock.timestamp() if until is None else until
        by_hour: dict[int, dict[str, float]] = defaultdict(dict)
        for device in self._model.devices:
            for start, energy in (await self._hours(device, since, until)).items():
                by_hour[start][device.name] = energy * 1000
        grid = self._model.grid
        whole: Mapping[int, float] = {}
        if grid is not None and (grid.energy or grid.power):
            whole = await self._hours(grid, since, until)
        peaks = []
        for start in {*by_hour, *whole}:
            devices = dict(sorted(by_hour.get(start, {}).items(), key=lambda pair: -pair[1]))
            power = whole[start] * 1000 if start in whole else sum(devices.values())
            peaks.append(Peak(start, power, devices))
        return sorted(peaks, key=lambda peak: -peak.power)[:most]

    # --- what the sensors told ---

    async def _hours(self, device: _Metered, since: float, until: float) -> dict[int, float]:
        """Return kilowatt-hours by hour: from the meter, or from the mean power where there is none."""
        if device.energy is not None:
            rows = await self._statistics(device.energy, since, until)
            factor = _KWH.get(await self._unit(device.energy), 1.0)
            return {int(row.start): row.change * factor for row in rows if row.change is not None}
        return await self._integrated(device, since, until)

    async def _integrated(self, device: _Metered, since: float, until: float) -> dict[int, float]:
        """Return kilowatt-hours by hour from power: of an hour that was seen in part, that part."""
        assert device.power is not None
        factor = _WATTS.get(await self._unit(device.power), 1.0) / 1000
        hours: dict[int, float] = defaultdict(float)
        found = await self._history.statistics([device.power], since, until, period="5minute")
        for row in found.get(device.power, ()):
            if row.mean is not None:
                hours[int(row.start // HOUR) * HOUR] += row.mean * factor * (row.end - row.start) / HOUR
        first = min(hours, default=until)
        for row in await self._statistics(device.power, since, until):
            if row.start < first and row.mean is not None:
                hours[int(row.start)] = row.mean * factor
        return dict(hours)

    async def _power(self, device: Any, since: float, until: float) -> list[Statistic]:
        """Return the mean power of each hour in watts."""
        if device.power is not None:
            factor = _WATTS.get(await self._unit(device.power), 1.0)
            rows = await self._statistics(device.power, since, until)
            return [Statistic(row.start, row.end, row.mean * factor) for row in rows if row.mean is not None]
        hours = await self._hours(device, since, until)
        return [Statistic(start, start + HOUR, energy * 1000) for start, energy in hours.items()]

    async def _statistics(self, entity_id: str, since: float, until: float) -> list[Statistic]:
        found = await self._history.statistics([entity_id], since, until, period="hour")
        return found.get(entity_id, [])

    async def _unit(self, entity_id: str) -> str:
        return (await self._history.units([entity_id])).get(entity_id, "")

    # --- what it costs ---

    async def _prices(self, since: float, until: float) -> Prices:
        told = {}
        for tariff in self._model.tariff:
            if tariff.sensor is not None:
                rows = await self._statistics(tariff.sensor, since, until)
                told[tariff.sensor] = {int(row.start): row.mean for row in rows if row.mean is not None}
        return Prices(self._model.tariff, self._house.settings.time_zone, told)

    def _standing(self, prices: Prices, since: float, until: float) -> float:
        spans = Spans("day", self._house.settings.time_zone)
        total, at = 0.0, spans.start(since)
        while at < until:
            tariff = prices.tariff(at)
            total += tariff.standing if tariff is not None else 0.0
            at = spans.end(at)
        return total


class _Only:
    """A meter of energy alone."""

    power = None

    def __init__(self, energy: str) -> None:
        self.energy: str | None = energy


def _account(
    name: str, hours: Mapping[int, float], prices: Prices, spans: Spans, before: float, since: float
) -> Account:
    uses: dict[float, list[tuple[float, float | None]]] = {}
    old: list[tuple[float, float | None]] = []
    for start, energy in sorted(hours.items()):
        price = prices.price(start)
        pair = (energy, None if price is None else energy * price)
        if start < since:
            old.append(pair)
        else:
            uses.setdefault(spans.start(start), []).append(pair)
    told = [
        Use(start, spans.end(start), sum(energy for energy, _ in parts), _add(cost for _, cost in parts))
        for start, parts in uses.items()
    ]
    return Account(
        name,
        sum(use.energy for use in told),
        _add(use.cost for use in told),
        None,
        sum(energy for energy, _ in old) if old else None,
        _add(cost for _, cost in old) if old else None,
        told,
    )


def _shared(account: Account, total: float) -> Account:
    share = account.energy / total if total > 0 else None
    return Account(
        account.name,
        account.energy,
        account.cost,
        share,
        account.energy_before,
        account.cost_before,
        account.uses,
    )


def _sum(accounts: Sequence[Account]) -> Account:
    befores = [account.energy_before for account in accounts if account.energy_before is not None]
    return Account(
        "house",
        sum(account.energy for account in accounts),
        _add(account.cost for account in accounts) if accounts else 0.0,
        None,
        sum(befores) if befores else None,
        _add(account.cost_before for account in accounts if account.energy_before is not None)
        if befores
        else None,
    )


def _rest(whole: Account, accounts: Sequence[Account]) -> Account:
    """Return what no device accounts for."""
    known = _sum(accounts)
    cost = None if whole.cost is None or known.cost is None else whole.cost - known.cost
    energy = whole.energy - known.energy
    return Account("rest", energy, cost, energy / whole.energy if whole.energy > 0 else None, None, None)


def _add(costs: Iterable[float | None]) -> float | None:
    """Return the sum; None if there is one of which the price is not known."""
    total = 0.0
    for cost in costs:
        if cost is None:
            return None
        total += cost
    return total


def _mean(values: Sequence[float | None]) -> float | None:
    known = [value for value in values if value is not None]
    return sum(known) / len(known) if known else None
