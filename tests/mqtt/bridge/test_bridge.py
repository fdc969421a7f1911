"""A bridge between the hub and a real Mosquitto: what crosses, under which name, and what a cut costs."""

from __future__ import annotations

import asyncio
import logging
import sqlite3
import threading
from collections.abc import AsyncIterator, Callable
from contextlib import closing
from pathlib import Path
from typing import Any

import aiomqtt
import pytest
import trustme
from paho.mqtt import client as paho

from hub.core.errors import HubError
from hub.core.ports import House
from hub.mqtt import EmbeddedEngine
from hub.mqtt import server as server_module
from hub.mqtt.bridge import bridge as bridge_module
from hub.mqtt.door import waits


@pytest.fixture(autouse=True)
def impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    """Try again at once, since the servers here come back at once."""
    monkeypatch.setattr(bridge_module, "waits", lambda: waits(0.01, 0.05))


def engine(port: int, *topics: dict[str, Any], **keys: Any) -> EmbeddedEngine:
    bridge = {"name": "far", "host": "127.0.0.1", "port": port, "topics": list(topics), **keys}
    users = [{"name": "ann", "password": "secret", "admin": True}]
    made = {"listeners": [{"port": 0}], "users": users, "bridges": [bridge]}
    return EmbeddedEngine.model_validate(made)


class State:
    """What the bridge says of itself, and a way to wait for it."""

    def __init__(self, door: Any) -> None:
        self.told: list[str] = []
        self._queue: asyncio.Queue[str] = asyncio.Queue()
        door.mqtt.subscribe("$SYS/bridge/far/state", self)

    def __call__(self, message: Any) -> None:
        self.told.append(message.text())
        self._queue.put_nowait(message.text())

    async def until(self, state: str) -> None:
        while await self._queue.get() != state:
            pass


