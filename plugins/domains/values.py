"""What holds a value that people set: number, select, text, date, time, datetime."""

from __future__ import annotations

import datetime as dt
from typing import ClassVar

import plugins.domains.fields as fields
from hub.api import Bool, Domain, NoData, ServiceData


class SetNumber(ServiceData):
    value: fields.Number


class Number(Domain):
    """Numbers within limits."""

    name: ClassVar[str] = "number"
    services: ClassVar[dict[str, type[ServiceData]]] = {"set_value": SetNumber}


class SelectOption(ServiceData):
    option: fields.Text


class Cycle(ServiceData):
    """With `cycle` the last option is followed by the first."""

    cycle: Bool = True


class Select(Domain):
    """One of several options."""

    name: ClassVar[str] = "select"
    services: ClassVar[dict[str, type[ServiceData]]] = {
        "select_option": SelectOption,
        "select_first": NoData,
        "select_last": NoData,
        "select_next": Cycle,
        "select_previous": Cycle,
    }


class SetText(ServiceData):
    value: fields.Text


class Text(Domain):
    """Texts."""

    name: ClassVar[str] = "text"
    services: ClassVar[dict[str, type[ServiceData]]] = {"set_value": SetText}


class SetDate(ServiceData):
    date: dt.date


class Date(Domain):
    """Dates."""

    name: ClassVar[str] = "date"
    services: ClassVar[dict[str, type[ServiceData]]] = {"set_value": SetDate}


class SetTime(ServiceData):
    time: dt.time


class Time(Domain):
    """Times of day."""

    name: ClassVar[str] = "time"
    services: ClassVar[dict[str, type[ServiceData]]] = {"set_value": SetTime}


class SetDateTime(ServiceData):
    datetime: dt.datetime


class DateTime(Domain):
    """Moments: a date with a time."""

    name: ClassVar[str] = "datetime"
    services: ClassVar[dict[str, type[ServiceData]]] = {"set_value": SetDateTime}
