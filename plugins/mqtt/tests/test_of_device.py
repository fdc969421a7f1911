"""Entities under a device of a registry, and triggers on what registries and devices say."""

from __future__ import annotations

from typing import Any

import pytest

ONLINE = '{"online": true}'
HOME = "$devices/aretemp"


def declare(home: Any, entities: Any, **automation: Any) -> list[str]:
    devices = {"thermometer": {"id": "aretemp", "entities": entities}, "other": {"id": "areother"}}
    more = {"automation": automation} if automation else {}
    found: list[str] = home.set_up(registries={"north": {"id": "arenorth", "devices": devices}}, **more)
    return found


def test_a_sensor_hears_the_events_of_its_device(home: Any) -> None:
    sensor = {"name": "Warmth", "value_template": "{{ value_json.t }}", "unit_of_measurement": "°C"}
    assert declare(home, {"sensor": [sensor]}) == []
    home.message("$monitoring/aretemp/json", ONLINE)

    home.message(f"{HOME}/events", '{"t": 21.5}')

    assert home.state("sensor.thermometer_warmth") == "21.5"


def test_entities_belong_to_the_device_and_follow_whether_it_is_online(home: Any) -> None:
    declare(home, {"sensor": {"name": "Warmth"}, "binary_sensor": {"name": "Door", "state_topic": "state"}})
    before = home.state("sensor.thermometer_warmth")
    home.message("$monitoring/aretemp/json", ONLINE)
    home.message(f"{HOME}/state", "ON")
    shown = home.state("binary_sensor.thermometer_door")
    home.message("$monitoring/aretemp/json", '{"online": false}')

    (device,) = home.house.devices.entries.values()
    assert device.name == "thermometer"
    assert {home.house.registry.get(id).device_id for id in home.entities()} == {device.id}
    assert (before, shown) == ("unavailable", "on")
    assert home.state("binary_sensor.thermometer_door") == "unavailable"


async def test_a_switch_sends_commands_to_its_device(home: Any) -> None:
    declare(home, {"switch": {"name": "Pump", "command_topic": "$me/device/commands/pump"}})
    home.message("$monitoring/aretemp/json", ONLINE)

    await home.call("switch.turn_on", "switch.thermometer_pump")

    assert home.sent() == [(f"{HOME}/commands/pump", "ON")]


@pytest.mark.parametrize("schema", ["basic", "json"])
def test_a_light_may_have_any_schema(home: Any, schema: str) -> None:
    assert declare(home, {"light": {"name": "Lamp", "schema": schema}}) == []
    assert home.entities("light") == ["light.thermometer_lamp"]


def test_an_availability_of_its_own_comes_before_that_of_the_device(home: Any) -> None:
    declare(home, {"sensor": {"name": "Warmth", "availability_topic": "state/there"}})

    home.message(f"{HOME}/state/there", "online")

    assert home.state("sensor.thermometer_warmth") == "unknown"


@pytest.mark.parametrize(
    ("entities", "problem"),
    [
        ({"sensr": {}}, "a device can't have a sensr. Did you mean 'sensor'?"),
        ({"sensor": [{"name": "x", "value_templat": "x"}]}, "Did you mean 'value_template'?"),
        ({"light": [{"schema": "json", "brightnes": True}]}, "Did you mean 'brightness'?"),
    ],
)
def test_a_mistake_is_told_with_its_place(home: Any, entities: Any, problem: str) -> None:
    (found,) = declare(home, entities)

    assert problem in found
    assert "registries.north.devices.thermometer.entities" in found


# Triggers.


async def runs(home: Any) -> list[Any]:
    await home.simulated.settle()
    return [call.data["text"] for call in home.simulated.calls]


def trigger(home: Any, text: str, **options: Any) -> list[str]:
    action = {"action": "test.automation", "data": {"text": text}}
    return declare(home, {}, triggers={"trigger": "mqtt", **options}, actions=action)


EVENTS = ["north/thermometer 1", "north/other 2", "north/- 3"]
WHO = "{{ trigger.registry }}/{{ trigger.device | default('-') }} {{ trigger.payload }}"


@pytest.mark.parametrize(
    ("options", "heard"),
    [
        ({"registry": "north"}, ["north/thermometer 1", "north/other 2", "north/- 3", "north/thermometer 4"]),
        (
            {"registry": "arenorth", "topic": "events/#"},
            ["north/thermometer 1", "north/other 2", "north/- 3"],
        ),
        ({"device": "thermometer"}, ["north/thermometer 1", "north/thermometer 4"]),
        ({"device": "aretemp", "topic": "state"}, ["north/thermometer 4"]),
        ({"registry": "north", "device": "other", "topic": "+"}, ["north/other 2"]),
        ({"topic": "$devices/+/state"}, ["north/thermometer 4"]),
        ({"registry": "north", "topic": "$devices/areother/#"}, ["north/other 2"]),
    ],
)
async def test_a_trigger_hears_a_registry_or_a_device(
    home: Any, options: dict[str, Any], heard: list[str]
) -> None:
    assert trigger(home, WHO, **options) == []

    home.message(f"{HOME}/events", "1")
    home.message("$devices/areother/events", "2")
    home.message("$registries/arenorth/events", "3")
    home.message(f"{HOME}/state", "4")
    home.message("$devices/stranger/events", "5")
    home.message("$monitoring/aretemp/json", "6")

    assert await runs(home) == heard


async def test_messages_may_come_together(home: Any) -> None:
    text = "{{ trigger.messages | map(attribute='payload') | join(',') }} {{ trigger.payload }}"
    trigger(home, text, registry="north", size=3, cutoff=2)

    for number in range(4):
        home.message(f"{HOME}/events", str(number))
    assert await runs(home) == ["0,1,2 2"]
    await home.advance(1.9)
    assert len(await runs(home)) == 1
    await home.advance(0.2)

    assert await runs(home) == ["0,1,2 2", "3 3"]


@pytest.mark.parametrize(
    ("options", "problem"),
    [
        ({}, "needs a topic"),
        ({"registry": "north", "size": 0}, "size"),
        ({"registry": "north", "cutoff": -1}, "cutoff"),
    ],
)
def test_a_trigger_that_cannot_be_is_refused(home: Any, options: dict[str, Any], problem: str) -> None:
    (found,) = trigger(home, "", **options)

    assert problem in found
