"""Tell what a kilowatt-hour cost at a time: flat, by the time of day, or as a sensor said."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime, time, timedelta
from functools import cached_property
from typing import Annotated, Any, Literal, Self
from zoneinfo import ZoneInfo

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, model_validator

from hub.fields import EntityId, OneOrMany, Text, as_list, refuse

_FINE, _COARSE = 300, 3600
_HOUR = timedelta(hours=1)
_DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
Day = Literal["mon", "tue", "wed", "thu", "fri", "sat", "sun"]


def _time(value: Any) -> Any:
    if isinstance(value, int) and not isinstance(value, bool):  # YAML 1.1 reads 22:00 as minutes
        value = f"{value // 60:02}:{value % 60:02}"
    try:
        return time.fromisoformat(str(value))
    except ValueError:
        raise refuse(f"{value!r} is no time of day", 'Write it as "22:00".') from None


def _date(value: Any) -> Any:
    if isinstance(value, date):
        return value
    try:
        return date.fromisoformat(str(value))
    except ValueError:
        raise refuse(f"{value!r} is no date", "Write it as 2024-05-06.") from None


TimeOfDay = Annotated[time, BeforeValidator(_time)]


class Rate(BaseModel):
    """A price for a part of the day. One without times counts when no other does."""

    model_config = ConfigDict(frozen=True, extra="forbid", populate_by_name=True)

    price: float
    name: Text = ""
    start: TimeOfDay | None = Field(None, alias="from")
    end: TimeOfDay | None = Field(None, alias="to")
    weekdays: OneOrMany[Day] = ()

    @model_validator(mode="after")
    def _both(self) -> Self:
        if (self.start is None) != (self.end is None):
            raise refuse("from and to belong together", "Give both or neither.")
        return self

    def holds(self, local: datetime) -> bool:
        """Tell whether it is in force. One over midnight belongs to the day on which it begins."""
        day, clock = local.weekday(), local.time()
        if self.start is not None and self.end is not None:
            if self.start <= self.end:
                if not self.start <= clock < self.end:
                    return False
            elif clock < self.end:
                day = (day - 1) % 7
            elif clock < self.start:
                return False
        return not self.weekdays or _DAYS[day] in self.weekdays


class Tariff(BaseModel):
    """What energy costs from a day on: `price`, `rates` by the time of day, or a `sensor` that tells it."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    since: Annotated[date, BeforeValidator(_date)] = date.min
    price: float | None = None
    rates: OneOrMany[Rate] = ()
    sensor: EntityId | None = None
    add: float = 0.0
    """On top of what the sensor tells: taxes and fees."""
    factor: float = 1.0
    """What the sensor's price is multiplied with: 1.2 for a tax of 20 %, 0.001 for a price by the MWh."""
    standing: float = 0.0
    """What is to be paid for each day, also without using anything."""

    @model_validator(mode="after")
    def _one_way(self) -> Self:
        given = [self.price is not None, bool(self.rates), self.sensor is not None]
        if sum(given) != 1:
            raise refuse("a tariff needs one of price, rates or sensor", "Give just one of them.")
        if self.rates and all(rate.start is not None or rate.weekdays for rate in self.rates):
            raise refuse("the rates leave times without a price", "Add one that has nothing but its price.")
        if self.sensor is None and (self.add or self.factor != 1.0):
            raise refuse("add and factor belong to a price from a sensor")
        return self


def as_tariffs(value: Any) -> Any:
    """Let a number stand for a flat price."""
    if isinstance(value, (int, float)) and not isinstance(value, bool):
        return [{"price": value}]
    return as_list(value)


class Prices:
    """Tariffs in the order of time. `told` has the prices that sensors told, by sensor and hour; `fine` has
    them by five minutes, as far as these are kept.
    """

    def __init__(
        self,
        tariffs: tuple[Tariff, ...],
        zone: ZoneInfo,
        told: Mapping[str, Mapping[int, float]],
        fine: Mapping[str, Mapping[int, float]] | None = None,
    ) -> None:
        self._fine = fine or {}
        self._tariffs = sorted(tariffs, key=lambda tariff: tariff.since)
        self._zone = zone
        self._told = told
        self._known: dict[int, float | None] = {}

    @cached_property
    def is_fine(self) -> bool:
        """Whether a price can change within an hour: then five minutes are looked at one by one."""
        if any(tariff.sensor is not None for tariff in self._tariffs):
            return True
        times = [each for rate in self._rates() for each in (rate.start, rate.end) if each is not None]
        dates = [tariff.since for tariff in self._tariffs if tariff.since != date.min]
        days = [datetime.combine(day, time(), self._zone) for day in (*dates, date(2024, 1, 1))]
        odd_zone = any((day.utcoffset() or timedelta()) % _HOUR for day in days)
        return any(each.minute or each.second for each in times) or (odd_zone and len(self._tariffs) > 0)

    def _rates(self) -> list[Rate]:
        return [rate for tariff in self._tariffs for rate in tariff.rates]

    def tariff(self, at: float) -> Tariff | None:
        """Return the tariff of a time (seconds since 1970)."""
        day = datetime.fromtimestamp(at, self._zone).date()
        return next((tariff for tariff in reversed(self._tariffs) if tariff.since <= day), None)

    def price(self, at: float) -> float | None:
        """Return the price of a kilowatt-hour, None if it is not known."""
        tariff = self.tariff(at)
        if tariff is None:
            return None
        if tariff.sensor is not None:
            told = self._sensor(tariff.sensor, int(at))
            return None if told is None else told * tariff.factor + tariff.add
        if tariff.price is not None:
            return tariff.price
        local = datetime.fromtimestamp(at, self._zone)
        timed = (rate for rate in tariff.rates if rate.start is not None or rate.weekdays)
        rest = (rate for rate in tariff.rates if rate.start is None and not rate.weekdays)
        return next((rate.price for rate in (*timed, *rest) if rate.holds(local)), None)

    def mean(self, start: float, end: float) -> float | None:
        """Return the mean price between two times at most an hour apart, as far as it is known."""
        step = _FINE if self.is_fine else _COARSE
        first = int(start // step) * step
        known = [
            price
            for at in range(first, max(first + 1, int(end)), step)
            if (price := self._kept(at)) is not None
        ]
        return sum(known) / len(known) if known else None

    def _kept(self, at: int) -> float | None:
        if at not in self._known:
            self._known[at] = self.price(at)
        return self._known[at]

    def _sensor(self, sensor: str, at: int) -> float | None:
        fine = self._fine.get(sensor, {}).get(at // _FINE * _FINE)
        return fine if fine is not None else self._told.get(sensor, {}).get(at // _COARSE * _COARSE)
