"""The section `mqtt:`: entities over MQTT, written by hand."""

from __future__ import annotations

import logging
from collections.abc import Iterator, Mapping
from typing import Annotated, Any, ClassVar

from pydantic import BaseModel, ConfigDict, ValidationInfo, model_validator

from hub.api import Detach, House, HubError, Integration, OneOrMany, together, warn
from plugins.mqtt.feed import Feed
from plugins.mqtt.options import EntityOptions
from plugins.mqtt.platforms import later
from plugins.mqtt.publishing import offer_publish
from plugins.mqtt.residents import Residents
from plugins.mqtt.retired import of_today

log = logging.getLogger(__name__)
_OF_THE_SERVER = frozenset(
    [
        *("broker", "port", "username", "password", "client_id", "keepalive", "protocol", "embedded"),
        *("certificate", "client_key", "client_cert", "tls_insecure", "tls_version"),
        *("discovery", "discovery_prefix", "birth_message", "will_message", "date_format"),
    ]
)
"""What Home Assistant once had here, before it was asked for by clicking."""


class Entities(BaseModel):
    """Entities by domain; each key takes one or a list."""

    model_config = ConfigDict(frozen=True, extra="forbid", arbitrary_types_allowed=True)

    alarm_control_panel: OneOrMany[Annotated[EntityOptions, later("alarm_control_panel")]] = ()
    binary_sensor: OneOrMany[Annotated[EntityOptions, later("binary_sensor")]] = ()
    button: OneOrMany[Annotated[EntityOptions, later("button")]] = ()
    camera: OneOrMany[Annotated[EntityOptions, later("camera")]] = ()
    climate: OneOrMany[Annotated[EntityOptions, later("climate")]] = ()
    cover: OneOrMany[Annotated[EntityOptions, later("cover")]] = ()
    device_tracker: OneOrMany[Annotated[EntityOptions, later("device_tracker")]] = ()
    event: OneOrMany[Annotated[EntityOptions, later("event")]] = ()
    fan: OneOrMany[Annotated[EntityOptions, later("fan")]] = ()
    humidifier: OneOrMany[Annotated[EntityOptions, later("humidifier")]] = ()
    image: OneOrMany[Annotated[EntityOptions, later("image")]] = ()
    lawn_mower: OneOrMany[Annotated[EntityOptions, later("lawn_mower")]] = ()
    light: OneOrMany[Annotated[EntityOptions, later("light")]] = ()
    lock: OneOrMany[Annotated[EntityOptions, later("lock")]] = ()
    notify: OneOrMany[Annotated[EntityOptions, later("notify")]] = ()
    number: OneOrMany[Annotated[EntityOptions, later("number")]] = ()
    scene: OneOrMany[Annotated[EntityOptions, later("scene")]] = ()
    select: OneOrMany[Annotated[EntityOptions, later("select")]] = ()
    sensor: OneOrMany[Annotated[EntityOptions, later("sensor")]] = ()
    siren: OneOrMany[Annotated[EntityOptions, later("siren")]] = ()
    switch: OneOrMany[Annotated[EntityOptions, later("switch")]] = ()
    text: OneOrMany[Annotated[EntityOptions, later("text")]] = ()
    update: OneOrMany[Annotated[EntityOptions, later("update")]] = ()
    vacuum: OneOrMany[Annotated[EntityOptions, later("vacuum")]] = ()
    valve: OneOrMany[Annotated[EntityOptions, later("valve")]] = ()
    water_heater: OneOrMany[Annotated[EntityOptions, later("water_heater")]] = ()

    @model_validator(mode="before")
    @classmethod
    def _of_today(cls, data: Any, info: ValidationInfo) -> Any:
        if not isinstance(data, Mapping):
            return data
        return {key: of_today(key, value, info) if key != "blocks" else value for key, value in data.items()}

    def each(self) -> Iterator[EntityOptions]:
        for name in Entities.model_fields:
            yield from getattr(self, name)


class MqttIntegration(Entities, Integration):
    """Entities over MQTT: a mapping of domains to entities, or a list of such mappings (`blocks`)."""

    always: ClassVar[bool] = True

    blocks: OneOrMany[Entities] = ()

    @model_validator(mode="before")
    @classmethod
    def _list(cls, data: Any, info: ValidationInfo) -> Any:
        if isinstance(data, list):
            return {"blocks": [block for block in data if block]}
        if not isinstance(data, Mapping):
            return data
        for key in _OF_THE_SERVER & data.keys():
            hint = "Write it under `broker:`, or `discovery:` for what devices announce"
            warn(info, f"`{key}` is not read here", hint, at=data, key=key)
        return {key: value for key, value in data.items() if value and key not in _OF_THE_SERVER}

    def start(self, house: House) -> Detach:
        residents = Residents(house, Feed(house.mqtt, house))
        for options in [*self.each(), *(entity for block in self.blocks for entity in block.each())]:
            try:
                residents.add(options)
            except HubError as error:  # the other entities still come
                log.error("an mqtt %s is left out: %s", options.domain, error)
        return together([offer_publish(house), residents.stop])
