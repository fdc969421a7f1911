"""The section `publish_discovery:`: announce entities, tell their states, and take commands for them."""

from __future__ import annotations

import fnmatch
import logging
from collections.abc import Mapping
from typing import Any, ClassVar

import orjson

from hub.api import (
    UNAVAILABLE,
    Detach,
    House,
    HubError,
    Integration,
    Message,
    OneOrMany,
    State,
    StateChanged,
    Text,
    nothing,
    together,
)
from plugins.publish_discovery.offers import Offer, offer
from plugins.publish_discovery.orders import order

log = logging.getLogger(__name__)
_BEGIN = "homeassistant_started"
_USUAL = (
    "automation.*", "binary_sensor.*", "button.*", "climate.*", "counter.*", "cover.*", "fan.*", "input_*",
    "light.*", "lock.*", "number.*", "scene.*", "schedule.*", "script.*", "select.*", "sensor.*", "switch.*",
    "text.*", "timer.*",
)  # fmt: skip
_SHINES = ("brightness", "color_mode", "effect")


class PublishDiscovery(Integration):
    """Offer entities, helpers, automations and scripts to a Home Assistant on the same MQTT server.

    What came over MQTT itself is left out, as Home Assistant sees it anyway, unless `also_mqtt` is true.
    """

    always: ClassVar[bool] = False

    prefix: Text = "homeassistant"
    node: Text = "hearth"
    base: Text = "hearth"
    include: OneOrMany[Text] = _USUAL
    exclude: OneOrMany[Text] = ()
    also_mqtt: bool = False

    def start(self, house: House) -> Detach:
        publisher = _Publisher(house, self)
        if house.started:
            publisher.begin()
            return publisher.stop
        return together([house.bus.listen(_BEGIN, lambda event: publisher.begin()), publisher.stop])

    def wants(self, entity_id: str) -> bool:
        return _matches(entity_id, self.include) and not _matches(entity_id, self.exclude)


def _matches(entity_id: str, patterns: tuple[str, ...]) -> bool:
    return any(fnmatch.fnmatchcase(entity_id, pattern) for pattern in patterns)


