"""Doors of every kind: IPv4 and IPv6, Unix sockets, and proxies that tell for whom they come."""

from __future__ import annotations

import asyncio
import ipaddress
import socket
import stat
import struct
from pathlib import Path
from typing import Any

import pytest
import uvloop

from hub.broker import AllowAll, Broker, Limits, Listener, LogInRefused
from hub.broker.packets import Connack, Connect, encode
from hub.broker.proxy import SIGNATURE

HERE = (ipaddress.ip_network("127.0.0.0/8"),)


def header(command: int = 0x21, family: int = 0x11, body: bytes | None = None) -> bytes:
    """Write a PROXY header; without a body it is that of 192.0.2.7."""
    if body is None:
        body = (
            socket.inet_aton("192.0.2.7") + socket.inet_aton("192.0.2.1") + struct.pack("!HH", 50_000, 1883)
        )
    return SIGNATURE + bytes((command, family)) + len(body).to_bytes(2, "big") + body


IPV6 = socket.inet_pton(socket.AF_INET6, "2001:db8::7") * 2 + struct.pack("!HH", 50_000, 1883)


async def hear(port: int, data: bytes, host: str = "127.0.0.1") -> bytes:
    """Say something at a door and return what comes back first, nothing if it is closed."""
    reader, writer = await asyncio.open_connection(host, port)
    try:
        writer.write(data)
        return await reader.read(4)
    except ConnectionError:
        return b""
    finally:
        writer.transport.abort()
        await asyncio.sleep(0)


@pytest.mark.parametrize("host", ["127.0.0.1", "::1"])
async def test_without_a_host_it_listens_on_both_families(house: Any, host: str) -> None:
    door = await house.broker.listen(Listener("all", host="", port=0))
    assert await hear(door.port, encode(Connect("client")), host) == encode(Connack())


async def test_a_host_of_one_family_is_that_one(house: Any) -> None:
    door = await house.broker.listen(Listener("six", host="::1", port=0))
    assert await hear(door.port, encode(Connect("client")), "::1") == encode(Connack())
    with pytest.raises(OSError, match=r"refused|failed"):
        await hear(door.port, b"", "127.0.0.1")


async def test_an_address_that_is_taken_is_said_so(house: Any) -> None:
    with pytest.raises(OSError, match="in use"):
        await house.broker.listen(Listener("again", port=house.port))


async def test_a_closed_door_lets_nobody_in(house: Any) -> None:
    door = await house.broker.listen(Listener("extra", port=0))
    inside = await house.client()
    door.close()
    await asyncio.sleep(0)
    with pytest.raises(OSError, match=r"refused|failed"):
        await hear(door.port, b"")
    assert await inside.hear_until_pong() == []


@pytest.mark.parametrize("mode", [0o600, 0o660])
async def test_a_unix_socket_is_for_whom_its_mode_says(house: Any, tmp_path: Path, mode: int) -> None:
    await house.broker.listen(Listener("unix", path=tmp_path / "mqtt", mode=mode))
    assert stat.S_IMODE((tmp_path / "mqtt").stat().st_mode) == mode


async def test_a_unix_socket_left_behind_is_taken_over(house: Any, tmp_path: Path) -> None:
    with socket.socket(socket.AF_UNIX) as dead:
        dead.bind(str(tmp_path / "mqtt"))
    await house.broker.listen(Listener("unix", path=tmp_path / "mqtt"))
    reader, writer = await asyncio.open_unix_connection(tmp_path / "mqtt")
    writer.write(encode(Connect("client")))
    assert await reader.readexactly(4) == encode(Connack())
    writer.close()
    await writer.wait_closed()


async def test_a_unix_socket_in_use_is_not_taken_away(house: Any, tmp_path: Path) -> None:
    await house.broker.listen(Listener("unix", path=tmp_path / "mqtt"))
    with pytest.raises(OSError, match="in use"):
        await house.broker.listen(Listener("again", path=tmp_path / "mqtt"))


async def test_a_file_in_the_way_of_a_unix_socket_is_left_alone(house: Any, tmp_path: Path) -> None:
    (tmp_path / "mqtt").write_text("precious")
    with pytest.raises(OSError, match="in use"):
        await house.broker.listen(Listener("unix", path=tmp_path / "mqtt"))
    assert (tmp_path / "mqtt").read_text() == "precious"


