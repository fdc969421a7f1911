"""The platform rest: sensors that ask an address now and then."""

from __future__ import annotations

import logging
from collections.abc import Mapping
from datetime import timedelta
from typing import Any, ClassVar, Literal

import orjson

from hub.api import (
    Bool,
    Detach,
    EntityInfo,
    EntityPlatform,
    House,
    HubError,
    OneOrMany,
    Period,
    TemplateField,
    Text,
    nothing,
)
from plugins.rest.options import USUAL_INTERVAL, Asking

log = logging.getLogger(__name__)
_TRUE = ("on", "true", "yes", "1", "open")


class _Reading(EntityPlatform, Asking):
    """What sensors and binary sensors share."""

    domain: ClassVar[str]

    resource: Text | None = None
    resource_template: TemplateField | None = None
    name: Text | None = None
    unique_id: Text | None = None
    icon: Text | None = None
    device_class: Text | None = None
    value_template: TemplateField | None = None
    json_attributes: OneOrMany[Text] = ()
    force_update: Bool = False
    scan_interval: Period = USUAL_INTERVAL

    def describe(self) -> dict[str, Any]:
        return {}

    def state(self, text: str) -> str:
        return text[:255]

    def add(self, house: House) -> Detach:
        if (self.resource is None) == (self.resource_template is None):
            raise HubError("a rest sensor needs resource or resource_template, not both")
        info = EntityInfo(
            self.domain,
            "rest",
            unique_id=self.unique_id,
            name=self.name or "REST Sensor",
            icon=self.icon,
            device_class=self.device_class,
            force_update=self.force_update,
            **self.describe(),
        )
        return _LiveReading(house, self, info).stop


class RestSensor(_Reading):
    """A value that an address answers with."""

    domain: ClassVar[str] = "sensor"

    unit_of_measurement: Text | None = None
    state_class: Literal["measurement", "total", "total_increasing"] | None = None

    def describe(self) -> dict[str, Any]:
        attributes = {"state_class": self.state_class} if self.state_class else {}
        return {"unit_of_measurement": self.unit_of_measurement, "attributes": attributes}


class RestBinarySensor(_Reading):
    """An address that answers with on or off."""

    domain: ClassVar[str] = "binary_sensor"

    def state(self, text: str) -> str:
        return "on" if text.strip().lower() in _TRUE else "off"


class _LiveReading:
    def __init__(self, house: House, options: _Reading, info: EntityInfo) -> None:
        self._house = house
        self._options = options
        self._entity = house.entities.add(info)
        self._entity.available = False
        self._entity.write(None)
        self._next: Detach = nothing
        self._failing = False
        self._begin()

    def stop(self) -> None:
        self._next()
        self._entity.remove()

    def _begin(self) -> None:
        interval = max(self._options.scan_interval, timedelta(seconds=1)).total_seconds()
        self._next = self._house.clock.call_later(interval, self._begin)
        self._house.tasks.spawn(self._look(), f"asking for {self._entity.entity_id}")

    async def _look(self) -> None:
        options = self._options
        try:
            url = options.resource or (options.resource_template.text() if options.resource_template else "")
            answer = await options.asked(self._house, url, {})
            if answer.status_code >= 400:
                raise HubError(f"the answer is {answer.status_code} {answer.reason_phrase}")
            self._show(answer.text)
        except HubError as error:
            self._fail(error)
            return
        if self._failing:
            self._failing = False
            log.warning("%s is back", self._entity.entity_id)

    def _show(self, text: str) -> None:
        options = self._options
        value = options.value_template.payload(text, default="") if options.value_template else text
        attributes = self._attributes(text) if options.json_attributes else {}
        self._entity.available = True
        self._entity.write(None if value == "None" else options.state(str(value)), attributes)

    def _attributes(self, text: str) -> Mapping[str, Any]:
        try:
            content = orjson.loads(text)
        except ValueError:
            return {}
        content = content[0] if isinstance(content, list) and content else content
        if not isinstance(content, dict):
            return {}
        return {name: content[name] for name in self._options.json_attributes if name in content}

    def _fail(self, error: HubError) -> None:
        """Say once that it is gone."""
        if not self._failing:
            self._failing = True
            log.warning("%s is gone: %s", self._entity.entity_id, error)
        self._entity.set_available(False)
