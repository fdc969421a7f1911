"""The section `command_line:`: sensors, and the programs that they may run."""

from __future__ import annotations

import logging
import shlex
from collections.abc import Mapping
from datetime import timedelta
from typing import Annotated, Any, ClassVar, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationInfo, model_validator

from hub.api import (
    Detach,
    EntityInfo,
    House,
    HubError,
    Integration,
    OneOrMany,
    Period,
    TemplateField,
    Text,
    nothing,
    only_known,
    refuse,
    together,
    warn,
)
from plugins.command_line.running import output_of

log = logging.getLogger(__name__)


class Reading(BaseModel):
    """A sensor that runs `command` now and then. There is no shell: no pipes, no variables."""

    model_config = ConfigDict(frozen=True, extra="forbid", arbitrary_types_allowed=True)
    domain: ClassVar[str] = "sensor"

    @model_validator(mode="before")
    @classmethod
    def _known_keys(cls, data: Any, info: ValidationInfo) -> Any:
        return only_known(info, data, cls.model_fields)

    name: Text
    command: Text
    unique_id: Text | None = None
    icon: Text | None = None
    device_class: Text | None = None
    value_template: TemplateField | None = None
    command_timeout: Annotated[float, Field(gt=0, le=300)] = 15.0
    scan_interval: Period = timedelta(seconds=60)

    @property
    def words(self) -> tuple[str, ...]:
        try:
            return tuple(shlex.split(self.command))
        except ValueError:  # a quote that is not closed
            return ()

    def describe(self) -> dict[str, Any]:
        return {}

    def state(self, text: str) -> str | None:
        return text[:255]


class SensorReading(Reading):
    """A sensor that shows what a program prints."""

    unit_of_measurement: Text | None = None
    state_class: Literal["measurement", "total", "total_increasing"] | None = None

    def describe(self) -> dict[str, Any]:
        attributes = {"state_class": self.state_class} if self.state_class else {}
        return {"unit_of_measurement": self.unit_of_measurement, "attributes": attributes}


class BinaryReading(Reading):
    """A sensor that is on or off as a program prints it."""

    domain: ClassVar[str] = "binary_sensor"

    payload_on: Text = "ON"
    payload_off: Text = "OFF"

    def state(self, text: str) -> str | None:
        return {self.payload_on: "on", self.payload_off: "off"}.get(text)


class CommandLine(Integration):
    """Sensors that read what programs print; `allow` names the programs, by their whole paths."""

    partly: ClassVar[bool] = True

    allow: OneOrMany[Text] = ()
    sensor: OneOrMany[SensorReading] = ()
    binary_sensor: OneOrMany[BinaryReading] = ()

    @model_validator(mode="before")
    @classmethod
    def _list(cls, data: Any, info: ValidationInfo) -> Any:
        """Take Home Assistant's list of `sensor: …` as well; `allow` is an item of its own there."""
        if not isinstance(data, list):
            return data
        whole: dict[str, list[Any]] = {}
        for block in data:
            if not isinstance(block, Mapping):
                raise refuse("command_line takes mappings such as `sensor: …`")
            for key, value in only_known(info, block, cls.model_fields).items():
                whole.setdefault(key, []).extend(value if isinstance(value, (list, tuple)) else [value])
        return whole

    @model_validator(mode="after")
    def _only_allowed(self, info: ValidationInfo) -> CommandLine:
        for program in self.allow:
            if not program.startswith("/"):
                raise refuse(f"{program!r} is no whole path", "Begin it with /, such as /usr/bin/uptime.")
        for reading in (*self.sensor, *self.binary_sensor):
            if not self._may_run(reading):
                text = f"{reading.command!r} may not be run, so {reading.name} is left out"
                warn(info, text, "Add its program to `allow`, by its whole path.")
        return self

    def _may_run(self, reading: Reading) -> bool:
        return bool(reading.words) and reading.words[0] in self.allow

    def start(self, house: House) -> Detach:
        allowed = [one for one in (*self.sensor, *self.binary_sensor) if self._may_run(one)]
        return together([_Live(house, one).stop for one in allowed])


class _Live:
    def __init__(self, house: House, options: Reading) -> None:
        self._house = house
        self._options = options
        self._entity = house.entities.add(
            EntityInfo(
                options.domain,
                "command_line",
                unique_id=options.unique_id,
                name=options.name,
                icon=options.icon,
                device_class=options.device_class,
                **options.describe(),
            )
        )
        self._entity.available = False
        self._entity.write(None)
        self._next: Detach = nothing
        self._failing = self._running = False
        self._begin()

    def stop(self) -> None:
        self._next()
        self._entity.remove()

    def _begin(self) -> None:
        interval = max(self._options.scan_interval, timedelta(seconds=1)).total_seconds()
        self._next = self._house.clock.call_later(interval, self._begin)
        if not self._running:
            self._running = True
            self._house.tasks.spawn(self._look(), f"running a program for {self._entity.entity_id}")

    async def _look(self) -> None:
        options = self._options
        try:
            text = await output_of(options.words, options.command_timeout)
            if options.value_template is not None:
                text = str(options.value_template.payload(text))
        except HubError as error:
            self._fail(error)
            return
        finally:
            self._running = False
        if self._failing:
            self._failing = False
            log.warning("%s is back", self._entity.entity_id)
        self._entity.available = True
        self._entity.write(options.state(text))

    def _fail(self, error: HubError) -> None:
        """Say once that it is gone."""
        if not self._failing:
            self._failing = True
            log.warning("%s is gone: %s", self._entity.entity_id, error)
        self._entity.set_available(False)
