"""Exports of a hub that runs: to files, web addresses and MQTT servers; nothing acknowledged is lost."""

from __future__ import annotations

import asyncio
import ipaddress
import json
import sqlite3
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import aiomqtt
import pytest

from hub.app import App
from hub.broker import AllowAll, Broker, Listener
from hub.testing.house import SimulatedHouse
from plugins.iot_export.outbox import Outbox
from plugins.iot_export.webhook import forbidden

PASSWORD = "Chosen-Password-1"
REGISTRY = f"""
registries:
  north:
    id: arenorth
    passwords: {PASSWORD}
    devices:
      first: {{id: arefirst, passwords: {PASSWORD}}}
      second: {{id: aresecond}}
  south:
    devices:
      other: {{id: areother}}
"""


class Hub:
    """A hub with a registry and an export."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.app: App | None = None

    async def start(self, export: str = "") -> None:
        if export:
            text = f"broker: {{listeners: [{{port: 0}}]}}\n{REGISTRY}\niot_export:\n{export}\n"
            (self.folder / "config.yaml").write_text(text)
        self.app = App(self.folder / "config.yaml", watch=False)
        await self.app.start()

    def client(self, name: str) -> aiomqtt.Client:
        assert self.app is not None
        door: Any = self.app._door
        return aiomqtt.Client("localhost", door.listening[0].port, username=name, password=PASSWORD)

    def say(self, topic: str, payload: str | bytes = "x") -> None:
        assert self.app is not None
        self.app.house.mqtt.publish(topic, payload)

    async def stop(self) -> None:
        if self.app is not None:
            await self.app.stop()
            self.app = None

    async def until(self, happened: Callable[[], object]) -> None:
        """Let the loop turn until something is true; the test's own time limit is the only one."""
        while not happened():  # noqa: ASYNC110 - what it waits for has no event of its own
            await asyncio.sleep(0.01)

    def lines(self, name: str = "out.jsonl") -> list[dict[str, Any]]:
        path = self.folder / "data" / name
        return [json.loads(line) for line in path.read_text().splitlines()] if path.exists() else []

    async def put_aside(self, name: str) -> int:
        outbox = await Outbox.open(self.folder / "data" / "iot_export" / f"{name}.db")
        try:
            return await outbox.count("dead")
        finally:
            await outbox.close()


@pytest.fixture
async def hub(tmp_path: Path) -> AsyncIterator[Hub]:
    found = Hub(tmp_path)
    yield found
    await found.stop()


# A file.


async def test_events_and_commands_of_a_registry_are_lines_of_a_file(hub: Hub) -> None:
    await hub.start("  {registry: north, file: out.jsonl}")
    async with hub.client("arefirst") as device, hub.client("arenorth") as registry:
        await device.publish("$devices/arefirst/events/hall", "21.5", qos=1)
        await device.publish("$devices/arefirst/state", "not exported", qos=1)
        await registry.publish("$registries/arenorth/commands", b"\xff", qos=1)
    hub.say("$devices/areother/events", "of another registry")
    hub.say("$devices/aresecond/commands", "last")
    await hub.until(lambda: len(hub.lines()) == 3)

    shown = ("device_id", "mqtt_topic", "payload", "is_base64")
    assert [tuple(line[key] for key in shown) for line in hub.lines()] == [
        ("arefirst", "$devices/arefirst/events/hall", "21.5", False),
        ("", "$registries/arenorth/commands", "/w==", True),
        ("aresecond", "$devices/aresecond/commands", "last", False),
    ]
    assert {line["registry_id"] for line in hub.lines()} == {"arenorth"}
    assert len({line["event_id"] for line in hub.lines()}) == 3


async def test_a_filter_chooses_among_topics(hub: Hub) -> None:
    await hub.start("  - {registry: arenorth, topic: events/+, file: out.jsonl}")

    for topic in ("$devices/arefirst/events", "$devices/arefirst/events/a", "$devices/arefirst/commands/a"):
        hub.say(topic)
    hub.say("$devices/arefirst/events/last")
    await hub.until(lambda: len(hub.lines()) == 2)

    assert [line["mqtt_topic"].rpartition("/")[2] for line in hub.lines()] == ["a", "last"]


async def test_a_file_is_exchanged_when_it_is_full_and_the_oldest_go(hub: Hub) -> None:
    await hub.start("  {registry: north, file: {path: logs/out.jsonl, max_size: 0.0005, keep: 2}}")
    data = hub.folder / "data" / "logs"

    for number in range(6):
        hub.say("$devices/arefirst/events", f"{number} {'x' * 400}")
        await hub.until(lambda n=number: f'"{n} x' in _text(data / "out.jsonl"))

    assert len(list(data.iterdir())) == 3
    kept = sorted(path for path in data.iterdir() if path.name != "out.jsonl")
    assert [json.loads(path.read_text())["payload"][0] for path in kept] == ["3", "4"]


