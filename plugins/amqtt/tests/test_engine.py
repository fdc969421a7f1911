"""amqtt as the hub's MQTT server: what may be written for it, and who comes in."""

from __future__ import annotations

import socket
from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast

import aiomqtt
import argon2
import pytest
from pydantic import ValidationError

from hub.core.clock import SystemClock
from hub.core.errors import HubError
from hub.core.ports import House
from hub.core.settings import Settings
from plugins.amqtt import engines
from plugins.amqtt.engine import AmqttEngine

OPEN = {"amqtt.plugins.authentication.AnonymousAuthPlugin": {"allow_anonymous": True}}


@pytest.fixture
def house(tmp_path: Path) -> House:
    return cast(House, SimpleNamespace(clock=SystemClock(), settings=Settings(config_dir=tmp_path)))


@pytest.fixture
def port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@pytest.fixture
def protected(tmp_path: Path) -> dict[str, Any]:
    """Plugins that let in ann with the password "secret"."""
    hashed = argon2.PasswordHasher(time_cost=1, memory_cost=8, parallelism=1).hash("secret")
    (tmp_path / "passwords").write_text(f"ann:{hashed}\n")
    return {
        "amqtt.plugins.authentication.FileAuthPlugin": {"password_file": str(tmp_path / "passwords")},
    }


def config(port: int, plugins: Any) -> dict[str, Any]:
    return {"listeners": {"default": {"bind": f"127.0.0.1:{port}"}}, "plugins": plugins}


def test_the_engine_is_offered() -> None:
    assert engines() == {"amqtt": AmqttEngine}


async def test_amqtts_own_plugins_decide_who_comes_in(
    house: House, port: int, protected: dict[str, Any]
) -> None:
    engine = AmqttEngine.model_validate(
        {"config": config(port, protected), "username": "ann", "password": "secret"}
    )

    door = await engine.open(house)
    async with aiomqtt.Client("127.0.0.1", port, username="ann", password="secret") as client:
        await client.publish("a", "x", qos=1)
    with pytest.raises(aiomqtt.MqttError):
        async with aiomqtt.Client("127.0.0.1", port, username="ann", password="wrong"):
            pass

    assert door.mqtt.connected
    assert list(door.lines()) == [f"amqtt's MQTT server on 127.0.0.1:{port}"]
    await door.close()


async def test_a_hub_that_is_not_let_in_says_what_to_write(
    house: House, port: int, protected: dict[str, Any]
) -> None:
    engine = AmqttEngine.model_validate({"config": config(port, protected)})

    with pytest.raises(HubError, match=r"does not let the hub itself in.*Write `username` and `password`"):
        await engine.open(house)


async def test_a_topic_that_amqtt_would_end_the_connection_for_is_refused(house: House, port: int) -> None:
    door = await AmqttEngine.model_validate({"config": config(port, OPEN)}).open(house)

    with pytest.raises(HubError, match=r"no topics of clients that begin with \$"):
        door.mqtt.publish("$me/state", "x")

    await door.close()


async def test_a_port_that_is_taken_is_the_users_trouble(house: House, port: int) -> None:
    with socket.socket() as other:
        other.bind(("127.0.0.1", port))
        other.listen()

        with pytest.raises(HubError, match="amqtt can't start"):
            await AmqttEngine.model_validate({"config": config(port, OPEN)}).open(house)


@pytest.mark.parametrize(
    "change",
    [
        lambda given: given.update(plugins={"no.such.Plugin": {}}),
        lambda given: given.update(plugins={next(iter(OPEN)): {"colour": 1}}),
        lambda given: given.update(nonsense=1),
        lambda given: given["listeners"]["default"].update(certfile="none.pem", keyfile="none.pem"),
    ],
    ids=["plugin", "option", "key", "file"],
)
async def test_what_amqtt_refuses_is_the_users_trouble(
    house: House, port: int, change: Callable[[Any], None]
) -> None:
    given = config(port, OPEN)
    change(given)

    with pytest.raises(HubError, match="amqtt refuses its configuration"):
        await AmqttEngine.model_validate({"config": given}).open(house)


@pytest.mark.parametrize(
    ("keys", "problem"),
    [
        ({}, "without plugins amqtt lets nobody in, or everybody"),
        ({"config": {"plugins": OPEN}, "users": []}, "no permissions for each user"),
        ({"config": {"plugins": OPEN}, "anonymous": {}}, "no rights for clients without a name"),
        ({"config": {"plugins": OPEN}, "limits": {}}, "no limits"),
        ({"config": {"plugins": OPEN}, "listeners": []}, "stand in its own `config:`"),
        ({"config": {"plugins": OPEN}, "store": True}, "keeps nothing over a restart"),
        (
            {"config": {"plugins": OPEN, "listeners": {"default": {"bind": "0.0.0.0:1883"}}}},
            "open to 0.0.0.0",
        ),
        ({"config": {"plugins": OPEN, "listeners": {"default": {"bind": "1883"}}}}, "open to all"),
        ({"config": {"plugins": OPEN, "listeners": {"lan": {"bind": ":1884"}}}}, "its listener lan is open"),
        (
            {"config": {"plugins": OPEN, "listeners": {"default": {"type": "ws"}}}},
            "needs a listener to connect",
        ),
        ({"config": {"plugins": OPEN, "listeners": {"default": {"type": "external"}}}}, "of type 'external'"),
        (
            {"config": {"plugins": OPEN, "listeners": {"default": {"bind": "here"}}}},
            "no address to listen on",
        ),
    ],
)
def test_what_amqtt_cannot_do_is_refused_in_words(keys: dict[str, Any], problem: str) -> None:
    with pytest.raises(ValidationError, match=problem):
        AmqttEngine.model_validate(keys)


def test_on_a_trusted_network_it_may_listen_for_all() -> None:
    listeners = {"default": {"bind": "0.0.0.0:1883"}}

    made = AmqttEngine.model_validate(
        {"config": {"plugins": OPEN, "listeners": listeners}, "trusted_network": True}
    )

    assert made.places[0].reach == "127.0.0.1"


def test_without_listeners_only_this_machine_reaches_it() -> None:
    made = AmqttEngine.model_validate({"config": {"plugins": OPEN}})

    assert [(place.host, place.port) for place in made.places] == [("127.0.0.1", 1883)]
