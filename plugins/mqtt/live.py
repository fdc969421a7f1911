"""An MQTT entity that lives: its subscriptions, its availability, its attributes, its commands.

A platform gives it options and says in `wire` which topics it listens to. Changed options are taken
over in place: topics that stay are not subscribed again, and what is known of the state is kept.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping
from functools import partial
from typing import Any, Generic, TypeVar

import orjson

from hub.api import Cause, Command, Detach, House, ServiceCall, Template, nothing
from plugins.mqtt.availability import Availability
from plugins.mqtt.decoding import Decoder, command, decoder
from plugins.mqtt.feed import Feed, Handler, Reading, Slot
from plugins.mqtt.options import AvailabilityTopic, EntityOptions

log = logging.getLogger(__name__)
T = TypeVar("T", bound=EntityOptions)

_RESERVED = frozenset({
    "assumed_state", "available", "device_class", "device_info", "entity_category", "entity_picture",
    "entity_registry_enabled_default", "extra_state_attributes", "force_update", "friendly_name", "icon",
    "should_poll", "state", "supported_features", "unique_id", "unit_of_measurement",
})  # fmt: skip


class Live(Generic[T]):
    """One living entity. A platform overrides `commands`, `wire`, `restore` and `current`."""

    def __init__(self, house: House, feed: Feed, options: T) -> None:
        self.house = house
        self.feed = feed
        self.options = options
        self.entity = house.entities.add(options.info(house))
        self.entity.commands = self.commands()
        self.name = self.entity.entity_id
        self.json_attributes: Mapping[str, Any] = {}
        self._availability = Availability((), "latest")
        self._slots: dict[str, Slot] = {}
        self._wanted: set[str] = set()
        self._connection: Detach = nothing

    # --- what a platform says ------------------------------------------------------------------------

    def commands(self) -> Mapping[str, Command]:
        """Return what the entity can be told, by service."""
        return {}

    def wire(self) -> None:
        """Listen to the topics of the options, with `hear` and `listen`."""

    def restore(self) -> None:
        """Take up what was known before this start, if the platform assumes states."""

    def current(self) -> tuple[str | None, Mapping[str, Any]]:
        """Return the state and the attributes that go with it; asked by `show`."""
        raise NotImplementedError

    @property
    def expired(self) -> bool:
        return False

    # --- life ----------------------------------------------------------------------------------------

    def start(self) -> None:
        if not self.entity.enabled:
            return
        self.restore()
        self._connection = self.house.mqtt.listen_connection(self._connection_changed)
        self._begin()
        self.entity.available = self.available
        self.show()
        self._wire_all()

    def update(self, options: T) -> None:
        """Take over changed options."""
        self.options = options
        self.house.entities.redescribe(self.entity, options.info(self.house))
        self.entity.commands = self.commands()
        if not self.entity.enabled:
            return
        self._begin()
        self._wire_all()
        self.entity.available = self.available
        self.show()

    def stop(self, *, forget: bool = False) -> None:
        """Leave the house; with `forget` the registry too."""
        self._connection()
        for slot in self._slots.values():
            slot.detach()
        self._slots.clear()
        self.entity.remove(forget=forget)

    def _begin(self) -> None:
        options = self.options
        topics = [topic.topic for topic in options.availability_topics]
        self._availability = Availability(topics, options.availability_mode, self._availability)

    def _wire_all(self) -> None:
        options = self.options
        self._wanted = set()
        for topic in options.availability_topics:
            read = self.reader(topic.value_template)
            self.listen(f"availability {topic.topic}", topic.topic, partial(self._heard, topic, read))
        if options.json_attributes_topic is not None:
            template = options.json_attributes_template
            self.hear("json_attributes", options.json_attributes_topic, template, self._attributes_came)
        self.wire()
        for key in [key for key in self._slots if key not in self._wanted]:
            self._slots.pop(key).detach()

    # --- listening -----------------------------------------------------------------------------------

    def reader(
        self,
        template: Template | None,
        variables: Mapping[str, Any] | None = None,
        *,
        strict: bool = False,
    ) -> Decoder:
        """Return what turns messages into text, by the entity's encoding and `template`.

        Where the template fails, a `strict` one drops the message.
        """
        return decoder(self.name, template, self.options.encoding, self._extras, variables, strict=strict)

    def listen(self, key: str, topic: str | None, handler: Handler) -> bool:
        """Call `handler(reading)` for each message; False if there is no topic."""
        if topic is None:
            return False
        self._wanted.add(key)
        slot = self._slots.get(key)
        if slot is not None and slot.key == (topic, self.options.qos):
            slot.handler = handler
            return True
        if slot is not None:
            slot.detach()
        self._slots[key] = self.feed.listen(topic, handler, qos=self.options.qos, by=self.name)
        return True

    def hear(
        self,
        key: str,
        topic: str | None,
        template: Template | None,
        handler: Callable[[str], None],
        variables: Mapping[str, Any] | None = None,
        *,
        strict: bool = False,
    ) -> bool:
        """Call `handler(text)` for each message that can be read; False if there is no topic.

        `variables` are the platform's own for `template`; `strict` drops messages that it fails for.
        """
        read = self.reader(template, variables, strict=strict)

        def heard(reading: Reading) -> None:
            text = read(reading)
            if text is not None:
                handler(text)

        return self.listen(key, topic, heard)

    def _extras(self, names: frozenset[str]) -> Mapping[str, Any]:
        extras: dict[str, Any] = {"entity_id": self.name, "name": self.options.shown_name}
        if "this" in names:
            extras["this"] = self.house.states.get(self.name)
        return extras

    # --- telling -------------------------------------------------------------------------------------

    def render(self, template: Template | None, value: Any, **variables: Any) -> str | bytes:
        """Return the payload of a command; `variables` are the platform's own."""
        if template is None:
            return command(None, value, {})
        return command(template, value, {**self._extras(template.names), **variables})

    def publish(self, topic: str, payload: str | bytes) -> None:
        """Send a command with the entity's own quality of service and retention."""
        options = self.options
        retain: bool = getattr(options, "retain", False)
        if isinstance(payload, str) and options.encoding not in ("utf-8", ""):
            payload = payload.encode(options.encoding)
        self.house.mqtt.publish(topic, payload, qos=options.qos, retain=retain)

    # --- showing -------------------------------------------------------------------------------------

    def touch(self) -> None:
        """Show the entity when the message under way has reached everybody."""
        self.feed.touch(self)

    def show(self) -> None:
        """Write the state as it is now."""
        state, attributes = self.current()
        self.write(state, attributes)

    def show_assumed(self, call: ServiceCall) -> None:
        """Write the state that a command leads to, without waiting for the device to tell it."""
        state, attributes = self.current()
        self.write(state, attributes, call.cause)
        if state is not None:
            self.house.memory.keep(self.name, state, attributes)

    def write(self, state: str | None, attributes: Mapping[str, Any], cause: Cause | None = None) -> None:
        mine = self.json_attributes
        self.entity.write(state, {**mine, **attributes} if mine else attributes, cause=cause)

    @property
    def available(self) -> bool:
        return self.house.mqtt.connected and self._availability.online and not self.expired

    def show_availability(self) -> None:
        self.entity.set_available(self.available)

    def _connection_changed(self, connected: bool) -> None:
        self.show_availability()

    def _heard(self, topic: AvailabilityTopic, read: Decoder, reading: Reading) -> None:
        payload = read(reading)
        if payload == topic.payload_available:
            self._availability.heard(topic.topic, True)
        elif payload == topic.payload_not_available:
            self._availability.heard(topic.topic, False)
        else:
            return
        self.show_availability()

    def _attributes_came(self, text: str) -> None:
        try:
            content = orjson.loads(text)
        except ValueError:
            log.warning("%s: its attributes are no JSON: %.100s", self.name, text)
            return
        if not isinstance(content, dict):
            log.warning("%s: its attributes are JSON, but no object: %.100s", self.name, text)
            return
        self.take_attributes({k: v for k, v in content.items() if k not in _RESERVED | self.options.reserved})

    def take_attributes(self, attributes: Mapping[str, Any]) -> None:
        """Show what came on `json_attributes_topic`."""
        self.json_attributes = attributes
        self.touch()
