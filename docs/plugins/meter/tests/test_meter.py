"""The sensor shows what a real HTTP server answers, and says when it does not."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator

import pytest

from hub.testing import SimulatedHouse


class Meter:
    """A server on loopback whose next answer a test decides."""

    def __init__(self) -> None:
        self.answer = b"{}"
        self.asked = asyncio.Event()

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        writer.write(b"HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: %d\r\n\r\n" % len(self.answer))
        writer.write(self.answer)
        await writer.drain()
        writer.close()
        self.asked.set()


@pytest.fixture
async def meter() -> AsyncIterator[Meter]:
    made = Meter()
    server = await asyncio.start_server(made.serve, "127.0.0.1", 0)
    made.url = f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}/reading"
    yield made
    server.close()


async def shown(house: SimulatedHouse, state: str) -> None:
    """Wait until the sensor shows a state."""
    changed = asyncio.Event()
    stop = house.house.bus.listen("state_changed", lambda _: changed.set())
    while house.state("sensor.water") != state:
        await changed.wait()
        changed.clear()
    stop()


async def test_reads_again_and_again_and_says_when_it_cannot(house: SimulatedHouse, meter: Meter) -> None:
    meter.answer = json.dumps({"litres": 12.5}).encode()
    house.set_up({"sensor": {"platform": "meter", "name": "Water", "url": meter.url, "every": 60}})
    await shown(house, "12.5")

    meter.answer = b"<html>"
    await house.advance(60)
    await shown(house, "unavailable")

    meter.answer = json.dumps({"litres": 13}).encode()
    await house.advance(60)
    await shown(house, "13.0")
