"""schedule: on and off by a weekly plan."""

from __future__ import annotations

import logging
from collections.abc import Mapping
from datetime import time
from itertools import pairwise
from typing import Annotated, Any, ClassVar, Self

from pydantic import AfterValidator, BeforeValidator, Field, PlainValidator, model_validator

from hub.api import (
    Detach,
    Domain,
    House,
    OneOrMany,
    Response,
    ServiceCall,
    ServiceRefused,
    Text,
    entity_ids_of,
    nothing,
    plain,
    refuse,
    together,
)
from plugins.helpers.living import Helper
from plugins.helpers.moments import TimeField, parse_time
from plugins.helpers.options import Helpers, Options, Part
from plugins.helpers.week import MIDNIGHT, Span, changes_around

log = logging.getLogger(__name__)

DAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")


def _end(value: Any) -> time:
    if isinstance(value, str) and value.strip() in ("24:00", "24:00:00"):
        return MIDNIGHT
    found = value if isinstance(value, time) else parse_time(str(value))
    if found is None:
        raise refuse(f"{value!r} is no time of day", "Write it in quotes, such as '07:30:00' or '24:00'.")
    return found


class Range(Part):
    """From one time of a day to another; `data` becomes attributes while it holds."""

    from_: TimeField = Field(alias="from")
    to: Annotated[time, PlainValidator(_end)]
    data: Annotated[dict[str, bool | int | float | str], BeforeValidator(plain)] | None = None

    @model_validator(mode="after")
    def _forward(self) -> Self:
        if self.from_ >= self.to:
            raise refuse(
                f"the range ends at {self.to}, not after its beginning at {self.from_}",
                "For a range over midnight write one to '24:00' and one from '00:00' on the next day.",
            )
        return self

    def span(self) -> Span:
        return Span(self.from_, self.to, self.data or {})

    def as_response(self) -> dict[str, Any]:
        """Return the range as `schedule.get_schedule` answers it."""
        data = {"data": self.data} if self.data is not None else {}
        return {"from": self.from_, "to": self.to, **data}


def _in_order(ranges: tuple[Range, ...]) -> tuple[Range, ...]:
    ranges = tuple(sorted(ranges, key=lambda each: each.from_))
    for before, after in pairwise(ranges):
        if before.to > after.from_:
            raise refuse(f"the ranges from {before.from_} and from {after.from_} overlap")
    return ranges


Day = Annotated[OneOrMany[Range], AfterValidator(_in_order)]


class ScheduleOptions(Options):
    """A weekly plan: on within the ranges of each day, else off."""

    domain: ClassVar[str] = "schedule"

    name: Annotated[Text, Field(min_length=1)]
    monday: Day = ()
    tuesday: Day = ()
    wednesday: Day = ()
    thursday: Day = ()
    friday: Day = ()
    saturday: Day = ()
    sunday: Day = ()

    def days(self) -> list[tuple[Range, ...]]:
        """Return the ranges of each day, Monday first."""
        return [getattr(self, day) for day in DAYS]

    def as_response(self) -> dict[str, Any]:
        """Return the ranges by day as `schedule.get_schedule` answers them."""
        days = zip(DAYS, self.days(), strict=True)
        return {day: [each.as_response() for each in ranges] for day, ranges in days}

    def live(self, house: House, key: str) -> Helper:
        return _Schedule(house, key, self)


class Schedules(Helpers[ScheduleOptions]):
    """Weekly plans, by name."""

    def start(self, house: House) -> Detach:
        offered = house.services.register(
            "schedule",
            "get_schedule",
            lambda call: self._answer(house, call),
            schema=_needs_entities,
            response="only",
            description="Answer the ranges of schedules.",
        )
        return together([super().start(house), offered])

    @staticmethod
    def _answer(house: House, call: ServiceCall) -> Response:
        """Answer for every schedule, whichever part of the section offered the service last."""
        living = {each.entity_id: each for each in house.entities if each.info.domain == "schedule"}
        wanted: list[str] = list(living) if call.fields == ["all"] else call.fields
        answer: dict[str, Any] = {}
        for entity_id in wanted:
            if entity_id in living:
                answer[entity_id] = living[entity_id].commands["get_schedule"](call)
            else:
                log.warning("schedule.get_schedule: there is no %s", entity_id)
        return answer


class Schedule(Domain):
    """Weekly plans."""

    name: ClassVar[str] = "schedule"


class _Schedule(Helper):
    def __init__(self, house: House, key: str, options: ScheduleOptions) -> None:
        super().__init__(house, options.info(key), {"get_schedule": lambda call: options.as_response()})
        self._week = [[each.span() for each in day] for day in options.days()]
        self._planned: Detach = nothing
        self._look()

    def remove(self) -> None:
        self._planned()
        super().remove()

    def _look(self) -> None:
        """Show what holds now, and look again at the next change."""
        clock, zone = self.house.clock, self.house.settings.time_zone
        span, change = changes_around(self._week, clock.now(), zone)
        data = span.data if span is not None else {}
        # Nothing to keep for the next start: the plan says what is.
        self.entity.write("off" if span is None else "on", {"next_event": change, **data})
        if change is not None:
            self._planned = clock.call_at(change, self._look)


def _needs_entities(data: Mapping[str, Any]) -> list[str]:
    if set(data) != {"entity_id"}:
        raise ServiceRefused("schedule.get_schedule takes entity_id, and nothing else")
    return entity_ids_of(data["entity_id"])
