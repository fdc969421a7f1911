"""Tell what a kilowatt-hour cost at a time: flat, by the time of day, or as a sensor said."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime, time
from typing import Annotated, Any, Literal, Self
from zoneinfo import ZoneInfo

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, model_validator

from hub.fields import EntityId, OneOrMany, Text, as_list, refuse

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
    """Tariffs in the order of time. `told` has the prices that sensors told, by sensor and hour."""

    def __init__(
        self, tariffs: tuple[Tariff, ...], zone: ZoneInfo, told: Mapping[str, Mapping[int, float]]
    ) -> None:
        self._tariffs = sorted(tariffs, key=lambda tariff: tariff.since)
        self._zone = zone
        self._told = told

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
            told = self._told.get(tariff.sensor, {}).get(int(at // 3600) * 3600)
            return None if told is None else told * tariff.factor + tariff.add
        if tariff.price is not None:
            return tariff.price
        local = datetime.fromtimestamp(at, self._zone)
        timed = (rate for rate in tariff.rates if rate.start is not None or rate.weekdays)
        rest = (rate for rate in tariff.rates if rate.start is None and not rate.weekdays)
        return next((rate.price for rate in (*timed, *rest) if rate.holds(local)), None)
