"""A house with Shelly's devices, whose MQTT server is played."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Any

import orjson
import pytest

from hub.testing.house import SimulatedHouse


class Home:
    def __init__(self) -> None:
        self.simulated = SimulatedHouse()
        self.house = self.simulated.house
        self.simulated.set_up({})

    def tell(self, topic: str, payload: Any, *, retain: bool = False) -> None:
        text = payload if isinstance(payload, str) else orjson.dumps(payload).decode()
        self.simulated.mqtt.deliver(topic, text.encode(), retain=retain)

    async def call(self, service: str, entity_id: str, **data: Any) -> None:
        domain, _, name = service.partition(".")
        await self.house.services.wait(domain, name, {"entity_id": entity_id, **data})

    def state(self, entity_id: str) -> str | None:
        return self.simulated.state(entity_id)

    def attributes(self, entity_id: str) -> Any:
        return self.house.states.get(entity_id).attributes

    def sent(self) -> list[tuple[str, Any]]:
        messages = [(message.topic, message.payload.decode()) for message in self.simulated.mqtt.published]
        self.simulated.mqtt.published.clear()
        return messages


@pytest.fixture
async def home() -> AsyncIterator[Home]:
    home = Home()
    yield home
    await home.simulated.stop()
