"""The platform generic_hygrostat: a hygrostat made of a switch and a hygrometer."""

from __future__ import annotations

import logging
from collections.abc import Awaitable, Iterator, Mapping
from typing import Any, Literal

from pydantic import model_validator

from hub.api import (
    UNAVAILABLE,
    UNKNOWN,
    Bool,
    Cause,
    Detach,
    EntityId,
    EntityInfo,
    EntityPlatform,
    Event,
    House,
    Integration,
    Period,
    Remembered,
    ServiceCall,
    ServiceRefused,
    State,
    StateChanged,
    Text,
    nothing,
    together,
)
from plugins.climate_control.device import Device, Repeating, in_background

log = logging.getLogger(__name__)
_GONE = (UNKNOWN, UNAVAILABLE)


class Hygrostat(EntityPlatform):
    """Switches a humidifier or a dehumidifier so that a hygrometer shows the target."""

    name: Text = "Generic Hygrostat"
    unique_id: Text | None = None
    scan_interval: Any = None
    humidifier: EntityId
    target_sensor: EntityId
    device_class: Literal["humidifier", "dehumidifier"] = "humidifier"
    min_humidity: float | None = None
    max_humidity: float | None = None
    target_humidity: float | None = None
    min_cycle_duration: Period | None = None
    dry_tolerance: float = 3.0
    wet_tolerance: float = 3.0
    keep_alive: Period | None = None
    initial_state: Bool | None = None
    away_humidity: int | None = None
    away_fixed: Bool | None = None
    sensor_stale_duration: Period | None = None

    def wants(self, target: float, now: float, active: bool, *, strict: bool) -> bool:
        """Tell whether the switch should be on; `strict` leaves the tolerances out."""
        too_dry = target - now >= (0 if strict else self.dry_tolerance)
        too_wet = now - target >= (0 if strict else self.wet_tolerance)
        dries = self.device_class == "dehumidifier"
        if active:
            return not (too_dry if dries else too_wet)
        return too_wet if dries else too_dry

    def add(self, house: House) -> Detach:
        return _LiveHygrostat(house, self).stop


class Hygrostats(Integration):
    """Hygrostats in a section of their own, as Home Assistant writes them."""

    each: tuple[Hygrostat, ...] = ()

    @model_validator(mode="before")
    @classmethod
    def _list(cls, data: Any) -> Any:
        if data is None or isinstance(data, Mapping):
            return {"each": [data] if data else []}
        return {"each": data}

    def divided(self, data: Any) -> Iterator[tuple[str, Any, Integration]]:
        told = data if isinstance(data, list) else [data]
        for hygrostat, source in zip(self.each, told, strict=False):
            yield f"hygrostat {hygrostat.name}", source, type(self).model_construct(each=(hygrostat,))

    def start(self, house: House) -> Detach:
        return together([hygrostat.add(house) for hygrostat in self.each])


