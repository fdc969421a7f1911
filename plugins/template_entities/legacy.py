"""The old way to write template entities: `sensor: - platform: template` with a map of them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar

from pydantic import ValidationInfo, model_validator

from hub.api import Detach, EntityPlatform, House, Word, is_entity_id, refuse, without
from plugins.template_entities.binary_sensor import BinarySensorOptions
from plugins.template_entities.cover import CoverOptions
from plugins.template_entities.fan import FanOptions
from plugins.template_entities.following import Following
from plugins.template_entities.light import LightOptions
from plugins.template_entities.making import make
from plugins.template_entities.options import EntityOptions
from plugins.template_entities.sensor import SensorOptions
from plugins.template_entities.switch import SwitchOptions

_RENAMED = {
    "value_template": "state",
    "entity_picture_template": "picture",
    "attribute_templates": "attributes",
    "friendly_name": "name",
    "friendly_name_template": "name",
    "color_template": "hs",
    "set_color": "set_hs",
}
_SUFFIX = "_template"
_GONE = ("entity_id", "white_value_template", "set_white_value")
"""Keys that say nothing any more: what to follow is found out now, and white is a colour."""
_RETIRED = ("speed_template", "set_speed", "speeds")
"""Keys of fans from before speeds were percentages."""


def _today(key: str) -> str:
    return _RENAMED.get(key) or key.removesuffix(_SUFFIX)


def renewed(domain: str, entities: Any) -> Any:
    """Return a map of entities in the old keys as a list in today's."""
    if not isinstance(entities, Mapping):
        return entities
    return [_renewed(domain, str(name), options) for name, options in entities.items()]


def _renewed(domain: str, name: str, options: Any) -> Any:
    if not isinstance(options, Mapping):
        return options
    entity_id = f"{domain}.{name}"
    if not is_entity_id(entity_id):
        raise refuse(
            f"{name!r} can't be part of an entity id", "Use lower case letters, digits, underscores."
        )
    today: dict[str, Any] = {"name": name, "default_entity_id": entity_id}
    for key, value in options.items():
        if key == "friendly_name_template" and "friendly_name" in options:
            continue
        if key not in (*_GONE, *_RETIRED):
            today[_today(str(key))] = str(value) if isinstance(value, Word) else value
    return today


class _Legacy(EntityPlatform):
    """Entities by name, in the old keys."""

    domain: ClassVar[str]
    key: ClassVar[str]

    @model_validator(mode="before")
    @classmethod
    def _today(cls, data: Any, info: ValidationInfo) -> Any:
        if not isinstance(data, Mapping) or cls.key not in data:
            return data
        entities = data[cls.key]
        for options in entities.values() if isinstance(entities, Mapping) else ():
            without(info, options, _RETIRED, "says nothing: a fan's speed is a percentage now")
        return {**data, cls.key: renewed(cls.domain, data[cls.key])}

    def add(self, house: House) -> Detach:
        entities: tuple[EntityOptions, ...] = getattr(self, self.key)
        each = [Following(make(house, options, options.unique_id)) for options in entities]
        for following in each:
            following.start()

        def stop() -> None:
            for following in each:
                following.stop()

        return stop


class LegacySensors(_Legacy):
    """Template sensors by name (better: `template: - sensor:`)."""

    domain: ClassVar[str] = "sensor"
    key: ClassVar[str] = "sensors"
    sensors: tuple[SensorOptions, ...]


class LegacyBinarySensors(_Legacy):
    """Template binary sensors by name (better: `template: - binary_sensor:`)."""

    domain: ClassVar[str] = "binary_sensor"
    key: ClassVar[str] = "sensors"
    sensors: tuple[BinarySensorOptions, ...]


class LegacySwitches(_Legacy):
    """Template switches by name (better: `template: - switch:`)."""

    domain: ClassVar[str] = "switch"
    key: ClassVar[str] = "switches"
    switches: tuple[SwitchOptions, ...]


class LegacyCovers(_Legacy):
    """Template covers by name (better: `template: - cover:`)."""

    domain: ClassVar[str] = "cover"
    key: ClassVar[str] = "covers"
    covers: tuple[CoverOptions, ...]


class LegacyFans(_Legacy):
    """Template fans by name (better: `template: - fan:`)."""

    domain: ClassVar[str] = "fan"
    key: ClassVar[str] = "fans"
    fans: tuple[FanOptions, ...]


class LegacyLights(_Legacy):
    """Template lights by name (better: `template: - light:`)."""

    domain: ClassVar[str] = "light"
    key: ClassVar[str] = "lights"
    lights: tuple[LightOptions, ...]
