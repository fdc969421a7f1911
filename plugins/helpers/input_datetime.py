"""input_datetime: a date, a time of day, or both, that people set and rules go by."""

from __future__ import annotations

from datetime import date, datetime, time
from typing import Any, ClassVar, Self

from pydantic import model_validator

from hub.api import Bool, Domain, House, ServiceCall, ServiceData, ServiceRefused, Text, refuse
from plugins.helpers.fields import Number
from plugins.helpers.living import Helper
from plugins.helpers.moments import (
    DateField,
    MomentField,
    TimeField,
    parse_date,
    parse_moment,
    parse_time,
)
from plugins.helpers.options import Helpers, Options

_MIDNIGHT = time()


class InputDatetimeOptions(Options):
    """A date (`has_date`), a time of day (`has_time`), or both.

    Without `initial` it is as it was before the start, at first today, at midnight.
    """

    domain: ClassVar[str] = "input_datetime"

    has_date: Bool = False
    has_time: Bool = False
    initial: Text | None = None

    @model_validator(mode="after")
    def _something(self) -> Self:
        if not self.has_date and not self.has_time:
            raise refuse("it has neither a date nor a time", "Add has_date: true, has_time: true, or both.")
        if self.initial and self.read(self.initial, date.min) is None:
            example = " ".join(["2026-02-03"] * self.has_date + ["07:30:00"] * self.has_time)
            raise refuse(f"initial {self.initial!r} can't be understood", f"Write it as '{example}'.")
        return self

    def read(self, text: str, today: date) -> datetime | None:
        """Return the moment that a text means here, None if it means none."""
        if self.has_date and self.has_time:
            return parse_moment(text)
        if self.has_date:
            day = parse_date(text)
            return datetime.combine(day, _MIDNIGHT) if day is not None else None
        clock = parse_time(text)
        return datetime.combine(today, clock) if clock is not None else None

    def attributes(self) -> dict[str, Any]:
        return {"has_date": self.has_date, "has_time": self.has_time}

    def live(self, house: House, key: str) -> Helper:
        return _Datetime(house, key, self)


class InputDatetimes(Helpers[InputDatetimeOptions]):
    """Dates and times, by name."""


class SetDatetime(ServiceData):
    """Set the date, the time, or both: apart, as one text, or as seconds since 1970."""

    date: DateField | None = None
    time: TimeField | None = None
    datetime: MomentField | None = None
    timestamp: Number | None = None

    @model_validator(mode="after")
    def _one_way(self) -> Self:
        parts = self.date is not None or self.time is not None
        ways = parts + (self.datetime is not None) + (self.timestamp is not None)
        if ways == 0:
            raise refuse("there is nothing to set", "Give date, time, datetime or timestamp.")
        if ways > 1:
            raise refuse("too much is given", "Give date and time, or datetime, or timestamp.")
        return self


class InputDatetime(Domain):
    """Dates and times that people set."""

    name: ClassVar[str] = "input_datetime"
    services: ClassVar[dict[str, type[ServiceData]]] = {"set_datetime": SetDatetime}


class _Datetime(Helper):
    def __init__(self, house: House, key: str, options: InputDatetimeOptions) -> None:
        super().__init__(house, options.info(key), {"set_datetime": self._set})
        self._options = options
        self._zone = house.settings.time_zone
        self._become(self._first())

    def _first(self) -> datetime:
        today = self.house.clock.now().astimezone(self._zone).date()
        midnight = datetime.combine(today, _MIDNIGHT)
        if self._options.initial:
            text = self._options.initial
        else:
            before = self.remembered()
            text = before.state if before is not None else ""
        moment = self._options.read(text, today) or midnight
        # A text with a zone of its own is shown in the house's.
        return moment.astimezone(self._zone) if moment.tzinfo is not None else moment

    def _become(self, moment: datetime, call: ServiceCall | None = None) -> None:
        self._moment = moment.replace(tzinfo=self._zone)
        self.show(self._text(), self._parts(), call)

    def _text(self) -> str:
        day = [self._moment.date().isoformat()] * self._options.has_date
        clock = [self._moment.time().isoformat("seconds")] * self._options.has_time
        return " ".join(day + clock)

    def _parts(self) -> dict[str, Any]:
        moment, parts = self._moment, dict[str, Any]()
        if self._options.has_date:
            parts.update(year=moment.year, month=moment.month, day=moment.day)
        if self._options.has_time:
            parts.update(hour=moment.hour, minute=moment.minute, second=moment.second)
        return {**parts, "timestamp": self._timestamp()}

    def _timestamp(self) -> float:
        """Return seconds since 1970, or since midnight where there is no date."""
        if not self._options.has_date:
            return self._moment.hour * 3600 + self._moment.minute * 60 + self._moment.second
        if not self._options.has_time:
            return datetime.combine(self._moment, _MIDNIGHT, self._zone).timestamp()
        return self._moment.timestamp()

    def _set(self, call: ServiceCall) -> None:
        fields: SetDatetime = call.fields
        moment = fields.datetime
        if fields.timestamp is not None:
            moment = _moment(fields.timestamp, self._zone)
        day = moment.date() if moment is not None else fields.date
        clock = moment.time() if moment is not None else fields.time
        if (day is None or not self._options.has_date) and (clock is None or not self._options.has_time):
            has = "time" if self._options.has_time else "date"
            raise ServiceRefused(f"{self.entity_id} only has a {has}", remedy=f"Give it a {has}.")
        if day is None or not self._options.has_date:
            day = self._moment.date()
        if clock is None or not self._options.has_time:
            clock = self._moment.time()
        self._become(datetime.combine(day, clock), call)


def _moment(timestamp: float, zone: Any) -> datetime:
    try:
        return datetime.fromtimestamp(timestamp, zone)
    except (OverflowError, OSError, ValueError) as error:
        raise ServiceRefused(f"{timestamp:g} is no moment: {error}") from error
