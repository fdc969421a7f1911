"""The options that every MQTT entity shares, in YAML and in discovery messages alike."""

from __future__ import annotations

import codecs
import re
from collections.abc import Mapping
from typing import Annotated, Any, ClassVar, Literal, Protocol

from pydantic import AfterValidator, BaseModel, ConfigDict, model_validator

from hub.api import (
    Bool,
    Detach,
    DeviceInfo,
    Entity,
    EntityInfo,
    EntityPlatform,
    House,
    OneOrMany,
    TemplateField,
    Text,
    refuse,
)
from plugins.mqtt.classes import class_name
from plugins.mqtt.feed import Feed
from plugins.mqtt.topics import Qos, SubscribeTopic

_LONGEST_PATTERN = 200
_CHOICE = re.compile(r"\((?:\?:)?\w(?:\|\w)*\)")
"""A choice of single letters, such as `(y|n)`, which may be repeated."""
_WITHOUT_END = re.compile(r"\([^()]*[+*|{][^()]*\)\s*[+*{]|\)[^()]*\)\s*[+*{]")


def _url(text: str) -> str:
    if not text.startswith(("http://", "https://", "homeassistant://")):
        raise refuse(f"{text!r} is no address", "Begin it with http://, https:// or homeassistant://.")
    return text


def _icon(text: str) -> str:
    if ":" not in text:
        raise refuse(f"{text!r} is no icon", "Write prefix:name, such as mdi:lamp.")
    return text


def _encoding(text: str) -> str:
    try:
        codecs.lookup(text or "utf-8")
    except LookupError:
        raise refuse(f"no encoding is called {text!r}", "Most devices send utf-8.") from None
    return text


def _pattern(text: str) -> str:
    if len(text) > _LONGEST_PATTERN or _WITHOUT_END.search(_CHOICE.sub("x", text)):
        # A device may announce a pattern, and what it is tried on may come from anybody.
        raise refuse("a pattern may not be long, nor repeat what repeats itself")
    try:
        re.compile(text)
    except re.error as error:
        raise refuse(f"{text!r} is no regular expression: {error}") from None
    return text


class Living(Protocol):
    """An entity that lives by its options."""

    @property
    def entity(self) -> Entity: ...

    def start(self) -> None: ...

    def update(self, options: Any) -> None:
        """Take over changed options."""
        ...

    def stop(self, *, forget: bool = False) -> None:
        """Leave the house; with `forget` the registry too."""
        ...


Url = Annotated[Text, AfterValidator(_url)]
Icon = Annotated[Text, AfterValidator(_icon)]
Encoding = Annotated[Text, AfterValidator(_encoding)]
Pattern = Annotated[Text, AfterValidator(_pattern)]
Payload = Text
"""What a message must be: compared as text, so `1` is "1" and `true` is "True"."""


class Part(BaseModel):
    """A mapping among an entity's options."""

    model_config = ConfigDict(frozen=True, extra="forbid", arbitrary_types_allowed=True)


class AvailabilityTopic(Part):
    """A topic that tells whether the entity is there."""

    topic: SubscribeTopic
    payload_available: Payload = "online"
    payload_not_available: Payload = "offline"
    value_template: TemplateField | None = None


class Device(Part):
    """The device that the entity belongs to; it needs identifiers or connections."""

    identifiers: OneOrMany[Text] = ()
    connections: OneOrMany[tuple[Text, Text]] = ()
    name: Text | None = None
    manufacturer: Text | None = None
    model: Text | None = None
    model_id: Text | None = None
    hw_version: Text | None = None
    sw_version: Text | None = None
    serial_number: Text | None = None
    suggested_area: Text | None = None
    configuration_url: Url | None = None
    via_device: Text | None = None

    @model_validator(mode="after")
    def _known_by_something(self) -> Device:
        if not self.identifiers and not self.connections:
            raise refuse("a device needs identifiers or connections", "Give it at least one.")
        return self

    def info(self, platform: str) -> DeviceInfo:
        return DeviceInfo(
            identifiers=frozenset((platform, identifier) for identifier in self.identifiers),
            connections=frozenset((kind, _address(kind, value)) for kind, value in self.connections),
            name=self.name,
            manufacturer=self.manufacturer,
            model=self.model,
            model_id=self.model_id,
            hw_version=self.hw_version,
            sw_version=self.sw_version,
            serial_number=self.serial_number,
            configuration_url=self.configuration_url,
            suggested_area=self.suggested_area,
            via_device=(platform, self.via_device) if self.via_device else None,
        )


