"""A house and one device with Tasmota in the words of these tests; only the MQTT server is played."""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping
from typing import Any

import orjson
import pytest

from hub.api import State
from hub.testing.house import SimulatedHouse

MAC = "00000049A3BC"
TOPIC = "tasmota_49A3BC"
SET_OPTIONS = ("4", "11", "13", "17", "20", "30", "68", "73", "82", "114", "117")


def announced(**changes: Any) -> dict[str, Any]:
    """Return what a device with one unused relay announces; `so` is merged, all else replaced."""
    options = dict.fromkeys(SET_OPTIONS, 0) | changes.pop("so", {})
    return {
        "ip": "192.168.15.10",
        "dn": "Tasmota",
        "fn": ["Test", "Beer", None, None],
        "hn": "tasmota_49A3BC-0956",
        "if": 0,
        "lk": 1,
        "mac": MAC,
        "md": "Sonoff Basic",
        "ofln": "Offline",
        "onln": "Online",
        "state": ["OFF", "ON", "TOGGLE", "HOLD"],
        "sw": "13.4.0",
        "swn": [None] * 8,
        "t": TOPIC,
        "ft": "%topic%/%prefix%/",
        "tp": ["cmnd", "stat", "tele"],
        "rl": [0] * 8,
        "swc": [-1] * 8,
        "btn": [0] * 4,
        "so": options,
        "ty": 0,
        "lt_st": 0,
        "ver": 1,
        **changes,
    }


class Home:
    """A simulated house in which devices with Tasmota are found."""

    mac = MAC

    def __init__(self) -> None:
        self.simulated = SimulatedHouse()
        self.house = self.simulated.house
        self.simulated.set_up({"tasmota": {}})

    # --- what the device says ---

    def announce(self, **changes: Any) -> None:
        content = announced(**changes)
        self.message(f"tasmota/discovery/{content['mac']}/config", content, retain=True)

    def announce_sensors(self, sample: Mapping[str, Any], mac: str = MAC) -> None:
        self.message(f"tasmota/discovery/{mac}/sensors", {"sn": sample}, retain=True)

    def online(self, topic: str = TOPIC) -> None:
        self.message(f"{topic}/tele/LWT", "Online")

    def offline(self) -> None:
        self.message(f"{TOPIC}/tele/LWT", "Offline")

    def tell(self, what: str, content: Any, *, retain: bool = False) -> None:
        """Let the device publish on `tele/…` or `stat/…`."""
        self.message(f"{TOPIC}/{what}", content, retain=retain)

    def message(self, topic: str, payload: Any, *, retain: bool = False) -> None:
        text = payload if isinstance(payload, str) else orjson.dumps(payload).decode()
        self.simulated.mqtt.deliver(topic, text.encode(), retain=retain)

    # --- what people do ---

    async def call(self, service: str, entity_id: str, **data: Any) -> None:
        domain, _, name = service.partition(".")
        await self.house.services.wait(domain, name, {"entity_id": entity_id, **data})

    async def advance(self, seconds: float) -> None:
        await self.simulated.advance(seconds)

    # --- what is seen ---

    def state(self, entity_id: str) -> str | None:
        return self.simulated.state(entity_id)

    def attributes(self, entity_id: str) -> Mapping[str, Any]:
        state: State | None = self.house.states.get(entity_id)
        assert state is not None, f"{entity_id} is not there"
        return state.attributes

    def entities(self, domain: str = "") -> list[str]:
        """Return the ids of the entities of devices, without those of the device itself."""
        mine = [entity for entity in self.house.entities if entity.info.platform == "tasmota"]
        return [
            entity.entity_id
            for entity in mine
            if entity.entity_id.startswith(domain) and "_status_sensor_" not in (entity.info.unique_id or "")
        ]

    def sent(self) -> list[tuple[str, str]]:
        """Return what was published since the last time, as (topic below the device's, payload)."""
        messages = self.simulated.mqtt.published
        told = [(message.topic.removeprefix(f"{TOPIC}/"), message.payload.decode()) for message in messages]
        messages.clear()
        return told


@pytest.fixture
async def home() -> AsyncIterator[Home]:
    home = Home()
    yield home
    await home.simulated.stop()