class _Publisher:
    """Keeps what is on the MQTT server in step with the house."""

    def __init__(self, house: House, options: PublishDiscovery) -> None:
        self._house = house
        self._options = options
        self._offered: dict[str, tuple[str, bytes]] = {}
        self._told: dict[str, bytes] = {}
        self._detach: Detach = nothing

    def begin(self) -> None:
        if self._detach is not nothing:
            return
        house, base = self._house, self._options.base
        self._detach = together(
            [
                house.bus.listen(StateChanged.event_type, self._changed),
                house.mqtt.subscribe(f"{base}/+/+/set", self._ordered),
                house.mqtt.subscribe(f"{base}/+/+/set/+", self._ordered),
                house.mqtt.subscribe(f"{self._options.prefix}/status", self._greeted),
                house.mqtt.listen_connection(self._connection_changed),
            ]
        )
        self._publish_all()

    def stop(self) -> None:
        """Say that the hub is gone; the announcements stay for its next start."""
        if self._detach is nothing:
            return
        self._detach()
        self._detach = nothing
        if self._house.mqtt.connected:
            self._publish(f"{self._options.base}/status", b"offline")

    # --- telling -------------------------------------------------------------------------------------

    def _publish_all(self) -> None:
        self._offered.clear()
        self._told.clear()
        self._publish(f"{self._options.base}/status", b"online")
        for state in self._house.states:
            self._show(state)

    def _connection_changed(self, connected: bool) -> None:
        if connected:
            self._publish_all()

    def _greeted(self, message: Message) -> None:
        """A Home Assistant that has started anew is told everything again."""
        if message.payload == b"online" and not message.retain:
            self._publish_all()

    def _changed(self, event: StateChanged) -> None:
        if event.new is not None:
            self._show(event.new)
        elif event.entity_id in self._offered:
            topic, _ = self._offered.pop(event.entity_id)
            self._publish(topic, b"")
            for name in ("state", "light"):
                self._told.pop(f"{self._base(event.entity_id)}/{name}", None)
            self._publish(f"{self._base(event.entity_id)}/state", b"")

    def _show(self, state: State) -> None:
        if not self._options.wants(state.entity_id) or self._is_from_mqtt(state.entity_id):
            return
        # One that is unavailable may lack attributes that make it what it is: it keeps its offer.
        if state.state != UNAVAILABLE or state.entity_id not in self._offered:
            self._announce(state)
        if state.entity_id not in self._offered:
            return
        base = self._base(state.entity_id)
        told = {"state": state.state, "attributes": dict(state.attributes)}
        self._tell(f"{base}/state", orjson.dumps(told, default=str))
        if state.domain == "light":
            self._tell(f"{base}/light", orjson.dumps(_shining(state)))

    def _is_from_mqtt(self, entity_id: str) -> bool:
        entity = self._house.entities.get(entity_id)
        from_mqtt = entity is not None and entity.info.platform in ("mqtt", "tasmota")
        return from_mqtt and not self._options.also_mqtt

    def _announce(self, state: State) -> None:
        base = self._base(state.entity_id)
        offered = offer(state.domain, state.attributes, base)
        if offered is None:
            return
        object_id = state.entity_id.replace(".", "_")
        topic = f"{self._options.prefix}/{offered.component}/{self._options.node}/{object_id}/config"
        payload = orjson.dumps(self._config(state, offered, base))
        before = self._offered.get(state.entity_id)
        if before == (topic, payload):
            return
        if before is not None and before[0] != topic:
            self._publish(before[0], b"")
        self._offered[state.entity_id] = topic, payload
        self._publish(topic, payload)

    def _config(self, state: State, offered: Offer, base: str) -> dict[str, Any]:
        there = "{{ 'offline' if value_json.state == 'unavailable' else 'online' }}"
        about, name = self._device(state)
        return {
            "name": name,
            "unique_id": f"{self._options.node}_{state.entity_id}",
            "default_entity_id": f"{offered.component}.{state.object_id}",
            "icon": state.attributes.get("icon") or "mdi:home-automation",
            "device": about,
            "origin": {"name": "Hearth", "support_url": "https://github.com/hearth-hub/hearth-hub"},
            "availability": [
                {"topic": f"{self._options.base}/status"},
                {"topic": f"{base}/state", "value_template": there},
            ],
            "availability_mode": "all",
            "json_attributes_topic": f"{base}/state",
            "json_attributes_template": "{{ value_json.attributes | to_json }}",
            **offered.options,
        }

    def _device(self, state: State) -> tuple[Mapping[str, Any], str]:
        """Return the device that an entity belongs to, and the entity's own name there."""
        entry = self._house.registry.get(state.entity_id)
        device = self._house.devices.get(entry.device_id) if entry is not None and entry.device_id else None
        node = self._options.node
        if device is None:
            return {
                "identifiers": [node],
                "name": self._house.settings.name,
                "manufacturer": "Hearth",
            }, state.name
        told = {
            "identifiers": [f"{node}_{device.id}"],
            "name": device.shown_name,
            "manufacturer": device.manufacturer,
            "model": device.model,
            "sw_version": device.sw_version,
        }
        own = state.name.removeprefix(device.shown_name or "").strip() or state.name
        return {key: value for key, value in told.items() if value}, own

    def _tell(self, topic: str, payload: bytes) -> None:
        if self._told.get(topic) != payload:
            self._told[topic] = payload
            self._publish(topic, payload)

    def _publish(self, topic: str, payload: bytes) -> None:
        self._house.mqtt.publish(topic, payload, retain=True)

    def _base(self, entity_id: str) -> str:
        return f"{self._options.base}/{entity_id.replace('.', '/')}"

    # --- obeying -------------------------------------------------------------------------------------

    def _ordered(self, message: Message) -> None:
        domain, object_id, _, *below = message.topic.removeprefix(f"{self._options.base}/").split("/")
        entity_id = f"{domain}.{object_id}"
        if entity_id not in self._offered or message.retain:
            return
        wanted = order(domain, "/".join(below), message.payload.decode(errors="replace"))
        if wanted is None:
            log.warning("%s: %.100r is no command", message.topic, message.payload)
            return
        service_domain, service, data = wanted
        call = self._house.services.wait(service_domain, service, {**data, "entity_id": entity_id})
        self._house.tasks.spawn(_named(call, message.topic), f"a command on {message.topic}")


async def _named(call: Any, topic: str) -> None:
    try:
        await call
    except HubError as error:
        log.error("a command on %s: %s", topic, error)


def _shining(state: State) -> dict[str, Any]:
    """Return a light's state as Home Assistant's JSON schema has it."""
    shown: dict[str, Any] = {"state": "ON" if state.state == "on" else "OFF"}
    attributes = state.attributes
    shown |= {name: attributes[name] for name in _SHINES if attributes.get(name) is not None}
    mode = attributes.get("color_mode")
    if mode == "color_temp":
        shown["color_temp"] = attributes.get("color_temp_kelvin")
    elif mode in _PARTS and attributes.get(f"{mode}_color"):
        shown["color"] = dict(zip(_PARTS[mode], attributes[f"{mode}_color"], strict=False))
    return shown


_PARTS: dict[str, str] = {"hs": "hs", "xy": "xy", "rgb": "rgb", "rgbw": "rgbw", "rgbww": "rgbcw"}
