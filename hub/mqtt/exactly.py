"""Take the acknowledgements of one connection into our own hands.

paho acknowledges a message when it has called back, and forgets with the connection which messages of QoS 2
are on their way. A bridge must do neither: it acknowledges what is stored, and goes on where it was after a
cut or a crash. For that, what says PUBACK, PUBREC, PUBREL and PUBCOMP is replaced on this one client.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from functools import partial
from typing import Any, Protocol

from paho.mqtt.client import Client, MQTTMessage
from paho.mqtt.enums import MessageState, MQTTErrorCode

Deliver = Callable[[str, bytes, int, bool], None]
"""Called with topic, payload, QoS and the retain flag."""
Act = Callable[[], object]


class Keeper(Protocol):
    """Says when a packet may be answered, and calls what answers it then."""

    def is_new(self, packet_id: int) -> bool: ...

    def taken(self, acknowledge: Act) -> None: ...

    def received(self, packet_id: int, acknowledge: Act) -> None: ...

    def released(self, packet_id: int, complete: Act) -> None: ...

    def recorded(self, packet_id: int, release: Act) -> None: ...


class Exactly:
    """A paho client whose acknowledgements a keeper decides on."""

    def __init__(self, client: Client, keeper: Keeper, deliver: Deliver) -> None:
        self._client = client
        self._keeper = keeper
        self._deliver = deliver
        self._say_puback = client._send_puback
        self._say_pubrec = client._send_pubrec
        self._say_pubrel = client._send_pubrel
        self._say_pubcomp = client._send_pubcomp
        mine: Any = client  # to replace a method on one object is nothing that types know of
        mine._send_puback = self._puback
        mine._send_pubrec = self._pubrec
        mine._send_pubrel = self._pubrel
        mine._send_pubcomp = self._pubcomp

    def _puback(self, packet_id: int) -> MQTTErrorCode:
        self._keeper.taken(partial(self._say_puback, packet_id))
        return MQTTErrorCode.MQTT_ERR_SUCCESS

    def _pubrec(self, packet_id: int) -> MQTTErrorCode:
        # paho has the message ready right after this.
        asyncio.get_running_loop().call_soon(self._take, packet_id)
        return MQTTErrorCode.MQTT_ERR_SUCCESS

    def _take(self, packet_id: int) -> None:
        message = self._client._in_messages.pop(packet_id, None)
        if message is None:
            return
        if self._keeper.is_new(packet_id):
            self._deliver(message.topic, bytes(message.payload), 2, message.retain)
        self._keeper.received(packet_id, partial(self._say_pubrec, packet_id))

    def _pubcomp(self, packet_id: int) -> MQTTErrorCode:
        self._keeper.released(packet_id, partial(self._say_pubcomp, packet_id))
        return MQTTErrorCode.MQTT_ERR_SUCCESS

    def _pubrel(self, packet_id: int) -> MQTTErrorCode:
        self._keeper.recorded(packet_id, partial(self._say_pubrel, packet_id))
        return MQTTErrorCode.MQTT_ERR_SUCCESS

    # What is sent with QoS 2.

    def reserve(self) -> int:
        """Return a packet id that nothing uses."""
        while True:
            packet_id = self._client._mid_generate()
            if packet_id not in self._client._out_messages:
                return packet_id

    def avoid(self, packet_id: int) -> None:
        """Take a greater packet id for whatever is said next."""
        self._client._last_mid = max(self._client._last_mid, packet_id)

    def go_on(
        self, packet_id: int, topic: str, payload: bytes, *, retain: bool, released: bool
    ) -> MQTTErrorCode:
        """Send a message again that another connection began to send, or only its release."""
        client = self._client
        message = MQTTMessage(mid=packet_id, topic=topic.encode())
        message.payload, message.qos, message.retain = payload, 2, retain
        client._out_messages[packet_id] = message
        client._inflight_messages += 1
        if released:
            message.state = MessageState.MQTT_MS_WAIT_FOR_PUBCOMP
            return self._say_pubrel(packet_id)
        message.state = MessageState.MQTT_MS_WAIT_FOR_PUBREC
        return client._send_publish(packet_id, topic.encode(), payload, 2, retain, True)

    def publish(self, packet_id: int, topic: str, payload: bytes, *, retain: bool) -> MQTTErrorCode:
        """Send a message of QoS 2 under a reserved packet id."""
        last, self._client._last_mid = self._client._last_mid, packet_id - 1
        info = self._client.publish(topic, payload, 2, retain)
        self._client._last_mid = last
        return info.rc
