"""States arrive as lines at a real server, and none is lost while it is away."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from typing import Any

import pytest

from hub.testing.house import SimulatedHouse
from plugins.influxdb.integration import InfluxDb


class Server:
    def __init__(self) -> None:
        self.status = 204
        self.heard: list[tuple[str, list[str]]] = []
        self.url = ""

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        head = (await reader.readuntil(b"\r\n\r\n")).decode()
        length = int(head.lower().split("content-length: ")[1].split("\r\n")[0])
        body = (await reader.readexactly(length)).decode()
        self.heard.append((head, body.split("\n")))
        writer.write(f"HTTP/1.1 {self.status} X\r\nContent-Length: 0\r\nConnection: close\r\n\r\n".encode())
        await writer.drain()
        writer.close()


@pytest.fixture
async def server() -> AsyncIterator[Server]:
    server = Server()
    listening = await asyncio.start_server(server.serve, "127.0.0.1", 0)
    server.url = f"http://127.0.0.1:{listening.sockets[0].getsockname()[1]}"
    yield server
    listening.close()


@pytest.fixture
async def home() -> AsyncIterator[SimulatedHouse]:
    home = SimulatedHouse()
    yield home
    await home.stop()


async def written(home: SimulatedHouse, server: Server, count: int) -> list[str]:
    while len(server.heard) < count:  # a socket has no event to wait for
        await home.advance(1)
        await asyncio.sleep(0.01)
    return [line for _, lines in server.heard for line in lines]


def set_up(home: SimulatedHouse, server: Server, **more: Any) -> None:
    home.set_up({"influxdb": {"url": server.url, "include": ["sensor.*", "binary_sensor.*"], **more}})


async def test_states_become_lines(home: SimulatedHouse, server: Server) -> None:
    set_up(
        home,
        server,
        bucket="b",
        organization="o",
        token="t",
        attributes=["battery"],
        tags={"place": "my home"},
    )
    home.set("sensor.outdoor", "3.5", {"unit_of_measurement": "°C", "battery": 80})
    home.set("binary_sensor.door", "on")
    home.set("sensor.word", 'a "b" c')
    home.set("sensor.gone", "unavailable")
    home.set("light.x", "on")

    lines = await written(home, server, 1)

    when = int(home.house.states.get("sensor.outdoor").updated * 1e9)
    place = "place=my\\ home"
    assert lines == [
        f"°C,domain=sensor,entity_id=outdoor,{place} value=3.5,battery=80.0 {when}",
        f'binary_sensor.door,domain=binary_sensor,entity_id=door,{place} value=1.0,state="on" {when}',
        f'sensor.word,domain=sensor,entity_id=word,{place} state="a \\"b\\" c" {when}',
    ]
    head = server.heard[0][0]
    assert head.startswith("POST /api/v2/write?bucket=b&org=o&precision=ns")
    assert "authorization: Token t" in head


async def test_what_is_not_taken_is_sent_again(home: SimulatedHouse, server: Server, caplog: Any) -> None:
    set_up(home, server, database="d")
    server.status = 503
    home.set("sensor.a", "1")
    await written(home, server, 1)
    home.set("sensor.a", "2")
    server.status = 204

    await written(home, server, 2)

    assert [line.split(" ")[1] for line in server.heard[1][1]] == ["value=1.0", "value=2.0"]
    assert caplog.text.count("InfluxDB takes no states") == 1
    assert server.heard[0][0].startswith("POST /write?db=d&precision=n ")


def test_the_address_may_be_told_in_parts() -> None:
    told = InfluxDb(host="box", port=443, ssl=True)
    assert told.address == "https://box:443/write?db=hearth&precision=n"
    assert InfluxDb().address.startswith("http://localhost:8086/write?")


async def test_a_refused_line_does_not_stop_the_others(home: SimulatedHouse, server: Server) -> None:
    set_up(home, server)
    server.status = 400
    home.set("sensor.a", "1")
    await written(home, server, 1)
    home.set("sensor.a", "2")

    await written(home, server, 2)

    assert [line.split(" ")[1] for line in server.heard[1][1]] == ["value=2.0"]
