"""Which options an entity of a domain takes, and whether a message's options make one."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any

from pydantic import BaseModel, Discriminator, Tag, ValidationError

from hub.api import HubError
from plugins.mqtt.alarm_control_panel import AlarmControlPanel
from plugins.mqtt.announcement import in_words
from plugins.mqtt.binary_sensor import BinarySensor
from plugins.mqtt.button import Button
from plugins.mqtt.camera import Camera
from plugins.mqtt.climate import Climate
from plugins.mqtt.cover import Cover
from plugins.mqtt.device_tracker import DeviceTracker
from plugins.mqtt.ears import EARS, EarOptions
from plugins.mqtt.event import Event
from plugins.mqtt.fan import Fan
from plugins.mqtt.humidifier import Humidifier
from plugins.mqtt.image import Image
from plugins.mqtt.lawn_mower import LawnMower
from plugins.mqtt.light_basic import BasicLight
from plugins.mqtt.light_json import JsonLight
from plugins.mqtt.light_template import TemplateLight
from plugins.mqtt.lock import Lock
from plugins.mqtt.notify import Notify
from plugins.mqtt.number import Number
from plugins.mqtt.options import AvailabilityTopic, EntityOptions
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

_KINDS: tuple[type[EntityOptions], ...] = (
    AlarmControlPanel, BinarySensor, Button, Camera, Climate, Cover, DeviceTracker, Event, Fan, Humidifier,
    Image, LawnMower, Lock, Notify, Number, Scene, Select, Sensor, Siren, Switch, Text, Update, Vacuum,
    Valve, WaterHeater,
)  # fmt: skip

PLATFORMS: dict[str, type[EntityOptions]] = {kind.domain: kind for kind in _KINDS}


LIGHTS: dict[str, type[EntityOptions]] = {
    "basic": BasicLight,
    "json": JsonLight,
    "template": TemplateLight,
}


def light_schema(data: Any) -> str:
    """Return which of the schemas of lights `data` follows; basic, if it names one that is not known."""
    schema = str(data.get("schema", "basic")).lower() if isinstance(data, Mapping) else "basic"
    return schema if schema in LIGHTS else "basic"


LightField = Annotated[
    Annotated[BasicLight, Tag("basic")]
    | Annotated[JsonLight, Tag("json")]
    | Annotated[TemplateLight, Tag("template")],
    Discriminator(light_schema),
]


def kind_of(domain: str, data: Mapping[str, Any]) -> type[EntityOptions]:
    """Return the options that `data` should be; raises `HubError` if there are none."""
    if domain == "light":
        return LIGHTS[light_schema(data)]
    kind = PLATFORMS.get(domain)
    if kind is None:
        raise HubError(f"there is no mqtt {domain}")
    return kind


def parse(
    component: str, data: Mapping[str, Any], context: Mapping[str, object]
) -> tuple[EntityOptions | EarOptions, list[str]]:
    """Return the options that a discovery message gives, and which of its keys are unknown and left out.

    Raises `HubError` that names every wrong option.
    """
    kind: type[EntityOptions] | type[EarOptions]
    kind = EARS[component] if component in EARS else kind_of(component, data)
    known, unknown = _known(data, kind)
    try:
        return kind.model_validate(known, context=dict(context)), unknown
    except ValidationError as error:
        raise HubError(in_words(error)) from error


def _known(data: Mapping[str, Any], kind: type[BaseModel]) -> tuple[dict[str, Any], list[str]]:
    keys = {field.alias or name for name, field in kind.model_fields.items()}
    known = {key: value for key, value in data.items() if key in keys}
    unknown = [key for key in data if key not in known]
    availability = known.get("availability")
    if isinstance(availability, (dict, list)):
        items = availability if isinstance(availability, list) else [availability]
        fields = AvailabilityTopic.model_fields
        unknown += [
            f"availability.{key}"
            for item in items
            if isinstance(item, dict)
            for key in item
            if key not in fields
        ]
        known["availability"] = [
            {key: value for key, value in item.items() if key in fields} if isinstance(item, dict) else item
            for item in items
        ]
    return known, unknown