@pytest.mark.parametrize(
    ("said", "address"),
    [
        (header(), "192.0.2.7"),
        (header(family=0x21, body=IPV6), "2001:db8::7"),
        (header(body=header()[16:] + b"\x04\x00\x02ab"), "192.0.2.7"),
        (header(command=0x20), "127.0.0.1"),
        (header(family=0, body=b""), "127.0.0.1"),
    ],
)
async def test_a_proxy_tells_for_whom_it_comes(house: Any, said: bytes, address: str) -> None:
    door = await house.broker.listen(Listener("proxied", port=0, proxies=HERE))
    assert await hear(door.port, said + encode(Connect("client"))) == encode(Connack())
    assert house.events[0].address == address


async def test_a_proxy_header_may_come_byte_by_byte(house: Any) -> None:
    door = await house.broker.listen(Listener("proxied", port=0, proxies=HERE))
    reader, writer = await asyncio.open_connection("127.0.0.1", door.port)
    for byte in header() + encode(Connect("client")):
        writer.write(bytes((byte,)))
        await house.settle()
    assert await reader.readexactly(4) == encode(Connack())
    writer.close()
    await writer.wait_closed()


@pytest.mark.parametrize(
    "said",
    [
        encode(Connect("client")) + b"\xc0\x00" * 4,
        header(command=0x22),
        header(command=0x11),
        header(body=b"short"),
        header(family=0x21, body=b"x" * 35),
        b"PROXY TCP4 192.0.2.7 192.0.2.1 50000 1883\r\n",
        SIGNATURE + b"\x21\x11\xff\xff" + b"x" * 100,
    ],
)
async def test_who_tells_nothing_is_not_let_in(house: Any, said: bytes) -> None:
    door = await house.broker.listen(Listener("proxied", port=0, proxies=HERE))
    assert await hear(door.port, said) == b""
    await house.until(lambda: house.events)
    assert "PROXY header" in house.events[0].reason
    assert house.broker._parts.admission._open == 0


async def test_only_trusted_proxies_are_believed(house: Any) -> None:
    others = (ipaddress.ip_network("10.0.0.0/8"), ipaddress.ip_network("2001:db8::/32"))
    door = await house.broker.listen(Listener("proxied", port=0, proxies=others))
    assert await hear(door.port, header() + encode(Connect("client"))) == b""
    await house.until(lambda: house.events)
    assert [type(event) for event in house.events] == [LogInRefused]
    assert "none of the proxies" in house.events[0].reason


async def test_without_proxies_a_header_is_no_connect(house: Any) -> None:
    assert await hear(house.port, header() + encode(Connect("client"))) == b""


async def test_addresses_behind_a_proxy_are_counted_each(start: Any, dial: Any) -> None:
    house = await start(limits=Limits(connections_per_address=1))
    door = await house.broker.listen(Listener("proxied", port=0, proxies=HERE))
    other = header(body=socket.inet_aton("192.0.2.8") + header()[20:])
    heard = []
    for number, said in enumerate((header(), header(), other)):
        wire = await dial(door.port)
        await wire.say(said, Connect(f"client{number}"))
        heard.append(await wire.hear())
    assert heard == [Connack(), None, Connack()]


async def test_a_proxy_that_says_nothing_is_let_go(start: Any) -> None:
    house = await start(limits=Limits(connect_timeout=0.1))
    door = await house.broker.listen(Listener("proxied", port=0, proxies=HERE))
    assert await hear(door.port, SIGNATURE) == b""
    await house.until(lambda: house.events)
    assert house.events[0].reason == "too slow"


def test_every_door_opens_on_uvloop(tmp_path: Path) -> None:
    async def go() -> list[bytes]:
        broker = Broker(AllowAll())
        proxied = await broker.listen(Listener("proxied", port=0, proxies=HERE))
        both = await broker.listen(Listener("both", host="", port=0))
        await broker.listen(Listener("unix", path=tmp_path / "mqtt"))
        heard = [
            await hear(proxied.port, header() + encode(Connect("one"))),
            await hear(both.port, encode(Connect("two")), "::1"),
        ]
        await broker.stop()
        return heard

    assert uvloop.run(go()) == [encode(Connack())] * 2
