"""The hub as a client of another server: it goes, it comes back, it refuses."""

from __future__ import annotations

import asyncio
import gc
import logging
from pathlib import Path
from typing import Any

import aiomqtt
import pytest
import trustme
from pydantic import ValidationError

from hub.core.errors import HubError
from hub.core.ports import House
from hub.mqtt import ExternalEngine, door
from hub.mqtt.door import waits


def engine(server: Any, **keys: Any) -> ExternalEngine:
    return ExternalEngine.model_validate({"host": "127.0.0.1", "port": server.port, **keys})


@pytest.fixture(autouse=True)
def impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    """Try again at once, since the servers here come back at once."""
    monkeypatch.setattr(door, "waits", lambda: waits(0.01, 0.05))


class Connection:
    """What was told of the connection, and a way to wait for it."""

    def __init__(self, mqtt: Any) -> None:
        self.told: list[bool] = []
        self._queue: asyncio.Queue[bool] = asyncio.Queue()
        mqtt.listen_connection(self)

    def __call__(self, connected: bool) -> None:
        self.told.append(connected)
        self._queue.put_nowait(connected)

    async def until(self, connected: bool) -> None:
        while await self._queue.get() is not connected:
            pass


# Coming back.


async def test_after_a_restart_subscriptions_and_waiting_messages_are_there_again(
    mosquitto: Any, opened: Any, inbox: Any
) -> None:
    server = await mosquitto()
    hub = await opened(engine(server))
    connection, seen = Connection(hub.mqtt), inbox()
    hub.mqtt.subscribe("a/#", seen)

    await server.stop()
    await connection.until(False)
    hub.mqtt.publish("a/b", "said meanwhile", qos=1)
    hub.mqtt.subscribe("c", seen)
    hub.mqtt.publish("c", "and this", qos=0)
    await server.start()

    assert await seen.get() == ("a/b", b"said meanwhile", False)
    assert await seen.get() == ("c", b"and this", False)
    assert connection.told == [False, True]


async def test_what_is_kept_is_told_again_after_a_restart(mosquitto: Any, opened: Any, inbox: Any) -> None:
    server = await mosquitto()
    hub = await opened(engine(server))
    connection, seen = Connection(hub.mqtt), inbox()
    hub.mqtt.publish("a", "1", qos=1, retain=True)
    hub.mqtt.subscribe("a", seen)
    await seen.get()

    await server.stop()
    await connection.until(False)
    await server.start()
    async with aiomqtt.Client("127.0.0.1", server.port) as client:
        await client.publish("a", "2", qos=1, retain=True)

    assert (await seen.get())[1] == b"2"


async def test_the_log_says_once_that_it_is_gone_and_once_that_it_is_back(
    mosquitto: Any, opened: Any, caplog: pytest.LogCaptureFixture
) -> None:
    server = await mosquitto()
    hub = await opened(engine(server, outbox={"size": 0}))
    connection = Connection(hub.mqtt)

    await server.stop()
    await connection.until(False)
    hub.mqtt.publish("a", "lost")
    for _ in range(3):
        with pytest.raises(aiomqtt.MqttError):
            async with aiomqtt.Client("127.0.0.1", server.port):
                pass
    await server.start()
    await connection.until(True)

    lines = [record.getMessage() for record in caplog.records if record.name == "hub.mqtt.door"]
    assert len(lines) == 2
    assert "is not there" in lines[0]
    assert lines[1].endswith("is back; 1 messages to it were dropped meanwhile")


async def test_a_server_that_is_not_there_yet_is_waited_for(mosquitto: Any, opened: Any, inbox: Any) -> None:
    server = await mosquitto()
    await server.stop()
    hub = await opened(engine(server))
    seen = inbox()
    hub.mqtt.subscribe("a", seen)
    hub.mqtt.publish("a", "x")
    assert not hub.mqtt.connected
    assert "not there now" in "".join(hub.lines())

    await server.start()

    assert await seen.get() == ("a", b"x", False)
    assert hub.mqtt.connected


async def test_what_waits_is_sent_before_the_hub_stops(mosquitto: Any, house: House) -> None:
    server = await mosquitto()
    hub = await engine(server).open(house)
    async with aiomqtt.Client("127.0.0.1", server.port) as client:
        await client.subscribe("#", qos=1)

        for number in range(100):
            hub.mqtt.publish("a", str(number), qos=1)
        await hub.close()

        received = [int((await anext(client.messages)).payload) for _ in range(100)]
    assert received == list(range(100))


async def test_a_hub_that_stops_in_the_middle_of_connecting_leaves_nothing(
    mosquitto: Any, house: House, caplog: pytest.LogCaptureFixture
) -> None:
    server = await mosquitto()
    await server.stop()
    hub = await engine(server).open(house)

    await server.start()
    await hub.close()

    assert not [record for record in caplog.records if record.levelno >= logging.ERROR]


