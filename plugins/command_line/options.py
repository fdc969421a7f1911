"""What can stand under `command_line:`: sensors, switches, covers, and ways to reach people."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import timedelta
from typing import Annotated, Any, ClassVar, Literal

import orjson
from pydantic import Field, field_validator

from hub.api import (
    EntityInfo,
    HubError,
    Kind,
    OneOrMany,
    Period,
    TemplateField,
    Text,
    json_at,
    refuse,
    steps_of,
)
from plugins.command_line.command import Program, ProgramField


class Running(Kind):
    """What everything that runs programs shares."""

    partly: ClassVar[bool] = True

    name: Text
    command_timeout: Annotated[float, Field(gt=0, le=300)] = 15.0

    def programs(self) -> Iterator[Program]:
        """Yield all that it may run."""
        for name in type(self).model_fields:
            value = getattr(self, name)
            if isinstance(value, Program):
                yield value


class Shown(Running):
    """An entity that is made of what programs print."""

    domain: ClassVar[str]

    unique_id: Text | None = None
    icon: TemplateField | None = None
    picture: TemplateField | None = None
    device_class: Text | None = None
    value_template: TemplateField | None = None
    availability: TemplateField | None = None
    scan_interval: Period = timedelta(seconds=60)

    @property
    def asks(self) -> Program | None:
        """The program that tells the state, None if there is none."""
        raise NotImplementedError

    def describe(self) -> dict[str, Any]:
        return {}

    def info(self) -> EntityInfo:
        return EntityInfo(
            self.domain, "command_line", unique_id=self.unique_id, name=self.name,
            device_class=self.device_class, assumed_state=self.asks is None, **self.describe(),
        )  # fmt: skip

    def read(self, text: str, status: int) -> tuple[str | None, Mapping[str, Any]]:
        """Return the state and the attributes that a program tells."""
        raise NotImplementedError

    def services(self) -> Mapping[str, Program]:
        """Return what each service runs."""
        return {}


class Reading(Shown):
    """A sensor that runs `command` now and then. There is no shell: no pipes, no variables."""

    command: ProgramField

    @property
    def asks(self) -> Program | None:
        return self.command

    def state(self, text: str) -> str | None:
        return text[:255]

    def read(self, text: str, status: int) -> tuple[str | None, Mapping[str, Any]]:
        template = self.value_template
        return self.state(text if template is None else str(template.payload(text))), {}


class SensorReading(Reading):
    """A sensor that shows what a program prints."""

    domain: ClassVar[str] = "sensor"

    unit_of_measurement: Text | None = None
    state_class: Literal["measurement", "total", "total_increasing", "measurement_angle"] | None = None
    json_attributes: OneOrMany[Text] = ()
    json_attributes_path: Text | None = None

    @field_validator("json_attributes_path")
    @classmethod
    def _path(cls, path: str | None) -> str | None:
        if path is not None:
            try:
                steps_of(path)
            except HubError as error:
                raise refuse(error.problem, error.remedy) from error
        return path

    def describe(self) -> dict[str, Any]:
        attributes = {"state_class": self.state_class} if self.state_class else {}
        return {"unit_of_measurement": self.unit_of_measurement, "attributes": attributes}

    def read(self, text: str, status: int) -> tuple[str | None, Mapping[str, Any]]:
        state, _ = super().read(text, status)
        return state, attributes_in(text, self.json_attributes, self.json_attributes_path)


class BinaryReading(Reading):
    """A sensor that is on or off as a program prints it."""

    domain: ClassVar[str] = "binary_sensor"

    payload_on: Text = "ON"
    payload_off: Text = "OFF"

    def state(self, text: str) -> str | None:
        return {self.payload_on: "on", self.payload_off: "off"}.get(text)


class Switch(Shown):
    """A switch that programs turn on and off; `command_state` tells how it is, else that is assumed.

    One that lacks a program can't be switched in that way.
    """

    domain: ClassVar[str] = "switch"

    command_on: ProgramField | None = None
    command_off: ProgramField | None = None
    command_state: ProgramField | None = None
    scan_interval: Period = timedelta(seconds=30)

    @property
    def asks(self) -> Program | None:
        return self.command_state

    def services(self) -> Mapping[str, Program]:
        return _given(turn_on=self.command_on, turn_off=self.command_off)

    def read(self, text: str, status: int) -> tuple[str | None, Mapping[str, Any]]:
        template = self.value_template
        on = status == 0 if template is None else str(template.payload(text)).lower() == "true"
        return "on" if on else "off", {}


class Cover(Shown):
    """A cover that programs move; `command_state` tells its position, from 0 (closed) to 100.

    One that lacks a program can't be moved in that way.
    """

    domain: ClassVar[str] = "cover"

    command_open: ProgramField | None = None
    command_close: ProgramField | None = None
    command_stop: ProgramField | None = None
    command_state: ProgramField | None = None
    scan_interval: Period = timedelta(seconds=15)

    @property
    def asks(self) -> Program | None:
        return self.command_state

    def services(self) -> Mapping[str, Program]:
        return _given(
            open_cover=self.command_open, close_cover=self.command_close, stop_cover=self.command_stop
        )

    def read(self, text: str, status: int) -> tuple[str | None, Mapping[str, Any]]:
        told = text if self.value_template is None else str(self.value_template.payload(text))
        try:
            position = round(float(told))
        except ValueError:
            raise HubError(f"{told[:100]!r} is no position from 0 to 100") from None
        return ("closed" if position <= 0 else "open"), {"current_position": position}


class Notifier(Running):
    """A way to reach people: the program reads the message on its standard input."""

    command: ProgramField


def _given(**programs: Program | None) -> Mapping[str, Program]:
    return {service: program for service, program in programs.items() if program is not None}


def attributes_in(text: str, wanted: tuple[str, ...], path: str | None) -> Mapping[str, Any]:
    """Return the attributes that a JSON object in `text` has."""
    if not wanted:
        return {}
    try:
        content = orjson.loads(text)
    except ValueError:
        return {}
    if path is not None:
        content = json_at(content, path)
    content = content[0] if isinstance(content, list) and content else content
    return {name: content[name] for name in wanted if name in content} if isinstance(content, dict) else {}