def _address(kind: str, value: str) -> str:
    """Return a MAC address as `aa:bb:cc:dd:ee:ff`, however it was written; any other as it is."""
    digits = re.sub(r"[:.-]", "", value).lower()
    if kind != "mac" or len(digits) != 12:
        return value
    return ":".join(digits[at : at + 2] for at in range(0, 12, 2))


class Origin(Part):
    """The software that wrote a discovery message."""

    name: Text
    sw_version: Text | None = None
    support_url: Url | None = None


class EntityOptions(EntityPlatform):
    """An MQTT entity as YAML or a discovery message declares it."""

    domain: ClassVar[str]
    default_name: ClassVar[str | None]
    reserved: ClassVar[frozenset[str]] = frozenset()
    """Attributes that only the platform itself may set."""
    only_tells: ClassVar[bool] = False
    """Whether there is nothing to set, so that it can't be of the category `config`."""

    name: Text | None = None
    unique_id: Text | None = None
    default_entity_id: Text | None = None
    object_id: Text | None = None
    device: Device | None = None
    origin: Origin | None = None
    icon: Icon | None = None
    entity_picture: Text | None = None
    entity_category: Literal["config", "diagnostic"] | None = None
    enabled_by_default: Bool = True
    availability_topic: SubscribeTopic | None = None
    availability_template: TemplateField | None = None
    payload_available: Payload = "online"
    payload_not_available: Payload = "offline"
    availability_mode: Literal["latest", "any", "all"] = "latest"
    availability: OneOrMany[AvailabilityTopic] = ()
    json_attributes_topic: SubscribeTopic | None = None
    json_attributes_template: TemplateField | None = None
    qos: Qos = 0
    encoding: Encoding = "utf-8"

    @model_validator(mode="after")
    def _one_availability(self) -> EntityOptions:
        if self.availability and self.availability_topic:
            raise refuse("availability and availability_topic can't be given together", "Keep one of them.")
        return self

    @model_validator(mode="after")
    def _category_fits(self) -> EntityOptions:
        if self.only_tells and self.entity_category == "config":
            raise refuse(
                f"a {self.domain} can't be of entity_category config", "Write diagnostic, or leave it out."
            )
        return self

    def make(self, house: House, feed: Feed) -> Living:
        """Return the entity, not yet started."""
        raise NotImplementedError

    def add(self, house: House) -> Detach:
        live = self.make(house, Feed(house.mqtt, house))
        live.start()
        return live.stop

    @property
    def availability_topics(self) -> tuple[AvailabilityTopic, ...]:
        if self.availability_topic is None:
            return self.availability
        single = AvailabilityTopic.model_construct(
            topic=self.availability_topic,
            payload_available=self.payload_available,
            payload_not_available=self.payload_not_available,
            value_template=self.availability_template,
        )
        return (single,)

    def describe(self) -> Mapping[str, Any]:
        """Return the fields of `EntityInfo` that this platform adds."""
        return {}

    def attributes(self, house: House) -> Mapping[str, Any]:
        """Return the attributes that do not depend on the state."""
        return {}

    def info(self, house: House) -> EntityInfo:
        return EntityInfo(
            domain=self.domain,
            platform="mqtt",
            unique_id=self.unique_id,
            name=self.shown_name,
            object_id=self.wanted_object_id,
            # As Home Assistant does: only what can be told from others belongs to a device.
            device=self.device.info("mqtt") if self.device and self.unique_id else None,
            device_class=getattr(self, "device_class", None),
            icon=self.icon,
            entity_picture=self.entity_picture,
            entity_category=self.entity_category,
            enabled_by_default=self.enabled_by_default,
            attributes=self.attributes(house),
            **self.describe(),
        )

    @property
    def shown_name(self) -> str | None:
        """The own name: given, of the class, or the platform's; None means the device's name alone."""
        if "name" in self.model_fields_set:
            return self.name or None
        return class_name(self.domain, getattr(self, "device_class", None)) or self.default_name

    @property
    def wanted_object_id(self) -> str | None:
        if self.default_entity_id is not None:
            return self.default_entity_id.partition(".")[2] or None
        return self.object_id


class CommandOptions(EntityOptions):
    """An entity that commands are sent to."""

    retain: Bool = False


class StatefulOptions(CommandOptions):
    """An entity that takes commands and may tell its state; without a state topic its state is assumed."""

    state_topic: SubscribeTopic | None = None
    optimistic: Bool = False

    @property
    def assumed(self) -> bool:
        return self.optimistic or self.state_topic is None

    def describe(self) -> Mapping[str, Any]:
        return {"assumed_state": self.assumed}
