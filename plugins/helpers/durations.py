"""Lengths of time in options and in services' data: seconds, texts, units; within what clocks can bear."""

from __future__ import annotations

from datetime import timedelta
from typing import Annotated, Any

from pydantic import PlainValidator

from hub.api import HubError, refuse, seconds_of

_LONGEST = timedelta(days=36500)


def _duration(value: Any) -> timedelta:
    try:
        duration = timedelta(seconds=seconds_of(value))
    except HubError as error:
        raise refuse(error.problem, error.remedy) from error
    except (OverflowError, ValueError):  # too long for a timedelta, or not a number at all
        raise refuse(f"{value} s is no length of time") from None
    if abs(duration) > _LONGEST:
        raise refuse("a duration can't be more than a hundred years")
    return duration


def _forward(value: Any) -> timedelta:
    duration = _duration(value)
    if duration < timedelta():
        raise refuse("a duration can't be negative")
    return duration


Difference = Annotated[timedelta, PlainValidator(_duration)]
Duration = Annotated[timedelta, PlainValidator(_forward)]
