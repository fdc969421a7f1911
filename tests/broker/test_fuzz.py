"""A hundred thousand inputs, nearly right: no exception, no task, no descriptor, no megabyte stays."""

from __future__ import annotations

import asyncio
import gc
import os
import tracemalloc
from collections.abc import AsyncIterator
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from fuzz import packets
from fuzz.harness import Client, make_broker, settle
from fuzz.inputs import Inputs
from fuzz.server import DOOR, REQUEST, STATES, Server, framed
from hub.broker import Limits, Listener
from hub.broker.packets import (
    Connect,
    Packet,
    Pingreq,
    Publish,
    Pubrel,
    Subscribe,
    Unsubscribe,
    Will,
    encode,
)

BATCHES = 8
INPUTS_A_BATCH = 12_500


@pytest.fixture(autouse=True)
def no_error_is_logged(caplog: pytest.LogCaptureFixture) -> Any:
    yield
    assert [record.getMessage() for record in caplog.get_records("call") if record.levelname == "ERROR"] == []


@pytest.fixture
async def server() -> AsyncIterator[Server]:
    server = Server()
    await server.broker.start()
    yield server
    await server.broker.stop()


def descriptors() -> int:
    return len(os.listdir("/proc/self/fd"))


def resident() -> int:
    with open("/proc/self/statm", encoding="ascii") as file:
        return int(file.read().split()[1]) * os.sysconf("SC_PAGE_SIZE")


@pytest.mark.parametrize("batch", range(BATCHES // 2))
def test_the_codec_stands_anything(batch: int) -> None:
    inputs = Inputs(batch)
    for _ in range(INPUTS_A_BATCH):
        packets.target(inputs.for_packets())


@pytest.mark.parametrize("batch", range(BATCHES // 2))
async def test_the_server_stands_anything_in_every_state(server: Server, batch: int) -> None:
    inputs = Inputs(batch)
    for _ in range(500):
        await server.play(inputs.for_server())
    gc.collect()
    tasks, open_, memory = len(asyncio.all_tasks()), descriptors(), resident()

    for _ in range(INPUTS_A_BATCH - 500):
        await server.play(inputs.for_server())

    gc.collect()
    assert len(asyncio.all_tasks()) == tasks
    assert descriptors() == open_
    # The allocator keeps some of what was used.
    assert resident() - memory < 8 * 1024 * 1024


async def test_the_server_keeps_nothing_of_what_it_heard(server: Server) -> None:
    inputs = Inputs(0)
    for _ in range(500):
        await server.play(inputs.for_server())
    gc.collect()
    tracemalloc.start()
    try:
        for _ in range(1_500):
            await server.play(inputs.for_server())
        gc.collect()
        kept, _ = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert kept < 500_000


TEXTS = st.text("ab/+#$ä", max_size=5)
SAID = st.one_of(
    st.builds(Connect, st.sampled_from(["", "kept", "waits", "x"]), st.booleans(), st.integers(0, 9)),
    st.builds(Publish, TEXTS, st.binary(max_size=20), st.just(0), st.booleans()),
    st.builds(Publish, TEXTS, st.binary(max_size=20), st.sampled_from([1, 2]), packet_id=st.integers(1, 3)),
    st.builds(Subscribe, st.integers(1, 3), st.lists(st.tuples(TEXTS, st.integers(0, 2))).map(tuple)),
    st.builds(Unsubscribe, st.integers(1, 3), st.lists(TEXTS, max_size=3).map(tuple)),
).map(encode)


@given(
    st.integers(0, len(STATES) - 1),
    st.integers(0, 7),
    st.integers(0, 9),
    st.lists(st.one_of(SAID, st.binary(max_size=9)), max_size=6),
)
@settings(max_examples=500, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
async def test_the_server_stands_what_hypothesis_finds(
    server: Server, state: int, way: int, cut: int, said: list[bytes]
) -> None:
    await server.play(bytes((state, way, cut)) + b"".join(said))


CONVERSATION: list[Packet] = [
    Connect("client", True, 60, "user", b"password", Will("will", b"gone", 1, True)),
    Subscribe(1, (("a/#", 2), ("+/b", 0))),
    Publish("a/b", b"zero"),
    Publish("a/b", b"zero again"),
    Publish("a/c", b"x" * 130),
    Publish("a/b", b"one", 1, True, packet_id=7),
    Publish("a/b", b"two", 2, packet_id=8),
    Publish("a/b", b"two", 2, dup=True, packet_id=8),
    Pubrel(8),
    Unsubscribe(2, ("+/b", "never")),
    Pingreq(),
]


async def converse(pieces: list[bytes], *, web: bool) -> bytes:
    """Return what the server answers to a conversation that comes in these pieces."""
    broker, _ = make_broker(Limits(messages_per_second=None))
    client = Client(broker, DOOR if web else None)
    for piece in pieces:
        client.say(piece)
        await settle(1)
    await settle(2)
    heard = client.raw()
    client.line.close()
    await settle(2)
    # Frames end where the loop's turns do; without them it is the same stream.
    return unframed(heard) if web else heard


def unframed(data: bytes) -> bytes:
    at = data.index(b"\r\n\r\n") + 4
    out = b""
    while at < len(data):
        size, begin = data[at + 1], at + 2
        if size == 126:
            size, begin = int.from_bytes(data[begin : begin + 2], "big"), begin + 2
        out += data[begin : begin + size]
        at = begin + size
    return out


@pytest.mark.parametrize("web", [False, True])
async def test_a_conversation_is_the_same_split_at_every_byte(web: bool) -> None:
    said = b"".join(map(encode, CONVERSATION))
    said = REQUEST + framed(said) if web else said
    whole = await converse([said], web=web)
    assert whole.endswith(b"\xb0\x02\x00\x02\xd0\x00")
    for at in range(len(said) + 1):
        assert await converse([said[:at], said[at:]], web=web) == whole
    assert await converse([said[at : at + 1] for at in range(len(said))], web=web) == whole


@pytest.mark.parametrize("web", [False, True])
async def test_a_server_on_sockets_keeps_none_of_them(web: bool) -> None:
    broker, _ = make_broker(Limits(failed_log_in_delay=0, flapping_connects=10**6))
    door = await broker.listen(Listener(port=0, websocket=DOOR if web else None))
    inputs, tasks, open_ = Inputs(1), len(asyncio.all_tasks()), descriptors()
    login = encode(Connect("client", clean_session=False))
    for number in range(300):
        _, writer = await asyncio.open_connection("127.0.0.1", door.port)
        stream = (login if number % 3 else b"") + inputs.stream()
        writer.write(REQUEST + (framed(stream) if number % 5 else stream) if web else stream)
        await settle(number % 7)
        writer.transport.abort()
    while broker.stats.connections:  # noqa: ASYNC110 - they have no event of their own
        await asyncio.sleep(0)
    await settle()
    assert len(asyncio.all_tasks()) == tasks
    assert descriptors() == open_
    await broker.stop()
