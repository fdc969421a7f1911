"""Read a discovery message: which things it announces, which it takes back.

Nothing here knows the house: topic and payload in, components out.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import orjson
from pydantic import ValidationError, field_validator

from hub.api import Text, refuse
from plugins.mqtt.options import AvailabilityTopic, Device, Origin, Part
from plugins.mqtt.short_keys import expand, put_base
from plugins.mqtt.topics import PublishTopic, Qos, SubscribeTopic

ENTITIES = (
    "alarm_control_panel", "binary_sensor", "button", "camera", "climate", "cover", "device_tracker", "event",
    "fan", "humidifier", "image", "lawn_mower", "light", "lock", "notify", "number", "scene", "select",
    "sensor", "siren", "switch", "text", "update", "vacuum", "valve", "water_heater",
)  # fmt: skip
COMPONENTS = (*ENTITIES, "device_automation", "tag")
DEVICE = "device"

_TOPIC = re.compile(r"(?P<component>\w+)/(?:(?P<node>[a-zA-Z0-9_-]+)/)?(?P<thing>[a-zA-Z0-9_-]+)/config")
_SHARED = (
    "availability", "availability_mode", "availability_template", "availability_topic", "command_topic",
    "payload_available", "payload_not_available", "state_topic",
)  # fmt: skip
_MIGRATE = ("migrate_discovery", "migr_discvry")


class Unreadable(Exception):
    """A discovery message that can't be used."""


@dataclass(frozen=True, slots=True)
class Place:
    """Where a discovery message was said: `homeassistant/<component>/[<node>/]<thing>/config`."""

    component: str
    node: str | None
    thing: str

    @classmethod
    def of(cls, topic: str, prefix: str) -> Place:
        match = _TOPIC.fullmatch(topic.removeprefix(f"{prefix}/"))
        if match is None:
            raise Unreadable("the topic has characters other than letters, digits, _ and -")
        return cls(match["component"], match["node"], match["thing"])

    @property
    def group(self) -> str:
        """The device topic that this place belongs to, or would: what that one takes back goes too."""
        if self.component == DEVICE:
            return f"{self.node} {self.thing}" if self.node else self.thing
        return self.node or ""

    def key(self, name: str) -> str:
        """Return the id of a component of a device message, alike in the single form."""
        return f"{self.thing} {self.node} {name}" if self.node else f"{self.thing} {name}"

    @property
    def own_key(self) -> str:
        return f"{self.node} {self.thing}" if self.node else self.thing


@dataclass(frozen=True, slots=True)
class Announced:
    """One thing of a discovery message. Without `options` it is taken back; `migrating` to another topic."""

    component: str
    id: str
    group: str
    options: Mapping[str, Any] | None = None
    migrating: bool = False

    @property
    def key(self) -> tuple[str, str]:
        return self.component, self.id


class DeviceMessage(Part):
    """A message that announces a device with all its components."""

    device: Device
    origin: Origin
    components: dict[str, dict[str, Any]]
    availability: AvailabilityTopic | list[AvailabilityTopic] | None = None
    availability_mode: Text | None = None
    availability_template: Text | None = None
    availability_topic: SubscribeTopic | None = None
    payload_available: Text | None = None
    payload_not_available: Text | None = None
    state_topic: SubscribeTopic | None = None
    command_topic: PublishTopic | None = None
    qos: Qos | None = None
    encoding: Text | None = None

    @field_validator("components")
    @classmethod
    def _each_is_one(cls, components: dict[str, dict[str, Any]]) -> dict[str, dict[str, Any]]:
        for name, component in components.items():
            platform = component.get("platform")
            if platform not in COMPONENTS:
                raise refuse(f"the component {name} has no platform known here", "Give it a platform.")
            if platform in ENTITIES and len(component) > 1 and not component.get("unique_id"):
                raise refuse(f"the component {name} has no unique_id", "Each entity of a device needs one.")
        return components


def read(place: Place, payload: bytes, context: Mapping[str, object]) -> list[Announced]:
    """Return what a message announces; raises `Unreadable`.

    `context` is for validation. A device message that takes everything back gives an empty list: only
    who keeps the books knows what that was.
    """
    if not payload:
        return [] if place.component == DEVICE else [_single(place, None)]
    try:
        body = orjson.loads(payload)
    except ValueError as error:
        raise Unreadable(f"it is no JSON: {error}") from None
    if not isinstance(body, dict):
        raise Unreadable("it is JSON, but no object")
    if wants_migration(body):
        return [] if place.component == DEVICE else [_single(place, None, migrating=True)]
    body = expand(body)
    return _components(place, body, context) if place.component == DEVICE else [_single(place, body)]


def wants_migration(body: Mapping[str, Any]) -> bool:
    return len(body) == 1 and any(body.get(name) is True for name in _MIGRATE)


def asks_migration(payload: bytes) -> bool:
    """Tell whether a device message makes room for single ones."""
    try:
        body = orjson.loads(payload)
    except ValueError:
        return False
    return isinstance(body, dict) and wants_migration(body)


def _single(place: Place, body: dict[str, Any] | None, *, migrating: bool = False) -> Announced:
    if not body:
        return Announced(place.component, place.own_key, place.group, None, migrating)
    if "origin" in body:
        try:
            Origin.model_validate(body["origin"])
        except ValidationError as error:
            raise Unreadable(f"its origin is wrong: {in_words(error)}") from None
    return Announced(place.component, place.own_key, place.group, put_base(body))


def _components(place: Place, body: dict[str, Any], context: Mapping[str, object]) -> list[Announced]:
    try:
        DeviceMessage.model_validate(body, context=dict(context))
    except ValidationError as error:
        raise Unreadable(in_words(error)) from None
    shared = {name: body[name] for name in _SHARED if name in body}
    shared |= {"device": body["device"], "origin": body["origin"]}
    return [_component(place, name, part, shared) for name, part in body["components"].items()]


def _component(place: Place, name: str, part: dict[str, Any], shared: dict[str, Any]) -> Announced:
    own = {key: value for key, value in part.items() if key not in ("platform", "device", "origin")}
    options = put_base({**shared, **own}) if own else None
    return Announced(part["platform"], place.key(name), place.group, options)


def in_words(error: ValidationError) -> str:
    """Say what pydantic found, shortly: `name: what is wrong; name: …`."""
    words = []
    for detail in error.errors(include_url=False):
        name = ".".join(str(part) for part in detail["loc"] if not str(part).startswith("function-"))
        hint = detail.get("ctx", {}).get("hint", "")
        what = "is missing" if detail["type"] == "missing" else detail["msg"]
        if detail["type"] == "extra_forbidden":
            what = "unknown key"
        words.append(f"{name}: {what}{f' ({hint})' if hint else ''}" if name else what)
    return "; ".join(words)
