"""Brokers: topic spaces on the same listener that never leak into each other, and the hub in all of them."""

from __future__ import annotations

import random
from typing import Any

import aiomqtt
import pytest

from hub.broker import Broker, FullAccess
from hub.broker.topics import matches
from hub.core.errors import HubError
from hub.core.ports import Message
from hub.registry.operations import Draft, Operations

SPACES = ["", "broker/one", "broker/two", "broker/three"]
LEVELS = ["a", "b", "c", "$devices"]
MESSAGES = 100_000


async def heard(client: aiomqtt.Client) -> tuple[str, bytes]:
    message = await anext(client.messages)
    return str(message.topic), bytes(message.payload)  # type: ignore[arg-type]


async def two_brokers(site: Any, **keys: Any) -> tuple[Any, dict[str, str]]:
    running = await site(users=[{"name": "ann", "password": "secret", "admin": True}], **keys)
    operations = Operations(running.registrar)
    passwords = {}
    for name in ("one", "two"):
        broker = await operations.create_broker(Draft(name=name, id=f"are{name}"))
        _, passwords[name] = await operations.generate_password(broker)
    return running, passwords


async def test_clients_of_a_broker_meet_each_other_and_nobody_else(site: Any) -> None:
    running, passwords = await two_brokers(site)
    async with (
        running.client("areone", passwords["one"]) as first,
        running.client("areone", passwords["one"]) as second,
        running.client("aretwo", passwords["two"]) as stranger,
        running.client("ann", "secret") as user,
    ):
        for client in (second, stranger, user):
            await client.subscribe("#", qos=1)
        await first.publish("/my/custom/topic", b"1", qos=1, retain=True)
        await stranger.publish("x", b"2", qos=1)
        await user.publish("y", b"3", qos=1)

        assert await heard(second) == ("/my/custom/topic", b"1")
        assert await heard(stranger) == ("x", b"2")
        assert await heard(user) == ("y", b"3")


async def test_topics_that_begin_with_a_dollar_sign_are_not_for_brokers(site: Any) -> None:
    running, passwords = await two_brokers(site)
    async with running.client("areone", passwords["one"]) as client:
        granted = await client.subscribe([("$devices/#", 0), ("$share/group/a", 0)])
        assert [code.value for code in granted] == [128, 0]
        await client.publish("$devices/x/events", b"")
        assert await running.ended(client)


async def test_the_hub_reaches_into_each_broker(site: Any) -> None:
    running, passwords = await two_brokers(site)
    mqtt = running.door.mqtt
    got: list[Message] = []
    mqtt.subscribe("$brokers/one/lamp/+", got.append)
    async with running.client("areone", passwords["one"]) as client:
        await client.subscribe("lamp/set", qos=1)
        await client.publish("lamp/state", b"on", qos=1)
        mqtt.publish("$brokers/areone/lamp/set", "off", qos=1)
        mqtt.publish("lamp/set", "not for them", qos=1)
        assert await heard(client) == ("lamp/set", b"off")

    assert [(message.topic, message.payload) for message in got] == [
        ("$brokers/one/lamp/state", b"on"),
        ("$brokers/one/lamp/set", b"off"),
    ]


async def test_a_listener_may_be_kept_for_one_broker(site: Any) -> None:
    listeners = [{"port": 0, "name": "lan"}, {"port": 0, "name": "shop", "broker": "one"}]
    running, passwords = await two_brokers(site, listeners=listeners)
    port = running.door.listening[1].port

    async with (
        running.client("areone", passwords["one"], port=port) as inside,
        running.client("areone", passwords["one"]) as elsewhere,
    ):
        await inside.subscribe("a")
        await elsewhere.publish("a", b"1")
        assert await heard(inside) == ("a", b"1")
    for name, password in (("aretwo", passwords["two"]), ("ann", "secret")):
        async with running.client(name, password):
            pass
        with pytest.raises(aiomqtt.MqttError):
            async with running.client(name, password, port=port):
                pass


async def test_a_listener_of_a_broker_that_is_not_there_lets_nobody_in(site: Any) -> None:
    running, passwords = await two_brokers(site, listeners=[{"port": 0, "broker": "three"}])

    with pytest.raises(aiomqtt.MqttError):
        async with running.client("areone", passwords["one"]):
            pass


@pytest.mark.parametrize("topic", ["$brokers/nobody/x", "$brokers/one", "$brokers/one/"])
async def test_the_hub_is_told_which_broker_it_cannot_reach(site: Any, topic: str) -> None:
    running, _ = await two_brokers(site)

    with pytest.raises(HubError):
        running.door.mqtt.publish(topic, "x")
    with pytest.raises(HubError):
        running.door.mqtt.subscribe(topic, lambda _: None)


async def test_random_traffic_stays_in_its_space() -> None:
    dice = random.Random(11)
    server = Broker(_Nobody())
    got: list[tuple[int, str, bytes]] = []
    wishes: dict[int, tuple[str, str]] = {}
    detach: dict[int, Any] = {}
    expected: list[tuple[int, str, bytes]] = []
    for number in range(MESSAGES):
        space = dice.choice(SPACES)
        if number % 50 == 0:
            wish = (dice.choice(SPACES), _filter(dice))
            wishes[number] = wish
            detach[number] = server.subscribe(wish[1], _receiver(got, number), 0, wish[0])
        if len(wishes) > 30:
            oldest = next(iter(wishes))
            detach.pop(oldest)()
            del wishes[oldest]
        topic = "/".join(dice.choice(LEVELS) for _ in range(dice.randint(1, 3)))
        payload = str(number).encode()
        server.publish(topic, payload, space=space)
        expected += [
            (id, topic, payload)
            for id, (where, wanted) in wishes.items()
            if _wants(where, wanted, space, topic)
        ]
    assert sorted(got) == sorted(expected)
    assert len(expected) > MESSAGES // 10


def _wants(where: str, wanted: str, space: str, topic: str) -> bool:
    return where == space and matches(wanted, topic)


def _filter(dice: random.Random) -> str:
    levels = [dice.choice([*LEVELS, "+"]) for _ in range(dice.randint(1, 3))]
    return "/".join(dice.choice([levels, [*levels[:-1], "#"]]))


def _receiver(got: list[tuple[int, str, bytes]], number: int) -> Any:
    return lambda topic, payload, qos, retain: got.append((number, topic, payload))


class _Nobody:
    def authenticate(self, credentials: object) -> FullAccess | None:
        return None