async def test_the_will_is_published_when_the_hub_is_gone_without_a_word(mosquitto: Any, opened: Any) -> None:
    server = await mosquitto()
    hub = await opened(engine(server, will={"topic": "hub/status"}, client_id="the-hub"))
    connection = Connection(hub.mqtt)
    async with aiomqtt.Client("127.0.0.1", server.port) as client:
        await client.subscribe("hub/status")

        async with aiomqtt.Client("127.0.0.1", server.port, identifier="the-hub"):
            await connection.until(False)

        assert (await anext(client.messages)).payload == b"offline"


# What the server refuses.


async def test_a_subscription_that_is_refused_does_not_cost_the_narrower_ones(
    mosquitto: Any, opened: Any, inbox: Any, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    (tmp_path / "acl").write_text("topic readwrite home/#\n")
    server = await mosquitto(f"allow_anonymous true\nacl_file {tmp_path / 'acl'}\n")
    hub = await opened(engine(server))
    wide, narrow = inbox(), inbox()
    hub.mqtt.subscribe("#", wide)
    hub.mqtt.subscribe("home/lamp", narrow)

    hub.mqtt.publish("home/lamp", "ON")

    assert await narrow.get() == ("home/lamp", b"ON", False)


@pytest.fixture
async def secured(tmp_path: Path) -> str:
    """Configuration for a Mosquitto that knows one user, ann."""
    passwords = tmp_path / "passwords"
    making = await asyncio.create_subprocess_exec("mosquitto_passwd", "-b", "-c", passwords, "ann", "secret")
    await making.wait()
    return f"allow_anonymous false\npassword_file {passwords}\n"


async def test_the_hub_logs_in_with_its_password(mosquitto: Any, opened: Any, secured: str) -> None:
    server = await mosquitto(secured)

    hub = await opened(engine(server, username="ann", password="secret"))

    assert hub.mqtt.connected


async def test_a_refused_log_in_is_the_users_trouble(mosquitto: Any, house: House, secured: str) -> None:
    server = await mosquitto(secured)

    with pytest.raises(HubError, match="refuses the user") as refused:
        await engine(server, username="ann", password="hush").open(house)

    assert "hush" not in str(refused.value)


# paho leaves the socket of a handshake that failed to the garbage collector.
@pytest.mark.filterwarnings("ignore:unclosed <ssl.SSLSocket:ResourceWarning")
async def test_a_server_with_tls_is_trusted_by_its_authority(
    mosquitto: Any, opened: Any, house: House, tmp_path: Path
) -> None:
    ca = trustme.CA()
    ca.cert_pem.write_to_path(tmp_path / "ca.pem")
    trustme.CA().cert_pem.write_to_path(tmp_path / "other.pem")
    cert = ca.issue_cert("localhost")
    cert.private_key_pem.write_to_path(tmp_path / "key.pem")
    cert.cert_chain_pems[0].write_to_path(tmp_path / "cert.pem")
    files = f"certfile {tmp_path / 'cert.pem'}\nkeyfile {tmp_path / 'key.pem'}\n"
    server = await mosquitto(f"allow_anonymous true\n{files}")

    hub = await opened(engine(server, host="localhost", tls={"ca": "ca.pem"}))
    assert hub.mqtt.connected

    with pytest.raises(HubError, match="its certificate is not trusted"):
        await engine(server, host="localhost", tls={"ca": "other.pem"}).open(house)
    with pytest.raises(HubError, match="its certificate is not trusted"):
        await engine(server, host="127.0.0.1", tls={"ca": "ca.pem"}).open(house)
    by_number = {"ca": "ca.pem", "verify_name": False}
    assert (await opened(engine(server, host="127.0.0.1", tls=by_number))).mqtt.connected
    gc.collect()


# Keys.


@pytest.mark.parametrize(
    ("keys", "problem"),
    [
        ({}, "Field required"),
        ({"host": "x", "port": 0}, "greater than 0"),
        ({"host": "x", "password": 1234}, "valid string"),
        ({"host": "x", "outbox": {"policy": "none"}}, "drop_oldest"),
        ({"host": "x", "will": {"topic": "a/#"}}, "is no topic"),
        ({"host": "x", "users": []}, "Extra inputs"),
        ({"host": "x", "tls": {"ca": "a", "color": 1}}, "Extra inputs"),
    ],
)
def test_a_key_that_cannot_be_meant_is_refused(keys: dict[str, Any], problem: str) -> None:
    with pytest.raises(ValidationError, match=problem):
        ExternalEngine.model_validate(keys)


def test_tls_may_be_just_true() -> None:
    assert ExternalEngine.model_validate({"host": "x", "tls": True}).tls is not None
    assert ExternalEngine.model_validate({"host": "x", "tls": False}).tls is None


def test_the_password_is_not_shown() -> None:
    made = ExternalEngine.model_validate({"host": "x", "username": "ann", "password": "hush"})

    assert "hush" not in repr(made)


def test_waits_double_up_to_a_minute_and_differ() -> None:
    seen = [wait for wait, _ in zip(waits(), range(10), strict=False)]

    assert all(
        most / 2 <= wait <= most
        for wait, most in zip(seen, (1, 2, 4, 8, 16, 32, 60, 60, 60, 60), strict=True)
    )
