"""MQTT over WebSocket: the same server, seen through frames, and what only frames can do wrong."""

from __future__ import annotations

import asyncio
import contextlib
import ssl
from collections.abc import AsyncIterator
from typing import Any

import pytest
import trustme
import uvloop
from wsproto import ConnectionType, WSConnection
from wsproto.events import (
    AcceptConnection,
    BytesMessage,
    CloseConnection,
    Ping,
    Pong,
    RejectConnection,
    Request,
    TextMessage,
)

from hub.broker import AllowAll, Broker, Limits, Listener, WebSocketDoor
from hub.broker.decoder import Decoder
from hub.broker.packets import (
    Connack,
    Connect,
    Disconnect,
    Packet,
    Pingreq,
    Pingresp,
    Publish,
    Suback,
    Subscribe,
    encode,
)

HOME = "https://home.example.org"


class Page:
    """A client that speaks WebSocket, frame by frame."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.reader = reader
        self.writer = writer
        self.frames = WSConnection(ConnectionType.CLIENT)
        self._decoder = Decoder()
        self._packets: list[Packet] = []

    async def say(self, *events: Any) -> None:
        for event in events:
            self.writer.write(event if isinstance(event, bytes) else self.frames.send(event))
        await self.writer.drain()

    async def mqtt(self, *packets: Packet) -> None:
        await self.say(*(BytesMessage(encode(packet)) for packet in packets))

    async def event(self) -> Any:
        """Return the next event, None at the end of the connection."""
        while True:
            for event in self.frames.events():
                return event
            try:
                data = await self.reader.read(65_536)
            except ConnectionError:
                return None
            if not data:
                return None
            self.frames.receive_data(data)

    async def hear(self) -> Packet | None:
        while not self._packets:
            event = await self.event()
            if not isinstance(event, BytesMessage):
                return None
            self._packets += self._decoder.feed(bytes(event.data))
        return self._packets.pop(0)


@pytest.fixture
async def port(house: Any) -> int:
    door = WebSocketDoor(origins=(HOME,))
    return (await house.broker.listen(Listener("web", port=0, websocket=door))).port


@contextlib.asynccontextmanager
async def connect(port: int, **options: Any) -> AsyncIterator[Page]:
    page = Page(*await asyncio.open_connection("127.0.0.1", port, **options))
    try:
        yield page
    finally:
        page.writer.transport.abort()
        await asyncio.sleep(0)


@contextlib.asynccontextmanager
async def opened(port: int, **options: Any) -> AsyncIterator[Page]:
    async with connect(port, **options) as page:
        await page.say(Request("localhost", "/mqtt", subprotocols=["mqtt"]))
        assert await page.event() == AcceptConnection(subprotocol="mqtt")
        yield page


async def test_speaks_mqtt_in_frames(house: Any, port: int) -> None:
    async with opened(port) as page:
        await page.mqtt(Connect("page"), Subscribe(1, (("a/#", 1),)))
        assert [await page.hear(), await page.hear()] == [Connack(), Suback(1, (1,))]
        house.broker.publish("a/b", b"hello", qos=1)
        assert await page.hear() == Publish("a/b", b"hello", 1, packet_id=1)
        await page.mqtt(Publish("a/c", b"echo"))
        assert await page.hear() == Publish("a/c", b"echo")
        assert [(event.address, event.listener) for event in house.events] == [("127.0.0.1", "web")]


async def test_says_goodbye_in_order(house: Any, port: int) -> None:
    async with opened(port) as page:
        await page.mqtt(Connect("page"), Disconnect())
        assert await page.hear() == Connack()
        assert await page.event() == CloseConnection(1000, "")
    assert house.events[-1].orderly


async def test_answers_a_goodbye(house: Any, port: int) -> None:
    async with opened(port) as page:
        await page.mqtt(Connect("page"))
        assert await page.hear() == Connack()
        await page.say(CloseConnection(1001))
        assert (await page.event()).code == 1001
        await house.until(lambda: not house.broker.stats.connections)
    assert not house.events[-1].orderly


@pytest.mark.parametrize("size", [1, 2, 3, 7, 64])
async def test_mqtt_6_0_0_2_a_frame_holds_any_piece_of_the_packets(house: Any, port: int, size: int) -> None:
    said = b"".join(
        map(encode, [Connect("page"), Subscribe(1, (("a", 0),)), Publish("a", b"x" * 50), Pingreq()])
    )
    async with opened(port) as page:
        await page.say(*(BytesMessage(said[at : at + size]) for at in range(0, len(said), size)))
        heard = [await page.hear() for _ in range(4)]
    assert heard == [Connack(), Suback(1, (0,)), Publish("a", b"x" * 50), Pingresp()]


async def test_a_message_may_come_in_fragments(house: Any, port: int) -> None:
    said = encode(Connect("page"))
    async with opened(port) as page:
        await page.say(BytesMessage(said[:5], message_finished=False), BytesMessage(said[5:]))
        assert await page.hear() == Connack()


async def test_frames_may_come_byte_by_byte(house: Any, port: int) -> None:
    async with connect(port) as page:
        request = page.frames.send(Request("localhost", "/mqtt", subprotocols=["mqtt"]))
        for byte in request:
            await page.say(bytes((byte,)))
        assert isinstance(await page.event(), AcceptConnection)
        for byte in page.frames.send(BytesMessage(encode(Connect("page")))):
            await page.say(bytes((byte,)))
            await house.settle()
        assert await page.hear() == Connack()


async def test_a_large_message_arrives_whole(house: Any, port: int) -> None:
    payload = bytes(range(256)) * 900
    async with opened(port) as page:
        await page.mqtt(Connect("page"), Subscribe(1, (("a", 0),)), Publish("a", payload))
        assert [await page.hear() for _ in range(3)][2] == Publish("a", payload)


async def test_mqtt_6_0_0_1_a_text_frame_ends_the_connection(house: Any, port: int) -> None:
    async with opened(port) as page:
        await page.mqtt(Connect("page"))
        await page.hear()
        await page.say(TextMessage("hello"))
        assert (await page.event()).code == 1003
        await house.until(lambda: not house.broker.stats.connections)


@pytest.mark.parametrize("offered", [[], ["chat"], ["MQTT"], ["mqttv3.1"]])
async def test_mqtt_6_0_0_3_who_does_not_offer_mqtt_is_refused(port: int, offered: list[str]) -> None:
    async with connect(port) as page:
        await page.say(Request("localhost", "/mqtt", subprotocols=offered))
        event = await page.event()
        assert isinstance(event, RejectConnection)
        assert event.status_code == 400


@pytest.mark.parametrize("offered", [["mqtt"], ["chat", "mqtt"], ["mqtt", "mqttv3.1"]])
async def test_mqtt_6_0_0_4_mqtt_is_what_is_chosen(port: int, offered: list[str]) -> None:
    async with connect(port) as page:
        await page.say(Request("localhost", "/mqtt", subprotocols=offered))
        assert await page.event() == AcceptConnection(subprotocol="mqtt")


async def test_what_comes_right_behind_the_request_is_heard(port: int) -> None:
    async with connect(port) as page:
        request = page.frames.send(Request("localhost", "/mqtt", subprotocols=["mqtt"]))
        connect_ = encode(Connect("page"))
        await page.say(request + bytes((0x82, 0x80 | len(connect_), 0, 0, 0, 0)) + connect_)
        assert isinstance(await page.event(), AcceptConnection)
        assert await page.hear() == Connack()


async def test_pings_are_answered(house: Any, port: int) -> None:
    async with opened(port) as page:
        await page.say(Ping(b"are you there"))
        assert await page.event() == Pong(b"are you there")


@pytest.mark.parametrize("frame", [Ping(b""), BytesMessage(b"")])
async def test_frames_that_say_nothing_are_bounded(house: Any, port: int, frame: Any) -> None:
    async with opened(port) as page:
        await page.mqtt(Connect("page"))
        assert await page.hear() == Connack()
        await page.say(*[frame] * 150)
        event = await page.event()
        while isinstance(event, Pong):
            event = await page.event()
        assert event.code == 1008


@pytest.mark.parametrize(
    ("request_", "status"),
    [
        (Request("localhost", "/other", subprotocols=["mqtt"]), 404),
        (Request("localhost", "/mqtt/", subprotocols=["mqtt"]), 404),
        (Request("localhost", "/mqtt"), 400),
        (Request("localhost", "/mqtt", subprotocols=["chat"]), 400),
        (Request("localhost", "/mqtt", subprotocols=["mqtt"], extra_headers=[(b"origin", b"null")]), 403),
        (Request("evil", "/mqtt", subprotocols=["mqtt"], extra_headers=[(b"origin", b"http://evil")]), 403),
        (Request("::evil", "/mqtt", subprotocols=["mqtt"], extra_headers=[(b"origin", b"x://::evil")]), 403),
        (
            Request("1.2.3.4", "/mqtt", subprotocols=["mqtt"], extra_headers=[(b"origin", b"x://1.2.3.5")]),
            403,
        ),
        (
            Request(
                "localhost",
                "/mqtt",
                subprotocols=["mqtt"],
                extra_headers=[(b"Origin", HOME.encode() + b".evil")],
            ),
            403,
        ),
    ],
)
async def test_a_request_that_is_not_served_is_told_why(
    house: Any, port: int, request_: Request, status: int
) -> None:
    async with connect(port) as page:
        await page.say(request_)
        event = await page.event()
        assert isinstance(event, RejectConnection)
        assert event.status_code == status
        await house.until(lambda: not house.broker.stats.connections)


@pytest.mark.parametrize("host", ["192.0.2.1:9001", "[2001:db8::1]:9001", "localhost:9001", "192.0.2.1"])
async def test_a_program_that_names_the_address_it_calls_is_served(port: int, host: str) -> None:
    async with connect(port) as page:
        headers = [(b"origin", f"https://{host}".encode())]
        await page.say(Request(host, "/mqtt", subprotocols=["mqtt"], extra_headers=headers))
        assert isinstance(await page.event(), AcceptConnection)


@pytest.mark.parametrize("origins", [(HOME,), ("*",), ("http://x", HOME)])
async def test_a_page_of_a_known_origin_is_served(house: Any, origins: tuple[str, ...]) -> None:
    listener = Listener("web", port=0, websocket=WebSocketDoor("/ws", origins))
    door = await house.broker.listen(listener)
    async with connect(door.port) as page:
        headers = [(b"origin", HOME.encode())]
        await page.say(Request("x", "/ws?a=b", subprotocols=["chat", "mqtt"], extra_headers=headers))
        event = await page.event()
        assert isinstance(event, AcceptConnection)
        assert event.subprotocol == "mqtt"


@pytest.mark.parametrize(
    "said",
    [
        b"GET / HTTP/1.1\r\nHost: x\r\n\r\n",
        b"POST /mqtt HTTP/1.1\r\nHost: x\r\nContent-Length: 5\r\n\r\nhello",
        b"\x16\x03\x01\x02\x00\x01\x00",
        encode(Connect("client")) + b"\r\n\r\n",
        b"GET /mqtt HTTP/1.1\r\nHost: x\r\nCookie: " + b"x" * 10_000,
        b"\x00" * 9_000,
        b"GET /mqtt HTTP/1.1\r\nHost: \xff\xfe\r\nUpgrade: websocket\r\n\r\n",
        b"GET /mqtt HTTP/1.1\r\nHost: xn--\xff\r\nUpgrade: websocket\r\n\r\n",
        b"GET /mqtt HTTP/1.1\r\nHost: x\r\nSec-WebSocket-Protocol: \xff\r\n\r\n",
        b"GET /\xff HTTP/1.1\r\nHost: x\r\nUpgrade: \xff\r\nConnection: upgrade\r\n\r\n",
    ],
)
async def test_what_is_no_request_ends_the_connection(house: Any, port: int, said: bytes) -> None:
    async with connect(port) as page:
        await page.say(said)
        with contextlib.suppress(ConnectionError):
            heard = await page.reader.read()
            assert not heard.startswith(b"HTTP/1.1 101")
        await house.until(lambda: not house.broker.stats.connections)


@pytest.mark.parametrize(
    "frame",
    [
        b"\x82\x01\x00",  # not masked
        b"\xf2\x80\x00\x00\x00\x00",  # reserved bits
        b"\x83\x80\x00\x00\x00\x00",  # a reserved kind
        b"\x82\xff\xff\xff\xff\xff\xff\xff\xff\xff\x00\x00\x00\x00",  # a length beyond all bounds
        b"\x89\xfe\x01\x00\x00\x00\x00\x00" + b"x" * 256,  # a ping that is too long
        b"\x80\x80\x00\x00\x00\x00",  # a continuation of nothing
    ],
)
async def test_a_frame_that_is_no_good_ends_the_connection(house: Any, port: int, frame: bytes) -> None:
    async with opened(port) as page:
        await page.say(frame)
        await house.until(lambda: not house.broker.stats.connections)


async def test_a_packet_that_is_no_good_ends_the_connection(house: Any, port: int) -> None:
    async with opened(port) as page:
        await page.say(BytesMessage(b"\x30\x03\x00\x01a"))
        assert (await page.event()).code == 1000
        await house.until(lambda: not house.broker.stats.connections)


async def test_who_never_asks_is_let_go(house: Any, port: int) -> None:
    async with connect(port) as page:
        await house.until(lambda: house.broker.stats.connections)
        house.pass_seconds(12)
        assert await page.event() is None


async def test_who_never_logs_in_is_let_go(house: Any, port: int) -> None:
    async with opened(port) as page:
        house.pass_seconds(12)
        assert (await page.event()).code == 1000


async def test_a_page_that_speaks_too_fast_is_read_slowly(start: Any) -> None:
    house = await start(AllowAll(Limits(messages_per_second=10, message_burst=20)))
    door = await house.broker.listen(Listener("web", port=0, websocket=WebSocketDoor()))
    heard: list[bytes] = []
    house.broker.subscribe("a", lambda topic, payload, *_: heard.append(payload))
    async with opened(door.port) as page:
        await page.mqtt(Connect("page"), *(Publish("a", b"%d" % n) for n in range(60)))
        assert await page.hear() == Connack()
        await house.until(lambda: len(heard) >= 20)
        assert len(heard) == 20
        await house.until(lambda: house.pass_seconds(1) or len(heard) == 60)
    assert heard == [b"%d" % n for n in range(60)]


async def test_many_small_frames_leave_the_others_their_turns(house: Any, port: int) -> None:
    other = await house.client("other")
    async with opened(port) as page:
        await page.mqtt(Connect("page"))
        await page.hear()
        await page.say(*[BytesMessage(b"\xc0")] * 1, *[BytesMessage(b"\x00"), BytesMessage(b"\xc0")] * 9_999)
        assert await other.hear_until_pong() == []


async def test_a_page_that_does_not_read_is_cut_off(start: Any) -> None:
    limits = Limits(messages_per_second=None, qos0_backlog=64 * 1024, write_buffer=512 * 1024)
    house = await start(limits=limits)
    door = await house.broker.listen(Listener("web", port=0, websocket=WebSocketDoor()))
    async with opened(door.port) as page:
        await page.mqtt(Connect("slow"), Subscribe(1, (("#", 0),)))
        assert [await page.hear(), await page.hear()] == [Connack(), Suback(1, (0,))]
        page.reader._transport.pause_reading()  # type: ignore[attr-defined]
        while house.broker.clients():
            house.broker.publish("a", b"x" * 10_000)
            await house.settle()
    assert house.broker.stats.messages_dropped > 0


@pytest.fixture
def authority() -> trustme.CA:
    return trustme.CA()


async def serve_secure(broker: Broker, authority: trustme.CA) -> int:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority.issue_cert("127.0.0.1").configure_cert(context)
    door = await broker.listen(Listener("wss", port=0, tls=context, websocket=WebSocketDoor()))
    return door.port


async def speak_secure(port: int, authority: trustme.CA) -> Packet | None:
    context = ssl.create_default_context()
    authority.configure_trust(context)
    async with opened(port, ssl=context) as page:
        await page.mqtt(Connect("page"))
        return await page.hear()


async def test_speaks_over_tls(house: Any, authority: trustme.CA) -> None:
    assert await speak_secure(await serve_secure(house.broker, authority), authority) == Connack()


def test_speaks_over_tls_on_uvloop(authority: trustme.CA) -> None:
    async def go() -> Packet | None:
        broker = Broker(AllowAll())
        try:
            return await speak_secure(await serve_secure(broker, authority), authority)
        finally:
            await broker.stop()

    assert uvloop.run(go()) == Connack()


@pytest.mark.parametrize("transport", ["websockets"])
async def test_paho_speaks_it(house: Any, transport: Any) -> None:
    import paho.mqtt.client as paho
    from paho.mqtt.enums import CallbackAPIVersion

    door = await house.broker.listen(Listener("web", port=0, websocket=WebSocketDoor()))
    client = paho.Client(CallbackAPIVersion.VERSION2, "paho", transport=transport)
    loop = asyncio.get_running_loop()
    heard: asyncio.Queue[bytes] = asyncio.Queue()
    client.on_connect = lambda *_: client.subscribe("a", 2)
    client.on_subscribe = lambda *_: client.publish("a", b"x" * 200_000, 2)
    client.on_message = lambda c, d, message: loop.call_soon_threadsafe(heard.put_nowait, message.payload)
    await asyncio.to_thread(client.connect, "127.0.0.1", door.port)
    client.loop_start()
    assert await heard.get() == b"x" * 200_000
    client.disconnect()
    await asyncio.to_thread(client.loop_stop)
