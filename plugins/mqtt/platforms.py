"""Which options an entity of a domain takes, and whether a message's options make one."""

from __future__ import annotations

import importlib
from collections.abc import Mapping, Sequence
from functools import cache, partial
from typing import Any

from pydantic import BaseModel, ValidationError

from hub.api import HubError, Later
from plugins.mqtt.announcement import in_words
from plugins.mqtt.ears import EARS, EarOptions
from plugins.mqtt.options import AvailabilityTopic, EntityOptions

DOMAINS = (
    "alarm_control_panel", "binary_sensor", "button", "camera", "climate", "cover", "device_tracker",
    "event", "fan", "humidifier", "image", "lawn_mower", "lock", "notify", "number", "scene", "select",
    "sensor", "siren", "switch", "text", "update", "vacuum", "valve", "water_heater",
)  # fmt: skip
"""The domains with one kind of options each, which is in the module of its name: only lights have more."""

LIGHTS = {"basic": "light_basic", "json": "light_json", "template": "light_template"}
"""The module of each schema of lights."""


def light_schema(data: Any) -> str:
    """Return which of the schemas of lights `data` follows; basic, if it names one that is not known."""
    schema = str(data.get("schema", "basic")).lower() if isinstance(data, Mapping) else "basic"
    return schema if schema in LIGHTS else "basic"


@cache
def platform(domain: str) -> type[EntityOptions]:
    """Return the options of a domain of `DOMAINS`; imported only when there is one."""
    return _options_in(domain)


@cache
def light(schema: str) -> type[EntityOptions]:
    """Return the options of a light."""
    return _options_in(LIGHTS[schema])


def _options_in(module: str) -> type[EntityOptions]:
    found = importlib.import_module(f"{__package__}.{module}")
    options: type[EntityOptions] = found.OPTIONS
    return options


def later(domain: str) -> Later:
    """Return the type of a field for the entities of a domain."""
    return Later(partial(kind_of, domain), partial(_kinds_of, domain))


def kind_of(domain: str, data: Any) -> type[EntityOptions]:
    """Return the options that `data` should be; raises `HubError` if there are none."""
    if domain == "light":
        return light(light_schema(data))
    if domain not in DOMAINS:
        raise HubError(f"there is no mqtt {domain}")
    return platform(domain)


def _kinds_of(domain: str) -> Sequence[type[EntityOptions]]:
    return [light(schema) for schema in LIGHTS] if domain == "light" else [platform(domain)]


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
