"""One utility meter: it adds up what its source grows by, and begins anew with each cycle."""

from __future__ import annotations

import logging
from collections.abc import Mapping
from datetime import datetime
from decimal import Decimal
from typing import Any, Protocol

from hub.api import (
    UNAVAILABLE,
    Cause,
    Detach,
    EntityInfo,
    House,
    Remembered,
    ServiceCall,
    State,
    StateChanged,
    slugify,
)
from plugins.sensors.cron import Cron
from plugins.sensors.integral import ENERGY_UNITS
from plugins.sensors.live import GONE, Live, decimal

log = logging.getLogger(__name__)


class Counting(Protocol):
    """What a meter is told (`MeterOptions`)."""

    @property
    def source(self) -> str: ...
    @property
    def name(self) -> str | None: ...
    @property
    def unique_id(self) -> str | None: ...
    @property
    def delta_values(self) -> bool: ...
    @property
    def net_consumption(self) -> bool: ...
    @property
    def periodically_resetting(self) -> bool: ...
    @property
    def always_available(self) -> bool: ...
    def pattern(self) -> Cron | None: ...


class Meter(Live):
    """A sensor that counts, for one tariff or for all times."""

    def __init__(
        self,
        house: House,
        key: str,
        options: Counting,
        tariff: str | None,
        select: str | None,
        siblings: list[Meter],
    ) -> None:
        commands = {"calibrate": self._calibrate}
        if tariff is None:
            commands["reset"] = lambda call: self.reset()
        super().__init__(house, _info(key, options, tariff), commands)
        self._options = options
        self._tariff = tariff
        self._select = select
        self._siblings = siblings
        siblings.append(self)
        self._value: Decimal | None = None
        self._last_period = Decimal(0)
        self._last_reset: str = house.clock.now().isoformat()
        self._last_valid: Decimal | None = None
        self._next_reset: datetime | None = None
        self._there = True
        self._counting: Detach | None = None
        self._was_counting = False
        self._cron = options.pattern()
        self._planned: Detach | None = None
        self._plan()
        before = house.memory.recall(self.entity_id)
        if before is not None:
            self._restore(before)
        self._show()
        self.once_started(self._begin)

    def stop(self) -> None:
        for detach in (self._counting, self._planned):
            if detach is not None:
                detach()
        super().stop()

    def _restore(self, before: Remembered) -> None:
        told = before.attributes
        self._value = decimal(before.state)
        self._last_period = decimal(told.get("last_period")) or Decimal(0)
        self._last_valid = decimal(told.get("last_valid_state"))
        self._last_reset = str(told.get("last_reset") or self._last_reset)
        self._was_counting = told.get("status") == "collecting"
        self._look_like(told)

    # --- tariffs ---

    def _begin(self) -> None:
        if self._select is None:
            self._count()
            self._show()
            return
        self.on_change(self._select, lambda event: self._tariff_changed(event.new, event.cause))
        self._tariff_changed(self.house.states.get(self._select), None)

    def _tariff_changed(self, state: State | None, cause: Cause | None) -> None:
        if state is None:
            return
        if state.state == self._tariff:
            self._count()
        elif self._counting is not None:
            self._counting()
            self._counting = None
        self._was_counting = False
        self._last_valid = None  # nobody knows which tariff what came meanwhile belongs to
        self._show(cause)

    def _count(self) -> None:
        if self._counting is None:
            self._counting = self.house.bus.listen_state(self._options.source, self._changed)

    # --- counting ---

    def _changed(self, event: StateChanged) -> None:
        state = self.house.states.get(self._options.source)
        if state is None or state.state == UNAVAILABLE:
            if not self._options.always_available:
                self._there = False
                self._show(event.cause)
            return
        self._there = True
        if event.new is None:
            return
        value = decimal(event.new.state)
        if value is None:
            log.warning("%s: %s is no number: %s", self.entity_id, event.entity_id, event.new.state)
            return
        if self._value is None:
            for meter in self._siblings:
                meter.begin_at_zero(event.new.attributes)
        growth = self._growth(event.old, value)
        if growth is not None and (growth >= 0 or self._options.net_consumption):
            self._value = (self._value or Decimal(0)) + growth
        self._look_like(event.new.attributes)
        self._last_valid = value
        self._show(event.cause)

    def begin_at_zero(self, attributes: Mapping[str, Any]) -> None:
        """Take the source's unit, and begin to count."""
        self._look_like(attributes)
        self._value = Decimal(0)
        self._show()

    def _growth(self, old: State | None, value: Decimal) -> Decimal | None:
        if self._options.delta_values:
            return value
        if not self._options.periodically_resetting and self._last_valid is not None:
            return value - self._last_valid
        before = decimal(old.state) if old is not None and old.state not in GONE else None
        return value - before if before is not None else None

    def _look_like(self, attributes: Mapping[str, Any]) -> None:
        unit = attributes.get("unit_of_measurement")
        kind = attributes.get("device_class")
        if kind is None and unit in ENERGY_UNITS:
            kind = "energy"
        self.describe(unit_of_measurement=unit, device_class=kind)

    # --- resets ---

    def reset(self) -> None:
        """Begin anew; what was counted becomes the last period."""
        self._last_reset = self.house.clock.now().isoformat()
        self._last_period = self._value or Decimal(0)
        self._value = Decimal(0)
        self._show()

    def _plan(self) -> None:
        if self._cron is None:
            return
        clock = self.house.clock
        self._next_reset = self._cron.next(clock.now(), self.house.settings.time_zone)
        self._planned = clock.call_at(self._next_reset, self._cycle_over)

    def _cycle_over(self) -> None:
        self._plan()
        self.reset()

    def _calibrate(self, call: ServiceCall) -> None:
        self._value = decimal(call.data["value"])
        self._show(call.cause)

    # --- what it shows ---

    def _show(self, cause: Cause | None = None) -> None:
        counts = self._counting is not None or self._was_counting
        attributes: dict[str, Any] = {
            "status": "collecting" if counts else "paused",
            "last_period": str(self._last_period),
            "last_valid_state": str(self._last_valid),
            "last_reset": self._last_reset,
        }
        if self._tariff is not None:
            attributes["tariff"] = self._tariff
        if self._next_reset is not None:
            attributes["next_reset"] = self._next_reset.isoformat()
        self.write(self._value, attributes, available=self._there, cause=cause)


def _info(key: str, options: Counting, tariff: str | None) -> EntityInfo:
    name = options.name or key
    unique_id = f"{options.unique_id}_{tariff or 'single_tariff'}" if options.unique_id else None
    return EntityInfo(
        "sensor",
        "utility_meter",
        unique_id=unique_id,
        name=f"{name} {tariff}" if tariff is not None else name,
        default_entity_id=f"sensor.{slugify(f'{key} {tariff}')}" if tariff is not None else None,
        attributes={"state_class": "total" if options.net_consumption else "total_increasing"},
    )
