"""The server in every state, raw and over WebSocket: nothing that a client says breaks it, or stays.

python -m fuzz.server [what atheris takes]
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable
from datetime import timedelta

from wsproto import ConnectionType, WSConnection
from wsproto.events import Request

from fuzz.engine import fuzz
from fuzz.harness import Client, Doorkeeper, Memory, make_broker, settle
from hub.broker import FullAccess, Limits, WebSocketDoor
from hub.broker.packets import Connect, Disconnect, Publish, Pubrec, Subscribe, Will, encode

LIMITS = Limits(
    messages_per_second=100,
    message_burst=20,
    packet=4_096,
    connections=100,
    failed_log_in_delay=0,
    flapping_connects=1_000_000,
    session_expiry=60,
    retained=50,
)
DOOR = WebSocketDoor()
REQUEST = WSConnection(ConnectionType.CLIENT).send(Request("localhost", "/mqtt", subprotocols=["mqtt"]))


class Server:
    """One server for many inputs; `play` leaves it as it was."""

    def __init__(self) -> None:
        self.doorkeeper = Doorkeeper()
        self.broker, self.clock = make_broker(LIMITS, self.doorkeeper, Memory())
        self.broker.subscribe("#", lambda topic, payload, qos, retain: None)

    async def play(self, data: bytes) -> None:
        """The first byte is the state, the second the way, the third where the rest is cut.

        The ways are: an HTTP request, frames, what is in frames, and MQTT without all that.
        """
        state, way, cut, stream = *data[:3].ljust(3, b"\0"), data[3:]
        web, raw = way % 8 < 4, way % 8 < 2
        client = Client(self.broker, DOOR if web else None)
        frame = framed if web else plain
        if way % 8:
            client.say(REQUEST if web else b"")
            await STATES[state % len(STATES)](self, client, frame)
        said = stream if raw else frame(stream)
        client.say(said, range(cut, len(said), cut + 1))
        await settle(3)
        await self.clean(client)

    async def clean(self, client: Client) -> None:
        client.line.close()
        for waiting in self.doorkeeper.waiting:
            if not waiting.done():
                waiting.set_result(FullAccess())
        self.doorkeeper.waiting.clear()
        await settle(3)
        self.broker.forget()
        self.broker.clear_retained("#")
        self.broker.clear_retained("$SYS/#")
        until = self.clock.now() + timedelta(seconds=1)
        while self.clock.run_next(until):
            pass
        await settle(2)
        stats, parts = self.broker.stats, self.broker._parts
        left = (stats.connections, stats.clients, stats.sessions, stats.subscriptions, len(parts.open))
        assert left == (0, 0, 0, 0, 0), left
        assert parts.admission._open == 0


Frame = Callable[[bytes], bytes]


def plain(data: bytes) -> bytes:
    return data


def framed(data: bytes) -> bytes:
    """Put bytes into frames of WebSocket; the mask of zeros is as good as any."""
    frames = []
    for at in range(0, len(data), 100):
        piece = data[at : at + 100]
        frames.append(bytes((0x82, 0x80 | len(piece), 0, 0, 0, 0)) + piece)
    return b"".join(frames)


async def fresh(server: Server, client: Client, frame: Frame) -> None:
    """Nothing was said."""


async def unknown(server: Server, client: Client, frame: Frame) -> None:
    """Somebody is being asked who that is."""
    client.say(frame(encode(Connect("waits"))))


async def refused(server: Server, client: Client, frame: Frame) -> None:
    client.say(frame(encode(Connect("refused"))))


async def stored(server: Server, client: Client, frame: Frame) -> None:
    """The session is on its way to the store."""
    client.say(frame(encode(Connect("kept", clean_session=False))))


async def inside(server: Server, client: Client, frame: Frame) -> None:
    client.say(frame(encode(Connect("client", will=Will("w", b"x", 1)))))


async def echoing(server: Server, client: Client, frame: Frame) -> None:
    """It hears all that it says."""
    await inside(server, client, frame)
    client.say(frame(encode(Subscribe(1, (("#", 2), ("$share/g/#", 1))))))


async def owing(server: Server, client: Client, frame: Frame) -> None:
    """Much is under way in both directions."""
    client.say(frame(encode(Connect("kept", clean_session=False))))
    await settle(3)
    client.say(frame(encode(Subscribe(1, (("a", 2),)))))
    for qos in (1, 2, 2, 1):
        server.broker.publish("a", b"x", qos)
    client.say(frame(encode(Publish("b", b"x", 2, packet_id=1)) + encode(Publish("b", b"y", 2, packet_id=2))))
    await settle(3)
    client.say(frame(encode(Pubrec(2))))


async def hurried(server: Server, client: Client, frame: Frame) -> None:
    """It has said more than it may."""
    await inside(server, client, frame)
    client.say(frame(encode(Publish("a", b"x")) * 30))


async def gone(server: Server, client: Client, frame: Frame) -> None:
    await inside(server, client, frame)
    client.say(frame(encode(Disconnect())))


STATES = (fresh, unknown, refused, stored, inside, echoing, owing, hurried, gone)


class Strict(logging.Handler):
    """An error that is only logged is an error."""

    def emit(self, record: logging.LogRecord) -> None:
        raise AssertionError(record.getMessage())


def main() -> None:
    logging.getLogger("hub").addHandler(Strict(logging.ERROR))
    loop = asyncio.new_event_loop()
    asyncio.set_event_loop(loop)
    server = Server()
    loop.run_until_complete(server.broker.start())
    fuzz(lambda data: loop.run_until_complete(server.play(data)))


if __name__ == "__main__":
    main()
