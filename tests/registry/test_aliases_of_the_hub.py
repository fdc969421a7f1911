"""Aliases work wherever a topic stands in the hub's own configuration; how devices are is there at once."""

from __future__ import annotations

from typing import Any

import pytest

from hub.core.errors import HubError
from hub.core.ports import Message
from hub.registry.operations import Draft, Operations


@pytest.fixture
async def north(site: Any) -> Any:
    """A server with two registries, each with a device that has aliases."""
    running = await site(users=[{"name": "ann", "password": "secret", "admin": True}])
    operations = Operations(running.registrar)
    await operations.create_registry(Draft(name="north"))
    await operations.create_registry(Draft(name="south"))
    home = "$devices/{id}"
    await operations.create_device(
        Draft(name="first", id="arefirst"), "north", {"hall/lamp": home, "do": f"{home}/commands"}
    )
    await operations.create_device(Draft(name="second", id="aresecond"), "south", {"do": f"{home}/commands"})
    return running


def heard(got: list[Message]) -> list[tuple[str, bytes]]:
    return [(message.topic, message.payload) for message in got]


async def test_the_hub_hears_under_the_alias_it_asked_for(north: Any) -> None:
    mqtt = north.door.mqtt
    got: list[Message] = []
    for filter in ("hall/lamp/events", "hall/+/state"):
        mqtt.subscribe(filter, got.append)

    mqtt.publish("$devices/arefirst/events", "1")
    mqtt.publish("$devices/arefirst/state", "2")
    north.door.broker.publish("hall/lamp/events", b"3")

    assert heard(got) == [("hall/lamp/events", b"1"), ("hall/lamp/state", b"2"), ("hall/lamp/events", b"3")]


async def test_the_hub_publishes_under_an_alias(north: Any) -> None:
    got: list[Message] = []
    north.door.mqtt.subscribe("$devices/#", got.append)

    north.door.mqtt.publish("hall/lamp/config", "warm")
    north.door.mqtt.publish("hall/lamps/config", "not theirs")

    assert heard(got) == [("$devices/arefirst/config", b"warm")]
    assert [kept.topic for kept in north.door.broker.retained("$devices/#")] == ["$devices/arefirst/config"]


async def test_an_alias_of_two_devices_says_not_whom_to_command(north: Any) -> None:
    with pytest.raises(HubError, match="alias of 2 devices"):
        north.door.mqtt.publish("do", "it")


async def test_wide_filters_are_not_about_aliases(north: Any) -> None:
    got: list[Message] = []
    for filter in ("#", "+/lamp/events"):
        north.door.mqtt.subscribe(filter, got.append)

    north.door.mqtt.publish("$devices/arefirst/events", "1")

    assert got == []


async def test_an_alias_that_comes_or_goes_is_noticed(north: Any) -> None:
    got: list[Message] = []
    stop = north.door.mqtt.subscribe("warm/#", got.append)
    operations = Operations(north.registrar)
    second = north.registrar.directory.get("aresecond")
    second = await operations.set_aliases(second, {"warm": "$devices/{id}/events"})

    north.door.mqtt.publish("$devices/aresecond/events/a", "1")
    await operations.set_aliases(second, {})
    north.door.mqtt.publish("$devices/aresecond/events/a", "2")
    await operations.set_aliases(second, {"warm": "$devices/{id}/events"})
    stop()
    north.door.mqtt.publish("$devices/aresecond/events/a", "3")

    assert heard(got) == [("warm/a", b"1")]


async def test_who_begins_to_watch_a_device_in_the_hub_is_told_how_it_is(north: Any) -> None:
    _, password = await Operations(north.registrar).generate_password(
        north.registrar.directory.get("arefirst")
    )
    got: list[Message] = []
    async with north.client("arefirst", password):
        north.door.mqtt.subscribe("$monitoring/arefirst/json", got.append)
        north.door.mqtt.subscribe("$monitoring/nobody/json", got.append)

    assert len(got) == 1
    assert got[0].retain
    assert b'"online": true' in got[0].payload
