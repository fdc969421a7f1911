"""The time trigger: fire at a time of day, or at the time that an entity holds."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Annotated, Any

from pydantic import PlainValidator, ValidationInfo, model_validator

from hub.api import (
    Attachment,
    Detach,
    House,
    HubError,
    OneOrMany,
    Parsing,
    State,
    StateChanged,
    Template,
    TemplateError,
    Trigger,
    is_entity_id,
    looks_like_template,
    next_occurrence,
    nothing,
    refuse,
    renamed,
    seconds_of,
    span,
    together,
)
from plugins.time.alarm import Alarm
from plugins.time.moments import Weekdays, moment_of, not_a_number, parse_time, weekday_of

_HOW = "Write '07:30:00', an input_datetime or a timestamp sensor."
# A day on which clocks change may count as two.
_LONGEST_WEEK = 9
Ring = Callable[[datetime, str | None], None]


@dataclass(frozen=True, slots=True)
class EntityTime:
    """The time that an entity holds, and so much later."""

    entity_id: str
    offset: timedelta = timedelta()

    def __str__(self) -> str:
        return f"the time of {self.entity_id}" + (f" and {self.offset}" if self.offset else "")


At = time | EntityTime


def _at(value: Any, info: ValidationInfo) -> At | Template:
    not_a_number(value)
    if isinstance(value, Mapping):
        return _with_offset(value)
    if looks_like_template(value):
        try:
            return Parsing.of(info).templates.compile(value, limited=True)
        except TemplateError as error:
            raise refuse(error.problem, error.remedy) from error
    at = _parse(value) if isinstance(value, str) else None
    if at is None:
        raise refuse(f"{value!r} is no time", _HOW)
    return at


def _parse(text: str) -> At | None:
    at = parse_time(text)
    if at is not None:
        return at
    entity_id = text.strip().lower()
    known = entity_id.startswith(("input_datetime.", "sensor.")) and is_entity_id(entity_id)
    return EntityTime(entity_id) if known else None


def _with_offset(value: Mapping[str, Any]) -> EntityTime:
    unknown = set(value) - {"entity_id", "offset"}
    if unknown:
        raise refuse(f"unknown key {min(unknown)!r}", "Here are only entity_id and offset.")
    at = _parse(str(value.get("entity_id")))
    if not isinstance(at, EntityTime):
        raise refuse("entity_id should be an input_datetime or a timestamp sensor")
    try:
        return EntityTime(at.entity_id, timedelta(seconds=seconds_of(value.get("offset", 0))))
    except (HubError, OverflowError) as error:
        raise refuse(f"offset: {error}") from error


AtField = Annotated[At | Template, PlainValidator(_at)]


class TimeTrigger(Trigger):
    """Fire at a time of day, or when the time comes that an entity holds.

    `at` is `HH:MM[:SS]`, an input_datetime, a sensor with a timestamp, a template that gives one of these
    (rendered once), or an entity with an `offset`; or several. With `weekday` only on these days.
    """

    at: OneOrMany[AtField]
    weekday: Weekdays = None

    @model_validator(mode="before")
    @classmethod
    def _of_today(cls, data: Any, info: ValidationInfo) -> Any:
        return renamed(info, data, {"after": "at"})

    @classmethod
    def beyond(cls, data: Mapping[str, Any]) -> str:
        """Tell Home Assistant's form of before 2019 apart; today it is a time_pattern."""
        old = "at" not in data and any(key in data for key in ("hours", "minutes", "seconds"))
        return "the trigger time with hours, minutes or seconds" if old else ""

    def attach(self, attachment: Attachment) -> Detach:
        house = attachment.house
        zone = house.settings.time_zone

        def ring(moment: datetime, entity_id: str | None) -> None:
            now = moment.astimezone(zone)
            if self.weekday is not None and weekday_of(now) not in self.weekday:
                return
            what = "time" if entity_id is None else f"time set in {entity_id}"
            attachment.fire({"now": now, "entity_id": entity_id, "description": what}, None)

        stops: list[Detach] = []
        for at in [_rendered(each, attachment.variables) for each in self.at]:
            if isinstance(at, EntityTime):
                stops.append(_Followed(house, at, ring, attachment.name).attach())
            else:
                stops.append(_daily(house, at, None, ring, attachment.name))
        return together(stops)

    def because(self, facts: Mapping[str, Any]) -> str:
        entity_id = facts["entity_id"]
        set_in = f", set in {entity_id}" if entity_id is not None else ""
        return f"it was {facts['now']:%H:%M:%S}{set_in}"

    def waits_for(self, house: House) -> str:
        days = f" on {' or '.join(self.weekday)}" if self.weekday is not None else ""
        return " or ".join(self._in_words(house, at) for at in self.at) + days

    def _in_words(self, house: House, at: At | Template) -> str:
        if isinstance(at, time):
            return f"{at} (next {self._next(house, at)})"
        if not isinstance(at, EntityTime):
            return at.source
        zone = house.settings.time_zone
        moment = moment_of(house.states.get(at.entity_id), zone)
        if isinstance(moment, datetime):
            moment = moment.astimezone(zone)
        return f"{at} ({moment if moment is not None else 'which holds none'})"

    def distance(self, house: House) -> str:
        moments = [moment for at in self.at if (moment := self._moment(house, at)) is not None]
        return f"in {span((min(moments) - house.clock.now()).total_seconds())}" if moments else ""

    def _moment(self, house: House, at: At | Template) -> datetime | None:
        """Return when it fires next at `at`, None if that is not known or never."""
        if isinstance(at, EntityTime):
            held = moment_of(house.states.get(at.entity_id), house.settings.time_zone)
            if isinstance(held, datetime):
                due = held + at.offset
                return due if due > house.clock.now() else None
            return self._next_at(house, _shifted(held, at.offset)) if held is not None else None
        return self._next_at(house, at) if isinstance(at, time) else None

    def _next_at(self, house: House, at: time) -> datetime | None:
        zone = house.settings.time_zone
        moment = house.clock.now()
        for _ in range(_LONGEST_WEEK):
            moment = next_occurrence(moment, at, zone)
            if self.weekday is None or weekday_of(moment.astimezone(zone)) in self.weekday:
                return moment
        return None

    def _next(self, house: House, at: time) -> str:
        moment = self._next_at(house, at)
        return f"{moment.astimezone(house.settings.time_zone):%Y-%m-%d %H:%M:%S}" if moment else "never"


