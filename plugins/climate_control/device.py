"""The switch that a thermostat works with."""

from __future__ import annotations

import inspect
from collections.abc import Awaitable, Callable
from datetime import timedelta
from typing import Any

from hub.api import Cause, Detach, House, nothing


class Device:
    """A heater, a cooler, a humidifier: something that is on or off."""

    def __init__(self, house: House, entity_id: str) -> None:
        self._house = house
        self.entity_id = entity_id

    @property
    def active(self) -> bool:
        state = self._house.states.get(self.entity_id)
        return state is not None and state.state == "on"

    def stays_since(self, period: timedelta) -> bool:
        """Tell whether it has been on, or off, for that long."""
        state = self._house.states.get(self.entity_id)
        if state is None or state.state not in ("on", "off"):
            return False
        return self._house.clock.timestamp() - state.changed >= period.total_seconds()

    def turn(self, on: bool, cause: Cause | None = None) -> Awaitable[None] | None:
        data = {"entity_id": self.entity_id}
        service = "turn_on" if on else "turn_off"
        outcome = self._house.services.call("homeassistant", service, data, cause=cause)
        return _until(outcome) if inspect.isawaitable(outcome) else None


class Repeating:
    """Calls something again and again."""

    def __init__(self, house: House, period: timedelta, callback: Callable[[], None]) -> None:
        self._house = house
        self._seconds = period.total_seconds()
        self._callback = callback
        self._stop: Detach = nothing
        self._plan()

    def stop(self) -> None:
        self._stop()

    def _plan(self) -> None:
        self._stop = self._house.clock.call_later(self._seconds, self._due)

    def _due(self) -> None:
        self._plan()
        self._callback()


def in_background(house: House, waiting: Awaitable[None] | None, name: str) -> None:
    """Let something go on that nobody waits for."""
    if waiting is not None:
        house.tasks.spawn(_until(waiting), name)


async def _until(waiting: Awaitable[Any]) -> None:
    await waiting
