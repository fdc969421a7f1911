"""What all computed sensors have in common: an entity, what it listens to, and how values are written."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from decimal import Decimal, InvalidOperation
from typing import Any

from hub.api import (
    UNAVAILABLE,
    UNKNOWN,
    Cause,
    Command,
    Detach,
    EntityInfo,
    EntityPlatform,
    Event,
    House,
    Remembered,
    State,
    StateChanged,
    Text,
)

GONE = (UNKNOWN, UNAVAILABLE)
Value = float | Decimal | str | bool | None


class ComputedPlatform(EntityPlatform):
    """An entity that is computed from others."""

    name: Text | None = None
    unique_id: Text | None = None
    scan_interval: Any = None
    """Taken so that Home Assistant's files read; nothing here is polled."""


class Live:
    """One computed entity and everything that has to stop with it."""

    def __init__(self, house: House, info: EntityInfo, commands: Mapping[str, Command] | None = None) -> None:
        self.house = house
        self.info = info
        self.entity = house.entities.add(info, commands)
        self.entity_id = self.entity.entity_id
        self._stops: list[Detach] = []

    def stop(self) -> None:
        while self._stops:
            self._stops.pop()()
        self.entity.remove()

    def until_stopped(self, detach: Detach) -> None:
        """Stop something when the entity stops."""
        self._stops.append(detach)

    def recall(self) -> Remembered | None:
        """Return what the entity was before the start, if that was something."""
        before = self.house.memory.recall(self.entity_id)
        return before if before is not None and before.state not in GONE else None

    def describe(self, **changes: Any) -> None:
        """Change unit, class or icon."""
        info = replace(self.info, **changes)
        if info != self.info:
            self.info = info
            self.house.entities.redescribe(self.entity, info)

    def write(
        self,
        value: Value,
        attributes: Mapping[str, Any] | None = None,
        *,
        available: bool = True,
        cause: Cause | None = None,
    ) -> None:
        self.entity.available = available
        self.entity.write(shown(value), attributes, cause=cause)

    # --- what it listens to ---

    def on_change(self, entity_id: str, callback: Callable[[StateChanged], None]) -> None:
        self.until_stopped(self.house.bus.listen_state(entity_id, callback))

    def on_report(self, entity_id: str, callback: Callable[[State, float], None]) -> None:
        """Call `callback(state, reported before)` when a state is written again and nothing differs."""

        def heard(event: Event) -> None:
            if event.data["entity_id"] == entity_id:
                callback(event.data["new_state"], event.data["old_last_reported"].timestamp())

        self.until_stopped(self.house.bus.listen("state_reported", heard))

    def at_start(self, callback: Callable[[], None]) -> None:
        """Call `callback` when the house starts, at once if it has."""
        self._at("homeassistant_start", callback)

    def once_started(self, callback: Callable[[], None]) -> None:
        """Call `callback` when the house has started, at once if it has."""
        self._at("homeassistant_started", callback)

    def _at(self, event_type: str, callback: Callable[[], None]) -> None:
        if self.house.started:
            callback()
        else:
            self.until_stopped(self.house.bus.listen(event_type, lambda _: callback()))


class Timer:
    """One timer that is begun anew or stopped."""

    def __init__(self, house: House) -> None:
        self._house = house
        self._stop: Detach | None = None

    @property
    def runs(self) -> bool:
        return self._stop is not None

    def begin(self, seconds: float, callback: Callable[[], None]) -> None:
        """Call `callback` in so many seconds, and not what was planned before."""
        self.stop()

        def over() -> None:
            self._stop = None
            callback()

        self._stop = self._house.clock.call_later(seconds, over)

    def stop(self) -> None:
        if self._stop is not None:
            self._stop()
            self._stop = None


def shown(value: Value) -> str | None:
    """Write a value as Home Assistant does: floats with 15 digits, decimals with all of theirs."""
    if value is None or isinstance(value, str):
        return value
    if isinstance(value, bool):
        return "on" if value else "off"
    return f"{value:.15}" if isinstance(value, float) else str(value)


def decimal(text: object) -> Decimal | None:
    """Return a number, None if `text` is none."""
    try:
        value = Decimal(str(text))
    except InvalidOperation:
        return None
    return value if value.is_finite() else None


def number(text: object) -> float | None:
    """Return a number, None if `text` is none."""
    try:
        return float(str(text))
    except ValueError:
        return None
