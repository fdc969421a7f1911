"""What the owner may ask the MQTT server inside the hub, and tell it."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Any

import aiomqtt
import pytest

from hub.core.clock import SystemClock
from hub.core.errors import HubError
from hub.core.events import Event
from hub.core.ports import House
from hub.mqtt import EmbeddedEngine, owner
from hub.mqtt.happenings import EVENTS
from hub.mqtt.inspection import server_commands

ANN = {"name": "ann", "password": "secret", "publish": "home/#", "subscribe": "home/#"}


def engine(**keys: Any) -> EmbeddedEngine:
    limits = {"failed_log_in_delay": 0}
    made = {"listeners": [{"port": 0}], "users": [ANN], "limits": limits, **keys}
    return EmbeddedEngine.model_validate(made)


def client(door: Any, client_id: str = "phone", **more: Any) -> aiomqtt.Client:
    keys = {"username": "ann", "password": "secret", "identifier": client_id, **more}
    return aiomqtt.Client("127.0.0.1", door.listening[0].port, **keys)


@pytest.fixture
async def door(opened: Any) -> Any:
    return await opened(engine())


@pytest.fixture
def ask(door: Any) -> Callable[..., Any]:
    """Ask as the control socket does."""
    commands = server_commands(lambda: door)
    return lambda name, **arguments: commands[name](**arguments)


# Who is there.


async def test_clients_are_listed_with_where_they_are(door: Any, ask: Any) -> None:
    async with client(door) as phone:
        await phone.subscribe("home/a")
        (found,) = ask("mqtt.clients")

    assert found.pop("since") == pytest.approx(SystemClock().timestamp(), abs=60)
    assert found == {
        "client_id": "phone",
        "user": "ann",
        "space": "",
        "online": True,
        "subscriptions": 1,
        "queued": 0,
        "address": "127.0.0.1",
        "listener": "127.0.0.1:0",
    }


async def test_who_came_and_went_is_told(door: Any, ask: Any) -> None:
    async with client(door) as phone:
        await phone.subscribe("home/a")

    told = [(one["user"], one["client_id"], one["message"]) for one in ask("mqtt.visits")]
    assert told == [
        ("ann", "phone", "connected from 127.0.0.1 on 127.0.0.1:0"),
        ("ann", "phone", "disconnected"),
    ]


async def test_a_client_that_is_away_is_listed_while_its_session_is_kept(door: Any, ask: Any) -> None:
    async with client(door, clean_session=False) as phone:
        await phone.subscribe("home/a")
    async with client(door, "tablet"):
        found = ask("mqtt.clients")

    assert [(one["client_id"], one["online"], one["address"]) for one in found] == [
        ("tablet", True, "127.0.0.1"),
        ("phone", False, None),
    ]


async def test_subscriptions_are_listed(door: Any, ask: Any) -> None:
    async with client(door) as phone, client(door, "tablet") as tablet:
        await phone.subscribe([("home/b", 0), ("home/a", 0)])
        await tablet.subscribe("home/a")
        found = ask("mqtt.subscriptions")
        of_one = ask("mqtt.subscriptions", client_id="tablet")

    assert [(one["filter"], one["client_id"]) for one in found] == [
        ("home/a", "phone"),
        ("home/a", "tablet"),
        ("home/b", "phone"),
    ]
    assert [one["filter"] for one in of_one] == ["home/a"]


@pytest.mark.parametrize(
    ("payload", "shown"),
    [
        (b"21.5", {"payload": "21.5"}),
        (b"\xff\x00", {"payload_base64": "/wA="}),
        ("ä".encode() * 200, {"payload": "ä" * 128}),
    ],
)
async def test_retained_messages_are_listed(
    door: Any, ask: Any, payload: bytes, shown: dict[str, str]
) -> None:
    door.mqtt.publish("home/a", payload, retain=True)

    (found,) = ask("mqtt.retained", filter="home/#")

    assert found == {"topic": "home/a", "qos": 0, "size": len(payload), "owner": "", **shown}


# Sending away.


async def test_a_client_is_disconnected(door: Any, ask: Any) -> None:
    async with client(door) as phone:
        ended = ask("mqtt.kick", client_id="phone")
        with pytest.raises(aiomqtt.MqttError):
            await anext(phone.messages)

    assert ended == {"disconnected": 1, "forgotten": 0}
    assert ask("mqtt.clients") == []


async def test_a_session_is_forgotten(door: Any, ask: Any) -> None:
    async with client(door, clean_session=False) as phone:
        await phone.subscribe("home/a")

    assert ask("mqtt.kick", user="ann", forget=True) == {"disconnected": 0, "forgotten": 1}
    assert ask("mqtt.clients") == []


@pytest.mark.parametrize("whom", [{}, {"client_id": "nobody"}, {"user": "nobody"}])
def test_who_is_not_there_cannot_be_disconnected(ask: Any, whom: dict[str, str]) -> None:
    with pytest.raises(HubError, match="nobody"):
        ask("mqtt.kick", **whom)


def test_a_server_elsewhere_is_not_asked() -> None:
    with pytest.raises(HubError, match="not inside this hub"):
        server_commands(lambda: None)["mqtt.clients"]()


# The owner's pass.


def owner_client(door: Any, given: dict[str, Any]) -> aiomqtt.Client:
    return client(door, "owner", username=given["username"], password=given["password"])


async def test_a_pass_lets_the_owner_in_once(door: Any, ask: Any) -> None:
    given = ask("mqtt.pass")

    async with owner_client(door, given) as me:
        codes = await me.subscribe("#")
    with pytest.raises(aiomqtt.MqttError):
        async with owner_client(door, given):
            pass

    assert codes[0].value == 0
    assert (given["host"], given["port"]) == ("127.0.0.1", door.listening[0].port)


async def test_a_pass_is_good_for_a_short_while_only(
    door: Any, ask: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(owner, "GOOD_FOR", -1)

    with pytest.raises(aiomqtt.MqttError):
        async with owner_client(door, ask("mqtt.pass")):
            pass


async def test_the_name_alone_opens_nothing(door: Any) -> None:
    with pytest.raises(aiomqtt.MqttError):
        async with owner_client(door, {"username": owner.NAME, "password": ""}):
            pass


@pytest.mark.parametrize(
    ("listeners", "where"),
    [
        ([{"host": "", "port": 0}], ("127.0.0.1", None)),
        ([{"host": "0.0.0.0", "port": 0}], ("127.0.0.1", None)),
        ([{"path": "mqtt.sock"}, {"host": "", "port": 0}], ("127.0.0.1", "mqtt.sock")),
    ],
)
async def test_the_pass_says_where_the_server_is(
    opened: Any, house: House, listeners: list[dict[str, Any]], where: tuple[str, str | None]
) -> None:
    door = await opened(engine(listeners=listeners))

    given = server_commands(lambda: door)["mqtt.pass"]()

    assert (given["host"], (given["path"] or "").rpartition("/")[2] or None) == where


# Events.


async def test_the_house_hears_of_whatever_happens_at_the_doors(opened: Any, house: House) -> None:
    heard: list[Event] = []
    gone = asyncio.Event()
    for event_type in EVENTS.values():
        house.bus.listen(event_type, heard.append)
    house.bus.listen("mqtt_client_disconnected", lambda _: gone.set())
    door = await opened(engine())

    async with client(door) as phone:
        await phone.publish("elsewhere", "x", qos=1)
        await phone.subscribe("elsewhere")
    await gone.wait()
    with pytest.raises(aiomqtt.MqttError):
        async with client(door, password="wrong"):
            pass

    told = [(event.event_type, event.data.get("reason")) for event in heard]
    assert told == [
        ("mqtt_client_connected", None),
        ("mqtt_publish_denied", "not allowed"),
        ("mqtt_subscribe_denied", "not allowed"),
        ("mqtt_client_disconnected", "it said goodbye"),
        ("mqtt_log_in_refused", "not authorized"),
    ]
    assert heard[0].data["client_id"] == "phone"
    assert "secret" not in repr(heard)
    assert "wrong" not in repr(heard)
