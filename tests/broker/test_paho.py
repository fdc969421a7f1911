"""An independent client, Eclipse Paho's, gets along with the server."""

from __future__ import annotations

import asyncio
import queue
from typing import Any

import paho.mqtt.client as paho
import pytest
from paho.mqtt.enums import CallbackAPIVersion


class Paho:
    """A Paho client on its own thread; what it hears comes in a queue."""

    def __init__(self, client_id: str, *, clean: bool = True) -> None:
        self.heard: queue.Queue[Any] = queue.Queue()
        self.client = paho.Client(CallbackAPIVersion.VERSION2, client_id, clean, protocol=paho.MQTTv311)
        self.client.on_connect = lambda client, data, flags, reason, properties: self.heard.put(
            ("connected", flags.session_present)
        )
        self.client.on_subscribe = lambda *_: self.heard.put("subscribed")
        self.client.on_message = lambda client, data, message: self.heard.put(
            (message.topic, message.payload, message.qos, message.retain)
        )

    async def hear(self) -> Any:
        return await asyncio.to_thread(self.heard.get, True, 20)

    async def connect(self, port: int) -> Any:
        await asyncio.to_thread(self.client.connect, "127.0.0.1", port, 60)
        self.client.loop_start()
        return await self.hear()

    async def close(self) -> None:
        self.client.disconnect()
        await asyncio.to_thread(self.client.loop_stop)


@pytest.mark.parametrize("qos", [0, 1, 2])
async def test_publishes_and_hears(house: Any, qos: int) -> None:
    paho_client = Paho("paho")
    assert await paho_client.connect(house.port) == ("connected", False)
    paho_client.client.subscribe("a/#", qos)
    assert await paho_client.hear() == "subscribed"

    for n in range(100):
        paho_client.client.publish("a/b", f"{n}", qos)

    assert [await paho_client.hear() for _ in range(100)] == [
        ("a/b", f"{n}".encode(), qos, False) for n in range(100)
    ]
    await paho_client.close()


async def test_finds_its_session_again(house: Any) -> None:
    first = Paho("paho", clean=False)
    await first.connect(house.port)
    first.client.subscribe("a", 1)
    await first.hear()
    await first.close()
    house.broker.publish("a", b"meanwhile", qos=1)

    again = Paho("paho", clean=False)

    assert await again.connect(house.port) == ("connected", True)
    assert await again.hear() == ("a", b"meanwhile", 1, False)
    await again.close()
