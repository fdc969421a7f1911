"""Entities under a device of a registry: they have its topics, its name, and are there while it is."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from typing import Any

from pydantic import ModelWrapValidatorHandler, ValidationInfo, create_model, model_validator

from hub.api import Detach, EntityPlatform, House, Origin, Parsing, slugify
from plugins.mqtt.feed import Feed
from plugins.mqtt.options import EntityOptions
from plugins.mqtt.platforms import DOMAINS, light, light_schema, platform
from plugins.mqtt.residents import Residents

_OWN = ("events", "state", "commands", "config")
_ME = "$me/device/"
_ONLINE = "{{ 'online' if value_json.online else 'offline' }}"
_AVAILABILITY = ("availability", "availability_topic")


class OfDevice(EntityOptions):
    """What all entities of a device have: a topic such as `events/hall` is the device's own."""

    @model_validator(mode="before")
    @classmethod
    def _complete(cls, data: Any, info: ValidationInfo) -> Any:
        origin = Parsing.of(info).origin
        if origin is None or not isinstance(data, Mapping):
            return data
        return completed(data, origin, cls)

    def add(self, house: House) -> Detach:
        residents = Residents(house, Feed(house.mqtt, house))
        residents.add(self)
        return residents.stop


class LightOfDevice(EntityPlatform):
    """A light of one of the schemas."""

    @model_validator(mode="wrap")
    @classmethod
    def _by_schema(
        cls, data: Any, handler: ModelWrapValidatorHandler[LightOfDevice], info: ValidationInfo
    ) -> Any:
        kind = _light_of_device(light_schema(data))
        findings = info.context.get("findings") if info.context else None
        if findings is not None:  # so that a misspelt key is told with the one that is meant
            findings.saw(data, kind)
        return kind.model_validate(data, context=info.context)


def completed(data: Mapping[str, Any], origin: Origin, kind: type[EntityOptions]) -> dict[str, Any]:
    """Return an entity's options with what follows from its device."""
    found: dict[str, Any] = {key: _with_topics(key, value, origin) for key, value in data.items()}
    home = f"$devices/{origin.device_id}"
    for key, topic in (("state_topic", f"{home}/events"), ("command_topic", f"{home}/commands")):
        if key in kind.model_fields:
            found.setdefault(key, topic)
    if not any(key in found for key in _AVAILABILITY):
        topic = f"$monitoring/{origin.device_id}/json"
        found["availability"] = [{"topic": topic, "value_template": _ONLINE}]
    told_apart = slugify(str(found.get("name") or found.get("device_class") or ""))
    found.setdefault("unique_id", f"{origin.device_id}_{kind.domain}_{told_apart}")
    found.setdefault("device", {"identifiers": [origin.device_id], "name": origin.device})
    return found


def _with_topics(key: str, value: Any, origin: Origin) -> Any:
    if key == "availability" and isinstance(value, (list, tuple)):
        return [_with_topics(key, item, origin) for item in value]
    if key == "availability" and isinstance(value, Mapping):
        return {name: _with_topics(name, item, origin) for name, item in value.items()}
    if isinstance(value, str) and (key == "topic" or key.endswith("_topic")):
        return own_topic(value, origin)
    return value


def own_topic(topic: str, origin: Origin) -> str:
    """Return the whole topic of a device that `events/hall` or `$me/device/events/hall` means."""
    mine = topic.removeprefix(_ME)
    if mine != topic or topic.partition("/")[0] in _OWN:
        return f"$devices/{origin.device_id}/{mine}"
    return topic


def _of_device(kind: type[EntityOptions]) -> type[EntityOptions]:
    make: Any = create_model
    name, bases = f"{kind.__name__}OfDevice", (OfDevice, kind)
    made: type[EntityOptions] = make(name, __base__=bases, __module__=__name__, __doc__=kind.__doc__)
    return made


@cache
def _light_of_device(schema: str) -> type[EntityOptions]:
    return _of_device(light(schema))


def device_platforms() -> dict[str, type[EntityPlatform]]:
    """Return the kinds of entities that a device may have, by the names under which they are offered."""
    found: dict[str, type[EntityPlatform]] = {"registry.light": LightOfDevice}
    return found | {f"registry.{domain}": _of_device(platform(domain)) for domain in DOMAINS}
