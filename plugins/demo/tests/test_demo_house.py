"""The devices of the demo announce themselves so that a hub has them, live plausibly, and fail on command."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Any

import pytest

from hub.api import HubError
from hub.testing.house import SimulatedHouse
from plugins.demo.devices import Speaker
from plugins.demo.faults import KINDS, offer_faults
from plugins.demo.house import DAY, DemoHouse
from plugins.demo.things import World
from plugins.demo.wifi import wifi_things
from plugins.demo.zigbee import BRIDGE, zigbee_things


class Demo:
    """The demo's devices on a played server, with a hub that listens."""

    def __init__(self) -> None:
        self.simulated = SimulatedHouse()
        self.simulated.set_up({})
        self.world = World(DemoHouse())
        self.mqtt = self.simulated.mqtt
        self.kept: dict[str, bytes] = {BRIDGE: b'{"state":"online"}'}
        things = (zigbee_things(), wifi_things())
        self.speakers = [Speaker(self.mqtt, self.world, some) for some in things]
        offer_faults(self.simulated.house, self.world, [thing for some in things for thing in some])

    async def live(self, seconds: float = 1) -> None:
        for _ in range(int(seconds * 2)):
            for speaker in self.speakers:
                speaker.tell()
            await self.exchange()
            self.world.house.pass_time(0.5)
            self.world.pass_time(0.5)
            for speaker in self.speakers:
                speaker.pass_time(0.5)

    async def exchange(self) -> None:
        while self.mqtt.published:
            messages = sorted(self.mqtt.published, key=lambda message: not message.retain)
            self.mqtt.published.clear()
            for message in messages:
                if message.retain:
                    self.kept[message.topic] = message.payload
                self.mqtt.deliver(message.topic, message.payload)
            await self.simulated.settle()

    async def hand_over(self) -> None:
        """Tell what is kept: a server does so to each new subscriber, the played one does not by itself."""
        for topic, payload in self.kept.items():
            if not topic.endswith(("/config", "/sensors")):
                self.mqtt.deliver(topic, payload, retain=True)
        await self.simulated.settle()

    async def call(self, service: str, **data: object) -> Any:
        domain, _, name = service.partition(".")
        answer = await self.simulated.house.services.wait(
            domain, name, data, return_response=domain == "demo"
        )
        await self.live(1)
        return answer


@pytest.fixture
async def demo() -> AsyncIterator[Demo]:
    demo = Demo()
    await demo.live(1)
    await demo.hand_over()
    await demo.live(1)
    yield demo
    await demo.simulated.stop()


async def test_some_thirty_devices_are_there_and_known(demo: Demo) -> None:
    house = demo.simulated.house
    devices = [device for device in house.devices.entries.values() if house.registry.of_device(device.id)]
    states = {entity_id: house.states.get(entity_id).state for entity_id in house.states.entity_ids()}

    assert len(devices) >= 30
    assert states["sensor.kitchen_climate_temperature"] not in ("unknown", "unavailable")
    assert states["switch.fridge"] == "on"
    assert states["climate.office_radiator"] == "heat"
    assert states["cover.garage_door"] == "closed"
    assert states["device_tracker.anna"] in ("home", "not_home")
    gone = [id for id, state in states.items() if state == "unavailable" and not id.startswith("event.")]
    assert gone == []


async def test_they_obey(demo: Demo) -> None:
    await demo.call("light.turn_on", entity_id="light.kitchen_lamp", brightness=100)
    await demo.call("switch.turn_off", entity_id="switch.fridge")
    await demo.call("climate.set_temperature", entity_id="climate.office_radiator", temperature=28)
    await demo.call("cover.set_cover_position", entity_id="cover.garage_door", position=50)
    await demo.live(6)

    state = demo.simulated.state
    assert (state("light.kitchen_lamp"), state("switch.fridge")) == ("on", "off")
    assert demo.simulated.house.states.get("climate.office_radiator").attributes["temperature"] == 28
    assert demo.simulated.house.states.get("cover.garage_door").attributes["current_position"] == 50


async def test_a_day_goes_by_plausibly(demo: Demo) -> None:
    temperatures, lights, energy = [], [], []
    for _ in range(15):
        await demo.live(DAY / 15)
        temperatures.append(float(demo.simulated.state("sensor.garden_station_temperature")))
        lights.append(float(demo.simulated.state("sensor.garden_station_illuminance")))
        energy.append(float(demo.simulated.state("sensor.house_meter_energy")))

    assert 2 < min(temperatures) < max(temperatures) < 14
    assert min(lights) == 0
    assert max(lights) > 20_000
    assert energy == sorted(energy)


async def test_faults_come_and_go(demo: Demo) -> None:
    await demo.call("demo.fault", kind="leak", place="bathroom")
    await demo.call("demo.fault", kind="offline", place="fridge")
    assert demo.simulated.state("binary_sensor.bathroom_leak_moisture") == "on"
    assert demo.simulated.state("switch.fridge") == "unavailable"

    answer = await demo.call("demo.fault", clear=True)

    assert answer["faults"] == []
    assert demo.simulated.state("binary_sensor.bathroom_leak_moisture") == "off"
    assert demo.simulated.state("switch.fridge") == "on"


async def test_a_dead_sensor_says_nothing(demo: Demo) -> None:
    await demo.call("demo.fault", kind="sensor_dead", place="living_room")
    before = demo.simulated.state("sensor.living_room_climate_temperature")

    await demo.live(10)

    assert demo.simulated.state("sensor.living_room_climate_temperature") == before


@pytest.mark.parametrize(
    ("kind", "place"), [("nonsense", "bathroom"), ("leak", "moon"), ("leak", "fridge"), ("smoke", "")]
)
async def test_what_can_not_fail_is_named(demo: Demo, kind: str, place: str) -> None:
    with pytest.raises(HubError, match=r"no fault is called|there is no|a place is needed"):
        await demo.call("demo.fault", kind=kind, place=place)


async def test_every_fault_says_what_it_is_and_where_it_can_be(demo: Demo) -> None:
    answer = await demo.call("demo.fault")

    assert list(answer["kinds"]) == list(KINDS)
    assert [kind for kind, one in answer["kinds"].items() if not (one["about"] and one["places"])] == []
