"""Sensors that an address is asked for: the platform rest, and the section `rest:` with several at once."""

from __future__ import annotations

import logging
from collections.abc import Mapping
from typing import Any, ClassVar, Literal

import orjson
from pydantic import ValidationInfo, field_validator, model_validator

from hub.api import (
    Bool,
    Detach,
    EntityInfo,
    EntityPlatform,
    House,
    HubError,
    Integration,
    Kind,
    OneOrMany,
    TemplateField,
    Text,
    is_true,
    json_at,
    only_known,
    refuse,
    steps_of,
    together,
)
from plugins.rest.polling import Poll, Polling

log = logging.getLogger(__name__)
_TRUE = ("on", "true", "yes", "1", "open")


class Reading(Kind):
    """What sensors and binary sensors share."""

    partly: ClassVar[bool] = True
    domain: ClassVar[str]
    usual_name: ClassVar[str]

    name: TemplateField | None = None
    unique_id: Text | None = None
    icon: TemplateField | None = None
    picture: TemplateField | None = None
    device_class: Text | None = None
    value_template: TemplateField | None = None
    availability: TemplateField | None = None
    json_attributes: OneOrMany[Text] = ()
    json_attributes_path: Text | None = None
    force_update: Bool = False

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
        return {}

    def state(self, text: str) -> str:
        return text[:255]

    def live(self, house: House) -> LiveReading:
        info = EntityInfo(
            self.domain,
            "rest",
            unique_id=self.unique_id,
            name=self.name.text() if self.name is not None else self.usual_name,
            device_class=self.device_class,
            force_update=self.force_update,
            **self.describe(),
        )
        return LiveReading(house, self, info)


class SensorReading(Reading):
    """A value that an address answers with."""

    domain: ClassVar[str] = "sensor"
    usual_name: ClassVar[str] = "REST Sensor"

    unit_of_measurement: Text | None = None
    state_class: Literal["measurement", "total", "total_increasing", "measurement_angle"] | None = None

    def describe(self) -> dict[str, Any]:
        attributes = {"state_class": self.state_class} if self.state_class else {}
        return {"unit_of_measurement": self.unit_of_measurement, "attributes": attributes}


class BinaryReading(Reading):
    """An address that answers with on or off."""

    domain: ClassVar[str] = "binary_sensor"
    usual_name: ClassVar[str] = "REST Binary Sensor"

    def state(self, text: str) -> str:
        return "on" if text.strip().lower() in _TRUE else "off"


class RestSensor(EntityPlatform, SensorReading, Polling):
    """A value that an address answers with."""

    def add(self, house: House) -> Detach:
        return Poll(house, self, [self.live(house)]).stop


class RestBinarySensor(EntityPlatform, BinaryReading, Polling):
    """An address that answers with on or off."""

    def add(self, house: House) -> Detach:
        return Poll(house, self, [self.live(house)]).stop


class Resource(Polling):
    """One address, and all that is read of its answer."""

    sensor: OneOrMany[SensorReading] = ()
    binary_sensor: OneOrMany[BinaryReading] = ()


class Rest(Integration):
    """Addresses that are asked now and then, each once for all sensors that are read of its answer."""

    resources: OneOrMany[Resource] = ()

    @model_validator(mode="before")
    @classmethod
    def _list(cls, data: Any, info: ValidationInfo) -> Any:
        """Take a list of addresses, or one, as the whole section."""
        if isinstance(data, Mapping) and "resources" in data:
            return only_known(info, data, cls.model_fields)
        return {"resources": data or ()}

    def start(self, house: House) -> Detach:
        stops = []
        for resource in self.resources:
            readers = [one.live(house) for one in (*resource.sensor, *resource.binary_sensor)]
            stops.append(Poll(house, resource, readers).stop)
        return together(stops)


class LiveReading:
    """Shows what is read of an answer."""

    def __init__(self, house: House, options: Reading, info: EntityInfo) -> None:
        self._options = options
        self._entity = house.entities.add(info)
        self._entity.available = False
        self._entity.write(None)

    @property
    def name(self) -> str:
        return self._entity.entity_id

    def stop(self) -> None:
        self._entity.remove()

    def lose(self) -> None:
        self._entity.set_available(False)

    def read(self, text: str) -> None:
        options = self._options
        try:
            self._show(text, options)
        except HubError as error:
            log.warning("%s: the answer can't be read: %s", self.name, error)

    def _show(self, text: str, options: Reading) -> None:
        if options.availability is not None and not is_true(options.availability.payload(text, default="")):
            self._entity.set_available(False)
            return
        value = options.value_template.payload(text, default="") if options.value_template else text
        looks = {"icon": options.icon, "entity_picture": options.picture}
        attributes = {name: one.payload(text, default="") for name, one in looks.items() if one is not None}
        self._entity.available = True
        state = None if value == "None" else options.state(str(value))
        self._entity.write(state, {**self._attributes(text), **attributes})

    def _attributes(self, text: str) -> Mapping[str, Any]:
        options = self._options
        if not options.json_attributes:
            return {}
        try:
            content = orjson.loads(text)
        except ValueError:
            return {}
        if options.json_attributes_path is not None:
            content = json_at(content, options.json_attributes_path)
        content = content[0] if isinstance(content, list) and content else content
        if not isinstance(content, dict):
            return {}
        return {name: content[name] for name in options.json_attributes if name in content}
