"""The section `mqtt:`: entities over MQTT, written by hand."""

from __future__ import annotations

import logging
from collections.abc import Iterator, Mapping
from typing import Any, ClassVar

from pydantic import BaseModel, ConfigDict, ValidationInfo, model_validator

from hub.api import Detach, House, HubError, Integration, OneOrMany, together, warn
from plugins.mqtt.alarm_control_panel import AlarmControlPanel
from plugins.mqtt.binary_sensor import BinarySensor
from plugins.mqtt.button import Button
from plugins.mqtt.camera import Camera
from plugins.mqtt.climate import Climate
from plugins.mqtt.cover import Cover
from plugins.mqtt.device_tracker import DeviceTracker
from plugins.mqtt.event import Event
from plugins.mqtt.fan import Fan
from plugins.mqtt.feed import Feed
from plugins.mqtt.humidifier import Humidifier
from plugins.mqtt.image import Image
from plugins.mqtt.lawn_mower import LawnMower
from plugins.mqtt.lock import Lock
from plugins.mqtt.notify import Notify
from plugins.mqtt.number import Number
from plugins.mqtt.options import EntityOptions
from plugins.mqtt.platforms import LightField
from plugins.mqtt.publishing import offer_publish
from plugins.mqtt.residents import Residents
from plugins.mqtt.retired import of_today
from plugins.mqtt.scene import Scene
from plugins.mqtt.select import Select
from plugins.mqtt.sensor import Sensor
from plugins.mqtt.siren import Siren
from plugins.mqtt.switch import Switch
from plugins.mqtt.text import Text
from plugins.mqtt.update import Update
from plugins.mqtt.vacuum import Vacuum
from plugins.mqtt.valve import Valve
from plugins.mqtt.water_heater import WaterHeater

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

    alarm_control_panel: OneOrMany[AlarmControlPanel] = ()
    binary_sensor: OneOrMany[BinarySensor] = ()
    button: OneOrMany[Button] = ()
    camera: OneOrMany[Camera] = ()
    climate: OneOrMany[Climate] = ()
    cover: OneOrMany[Cover] = ()
    device_tracker: OneOrMany[DeviceTracker] = ()
    event: OneOrMany[Event] = ()
    fan: OneOrMany[Fan] = ()
    humidifier: OneOrMany[Humidifier] = ()
    image: OneOrMany[Image] = ()
    lawn_mower: OneOrMany[LawnMower] = ()
    light: OneOrMany[LightField] = ()
    lock: OneOrMany[Lock] = ()
    notify: OneOrMany[Notify] = ()
    number: OneOrMany[Number] = ()
    scene: OneOrMany[Scene] = ()
    select: OneOrMany[Select] = ()
    sensor: OneOrMany[Sensor] = ()
    siren: OneOrMany[Siren] = ()
    switch: OneOrMany[Switch] = ()
    text: OneOrMany[Text] = ()
    update: OneOrMany[Update] = ()
    vacuum: OneOrMany[Vacuum] = ()
    valve: OneOrMany[Valve] = ()
    water_heater: OneOrMany[WaterHeater] = ()

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
