"""The section `mqtt:`: entities over MQTT, written by hand."""

from __future__ import annotations

import logging
from collections.abc import Iterator, Mapping
from typing import Any, ClassVar

from pydantic import BaseModel, ConfigDict, model_validator

from hub.api import Detach, House, HubError, Integration, OneOrMany, together
from plugins.mqtt.binary_sensor import BinarySensor
from plugins.mqtt.climate import Climate
from plugins.mqtt.feed import Feed
from plugins.mqtt.number import Number
from plugins.mqtt.options import EntityOptions
from plugins.mqtt.publishing import offer_publish
from plugins.mqtt.sensor import Sensor
from plugins.mqtt.switch import Switch

log = logging.getLogger(__name__)


class Entities(BaseModel):
    """Entities by domain; each key takes one or a list."""

    model_config = ConfigDict(frozen=True, extra="forbid", arbitrary_types_allowed=True)

    binary_sensor: OneOrMany[BinarySensor] = ()
    climate: OneOrMany[Climate] = ()
    number: OneOrMany[Number] = ()
    sensor: OneOrMany[Sensor] = ()
    switch: OneOrMany[Switch] = ()

    def each(self) -> Iterator[EntityOptions]:
        for name in Entities.model_fields:
            yield from getattr(self, name)


class MqttIntegration(Entities, Integration):
    """Entities over MQTT: a mapping of domains to entities, or a list of such mappings (`blocks`)."""

    always: ClassVar[bool] = True

    blocks: OneOrMany[Entities] = ()

    @model_validator(mode="before")
    @classmethod
    def _list(cls, data: Any) -> Any:
        if isinstance(data, list):
            return {"blocks": [block for block in data if block]}
        return {key: value for key, value in data.items() if value} if isinstance(data, Mapping) else data

    def start(self, house: House) -> Detach:
        feed = Feed(house.mqtt)
        stops: list[Detach] = [offer_publish(house)]
        for options in [*self.each(), *(entity for block in self.blocks for entity in block.each())]:
            try:
                live = options.make(house, feed)
                live.start()
            except HubError as error:  # the other entities still come
                log.error("an mqtt %s is left out: %s", options.domain, error)
            else:
                stops.append(live.stop)
        return together(stops[::-1])