class Line:
    """A line to a server that can be cut at any moment, in the middle of a packet too."""

    def __init__(self, port: int) -> None:
        self._to = port
        self._writers: set[asyncio.StreamWriter] = set()
        self._tasks: set[asyncio.Task[None]] = set()
        self.port = 0
        self.carried = 0
        self.cut_after: int | None = None

    async def open(self) -> None:
        self._server = await asyncio.start_server(self._serve, "127.0.0.1", self.port)
        self.port = self._server.sockets[0].getsockname()[1]

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        there, back = await asyncio.open_connection("127.0.0.1", self._to)
        self._writers |= {writer, back}
        for source, sink in ((reader, back), (there, writer)):
            task = asyncio.create_task(self._carry(source, sink))
            self._tasks.add(task)
            task.add_done_callback(self._tasks.discard)

    async def _carry(self, source: asyncio.StreamReader, sink: asyncio.StreamWriter) -> None:
        try:
            while data := await source.read(4096):
                self.carried += len(data)
                if self.cut_after is not None and self.carried > self.cut_after:
                    sink.write(data[: len(data) // 2])
                    self.cut()
                    return
                sink.write(data)
        except ConnectionError:
            pass
        finally:
            sink.close()

    def cut(self) -> None:
        """Cut all connections, without a word to either side."""
        self.cut_after = None
        for writer in self._writers:
            writer.transport.abort()
        self._writers.clear()

    async def close(self) -> None:
        self._server.close()
        self.cut()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        await self._server.wait_closed()


@pytest.fixture
async def line() -> AsyncIterator[Callable[[int], Any]]:
    lines: list[Line] = []

    async def open(port: int) -> Line:
        lines.append(Line(port))
        await lines[-1].open()
        return lines[-1]

    yield open
    for one in lines:
        await one.close()


def far_client(server: Any, **more: Any) -> aiomqtt.Client:
    return aiomqtt.Client("127.0.0.1", server.port, **more)


async def next_message(client: aiomqtt.Client) -> tuple[str, bytes, bool]:
    message = await anext(client.messages)
    return message.topic.value, message.payload, message.retain


# What crosses.


async def test_what_goes_out_has_its_new_name_on_the_other_side(mosquitto: Any, opened: Any) -> None:
    server = await mosquitto()
    door = await opened(engine(server.port, {"filter": "sensors/#", "remote_prefix": "house/"}))
    await State(door).until("online")

    async with far_client(server) as client:
        await client.subscribe("#")
        door.mqtt.publish("lights/hall", "no")
        door.mqtt.publish("sensors/hall", "21", qos=1)

        assert await next_message(client) == ("house/sensors/hall", b"21", False)


async def test_what_comes_in_has_its_new_name_on_this_side(mosquitto: Any, opened: Any, inbox: Any) -> None:
    server = await mosquitto()
    topic = {"filter": "cmd/+", "direction": "in", "local_prefix": "from/far/", "remote_prefix": "house/"}
    door = await opened(engine(server.port, topic))
    seen = inbox()
    door.mqtt.subscribe("#", seen)
    await State(door).until("online")

    async with far_client(server) as client:
        await client.publish("house/cmd/a/b", "no", qos=1)
        await client.publish("house/cmd/lamp", "ON", qos=1)

    assert await seen.get() == ("from/far/cmd/lamp", b"ON", False)


async def test_messages_of_both_ways_do_not_come_back(mosquitto: Any, opened: Any, inbox: Any) -> None:
    server = await mosquitto()
    door = await opened(engine(server.port, {"filter": "#", "direction": "both"}))
    here = inbox()
    door.mqtt.subscribe("#", here)
    await State(door).until("online")

    async with far_client(server) as client:
        await client.subscribe("#", qos=1)
        door.mqtt.publish("from/here", "1", qos=1)
        await client.publish("from/there", "2", qos=1)
        there = [await next_message(client) for _ in range(2)]
        await here.until(2)
        # What would have gone round would be there before this.
        door.mqtt.publish("end", "3", qos=1)
        there.append(await next_message(client))
        await client.publish("end", "4", qos=1)
        await here.until(4)

    assert sorted(topic for topic, _, _ in there) == ["end", "from/here", "from/there"]
    assert [topic for topic, _, _ in here.seen] == ["from/here", "from/there", "end", "end"]


async def test_an_ordinary_client_of_a_server_that_knows_no_bridges_has_no_loop_either(
    opened: Any, house: House, inbox: Any, caplog: pytest.LogCaptureFixture
) -> None:
    users = [{"name": "bob", "password": "secret", "admin": True}]
    other = await EmbeddedEngine.model_validate({"listeners": [{"port": 0}], "users": users}).open(house)
    keys = {"username": "bob", "password": "secret"}
    port = other.listening[0].port
    door = await opened(engine(port, {"filter": "x/#", "direction": "both"}, **keys))
    here, there = inbox(), inbox()
    door.mqtt.subscribe("#", here)
    other.mqtt.subscribe("#", there)
    await State(door).until("online")

    for number in range(20):
        door.mqtt.publish("x/a", str(number), qos=1)
        other.mqtt.publish("x/b", str(number), qos=1)
    await here.until(40)
    await there.until(40)
    door.mqtt.publish("x/end", "here", qos=1)
    await there.until(41)
    other.mqtt.publish("x/end", "there", qos=1)
    await here.until(42)

    expected = {(topic, str(number).encode(), False) for topic in ("x/a", "x/b") for number in range(20)}
    assert not [record for record in caplog.records if record.name.startswith("hub.mqtt.bridge")]
    for seen in (here.seen, there.seen):
        ends = [message for message in seen if message[0] == "x/end"]
        assert len(ends) == 2
        assert set(seen) - set(ends) == expected
        assert len(seen) == 42
    await other.close()


@pytest.mark.parametrize(("asked", "granted"), [(0, 0), (1, 1), (2, 2)])
async def test_the_qos_is_at_most_that_of_the_rule(
    mosquitto: Any, opened: Any, inbox: Any, asked: int, granted: int
) -> None:
    server = await mosquitto()
    door = await opened(engine(server.port, {"filter": "a", "direction": "both", "qos": asked}))
    seen = inbox()
    door.mqtt.subscribe("a", seen, qos=2)
    await State(door).until("online")

    async with far_client(server) as client:
        await client.subscribe("a", qos=2)
        door.mqtt.publish("a", "out", qos=2)
        out = await anext(client.messages)
        await client.publish("a", "in", qos=2)
        await seen.until(2)

    assert out.qos == granted
    assert seen.messages[1].qos == granted


async def test_overlapping_rules_bring_a_message_once(mosquitto: Any, opened: Any, inbox: Any) -> None:
    server = await mosquitto()
    rules = [{"filter": filter, "direction": "both"} for filter in ("a/#", "a/b", "+/b")]
    door = await opened(engine(server.port, *rules))
    seen = inbox()
    door.mqtt.subscribe("#", seen)
    await State(door).until("online")

    async with far_client(server) as client:
        await client.subscribe("#")
        for end in ("a/b", "end/b"):
            door.mqtt.publish(end, "out", qos=1)
        there = [await next_message(client) for _ in range(2)]
        for end in ("a/b", "end/b"):
            await client.publish(end, "in", qos=1)
        await seen.until(4)

    assert [topic for topic, _, _ in there] == ["a/b", "end/b"]
    assert [topic for topic, _, _ in seen.seen] == ["a/b", "end/b", "a/b", "end/b"]


async def test_the_servers_own_topics_do_not_slip_in_under_a_prefix(
    mosquitto: Any, opened: Any, inbox: Any
) -> None:
    server = await mosquitto()
    door = await opened(engine(server.port, {"filter": "#", "direction": "in", "remote_prefix": "x/"}))
    seen = inbox()
    door.mqtt.subscribe("$SYS/evil", seen)
    door.mqtt.subscribe("#", seen)
    await State(door).until("online")

    async with far_client(server) as client:
        await client.publish("x/$SYS/evil", "1", qos=1)
        await client.publish("x/good", "2", qos=1)

    assert await seen.get() == ("good", b"2", False)


# Retained messages.


async def test_what_is_retained_stays_retained_on_both_sides(mosquitto: Any, opened: Any, inbox: Any) -> None:
    server = await mosquitto()
    async with far_client(server) as client:
        await client.publish("there/old", "1", qos=1, retain=True)
    door = await opened(engine(server.port, {"filter": "#", "direction": "both"}))
    door.mqtt.publish("here/old", "2", retain=True)
    seen = inbox()
    door.mqtt.subscribe("end", seen)
    await State(door).until("online")

    door.mqtt.publish("here/new", "3", retain=True)
    async with far_client(server) as client:
        await client.publish("there/new", "4", retain=True)
        await client.publish("end", "", qos=1)
        await seen.get()
        door.mqtt.publish("end", "", qos=1)
        await client.subscribe("#", qos=1)
        there = {await next_message(client) for _ in range(4)}

    expected = {("there/old", b"1"), ("here/old", b"2"), ("here/new", b"3"), ("there/new", b"4")}
    assert {(kept.topic, bytes(kept.payload)) for kept in door.broker.retained("#")} == expected
    assert there == {(topic, payload, True) for topic, payload in expected}


async def test_what_is_cleared_on_one_side_is_cleared_on_the_other(
    mosquitto: Any, opened: Any, inbox: Any
) -> None:
    server = await mosquitto()
    door = await opened(engine(server.port, {"filter": "#", "direction": "both"}))
    seen = inbox()
    door.mqtt.subscribe("#", seen)
    await State(door).until("online")
    async with far_client(server) as client:
        await client.publish("x/there", "1", qos=1, retain=True)
        await seen.until(1)
        assert door.broker.retained("#")

        await client.publish("x/there", "", qos=1, retain=True)
        await seen.until(2)

    assert not door.broker.retained("#")


async def test_a_message_may_cross_without_being_retained(mosquitto: Any, opened: Any, inbox: Any) -> None:
    server = await mosquitto()
    door = await opened(engine(server.port, {"filter": "#", "direction": "both", "retain": False}))
    seen = inbox()
    door.mqtt.subscribe("#", seen)
    await State(door).until("online")

    async with far_client(server) as client:
        await client.publish("there", "1", qos=1, retain=True)
        await seen.until(1)
        await client.subscribe("here")
        door.mqtt.publish("here", "2", retain=True)
        await next_message(client)
        await client.subscribe("here")
        await client.subscribe("end")
        door.mqtt.publish("end", "3", qos=1)

        assert await next_message(client) == ("end", b"3", False)
    assert [kept.topic for kept in door.broker.retained("#")] == ["here"]


async def test_what_changed_here_during_a_cut_wins_over_what_is_retained_there(
    mosquitto: Any, opened: Any, inbox: Any, line: Any
) -> None:
    server = await mosquitto()
    wire = await line(server.port)
    door = await opened(engine(wire.port, {"filter": "#", "direction": "both"}))
    state = State(door)
    await state.until("online")
    async with far_client(server) as client:
        await client.subscribe("#", qos=1)
        await client.publish("lamp", "old", qos=1, retain=True)
        await client.publish("fan", "old", qos=1, retain=True)
        seen = inbox()
        door.mqtt.subscribe("#", seen)
        await seen.until(2)
        await wire.close()
        await state.until("offline")

        door.mqtt.publish("lamp", "here", retain=True)
        await client.publish("lamp", "there", qos=0, retain=True)
        await client.publish("fan", "there", qos=0, retain=True)
        await wire.open()
        await state.until("online")
        async for message in client.messages:
            if message.payload == b"here":
                break

    kept = {kept.topic: bytes(kept.payload) for kept in door.broker.retained("#")}
    assert kept == {"lamp": b"here", "fan": b"there"}


# Cuts.


async def test_no_message_of_qos_1_is_lost_when_the_line_is_cut_again_and_again(
    mosquitto: Any, opened: Any, inbox: Any, line: Any
) -> None:
    server = await mosquitto("allow_anonymous true\nmax_queued_messages 0\n")
    wire = await line(server.port)
    topics = [{"filter": "out/#"}, {"filter": "in/#", "direction": "in"}]
    door = await opened(engine(wire.port, *topics))
    here = inbox()
    door.mqtt.subscribe("in/#", here, qos=1)
    state = State(door)
    await state.until("online")

    there: set[int] = set()
    async with far_client(server) as client:
        await client.subscribe("out/#", qos=1)
        for number in range(2_000):
            door.mqtt.publish("out/x", str(number), qos=1)
            await client.publish("in/x", str(number), qos=1)
            if number % 250 == 100:
                wire.cut_after = wire.carried + 100 + number % 7 * 50
        while len(there) < 2_000:
            there.add(int((await anext(client.messages)).payload))
    while len({message.payload for message in here.messages}) < 2_000:
        await here.queue.get()

    assert there == set(range(2_000))
    assert {int(message.payload) for message in here.messages} == set(range(2_000))
    assert state.told.count("offline") >= 5


async def test_each_message_of_qos_2_crosses_once_though_the_line_is_cut_again_and_again(
    mosquitto: Any, opened: Any, inbox: Any, line: Any
) -> None:
    server = await mosquitto("allow_anonymous true\nmax_queued_messages 0\n")
    wire = await line(server.port)
    topics = [{"filter": "out/#", "qos": 2}, {"filter": "in/#", "direction": "in", "qos": 2}]
    door = await opened(engine(wire.port, *topics))
    here = inbox()
    door.mqtt.subscribe("in/#", here, qos=2)
    state = State(door)
    await state.until("online")

    there: list[int] = []
    async with far_client(server) as client:
        await client.subscribe("out/#", qos=2)
        for number in range(1_000):
            door.mqtt.publish("out/x", str(number), qos=2)
            await client.publish("in/x", str(number), qos=2)
            if wire.cut_after is None and number % 20 == 0:
                wire.cut_after = wire.carried + 200 + number % 7 * 30
            if number % 250 == 249:  # and now and then while both sides have all in their hands
                wire.cut()
                await state.until("offline")
                await state.until("online")
        while len(there) < 1_000:
            there.append(int((await anext(client.messages)).payload))
        await here.until(1_000)
        # What came twice would be there before this.
        door.mqtt.publish("out/x", "-1", qos=2)
        await client.publish("in/x", "-1", qos=2)
        there.append(int((await anext(client.messages)).payload))
        await here.until(1_001)

    assert there == [*range(1_000), -1]
    assert [int(message.payload) for message in here.messages] == [*range(1_000), -1]
    assert state.told.count("offline") >= 3


async def test_no_message_of_qos_1_is_lost_when_the_other_server_is_restarted(
    mosquitto: Any, opened: Any
) -> None:
    server = await mosquitto()
    door = await opened(engine(server.port, {"filter": "out/#"}))
    state = State(door)
    await state.until("online")

    await server.stop()
    await state.until("offline")
    for number in range(500):
        door.mqtt.publish("out/x", str(number), qos=1)
    door.mqtt.publish("out/x", "not this one", qos=0)
    await server.start()
    async with far_client(server, identifier="late", clean_session=False) as client:
        await client.subscribe("out/#", qos=1)
        await state.until("online")
        door.mqtt.publish("out/x", "end", qos=1)
        received = [(await anext(client.messages)).payload]
        while received[-1] != b"end":
            received.append((await anext(client.messages)).payload)

    told = [int(payload) for payload in received[:-1]]
    # Those before `late` had subscribed went nowhere, as at any server.
    assert told == list(range(500))[500 - len(told) :]


async def test_what_waits_outlives_the_hub(mosquitto: Any, house: House) -> None:
    server = await mosquitto("allow_anonymous true\npersistence false\n")
    made = engine(server.port, {"filter": "out/#"})
    await server.stop()
    door = await made.open(house)
    for number in range(50):
        door.mqtt.publish("out/x", str(number), qos=1)
    door.mqtt.publish("out/state", "on", qos=0, retain=True)
    await door.close()

    await server.start()
    async with far_client(server) as client:
        await client.subscribe("out/#", qos=1)
        door = await made.open(house)
        received = [await next_message(client) for _ in range(51)]
        await door.close()
        door = await made.open(house)
        await State(door).until("online")
        door.mqtt.publish("out/x", "end", qos=1)
        again = await next_message(client)  # the retained one outlived the restart as well
        last = await next_message(client)
        await door.close()

    assert again == ("out/state", b"on", False)
    assert received == [
        *(("out/x", str(number).encode(), False) for number in range(50)),
        ("out/state", b"on", False),
    ]
    assert last == ("out/x", b"end", False)


def rows(file: Path) -> int:
    with closing(sqlite3.connect(file)) as database:
        return int(database.execute("SELECT count(*) FROM outbox").fetchone()[0])


async def test_what_waits_is_on_the_disk_while_the_hub_runs(
    mosquitto: Any, opened: Any, house: House
) -> None:
    server = await mosquitto()
    await server.stop()
    door = await opened(engine(server.port, {"filter": "#"}))

    for number in range(50):
        door.mqtt.publish("a", str(number), qos=1)

    while await asyncio.to_thread(rows, house.settings.data_dir / "bridge-far.db") < 50:  # noqa: ASYNC110
        await asyncio.sleep(0)


@pytest.mark.parametrize("qos", [1, 2])
async def test_a_message_over_which_the_other_side_hangs_up_does_not_stop_the_others(
    mosquitto: Any, opened: Any, caplog: pytest.LogCaptureFixture, qos: int
) -> None:
    server = await mosquitto("allow_anonymous true\nmax_packet_size 2000\n")
    door = await opened(engine(server.port, {"filter": "#", "qos": 2}))
    await State(door).until("online")

    async with far_client(server) as client:
        await client.subscribe("#", qos=1)
        door.mqtt.publish("too/big", "x" * 3_000, qos=qos)
        door.mqtt.publish("a", "1", qos=qos)

        assert await next_message(client) == ("a", b"1", False)
    assert "never takes a message to 'too/big'" in caplog.text


async def test_the_log_says_once_that_it_is_gone_and_once_that_it_is_back(
    mosquitto: Any, opened: Any, caplog: pytest.LogCaptureFixture
) -> None:
    server = await mosquitto()
    door = await opened(engine(server.port, {"filter": "#"}, outbox={"size": 2}))
    state = State(door)
    await state.until("online")

    await server.stop()
    await state.until("offline")
    for number in range(5):
        door.mqtt.publish("a", str(number), qos=1)
    await server.start()
    await state.until("online")

    lines = [record.getMessage() for record in caplog.records if record.name == "hub.mqtt.bridge.bridge"]
    assert len(lines) == 2
    assert "is not there" in lines[0]
    assert lines[1].endswith("is back; 3 messages to it were dropped meanwhile")


# Logging in.


async def test_a_refused_log_in_does_not_keep_the_hub_from_starting(
    mosquitto: Any, opened: Any, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    server = await mosquitto("allow_anonymous false\n")
    told = asyncio.Event()

    class Told(logging.Handler):
        def emit(self, record: logging.LogRecord) -> None:
            told.set()

    log = logging.getLogger("hub.mqtt.bridge.bridge")
    log.addHandler(handler := Told())
    door = await opened(engine(server.port, {"filter": "#"}, username="ann", password="hush"))
    await told.wait()
    log.removeHandler(handler)

    assert "which is not there now" in "".join(door.lines())
    assert "refuses the user" in caplog.text
    assert "hush" not in caplog.text


@pytest.mark.filterwarnings("ignore:unclosed <ssl.SSLSocket:ResourceWarning")
async def test_it_logs_in_with_a_password_over_tls(mosquitto: Any, opened: Any, tmp_path: Path) -> None:
    ca = trustme.CA()
    ca.cert_pem.write_to_path(tmp_path / "ca.pem")
    certificate = ca.issue_cert("localhost")
    certificate.private_key_pem.write_to_path(tmp_path / "key.pem")
    certificate.cert_chain_pems[0].write_to_path(tmp_path / "cert.pem")
    making = await asyncio.create_subprocess_exec(
        "mosquitto_passwd", "-b", "-c", tmp_path / "passwords", "ann", "secret"
    )
    await making.wait()
    server = await mosquitto(
        f"allow_anonymous false\npassword_file {tmp_path / 'passwords'}\n"
        f"certfile {tmp_path / 'cert.pem'}\nkeyfile {tmp_path / 'key.pem'}\n"
    )
    keys = {"host": "localhost", "username": "ann", "password": "secret", "tls": {"ca": "ca.pem"}}

    door = await opened(engine(server.port, {"filter": "#"}, **keys))
    await State(door).until("online")

    assert "which is not there" not in "".join(door.lines())


async def test_the_hub_stops_while_a_bridge_still_looks_for_its_server(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    looking, found = asyncio.Event(), threading.Event()
    loop = asyncio.get_running_loop()

    def look(*_: object) -> None:
        loop.call_soon_threadsafe(looking.set)
        found.wait()

    monkeypatch.setattr(paho.Client, "connect", look)
    monkeypatch.setattr(server_module, "PATIENCE", 0.01)
    door = await engine(1, {"filter": "#"}).open(house)
    await looking.wait()
    door.mqtt.publish("a", "kept", qos=1)

    await door.close()

    assert await asyncio.to_thread(rows, house.settings.data_dir / "bridge-far.db") == 1
    found.set()


async def test_a_file_that_was_damaged_is_put_aside(mosquitto: Any, opened: Any, house: House) -> None:
    server = await mosquitto()
    file = house.settings.data_dir / "bridge-far.db"
    file.write_bytes(b"this is no database, and never was one" * 100)

    door = await opened(engine(server.port, {"filter": "#"}))
    await State(door).until("online")

    assert file.with_name("unreadable-bridge-far.db").exists()


async def test_a_file_that_cannot_be_made_is_the_users_trouble(house: House) -> None:
    house.settings.data_dir = Path("/proc/nowhere")

    with pytest.raises(HubError, match=r"can't be (opened|read)"):
        await engine(1, {"filter": "#"}).open(house)
