"""What is published is what discovery takes: a second house reads it, and commands the first."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Any

import pytest

from hub.core.entities import EntityInfo
from hub.testing.house import SimulatedHouse

CONFIG = {
    "publish_discovery": {"exclude": ["automation.secret"]},
    "input_boolean": {"guests": {"name": "Guests"}},
    "input_number": {
        "target": {"min": 10, "max": 30, "step": 0.5, "unit_of_measurement": "°C", "initial": 20}
    },
    "input_select": {"mode": {"options": ["eco", "comfort"]}},
    "input_text": {"note": None},
    "counter": {"doors": None},
    "automation": [
        {"alias": "Night", "triggers": [{"trigger": "event", "event_type": "x"}], "actions": []},
        {"alias": "Secret", "triggers": [{"trigger": "event", "event_type": "x"}], "actions": []},
    ],
    "script": {"party": {"sequence": [{"event": "party"}]}},
}


class Pair:
    """The hub, and a second house in Home Assistant's place on the same MQTT server."""

    def __init__(self) -> None:
        self.hub = SimulatedHouse()
        self.other = SimulatedHouse()
        self.other.set_up({"discovery": {"own_node": "other"}})

    async def exchange(self) -> None:
        """Hand over what each published until nothing is left; what is kept, to new subscribers too."""
        for _ in range(6):
            for one, two in ((self.hub, self.other), (self.other, self.hub)):
                messages, one.mqtt.published[:] = list(one.mqtt.published), []
                # Announcements first: the played server keeps nothing for later subscribers.
                for message in sorted(messages, key=lambda message: not message.topic.endswith("/config")):
                    two.mqtt.deliver(message.topic, message.payload)
            # What is kept reaches new subscribers.
            self.other.mqtt.deliver("hearth/status", b"online", retain=True)
            await self.hub.settle()
            await self.other.settle()

    async def call(self, service: str, entity_id: str, **data: Any) -> None:
        domain, _, name = service.partition(".")
        await self.other.house.services.wait(domain, name, {"entity_id": entity_id, **data})
        await self.exchange()


@pytest.fixture
async def pair() -> AsyncIterator[Pair]:
    pair = Pair()
    pair.hub.set_up(CONFIG)
    await pair.exchange()
    yield pair
    await pair.hub.stop()
    await pair.other.stop()


async def test_helpers_and_automations_are_there_with_their_states(pair: Pair) -> None:
    shown = {
        "switch.guests": "off",
        "number.target": "20.0",
        "select.mode": "eco",
        "sensor.doors": "0",
        "switch.night": "on",
        "button.party": "unknown",
    }
    assert {entity_id: pair.other.state(entity_id) for entity_id in shown} == shown
    assert pair.other.state("switch.secret") is None
    number = pair.other.house.states.get("number.target").attributes
    assert (number["min"], number["max"], number["step"]) == (10, 30, 0.5)


async def test_they_are_commanded_and_tell_the_answer(pair: Pair) -> None:
    heard: list[str] = []
    pair.hub.house.bus.listen("party", lambda event: heard.append(event.event_type))

    await pair.call("switch.turn_on", "switch.guests")
    await pair.call("number.set_value", "number.target", value=22.5)
    await pair.call("select.select_option", "select.mode", option="comfort")
    await pair.call("text.set_value", "text.note", value="Milk")
    await pair.call("switch.turn_off", "switch.night")
    await pair.call("button.press", "button.party")

    assert pair.hub.state("input_boolean.guests") == pair.other.state("switch.guests") == "on"
    assert pair.hub.state("input_number.target") == pair.other.state("number.target") == "22.5"
    assert pair.hub.state("input_select.mode") == pair.other.state("select.mode") == "comfort"
    assert pair.hub.state("input_text.note") == pair.other.state("text.note") == "Milk"
    assert pair.hub.state("automation.night") == pair.other.state("switch.night") == "off"
    assert heard == ["party"]


LIGHT = {"supported_color_modes": ["color_temp", "hs"], "effect_list": ["none", "rainbow"]}
THERMOSTAT = {"hvac_modes": ["off", "heat"], "min_temp": 7, "max_temp": 30, "target_temp_step": 0.5}


