"""The program around the server is a client without a socket."""

from __future__ import annotations

import asyncio
import logging
import ssl
from pathlib import Path
from typing import Any

import pytest
import trustme
import uvloop

from hub.broker import (
    AllowAll,
    Broker,
    ClientConnected,
    ClientDisconnected,
    Credentials,
    FullAccess,
    Listener,
)
from hub.broker.packets import Connack, Connect, Publish, Subscribe, encode
from hub.core.errors import HubError

Heard = list[tuple[str, bytes, int, bool]]


async def test_hears_what_clients_publish(house: Any) -> None:
    heard: Heard = []
    house.broker.subscribe("a/+", lambda *message: heard.append(message), qos=1)
    client = await house.client()
    await client.publish("a/1", b"x")
    await client.publish("a/2", b"y", qos=2, packet_id=1, retain=True)
    await client.publish("b", b"z")
    await client.hear_until_pong()
    assert heard == [("a/1", b"x", 0, False), ("a/2", b"y", 1, False)]


async def test_is_told_retained_messages_before_subscribe_returns(house: Any) -> None:
    house.broker.publish("a", b"x", qos=1, retain=True)
    heard: Heard = []
    house.broker.subscribe("#", lambda *message: heard.append(message), qos=1)
    assert heard == [("a", b"x", 1, True)]


async def test_hears_nothing_after_detaching(house: Any) -> None:
    heard: Heard = []
    detach = house.broker.subscribe("#", lambda *message: heard.append(message))
    detach()
    detach()
    house.broker.publish("a", b"x")
    assert heard == []


async def test_one_broken_callback_keeps_nothing_from_the_others(
    house: Any, caplog: pytest.LogCaptureFixture
) -> None:
    heard: Heard = []

    def broken(*message: object) -> None:
        raise RuntimeError("broken")

    house.broker.subscribe("a", broken)
    house.broker.subscribe("a", lambda *message: heard.append(message))
    client = await house.subscriber("a")
    with caplog.at_level(logging.CRITICAL):
        house.broker.publish("a", b"x")
    assert len(heard) == 1
    assert await client.hear() == Publish("a", b"x")


async def test_a_message_published_in_a_callback_comes_after_the_present_one(house: Any) -> None:
    heard: list[tuple[str, str]] = []

    def answer(topic: str, payload: bytes, qos: int, retain: bool) -> None:
        heard.append(("first", topic))
        if topic == "a":
            house.broker.publish("b", b"")
            house.broker.publish("c", b"")

    house.broker.subscribe("#", answer)
    house.broker.subscribe("#", lambda topic, *_: heard.append(("second", topic)))
    client = await house.subscriber("#")

    house.broker.publish("a", b"")

    assert heard == [(who, topic) for topic in "abc" for who in ("first", "second")]
    assert [packet.topic for packet in await client.hear_until_pong()] == ["a", "b", "c"]


async def test_callbacks_that_answer_themselves_leave_the_loop_its_turns(house: Any) -> None:
    count = 0

    def answer(*message: object) -> None:
        nonlocal count
        count += 1
        if count < 10_000:
            house.broker.publish("a", b"")

    house.broker.subscribe("a", answer)
    house.broker.publish("a", b"")
    assert count < 2_000
    client = await house.client()
    assert await client.hear_until_pong() == []
    await house.until(lambda: count == 10_000)


async def test_a_callback_may_subscribe_and_detach(house: Any) -> None:
    heard: list[str] = []
    detachers: list[Any] = []

    def once(topic: str, *_: object) -> None:
        heard.append(topic)
        detachers.pop()()
        house.broker.subscribe("b", lambda topic, *_: heard.append(topic))

    detachers.append(house.broker.subscribe("#", once))
    house.broker.publish("a", b"")
    house.broker.publish("b", b"")
    assert heard == ["a", "b"]


async def test_a_callback_may_end_the_client_it_hears(house: Any) -> None:
    heard: list[bytes] = []

    def throw_out(topic: str, payload: bytes, *_: object) -> None:
        heard.append(payload)
        house.broker.disconnect()

    house.broker.subscribe("a", throw_out)
    client = await house.client()
    await client.say(Publish("a", b"1"), Publish("a", b"2"))
    assert await client.is_closed()
    assert heard == [b"1"]


