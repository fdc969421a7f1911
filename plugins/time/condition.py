"""The time condition: it is a time of day or a day of the week."""

from __future__ import annotations

from datetime import datetime, time
from typing import Annotated, Any

from pydantic import PlainValidator

from hub.api import Condition, NotFound, Scope, is_entity_id, refuse
from plugins.time.moments import Weekdays, moment_of, not_a_number, parse_time, time_in, weekday_of

_DOMAINS = ("input_datetime.", "time.", "sensor.")


def _bound(value: Any) -> time | str | None:
    if value is None:
        return None
    not_a_number(value)
    text = str(value).strip().lower()
    at = parse_time(text)
    if at is not None:
        return at
    if not text.startswith(_DOMAINS) or not is_entity_id(text):
        raise refuse(f"{value!r} is no time", "Write '07:30:00', an input_datetime or a timestamp sensor.")
    return text


Bound = Annotated[time | str | None, PlainValidator(_bound)]
"""A time of day, or the entity that holds it."""


class TimeCondition(Condition):
    """Hold from `after` on, until before `before`, on the days of `weekday`.

    Where `after` is later than `before` the time between goes over midnight.
    """

    after: Bound = None
    before: Bound = None
    weekday: Weekdays = None

    def model_post_init(self, context: Any) -> None:
        if self.after is None and self.before is None and self.weekday is None:
            raise refuse("time needs something to compare with", "Give it after, before or weekday.")

    def test(self, scope: Scope) -> bool:
        now = _now(scope)
        after = _time_of(scope, self.after, time.min)
        before = _time_of(scope, self.before, time.max)
        if after is None or before is None or not _between(now.time(), after, before):
            return False
        return self.weekday is None or weekday_of(now) in self.weekday

    def why(self, scope: Scope) -> str:
        now = _now(scope)
        after = _time_of(scope, self.after, time.min)
        before = _time_of(scope, self.before, time.max)
        if after is None or before is None:
            return f"time: {self.after if after is None else self.before} holds no time"
        at, shown = now.time(), f"{now:%H:%M:%S}"
        if _between(at, after, before):
            return f"time: it is {weekday_of(now)}, not {' or '.join(self.weekday or ())}"
        if after > before:
            return f"time: {shown} is not between {after} and {before}"
        return f"time: {shown} is before {after}" if at < after else f"time: {shown} is not before {before}"


def _between(at: time, after: time, before: time) -> bool:
    if after < before:
        return after <= at < before
    return not before <= at < after


def _now(scope: Scope) -> datetime:
    return scope.house.clock.now().astimezone(scope.house.settings.time_zone)


def _time_of(scope: Scope, bound: time | str | None, default: time) -> time | None:
    if bound is None:
        return default
    if isinstance(bound, time):
        return bound
    state = scope.house.states.get(bound)
    if state is None:
        raise NotFound(f"time: there is no entity {bound}")
    if state.domain == "input_datetime":
        # One that has no time of day means the day's last second.
        try:
            return time_in(state.attributes, time(23, 59, 59))
        except (TypeError, ValueError):
            return None
    zone = scope.house.settings.time_zone
    moment = moment_of(state, zone)
    return moment.astimezone(zone).time() if isinstance(moment, datetime) else moment
