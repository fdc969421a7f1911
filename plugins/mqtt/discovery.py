"""The section `discovery:`: devices that announce themselves over MQTT, as Home Assistant's do."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar

from pydantic import ValidationInfo, model_validator

from hub.api import Bool, Detach, House, Integration, Text, nothing, together, warn
from plugins.mqtt.announcement import COMPONENTS, DEVICE
from plugins.mqtt.discoverer import Discoverer
from plugins.mqtt.discovery_services import offer_services
from plugins.mqtt.options import Part
from plugins.mqtt.topics import PublishTopic, Qos

_STARTED = "homeassistant_started"
# Kept announcements are taken in before the devices are asked to announce themselves again.
_CALM = 2.0
_OTHER = ("ignore", "enable")
"""The keys of a section that Home Assistant once had under this name, for devices in the network."""


class Greeting(Part):
    """A message that tells devices that the hub is there, or that it goes."""

    topic: PublishTopic = "homeassistant/status"
    payload: Text = "online"
    qos: Qos = 0
    retain: Bool = False


class Discovery(Integration):
    """Let devices announce themselves on `<prefix>/<component>/[<node>/]<thing>/config`.

    `birth` is sent when the hub has started or found its MQTT server again: devices answer with what
    they are. `will` is sent when the hub stops. Either may be null. With `approve` a new device waits
    until people let it in. What the hub announces itself, under `own_node`, is left out.
    """

    always: ClassVar[bool] = True

    enabled: Bool = True
    """Whether announcements are listened to."""
    prefix: PublishTopic = "homeassistant"
    """The first level of their topics."""
    approve: Bool = False
    """Whether somebody must let a new device in."""
    own_node: Text | None = "hearth"
    """The node of our own announcements, which are left out."""
    birth: Greeting | None = Greeting()
    """Said when the hub is there."""
    will: Greeting | None = Greeting(payload="offline")
    """Said when it goes."""

    @model_validator(mode="before")
    @classmethod
    def _not_of_the_network(cls, data: Any, info: ValidationInfo) -> Any:
        if not isinstance(data, Mapping):
            return data
        for key in _OTHER:
            if key in data:
                warn(info, f"`{key}` is not read here", "Only MQTT is searched for devices", at=data, key=key)
        return {key: value for key, value in data.items() if key not in _OTHER}

    def start(self, house: House) -> Detach:
        discoverer = Discoverer(house, self.prefix, approve=self.approve, own_node=self.own_node)
        services = offer_services(house, discoverer)
        always = [services, discoverer.problems.stop, discoverer.stop]
        if not self.enabled:
            return together(always)
        stops = [
            house.mqtt.subscribe(f"{self.prefix}/{component}/{levels}/config", discoverer.received)
            for component in (*COMPONENTS, DEVICE)
            for levels in ("+", "+/+")
        ]
        greeter = _Greeter(house, self)
        return together([greeter.stop, *stops, *always])


class _Greeter:
    """Says hello and goodbye to the devices."""

    def __init__(self, house: House, discovery: Discovery) -> None:
        self._house = house
        self._discovery = discovery
        self._later: Detach = nothing
        self._detach = together(
            [
                house.mqtt.listen_connection(self._connection_changed),
                house.bus.listen(_STARTED, lambda event: self._hello_later()),
            ]
        )
        if house.started:
            self._hello_later()

    def stop(self) -> None:
        self._detach()
        self._later()
        will = self._discovery.will
        if will is not None and self._house.mqtt.connected:
            self._send(will)

    def _connection_changed(self, connected: bool) -> None:
        if connected and self._house.started:
            self._hello_later()

    def _hello_later(self) -> None:
        self._later()
        self._later = self._house.clock.call_later(_CALM, self._hello)

    def _hello(self) -> None:
        birth = self._discovery.birth
        if birth is not None and self._house.mqtt.connected:
            self._send(birth)

    def _send(self, greeting: Greeting) -> None:
        self._house.mqtt.publish(greeting.topic, greeting.payload, qos=greeting.qos, retain=greeting.retain)
