"""A thermostat as it lives: target, mode, preset, and the switch that follows them."""

from __future__ import annotations

import logging
import math
from collections.abc import Awaitable
from typing import Any

from hub.api import (
    UNAVAILABLE,
    UNKNOWN,
    Cause,
    Detach,
    EntityInfo,
    House,
    Remembered,
    ServiceCall,
    ServiceRefused,
    State,
    StateChanged,
)
from plugins.climate_control.device import Device, Repeating, in_background
from plugins.climate_control.thermostat_options import ThermostatOptions

log = logging.getLogger(__name__)
_GONE = (UNKNOWN, UNAVAILABLE)
NONE = "none"


class LiveThermostat:
    """One thermostat."""

    def __init__(self, house: House, options: ThermostatOptions) -> None:
        self._house = house
        self._options = options
        self._device = Device(house, options.heater)
        self._presets = options.presets
        fahrenheit = house.settings.unit_system == "us_customary"
        self._precision: float = options.precision or (1.0 if fahrenheit else 0.1)
        self._low = options.min_temp if options.min_temp is not None else (44.6 if fahrenheit else 7.0)
        self._high = options.max_temp if options.max_temp is not None else (95.0 if fahrenheit else 35.0)
        self._now: float | None = None
        self._target: float | None = options.target_temp
        self._saved_target = options.target_temp or next(iter(self._presets.values()), None)
        self._mode: str | None = options.initial_hvac_mode
        self._preset = NONE
        self._entity = house.entities.add(self._info(), self._commands())
        self._restore(house.memory.recall(self._entity.entity_id))
        self._stops: list[Detach] = [
            house.bus.listen_state(options.target_sensor, self._sensed),
            house.bus.listen_state(options.heater, self._switched),
        ]
        if options.keep_alive:
            self._stops.append(Repeating(house, options.keep_alive, self._again).stop)
        self._show()
        if house.started:
            self._begin()
        else:
            self._stops.append(house.bus.listen("homeassistant_start", lambda _: self._begin()))

    def stop(self) -> None:
        while self._stops:
            self._stops.pop()()
        self._entity.remove()

    # --- set-up ---

    def _info(self) -> EntityInfo:
        options = self._options
        fixed: dict[str, Any] = {
            "hvac_modes": [options.working_mode, "off"],
            "min_temp": self._rounded(self._low),
            "max_temp": self._rounded(self._high),
            "supported_features": 1,
            "target_temp_step": options.target_temp_step or self._precision,
        }
        if self._presets:
            fixed["preset_modes"] = [NONE, *self._presets]
        return EntityInfo(
            "climate",
            "generic_thermostat",
            unique_id=options.unique_id,
            name=options.name,
            attributes=fixed,
        )

    def _restore(self, before: Remembered | None) -> None:
        fallback = self._high if self._options.ac_mode else self._low
        if before is not None:
            told = before.attributes
            if self._target is None and told.get("temperature") is not None:
                self._target = float(told["temperature"])
            if told.get("preset_mode") in self._presets:
                self._preset = str(told["preset_mode"])
            known = (self._options.working_mode, "heat", "cool", "off")
            if self._mode is None and before.state in known:
                self._mode = before.state
        if self._target is None:
            log.warning("%s: no target is known, it is set to %s", self._entity.entity_id, fallback)
            self._target = fallback
        self._mode = self._mode or "off"

    def _begin(self) -> None:
        state = self._house.states.get(self._options.target_sensor)
        if state is not None and state.state not in _GONE:
            self._read(state)
            self._show()
        self._check_off()

    def _check_off(self) -> None:
        """A heater that runs although the thermostat is off, is turned off."""
        if self._mode == "off" and self._device.active:
            log.warning(
                "%s is off, but %s is on: it is turned off", self._entity.entity_id, self._device.entity_id
            )
            self._turn_in_background(False)

    # --- what happens ---

    def _sensed(self, event: StateChanged) -> None:
        if event.new is None or event.new.state in _GONE:
            return
        self._read(event.new)
        in_background(self._house, self._control(cause=event.cause), self._entity.entity_id)
        self._show(event.cause)

    def _read(self, state: State) -> None:
        try:
            value = float(state.state)
        except ValueError:
            value = math.nan
        if math.isfinite(value):
            self._now = value
        else:
            log.error("%s: %s is no temperature: %s", self._entity.entity_id, state.entity_id, state.state)

    def _switched(self, event: StateChanged) -> None:
        if event.new is None:
            return
        if event.old is None:
            self._check_off()
        self._show(event.cause)

    def _again(self) -> None:
        in_background(self._house, self._control(repeat=True), self._entity.entity_id)

    def _turn_in_background(self, on: bool) -> None:
        in_background(self._house, self._device.turn(on), self._entity.entity_id)

    # --- control ---

    def _control(
        self, *, force: bool = False, repeat: bool = False, cause: Cause | None = None
    ) -> Awaitable[None] | None:
        """Turn the heater on or off. `force`: at once; `repeat`: also if it is so already."""
        if self._now is None or self._target is None or self._mode == "off":
            return None
        cycle = self._options.min_cycle_duration
        if cycle and not force and not repeat and not self._device.stays_since(cycle):
            return None
        active = self._device.active
        wanted = self._options.wants(self._target, self._now, active)
        return self._device.turn(wanted, cause) if wanted is not active or repeat else None

    # --- commands ---

    def _commands(self) -> dict[str, Any]:
        commands = {
            "set_temperature": self._set_temperature,
            "set_hvac_mode": lambda call: self._set_mode(call.fields.hvac_mode, call.cause),
            "turn_on": lambda call: self._set_mode(self._options.working_mode, call.cause),
            "turn_off": lambda call: self._set_mode("off", call.cause),
            "toggle": self._toggle,
        }
        if self._presets:
            commands["set_preset_mode"] = self._set_preset
        return commands

    def _toggle(self, call: ServiceCall) -> Awaitable[None] | None:
        return self._set_mode(self._options.working_mode if self._mode == "off" else "off", call.cause)

    def _set_temperature(self, call: ServiceCall) -> Awaitable[None] | None:
        target: float | None = call.fields.temperature
        if target is None:
            return None
        if not self._low <= target <= self._high:
            raise ServiceRefused(
                f"{self._entity.entity_id}: {target:g} is not from {self._low} to {self._high}"
            )
        by_target = {value: name for name, value in self._presets.items()}
        self._preset = by_target.get(target, NONE)
        self._target = target
        return self._act(call.cause)

    def _set_mode(self, mode: str, cause: Cause | None) -> Awaitable[None] | None:
        if mode not in (self._options.working_mode, "off"):
            raise ServiceRefused(f"{self._entity.entity_id} has no mode {mode!r}")
        self._mode = mode
        if mode != "off":
            return self._act(cause)
        waiting = self._device.turn(False, cause) if self._device.active else None
        self._show(cause)
        return waiting

    def _set_preset(self, call: ServiceCall) -> Awaitable[None] | None:
        preset: str = call.fields.preset_mode
        if preset not in (NONE, *self._presets):
            raise ServiceRefused(f"{self._entity.entity_id} has no preset {preset!r}")
        if preset == self._preset:
            return None
        if preset == NONE:
            self._target = self._saved_target
        else:
            if self._preset == NONE:
                self._saved_target = self._target
            self._target = self._presets[preset]
        self._preset = preset
        return self._act(call.cause)

    def _act(self, cause: Cause | None) -> Awaitable[None] | None:
        waiting = self._control(force=True, cause=cause)
        self._show(cause)
        return waiting

    # --- what it shows ---

    def _show(self, cause: Cause | None = None) -> None:
        attributes: dict[str, Any] = {
            "current_temperature": self._rounded(self._now),
            "temperature": self._rounded(self._target),
            "hvac_action": self._action(),
        }
        if self._presets:
            attributes["preset_mode"] = self._preset
        self._entity.write(self._mode, attributes, cause=cause)

    def _action(self) -> str:
        if self._mode == "off":
            return "off"
        if not self._device.active:
            return "idle"
        return "cooling" if self._options.ac_mode else "heating"

    def _rounded(self, value: float | None) -> float | None:
        if value is None:
            return None
        if self._precision == 0.5:
            return round(value * 2) / 2
        return round(value, 1) if self._precision == 0.1 else round(value)