def _text(path: Path) -> str:
    return path.read_text() if path.exists() else ""


async def test_half_a_line_that_a_crash_left_is_cut_off(hub: Hub) -> None:
    (hub.folder / "data").mkdir(mode=0o700)
    (hub.folder / "data" / "out.jsonl").write_text('{"payload": "whole"}\n{"payl')
    await hub.start("  {registry: north, file: out.jsonl}")

    hub.say("$devices/arefirst/events", "new")
    await hub.until(lambda: '"new"' in _text(hub.folder / "data" / "out.jsonl"))

    assert [line["payload"] for line in hub.lines()] == ["whole", "new"]


# Nothing acknowledged is lost.


async def test_a_message_is_acknowledged_when_it_is_written_down_and_not_before(
    hub: Hub, monkeypatch: pytest.MonkeyPatch
) -> None:
    may_write = asyncio.Event()
    write = Outbox.add

    async def wait(outbox: Outbox, records: Any) -> None:
        await may_write.wait()
        await write(outbox, records)

    monkeypatch.setattr(Outbox, "add", wait)
    await hub.start("  {registry: north, file: out.jsonl}")
    async with hub.client("arefirst") as device:
        said = asyncio.ensure_future(device.publish("$devices/arefirst/events", "1", qos=1))
        beside = asyncio.ensure_future(device.publish("$devices/arefirst/events/2", "2", qos=0))
        await beside
        await hub.until(lambda: hub.app is not None and _broker(hub).stats.messages_received == 2)
        early = said.done()
        may_write.set()
        await said

    assert not early
    await hub.until(lambda: len(hub.lines()) == 2)


def _broker(hub: Hub) -> Any:
    door: Any = hub.app._door if hub.app is not None else None
    return door.broker


async def test_what_could_not_be_sent_is_sent_after_the_next_start(hub: Hub) -> None:
    (hub.folder / "data").mkdir(mode=0o700)
    (hub.folder / "data" / "out.jsonl").mkdir()  # in the way
    await hub.start("  {registry: north, file: out.jsonl}")
    async with hub.client("arefirst") as device:
        await device.publish("$devices/arefirst/events", "1", qos=1)
    await hub.stop()
    (hub.folder / "data" / "out.jsonl").rmdir()

    await hub.start()
    await hub.until(hub.lines)

    assert [line["payload"] for line in hub.lines()] == ["1"]


async def test_an_outbox_of_version_1_is_read(tmp_path: Path) -> None:
    old = Path(__file__).parents[3] / "tests" / "old_databases" / "iot_export-1.sql"
    database = sqlite3.connect(tmp_path / "out.db")
    database.executescript(old.read_text(encoding="utf-8"))
    database.close()

    outbox = await Outbox.open(tmp_path / "out.db")
    await outbox.revive()
    found = [(record.id, record.topic, record.payload) for _, record in await outbox.next(10)]
    await outbox.close()

    assert found == [("1", "$devices/arefirst/events", b"one"), ("2", "$devices/arefirst/events", b"two")]


# A web address.


