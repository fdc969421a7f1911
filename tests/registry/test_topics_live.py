"""Devices and registries over real sockets: refusals, permanent topics, aliases, monitoring."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import aiomqtt
import pytest

from hub.broker import PublishDenied, SubscribeDenied
from hub.registry.desk import Desk
from hub.registry.operations import Draft, Operations


@pytest.fixture
async def north(site: Any) -> Any:
    """A registry `arenorth` with devices `arefirst` and `aresecond`, and a way to come in as each."""
    running = await site()
    operations = Operations(running.registrar)
    registry = await operations.create_registry(Draft(name="north", id="arenorth"))
    first = await operations.create_device(
        Draft(name="first", id="arefirst"), "north", {"my/": "$devices/{id}/", "warm": "$devices/{id}/events"}
    )
    second = await operations.create_device(Draft(name="second", id="aresecond"), "north")
    passwords = {
        owner.id: (await operations.generate_password(owner))[1] for owner in (registry, first, second)
    }

    @asynccontextmanager
    async def come(id: str, *filters: str) -> AsyncIterator[aiomqtt.Client]:
        async with running.client(id, passwords[id], identifier=f"client of {id}") as client:
            for filter in filters:
                await client.subscribe(filter, qos=1)
            yield client

    running.come = come
    running.operations = operations
    return running


async def heard(client: aiomqtt.Client) -> tuple[str, bytes, bool]:
    message = await anext(client.messages)
    return str(message.topic), bytes(message.payload), message.retain  # type: ignore[arg-type]


def told(site: Any, kind: type) -> list[Any]:
    return [event for event in site.events if isinstance(event, kind)]


async def test_events_go_up_and_commands_go_down(north: Any) -> None:
    async with (
        north.come("arenorth", "$devices/#", "$registries/arenorth/events/#") as registry,
        north.come("arefirst", "$devices/arefirst/commands", "$registries/arenorth/commands") as device,
    ):
        await device.publish("$devices/arefirst/events/hall", b"21.5", qos=1)
        assert await heard(registry) == ("$devices/arefirst/events/hall", b"21.5", False)
        await device.publish("$registries/arenorth/events", b"all", qos=1)
        assert await heard(registry) == ("$registries/arenorth/events", b"all", False)
        await registry.publish("$devices/arefirst/commands", b"on", qos=1)
        assert await heard(device) == ("$devices/arefirst/commands", b"on", False)
        await registry.publish("$registries/arenorth/commands", b"off", qos=1)
        assert await heard(device) == ("$registries/arenorth/commands", b"off", False)


async def test_a_forbidden_message_disconnects(north: Any) -> None:
    async with north.come("arefirst") as device:
        await device.publish("$devices/aresecond/events", b"not mine")
        assert await north.ended(device)
    assert [event.topic for event in told(north, PublishDenied)] == ["$devices/aresecond/events"]


async def test_a_forbidden_subscription_gets_128_and_the_connection_stays(north: Any) -> None:
    async with north.come("arefirst") as device:
        granted = await device.subscribe([("$devices/aresecond/commands", 1), ("$devices/+", 1), ("my/#", 1)])
        assert [code.value for code in granted] == [128, 128, 1]
        await device.publish("$devices/arefirst/events", b"still here", qos=1)
    assert [event.filter for event in told(north, SubscribeDenied)] == [
        "$devices/aresecond/commands",
        "$devices/+",
    ]


async def test_the_last_configuration_waits_for_a_device(north: Any) -> None:
    async with north.come("arenorth") as registry:
        await registry.publish("$devices/arefirst/config/a", b"1", qos=1)
        await registry.publish("$devices/arefirst/config/a", b"2", qos=1)
        await registry.publish("$devices/arefirst/commands", b"missed", qos=1)

    for _ in range(2):
        async with north.come("arefirst", "$me/device/commands", "$me/device/config/#") as device:
            assert await heard(device) == ("$me/device/config/a", b"2", True)


async def test_the_last_state_waits_for_a_registry_and_an_empty_one_is_forgotten(north: Any) -> None:
    async with north.come("arefirst") as device:
        await device.publish("$me/device/state", b"idle", qos=1)
        await device.publish("$me/device/state/gone", b"x", qos=1)
        await device.publish("$me/device/state/gone", b"", qos=1)

    async with north.come("arenorth", "$devices/+/state/#") as registry:
        assert await heard(registry) == ("$devices/arefirst/state", b"idle", True)
    assert len(north.door.broker.retained("$devices/#")) == 1


async def test_what_the_hub_itself_configures_waits_too(north: Any) -> None:
    north.door.mqtt.publish("$devices/arefirst/config", "5")

    async with north.come("arefirst", "$devices/arefirst/config") as device:
        assert await heard(device) == ("$devices/arefirst/config", b"5", True)


async def test_aliases_work_for_both_and_each_hears_the_name_it_asked_for(north: Any) -> None:
    async with (
        north.come("arenorth", "warm/#") as registry,
        north.come("arefirst", "my/commands") as device,
    ):
        await device.publish("my/events/x", b"1", qos=1)
        assert await heard(registry) == ("warm/x", b"1", False)
        await registry.publish("my/commands", b"2", qos=1)
        assert await heard(device) == ("my/commands", b"2", False)


async def test_new_aliases_hold_for_those_who_are_connected(north: Any) -> None:
    async with (
        north.come("arenorth", "$devices/#") as registry,
        north.come("arefirst", "my/commands") as device,
    ):
        first = north.registrar.directory.get("arefirst")
        await north.operations.set_aliases(first, {"yours/": "$devices/{id}/"})
        await device.publish("yours/events", b"1", qos=1)
        assert await heard(registry) == ("$devices/arefirst/events", b"1", False)
    assert [event.filter for event in told(north, SubscribeDenied)] == ["my/commands"]


async def test_a_registry_hears_of_a_device_that_is_created_later(north: Any) -> None:
    async with north.come("arenorth", "$devices/#") as registry:
        third = await north.operations.create_device(Draft(name="third", id="arethird"), "arenorth")
        _, password = await north.operations.generate_password(third)
        async with north.client("arethird", password) as device:
            await device.publish("$me/device/events", b"hello", qos=1)
        assert await heard(registry) == ("$devices/arethird/events", b"hello", False)


async def test_a_deleted_device_leaves_nothing_behind(north: Any) -> None:
    async with north.come("arefirst") as device:
        await device.publish("$me/device/state", b"idle", qos=1)

    await north.operations.delete(north.registrar.directory.get("arefirst"))

    assert north.door.broker.retained("$devices/#") == []
    assert north.registrar.monitoring.of("arefirst").known() == {"online": False}


async def test_monitoring_tells_what_a_device_does(north: Any) -> None:
    async with north.come("aresecond", "$monitoring/arefirst/json") as watcher:
        async with north.come("arefirst", "$me/device/commands") as device:
            await device.publish("$me/device/events", b"1", qos=1)
            topic, payload, _ = await heard(watcher)
            report = json.loads(payload)
        last = json.loads((await heard(watcher))[1])

    assert topic == "$monitoring/arefirst/json"
    assert report["online"] is True
    assert report["last_auth_ip"] == "127.0.0.1"
    assert (report["registry_id"], report["device_id"]) == ("arenorth", "arefirst")
    assert {"last_auth_time", "last_pub_activity_time", "last_sub_activity_time", "last_online_time"} <= {
        *report
    }
    assert "last_disconnect_time" not in report
    assert last["online"] is False
    assert last["last_disconnect_time"] > last["last_auth_time"]


async def test_activity_is_remembered_over_a_restart(north: Any) -> None:
    async with north.come("arefirst"):
        pass
    await north.until(lambda: north.registrar.monitoring.of("arefirst").last_disconnect_time)
    before = north.registrar.monitoring.of("arefirst")

    registrar = north.registrar
    await registrar._save_activity()
    again = await type(registrar).open(registrar.folder, registrar.clock)

    assert again.monitoring.of("arefirst") == before
    await again.close()


async def test_the_connection_log_tells_who_came_and_what_was_refused(north: Any) -> None:
    async with north.come("arefirst", "$devices/+") as device:
        await device.publish("$devices/aresecond/events", b"not mine")
        assert await north.ended(device)

    lines = [row["message"] for row in Desk(north.registrar).logs("device", "arefirst")]
    (password,) = north.registrar.directory.get("arefirst").passwords
    assert lines == [
        f'connected, password: "{password.id}", address: "127.0.0.1", clientID: "client of arefirst"',
        'some of subscriptions failed: not allowed to subscribe: ["$devices/+"]',
        'publish to topic "$devices/aresecond/events" not allowed',
        'disconnected: a message to $devices/aresecond/events is not allowed, clientID: "client of arefirst"',
    ]
    assert Desk(north.registrar).logs("registry", "north") == []


# The migration guide's three checks of isolation.


async def test_a_device_hears_no_commands_of_another(north: Any) -> None:
    async with north.come("arenorth") as registry, north.come("arefirst", "$me/device/commands") as device:
        granted = await device.subscribe("$devices/aresecond/commands", qos=1)
        await registry.publish("$devices/aresecond/commands", b"secret", qos=1)
        await registry.publish("$devices/arefirst/commands", b"mine", qos=1)
        assert await heard(device) == ("$me/device/commands", b"mine", False)
    assert granted[0].value == 128
    assert [event.filter for event in told(north, SubscribeDenied)] == ["$devices/aresecond/commands"]


async def test_a_device_says_no_events_of_another(north: Any) -> None:
    async with north.come("arenorth", "$devices/#") as registry:
        async with north.come("arefirst") as device:
            await device.publish("$devices/aresecond/events", b"forged")
            assert await north.ended(device)
        async with north.come("aresecond") as device:
            await device.publish("$devices/aresecond/events", b"true", qos=1)
        assert await heard(registry) == ("$devices/aresecond/events", b"true", False)
    assert told(north, PublishDenied)


async def test_nobody_comes_in_without_a_name(north: Any) -> None:
    with pytest.raises(aiomqtt.MqttError):
        async with north.client():
            await asyncio.sleep(0)