class _Followed:
    """The time of one entity; planned anew whenever the entity changes."""

    def __init__(self, house: House, at: EntityTime, ring: Ring, name: str) -> None:
        self._house = house
        self._at = at
        self._ring = ring
        self._name = name
        self._stop: Detach = nothing

    def attach(self) -> Detach:
        self._plan(self._house.states.get(self._at.entity_id))
        stop = self._house.bus.listen_state(self._at.entity_id, self._changed)
        return together([stop, lambda: self._stop()])

    def _changed(self, event: StateChanged) -> None:
        self._stop()
        self._stop = nothing
        self._plan(event.new)

    def _plan(self, state: State | None) -> None:
        house, entity_id = self._house, self._at.entity_id
        moment = moment_of(state, house.settings.time_zone)
        if isinstance(moment, time):
            at = _shifted(moment, self._at.offset)
            self._stop = _daily(house, at, entity_id, self._ring, self._name)
        elif moment is not None:
            due = moment + self._at.offset
            if due > house.clock.now():
                self._stop = house.clock.call_at(due, lambda: self._ring(due, entity_id))


def _daily(house: House, at: time, entity_id: str | None, ring: Ring, name: str) -> Detach:
    zone = house.settings.time_zone
    return Alarm(
        house.clock,
        lambda after: next_occurrence(after, at, zone),
        lambda moment: ring(moment, entity_id),
        name,
        daily=True,
    ).stop


def _shifted(at: time, offset: timedelta) -> time:
    return (datetime.combine(date(2000, 1, 3), at) + offset).time()


def _rendered(at: At | Template, variables: Mapping[str, Any]) -> At:
    if isinstance(at, (time, EntityTime)):
        return at
    text = at.text(variables)
    found = _parse(text)
    if found is None:
        raise HubError(f"at: the template gives {text!r}, which is no time", remedy=_HOW)
    return found