async def test_a_light_shows_its_colour_and_is_commanded(pair: Pair) -> None:
    calls: list[Any] = []
    info = EntityInfo("light", "test", unique_id="l", name="Lamp", attributes=LIGHT)
    lamp = pair.hub.house.entities.add(info, {"turn_on": calls.append, "turn_off": calls.append})
    lamp.write("on", {"color_mode": "hs", "hs_color": (30, 50), "brightness": 100, "effect": "none"})
    await pair.exchange()
    lamp.write("on", {"color_mode": "hs", "hs_color": (30, 50), "brightness": 101, "effect": "none"})
    await pair.exchange()

    shown = pair.other.house.states.get("light.lamp")
    assert (shown.state, shown.attributes["brightness"]) == ("on", 101)
    assert shown.attributes["hs_color"] == (30, 50)
    await pair.call("light.turn_on", "light.lamp", brightness=7, color_temp_kelvin=3000)
    assert (calls[-1].fields.brightness, calls[-1].fields.color_temp_kelvin) == (7, 3000)


async def test_a_thermostat_shows_its_temperatures_and_is_set(pair: Pair) -> None:
    calls: list[Any] = []
    info = EntityInfo("climate", "test", unique_id="c", name="Hall", attributes=THERMOSTAT)
    hall = pair.hub.house.entities.add(info, {"set_temperature": calls.append, "set_hvac_mode": calls.append})
    for temperature in (20, 21):
        hall.write(
            "heat", {"temperature": temperature, "current_temperature": 19.5, "hvac_action": "heating"}
        )
        await pair.exchange()

    shown = pair.other.house.states.get("climate.hall")
    assert shown.state == "heat"
    assert shown.attributes["temperature"] == 21
    assert shown.attributes["hvac_action"] == "heating"
    await pair.call("climate.set_temperature", "climate.hall", temperature=18)
    assert calls[-1].fields.temperature == 18


async def test_what_is_gone_here_is_gone_there(pair: Pair) -> None:
    info = EntityInfo("sensor", "test", unique_id="s", name="Loft", unit_of_measurement="°C")
    loft = pair.hub.house.entities.add(info)
    loft.write("3")
    await pair.exchange()
    assert pair.other.state("sensor.loft") is not None

    loft.remove()
    await pair.exchange()

    assert pair.other.state("sensor.loft") is None


async def test_everything_is_told_again_when_home_assistant_comes(pair: Pair) -> None:
    pair.hub.mqtt.deliver("homeassistant/status", b"online")

    topics = {message.topic for message in pair.hub.mqtt.published}
    assert "homeassistant/switch/hearth/input_boolean_guests/config" in topics
    assert "hearth/input_boolean/guests/state" in topics


async def test_the_hub_does_not_meet_itself(pair: Pair) -> None:
    before = len(pair.hub.house.entities)
    pair.hub.mqtt.deliver("homeassistant/status", b"online")

    for message in list(pair.hub.mqtt.published):
        pair.hub.mqtt.deliver(message.topic, message.payload)

    assert len(pair.hub.house.entities) == before


@pytest.mark.parametrize("payload", [b"MAYBE", b"", b"\xff"])
async def test_what_is_no_command_changes_nothing(pair: Pair, payload: bytes) -> None:
    pair.hub.mqtt.deliver("hearth/input_boolean/guests/set", payload)
    pair.hub.mqtt.deliver("hearth/input_boolean/strangers/set", b"ON")
    pair.hub.mqtt.deliver("hearth/input_boolean/guests/set", b"ON", retain=True)
    await pair.hub.settle()

    assert pair.hub.state("input_boolean.guests") == "off"


async def test_a_stop_says_that_the_hub_is_gone() -> None:
    hub = SimulatedHouse()
    hub.set_up(CONFIG)
    hub.mqtt.published.clear()

    await hub.stop()

    assert [(m.topic, m.payload, m.retain) for m in hub.mqtt.published if m.topic == "hearth/status"] == [
        ("hearth/status", b"offline", True)
    ]