@pytest.mark.parametrize("topic", ["", "a/+", "#"])
async def test_a_wrong_topic_is_said_so(house: Any, topic: str) -> None:
    with pytest.raises(HubError, match="cannot publish"):
        house.broker.publish(topic, b"")


async def test_a_wrong_filter_is_said_so(house: Any) -> None:
    with pytest.raises(HubError, match="cannot subscribe"):
        house.broker.subscribe("a/#/b", lambda *_: None)


async def test_tells_who_comes_and_goes(house: Any) -> None:
    client = await house.client("id", username="u")
    await client.break_off()
    await house.until(lambda: len(house.events) == 2)
    assert house.events[0] == ClientConnected("id", "u", "", "127.0.0.1", "tcp", False)
    assert isinstance(house.events[1], ClientDisconnected)
    assert not house.events[1].orderly


async def test_counts_what_it_does(house: Any) -> None:
    client = await house.subscriber("a", client_id="one")
    await house.subscriber("a", client_id="two")
    await client.say(*[Publish("a", b"x")] * 10)
    await client.hear_until_pong()
    stats = house.broker.stats
    assert (stats.clients, stats.subscriptions, stats.messages_received, stats.messages_sent) == (
        2,
        2,
        10,
        20,
    )


async def test_stopping_ends_all_connections_and_frees_the_port(house: Any) -> None:
    client = await house.client()
    house.broker.publish("a", b"x")
    await house.broker.stop()
    assert await client.is_closed()
    again = Broker(AllowAll())
    await again.listen(Listener(port=house.port))
    await again.stop()


async def test_two_servers_live_in_one_process(start: Any) -> None:
    one, two = await start(), await start()
    client = await one.subscriber("a")
    two.broker.publish("a", b"x")
    assert await client.hear_until_pong() == []


async def test_serves_on_a_unix_socket(house: Any, tmp_path: Path) -> None:
    door = await house.broker.listen(Listener("unix", path=tmp_path / "mqtt"))
    reader, writer = await asyncio.open_unix_connection(tmp_path / "mqtt")
    writer.write(encode(Connect("client")))
    assert await reader.readexactly(4) == encode(Connack())
    assert door.port == 0
    assert house.events[0].listener == "unix"
    writer.close()
    await writer.wait_closed()


async def test_serves_tls_and_shows_the_clients_certificate(start: Any) -> None:
    seen: list[Credentials] = []

    class Judge:
        def authenticate(self, credentials: Credentials) -> FullAccess:
            seen.append(credentials)
            return FullAccess()

    house = await start(Judge())
    authority = trustme.CA()
    server = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority.issue_cert("127.0.0.1").configure_cert(server)
    authority.configure_trust(server)
    server.verify_mode = ssl.CERT_OPTIONAL
    door = await house.broker.listen(Listener("tls", port=0, tls=server))
    client = ssl.create_default_context()
    authority.configure_trust(client)
    certificate = authority.issue_cert("device@example.org")
    certificate.configure_cert(client)

    reader, writer = await asyncio.open_connection("127.0.0.1", door.port, ssl=client)
    writer.write(encode(Connect("client")) + encode(Subscribe(1, (("a", 0),))) + encode(Publish("a", b"x")))

    assert await reader.readexactly(4 + 5 + 6) == encode(Connack()) + b"\x90\x03\x00\x01\x00" + encode(
        Publish("a", b"x")
    )
    pem = certificate.cert_chain_pems[0].bytes().decode()
    assert seen[0].certificate == ssl.PEM_cert_to_DER_cert(pem)
    writer.close()
    await writer.wait_closed()


def test_serves_on_uvloop() -> None:
    async def go() -> bytes:
        broker = Broker(AllowAll())
        door = await broker.listen(Listener(port=0))
        reader, writer = await asyncio.open_connection("127.0.0.1", door.port)
        writer.write(encode(Connect("client")) + encode(Subscribe(1, (("a", 1),))))
        await reader.readexactly(4 + 5)
        writer.write(encode(Publish("a", b"x", 1, packet_id=5)))
        answer = await reader.readexactly(4 + 8)
        writer.close()
        await writer.wait_closed()
        await broker.stop()
        return answer

    heard = uvloop.run(go())

    assert heard == encode(Publish("a", b"x", 1, packet_id=1)) + b"\x40\x02\x00\x05"
