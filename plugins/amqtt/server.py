"""Run amqtt's server, and the hub as its client over the loopback."""

from __future__ import annotations

import copy
import logging
from collections.abc import Callable, Iterator
from typing import Any

from amqtt.broker import Broker
from amqtt.errors import BrokerError
from hub.api import ClientDoor, Detach, Door, House, HubError, Message, Mqtt, MqttServer
from plugins.amqtt.listeners import Place

log = logging.getLogger(__name__)

_REMEDY = "Look at `broker: config:` and at amqtt's documentation."


class AmqttMqtt:
    """The hub's client, held back from what amqtt would end its connection for."""

    def __init__(self, mqtt: Mqtt) -> None:
        self._mqtt = mqtt

    @property
    def connected(self) -> bool:
        return self._mqtt.connected

    def publish(self, topic: str, payload: str | bytes, *, qos: int = 0, retain: bool = False) -> None:
        if topic.startswith("$"):
            raise HubError(f"amqtt has no topics of clients that begin with $, such as {topic!r}")
        self._mqtt.publish(topic, payload, qos=qos, retain=retain)

    def subscribe(self, filter: str, callback: Callable[[Message], None], *, qos: int = 0) -> Detach:
        return self._mqtt.subscribe(filter, callback, qos=qos)

    def listen_connection(self, callback: Callable[[bool], None]) -> Detach:
        return self._mqtt.listen_connection(callback)


class AmqttDoor:
    """amqtt's server while it runs."""

    def __init__(self, broker: Broker, client: ClientDoor, place: Place) -> None:
        self.mqtt = AmqttMqtt(client.mqtt)
        self._broker = broker
        self._client = client
        self._place = place

    def lines(self) -> Iterator[str]:
        yield f"amqtt's MQTT server on {self._place.host or 'every address'}:{self._place.port}"

    async def close(self) -> None:
        await self._client.close()
        await self._broker.shutdown()


async def open_server(
    config: dict[str, Any], place: Place, house: House, username: str | None, password: str | None
) -> Door:
    """Start amqtt with this configuration and connect to it. Raises `HubError`."""
    # Its debug messages show passwords.
    logging.getLogger("amqtt").setLevel(logging.WARNING)
    logging.getLogger("transitions").setLevel(logging.WARNING)
    broker = await _start(config)
    server = MqttServer(place.reach, place.port, username, password, client_id="hub")
    try:
        client = await ClientDoor.open(server, house.clock)
    except HubError as error:
        await broker.shutdown()
        raise HubError(
            f"amqtt does not let the hub itself in ({error.problem})",
            remedy="Write `username` and `password` of one of its users under `broker:`.",
        ) from None
    return AmqttDoor(broker, client, place)


async def _start(config: dict[str, Any]) -> Broker:
    try:
        broker = Broker(copy.deepcopy(config))  # it writes into it
    except Exception as error:  # its plugins come from anywhere and refuse in any way
        log.debug("amqtt", exc_info=True)
        words = str(error) or str(error.__cause__ or type(error).__name__)
        raise HubError(f"amqtt refuses its configuration: {words}", remedy=_REMEDY) from None
    try:
        await broker.start()
    except BrokerError as error:
        raise HubError(f"amqtt can't start: {error}", remedy=_REMEDY) from None
    return broker