class _LiveHygrostat:
    """One hygrostat. It is unavailable until the hygrometer has told something."""

    def __init__(self, house: House, options: Hygrostat) -> None:
        self._house = house
        self._options = options
        self._device = Device(house, options.humidifier)
        self._low = options.min_humidity or 0.0
        self._high = options.max_humidity or 100.0
        self._now: float | None = None
        self._target = options.target_humidity
        self._saved: float | None = options.away_humidity or options.target_humidity
        self._on: bool | None = options.initial_state
        self._away = False
        self._ready = False
        self._stale: Detach = nothing
        self._entity = house.entities.add(self._info(), self._commands())
        self._restore(house.memory.recall(self._entity.entity_id))
        self._stops: list[Detach] = [
            house.bus.listen_state(options.target_sensor, self._sensed),
            house.bus.listen("state_reported", self._reported),
            house.bus.listen_state(options.humidifier, lambda event: self._show(event.cause)),
        ]
        if options.keep_alive:
            self._stops.append(Repeating(house, options.keep_alive, self._again).stop)
        if house.started:
            self._begin()
        else:
            self._stops.append(house.bus.listen("homeassistant_start", lambda _: self._begin()))
        self._show()

    def stop(self) -> None:
        self._stale()
        while self._stops:
            self._stops.pop()()
        self._entity.remove()

    def _info(self) -> EntityInfo:
        options = self._options
        fixed: dict[str, Any] = {"min_humidity": self._low, "max_humidity": self._high}
        if options.away_humidity:
            fixed["available_modes"] = ["normal", "away"]
        return EntityInfo(
            "humidifier",
            "generic_hygrostat",
            unique_id=options.unique_id,
            name=options.name,
            device_class=options.device_class,
            attributes=fixed,
        )

    def _restore(self, before: Remembered | None) -> None:
        if before is not None:
            told = before.attributes
            if told.get("mode") == "away":
                self._away = True
                self._saved = self._target
                self._target = self._options.away_humidity or self._target
            if told.get("humidity"):
                self._target = int(float(told["humidity"]))
            if told.get("saved_humidity"):
                self._saved = int(float(told["saved_humidity"]))
            self._on = before.state == "on"
        if self._target is None:
            self._target = self._low if self._options.device_class == "humidifier" else self._high
            log.warning("%s: no target is known, it is set to %s", self._entity.entity_id, self._target)
        self._on = bool(self._on)

    def _begin(self) -> None:
        state = self._house.states.get(self._options.target_sensor)
        if state is not None and state.state not in _GONE:
            self._read(state)

    # --- what happens ---

    def _sensed(self, event: StateChanged) -> None:
        if event.new is not None:
            self._read(event.new, event.cause)

    def _reported(self, event: Event) -> None:
        if event.data["entity_id"] == self._options.target_sensor:
            self._read(event.data["new_state"])

    def _read(self, state: State, cause: Cause | None = None) -> None:
        if self._options.sensor_stale_duration:
            self._stale()
            period = self._options.sensor_stale_duration
            self._stale = Repeating(self._house, period, self._silent).stop
        try:
            self._now = float(state.state)
        except ValueError:
            self._lose(f"{state.entity_id} is no number: {state.state}")
        in_background(self._house, self._control(cause=cause), self._entity.entity_id)
        self._show(cause)

    def _silent(self) -> None:
        log.warning("%s: %s says nothing any more", self._entity.entity_id, self._options.target_sensor)
        self._lose("the hygrometer is silent")

    def _lose(self, why: str) -> None:
        """Without a measured value the switch is turned off."""
        if self._ready:
            log.warning("%s: %s", self._entity.entity_id, why)
        self._ready = False
        self._now = None
        if self._device.active:
            in_background(self._house, self._device.turn(False), self._entity.entity_id)

    def _again(self) -> None:
        in_background(self._house, self._control(repeat=True), self._entity.entity_id)

    def _control(
        self, *, force: bool = False, repeat: bool = False, cause: Cause | None = None
    ) -> Awaitable[None] | None:
        if not self._ready and self._now is not None and self._target is not None:
            self._ready = force = True
        if not self._ready or not self._on or self._now is None or self._target is None:
            return None
        cycle = self._options.min_cycle_duration
        if cycle and not force and not repeat and not self._device.stays_since(cycle):
            return None
        active = self._device.active
        wanted = self._options.wants(self._target, self._now, active, strict=force)
        return self._device.turn(wanted, cause) if wanted is not active or repeat else None

    # --- commands ---

    def _commands(self) -> dict[str, Any]:
        modes = {"set_mode": self._set_mode} if self._options.away_humidity is not None else {}
        return {
            "turn_on": lambda call: self._turn(True, call.cause),
            "turn_off": lambda call: self._turn(False, call.cause),
            "toggle": lambda call: self._turn(not self._on, call.cause),
            "set_humidity": self._set_humidity,
            **modes,
        }

    def _turn(self, on: bool, cause: Cause | None) -> Awaitable[None] | None:
        if not self._ready:
            return None
        self._on = on
        if on:
            return self._act(cause, force=True)
        waiting = self._device.turn(False, cause) if self._device.active else None
        self._show(cause)
        return waiting

    def _set_humidity(self, call: ServiceCall) -> Awaitable[None] | None:
        target: float = call.fields.humidity
        if not self._low <= target <= self._high:
            raise ServiceRefused(
                f"{self._entity.entity_id}: {target} is not from {self._low} to {self._high}"
            )
        if self._away and self._options.away_fixed:
            self._saved = target
            self._show(call.cause)
            return None
        self._target = target
        return self._act(call.cause)

    def _set_mode(self, call: ServiceCall) -> Awaitable[None] | None:
        mode: str = call.fields.mode
        if mode not in ("normal", "away"):
            raise ServiceRefused(f"{self._entity.entity_id} has no mode {mode!r}")
        if (mode == "away") is self._away:
            self._show(call.cause)
            return None
        self._away = mode == "away"
        self._saved, self._target = self._target, self._saved or self._options.away_humidity
        return self._act(call.cause, force=True)

    def _act(self, cause: Cause | None, *, force: bool = False) -> Awaitable[None] | None:
        waiting = self._control(force=force, cause=cause)
        self._show(cause)
        return waiting

    # --- what it shows ---

    def _show(self, cause: Cause | None = None) -> None:
        attributes: dict[str, Any] = {
            "current_humidity": self._now,
            "humidity": self._target,
            "action": self._action(),
        }
        if self._options.away_humidity is not None:
            attributes["mode"] = "away" if self._away else "normal"
        if self._saved:
            attributes["saved_humidity"] = self._saved
        self._entity.available = self._ready
        self._entity.write("on" if self._on else "off", attributes, cause=cause)

    def _action(self) -> str:
        if not self._on:
            return "off"
        if not self._device.active:
            return "idle"
        return "drying" if self._options.device_class == "dehumidifier" else "humidifying"
