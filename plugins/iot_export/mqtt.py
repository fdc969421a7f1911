"""Send records to another MQTT server, where they wait until it has acknowledged them."""

from __future__ import annotations

import asyncio
import ssl
from collections.abc import Callable, Sequence
from dataclasses import replace

from hub.api import ClientDoor, Clock, MqttServer, Origin
from plugins.iot_export.record import Record
from plugins.iot_export.targets import NotNow

SECONDS = 30.0
"""How long a batch may take until it is tried again."""


class MqttTarget:
    """Publishes with QoS 1. `{topic}` in the pattern is the topic here, `{device}` the device's name."""

    most = 100

    def __init__(
        self,
        server: MqttServer,
        secure: Callable[[], ssl.SSLContext] | None,
        topic: str,
        origin: Callable[[str], Origin | None],
        clock: Clock,
    ) -> None:
        self._server = server
        self._secure = secure
        self._topic = topic
        self._origin = origin
        self._clock = clock
        self._door: ClientDoor | None = None

    async def open(self) -> None:
        server = self._server
        if self._secure is not None:
            server = replace(server, tls=await asyncio.to_thread(self._secure))
        self._door = await ClientDoor.open(server, self._clock)

    async def send(self, records: Sequence[Record]) -> None:
        assert self._door is not None
        mqtt = self._door.mqtt
        if not mqtt.connected:
            raise NotNow(f"{self._server} is not there")
        for record in records:
            mqtt.publish(self._name(record), record.payload, qos=1)
        try:
            async with asyncio.timeout(SECONDS):
                await mqtt.sent.wait()
        except TimeoutError:
            raise NotNow(f"{self._server} does not acknowledge") from None

    async def close(self) -> None:
        if self._door is not None:
            await self._door.close()

    def __str__(self) -> str:
        return f"MQTT server {self._server}"

    def _name(self, record: Record) -> str:
        origin = self._origin(record.topic)
        return self._topic.format(
            topic=record.topic,
            rest=record.topic.split("/", 2)[-1],
            registry_id=record.registry_id,
            device_id=record.device_id,
            registry=origin.registry if origin else record.registry_id,
            device=(origin.device if origin else record.device_id) or "-",
        )
