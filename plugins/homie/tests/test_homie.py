"""Devices of both versions of the convention, with the messages that they keep on the server."""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping
from typing import Any

import orjson
import pytest

from hub.testing.house import SimulatedHouse

FOUR = {
    "$homie": "4.0.0", "$name": "Greenhouse", "$state": "ready", "$nodes": "air,pump", "$fw/version": "1.2",
    "air/$name": "Air", "air/$properties": "temperature,humidity",
    "air/temperature/$name": "Temperature", "air/temperature/$datatype": "float",
    "air/temperature/$unit": "°C", "air/temperature": "21.5",
    "air/humidity/$name": "Humidity", "air/humidity/$datatype": "integer", "air/humidity/$unit": "%",
    "pump/$name": "Pump", "pump/$properties": "power,speed,mode,button",
    "pump/power/$name": "Power", "pump/power/$datatype": "boolean", "pump/power/$settable": "true",
    "pump/power": "false",
    "pump/speed/$datatype": "integer", "pump/speed/$settable": "true", "pump/speed/$format": "0:10",
    "pump/mode/$datatype": "enum", "pump/mode/$settable": "true", "pump/mode/$format": "eco,full",
    "pump/button/$datatype": "enum", "pump/button/$format": "short,long", "pump/button/$retained": "false",
}  # fmt: skip
FIVE = {
    "homie": "5.0", "version": 7, "name": "Weather station", "parent": "gateway",
    "nodes": {
        "outdoor": {
            "name": "Outdoor",
            "properties": {
                "temp": {"name": "Temperature", "datatype": "float", "unit": "°C"},
                "heater": {"name": "Heater", "datatype": "boolean", "settable": True},
                "offset": {"name": "Offset", "datatype": "float", "settable": True, "format": "-5:5:0.5"},
                "since": {"name": "Since", "datatype": "datetime"},
                "note": {"name": "Note", "datatype": "string", "settable": True},
            },
        }
    },
}  # fmt: skip


class Home:
    def __init__(self) -> None:
        self.simulated = SimulatedHouse()
        self.house = self.simulated.house
        self.simulated.set_up({})

    def tell(self, base: str, told: Mapping[str, Any]) -> None:
        for topic, payload in told.items():
            text = payload if isinstance(payload, str) else orjson.dumps(payload).decode()
            self.simulated.mqtt.deliver(f"{base}/{topic}", text.encode(), retain=True)

    async def appear(self, base: str, told: Mapping[str, Any]) -> None:
        self.tell(base, told)
        await self.simulated.advance(1)
        # The server hands what it keeps to each new subscriber; the played one does not by itself.
        self.tell(base, told)
        self.simulated.mqtt.published.clear()

    async def call(self, service: str, entity_id: str, **data: Any) -> list[tuple[str, str]]:
        domain, _, name = service.partition(".")
        self.simulated.mqtt.published.clear()
        await self.house.services.wait(domain, name, {"entity_id": entity_id, **data})
        return [(message.topic, message.payload.decode()) for message in self.simulated.mqtt.published]


@pytest.fixture
async def home() -> AsyncIterator[Home]:
    home = Home()
    yield home
    await home.simulated.stop()


async def test_a_device_of_version_4(home: Home) -> None:
    await home.appear("homie/greenhouse", FOUR)

    state = home.simulated.state
    assert state("sensor.greenhouse_air_temperature") == "21.5"
    assert state("switch.greenhouse_pump_power") == "off"
    assert state("event.greenhouse_pump_button") == "unknown"
    shown = home.house.states.get("sensor.greenhouse_air_temperature").attributes
    assert (shown["device_class"], shown["unit_of_measurement"]) == ("temperature", "°C")
    device = home.house.devices.find([("mqtt", "homie-greenhouse")])
    assert (device.name, device.sw_version) == ("Greenhouse", "1.2")


async def test_its_properties_are_set(home: Home) -> None:
    await home.appear("homie/greenhouse", FOUR)

    on = await home.call("switch.turn_on", "switch.greenhouse_pump_power")
    speed = await home.call("number.set_value", "number.greenhouse_pump_speed", value=7)
    mode = await home.call("select.select_option", "select.greenhouse_pump_mode", option="eco")

    assert on == [("homie/greenhouse/pump/power/set", "true")]
    assert speed == [("homie/greenhouse/pump/speed/set", "7")]
    assert mode == [("homie/greenhouse/pump/mode/set", "eco")]


async def test_what_is_not_retained_is_an_event(home: Home) -> None:
    await home.appear("homie/greenhouse", FOUR)

    home.simulated.mqtt.deliver("homie/greenhouse/pump/button", b"long")

    event = home.house.states.get("event.greenhouse_pump_button")
    assert event.attributes["event_type"] == "long"


async def test_a_device_of_version_5(home: Home) -> None:
    base = "homie/5/station"
    await home.appear(base, {
        "$state": "ready", "$description": FIVE, "outdoor/temp": "3.5", "outdoor/heater": "true",
        "outdoor/since": "2024-05-06T10:00:00Z", "outdoor/offset": "-0.5",
    })  # fmt: skip

    name = "weather_station_outdoor"
    state = home.simulated.state
    assert state(f"sensor.{name}_temperature") == "3.5"
    assert state(f"switch.{name}_heater") == "on"
    assert state(f"sensor.{name}_since") == "2024-05-06T10:00:00+00:00"
    limits = home.house.states.get(f"number.{name}_offset").attributes
    assert (limits["min"], limits["max"], limits["step"]) == (-5, 5, 0.5)
    assert await home.call("text.set_value", f"text.{name}_note", value="dry") == [
        (f"{base}/outdoor/note/set", "dry")
    ]
    device = home.house.devices.find([("mqtt", "homie-station")])
    assert home.house.devices.get(device.via_device_id).identifiers == {("mqtt", "homie-gateway")}


@pytest.mark.parametrize("word", ["init", "disconnected", "lost"])
async def test_it_is_gone_when_its_state_says_so(home: Home, word: str) -> None:
    await home.appear("homie/5/station", {"$state": "ready", "$description": FIVE, "outdoor/temp": "3.5"})

    home.tell("homie/5/station", {"$state": word})

    assert home.simulated.state("sensor.weather_station_outdoor_temperature") == "unavailable"


async def test_a_property_that_is_not_described_any_more_goes(home: Home) -> None:
    await home.appear("homie/5/station", {"$state": "ready", "$description": FIVE})
    shorter = {**FIVE, "version": 8, "nodes": {"outdoor": {"properties": {"temp": {"datatype": "float"}}}}}

    await home.appear("homie/5/station", {"$description": shorter})

    left = [entry.entity_id for entry in home.house.registry.entries.values() if entry.platform == "mqtt"]
    assert left == ["sensor.weather_station_outdoor_temperature"]


@pytest.mark.parametrize("text", ["no json", "[1]", '{"nodes": 5}', '{"nodes": {"a": {"properties": [1]}}}'])
async def test_a_wrong_description_harms_nobody(home: Home, text: str) -> None:
    await home.appear("homie/5/bad", {"$state": "ready", "$description": text})

    assert [entity for entity in home.house.entities if entity.info.platform == "mqtt"] == []