class Web:
    """A server that answers what it is told to, and keeps what it got."""

    def __init__(self) -> None:
        self.answers: list[int] = []
        self.got: list[tuple[dict[str, str], Any]] = []
        self.port = 0

    async def answer(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        head = (await reader.readuntil(b"\r\n\r\n")).decode().split("\r\n")[1:]
        headers = {name.lower(): value.strip() for name, _, value in (line.partition(":") for line in head)}
        body = await reader.readexactly(int(headers["content-length"]))
        self.got.append((headers, body))
        status = self.answers.pop(0) if self.answers else 200
        more = "location: http://127.0.0.1:1/\r\n" if status == 302 else ""
        writer.write(f"HTTP/1.1 {status} X\r\n{more}content-length: 0\r\nconnection: close\r\n\r\n".encode())
        await writer.drain()
        writer.close()

    def payloads(self) -> list[list[str]]:
        return [[m["details"]["payload"] for m in json.loads(body)["messages"]] for _, body in self.got]


@asynccontextmanager
async def serving() -> AsyncIterator[Web]:
    web = Web()
    server = await asyncio.start_server(web.answer, "127.0.0.1", 0)
    web.port = server.sockets[0].getsockname()[1]
    async with server:
        yield web


def webhook(web: Web, more: str = "") -> str:
    url = f"url: 'http://localhost:{web.port}/hook'"
    inside = f"{url}, allow_private: true, headers: {{authorization: Bearer x}}"
    return f"  {{registry: north, name: hook, webhook: {{{inside}}}{more}}}"


async def test_a_web_address_gets_what_a_function_got(hub: Hub) -> None:
    async with serving() as web:
        await hub.start(webhook(web))
        hub.say("$devices/arefirst/events", "Test 4")
        await hub.until(lambda: web.got)

    headers, body = web.got[0]
    (message,) = json.loads(body)["messages"]
    assert headers["authorization"] == "Bearer x"
    assert headers["host"] == f"localhost:{web.port}"
    assert message["event_metadata"]["event_type"] == "yandex.cloud.events.iot.IoTMessage"
    assert message["details"] == {
        "registry_id": "arenorth",
        "device_id": "arefirst",
        "mqtt_topic": "$devices/arefirst/events",
        "payload": "VGVzdCA0",
    }


@pytest.fixture
def at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let exporters not wait between two tries."""
    monkeypatch.setattr("plugins.iot_export.exporter.FIRST_WAIT", 0.0)
    monkeypatch.setattr("plugins.iot_export.exporter.LONGEST_WAIT", 0.0)


async def test_an_answer_that_may_change_is_asked_for_again(hub: Hub, at_once: None) -> None:
    async with serving() as web:
        web.answers = [503, 429]
        await hub.start(webhook(web))
        hub.say("$devices/arefirst/events", "1")
        await hub.until(lambda: len(web.got) == 3)
        await hub.stop()

    assert web.payloads() == [["MQ=="]] * 3
    assert await hub.put_aside("hook") == 0


@pytest.mark.parametrize(("answers", "tries"), [([400], 1), ([302], 1), ([500] * 2, 2)])
async def test_what_nobody_takes_is_put_aside_and_may_be_tried_again(
    hub: Hub, at_once: None, answers: list[int], tries: int
) -> None:
    failed: list[Any] = []
    async with serving() as web:
        web.answers = list(answers)
        await hub.start(webhook(web, ", attempts: 2"))
        assert hub.app is not None
        hub.app.house.bus.listen("iot_export_failed", lambda event: failed.append(event.data))
        hub.say("$devices/arefirst/events", "1")
        await hub.until(lambda: failed)
        tried = len(web.got)
        await hub.app.house.services.wait("iot_export", "retry", {})
        await hub.until(lambda: len(web.got) > tried)

    assert tried == tries
    assert failed[0]["messages"] == 1
    assert web.payloads()[-1] == ["MQ=="]


async def test_an_address_inside_is_not_asked_unless_that_is_allowed(
    hub: Hub, caplog: pytest.LogCaptureFixture
) -> None:
    async with serving() as web:
        await hub.start(webhook(web).replace("allow_private: true, ", ""))
        hub.say("$devices/arefirst/events", "1")
        await hub.until(lambda: "allow_private" in caplog.text)

    assert web.got == []


# Another MQTT server.


async def test_another_server_gets_the_messages_under_names_of_ones_own(hub: Hub) -> None:
    other = Broker(AllowAll())
    door = await other.listen(Listener("lan", "127.0.0.1", 0))
    got: list[tuple[str, bytes]] = []
    other.subscribe("#", lambda topic, payload, qos, retain: got.append((topic, payload)))
    topic = "export/{registry}/{device}/{rest}"
    await hub.start(f"  {{registry: north, mqtt: {{host: 127.0.0.1, port: {door.port}, topic: '{topic}'}}}}")

    hub.say("$devices/arefirst/events/hall", b"\xff")
    hub.say("$registries/arenorth/commands", "all")
    await hub.until(lambda: len(got) == 2)
    await hub.stop()
    await other.stop()

    assert got == [("export/north/first/events/hall", b"\xff"), ("export/north/-/commands", b"all")]


# What is wrong in the YAML.


@pytest.mark.parametrize(
    ("export", "problem"),
    [
        ({"registry": "north"}, "an export goes to one place"),
        ({"registry": "north", "file": "a", "mqtt": {"host": "b"}}, "an export goes to one place"),
        ({"registry": "north", "webhook": {"url": "ftp://x"}}, "is no web address"),
        ({"registry": "north", "mqtt": {"host": "b", "topic": "{nobody}"}}, "braces"),
        ([{"registry": "north", "file": "a"}, {"registry": "north", "file": "b"}], "more than one export"),
    ],
)
async def test_what_cannot_be_is_refused(export: Any, problem: str) -> None:
    house = SimulatedHouse()

    found = house.set_up({"iot_export": export}).problems

    assert problem in str(found[0])


@pytest.mark.parametrize(
    ("address", "inside", "outside"),
    [
        ("93.184.216.34", True, True),
        ("192.168.1.5", True, False),
        ("127.0.0.1", True, False),
        ("::1", True, False),
        ("::ffff:10.0.0.1", True, False),
        ("169.254.169.254", False, False),
        ("fe80::1", False, False),
        ("0.0.0.0", False, False),
        ("224.0.0.1", False, False),
        ("::ffff:169.254.169.254", False, False),
    ],
)
def test_some_addresses_are_never_asked(address: str, inside: bool, outside: bool) -> None:
    found = ipaddress.ip_address(address)

    assert (forbidden(found, allow_private=True) == "") is inside
    assert (forbidden(found, allow_private=False) == "") is outside
