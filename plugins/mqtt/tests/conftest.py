"""A house with the real core, templates and domains; only the MQTT server is played."""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping
from typing import Any

import orjson
import pytest

from hub.api import House, State
from hub.testing.house import SimulatedHouse


class Home:
    """A simulated house in the words of these tests."""

    def __init__(self) -> None:
        self.simulated = SimulatedHouse()
        self.house: House = self.simulated.house
        self.house.started = True

    def set_up(self, **sections: Any) -> list[str]:
        """Set up sections of the configuration; returns what is wrong with them."""
        configuration = self.simulated.set_up(sections)
        self.simulated.mqtt.published.clear()
        return [str(problem) for problem in configuration.problems]

    def discover(self, topic: str, payload: Any) -> None:
        self.message(f"homeassistant/{topic}/config", payload, retain=True)

    def message(self, topic: str, payload: Any, *, retain: bool = False) -> None:
        data = payload if isinstance(payload, bytes) else _text(payload).encode()
        self.simulated.mqtt.deliver(topic, data, retain=retain)

    async def call(self, service: str, entity_id: str, **data: Any) -> None:
        domain, _, name = service.partition(".")
        await self.house.services.wait(domain, name, {"entity_id": entity_id, **data})

    async def advance(self, seconds: float) -> None:
        await self.simulated.advance(seconds)

    def state(self, entity_id: str) -> str | None:
        state = self.house.states.get(entity_id)
        return state.state if state is not None else None

    def attributes(self, entity_id: str) -> Mapping[str, Any]:
        state: State | None = self.house.states.get(entity_id)
        assert state is not None, f"{entity_id} is not there"
        return state.attributes

    def entities(self, domain: str = "") -> list[str]:
        """Return the ids of the living MQTT entities."""
        mine = [entity.entity_id for entity in self.house.entities if entity.info.platform == "mqtt"]
        return [entity_id for entity_id in mine if entity_id.startswith(domain)]

    def sent(self) -> list[tuple[str, str]]:
        """Return what was published since the last time, as (topic, payload)."""
        messages = [(message.topic, message.payload.decode()) for message in self.simulated.mqtt.published]
        self.simulated.mqtt.published.clear()
        return messages

    def states_of(self, entity_id: str) -> list[str]:
        """Gather the states that an entity takes from now on."""
        seen: list[str] = []
        self.house.bus.listen_state(entity_id, lambda event: seen.append(event.new and event.new.state))
        return seen


def _text(payload: Any) -> str:
    return payload if isinstance(payload, str) else orjson.dumps(payload).decode()


@pytest.fixture
async def home() -> AsyncIterator[Home]:
    home = Home()
    yield home
    await home.simulated.stop()
