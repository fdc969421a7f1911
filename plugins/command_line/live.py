"""An entity that programs make: they are asked how it is, and told to change it."""

from __future__ import annotations

import logging
from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from hub.api import Command, Detach, House, HubError, ServiceCall, is_true, nothing
from plugins.command_line.command import Program
from plugins.command_line.options import BinaryReading, SensorReading, Shown

log = logging.getLogger(__name__)
_ASSUMED = {"turn_on": "on", "turn_off": "off", "open_cover": "open", "close_cover": "closed"}


class Live:
    """Shows what a program prints, and runs those of its services."""

    def __init__(self, house: House, options: Shown) -> None:
        self._house = house
        self._options = options
        self._entity = house.entities.add(options.info(), self._commands())
        self._entity.available = options.asks is None
        self._entity.write(None, self._looks(""))
        self._next: Detach = nothing
        self._failing = self._running = False
        if options.asks is not None:
            self._begin(options.asks)

    def stop(self) -> None:
        self._next()
        self._entity.remove()

    # --- asking --------------------------------------------------------------------------------------

    def _begin(self, asks: Program) -> None:
        interval = max(self._options.scan_interval, timedelta(seconds=1)).total_seconds()
        self._next = self._house.clock.call_later(interval, lambda: self._begin(asks))
        if not self._running:
            self._running = True
            self._house.tasks.spawn(self._look(asks), f"running a program for {self._entity.entity_id}")

    async def _look(self, asks: Program) -> None:
        options = self._options
        try:
            status, text, complaint = await asks.run(options.command_timeout)
            if status and isinstance(options, SensorReading | BinaryReading):
                first = complaint.strip().partition("\n")[0]
                raise HubError(f"{asks.path} failed with {status}{f': {first}' if first else ''}")
            there = options.availability is None or is_true(options.availability.payload(text, default=""))
            state, attributes = options.read(text, status) if there else (None, {})
        except HubError as error:
            self._fail(error)
            return
        finally:
            self._running = False
        if self._failing:
            self._failing = False
            log.warning("%s is back", self._entity.entity_id)
        if not there:
            self._entity.set_available(False)
            return
        self._entity.available = True
        self._entity.write(state, {**attributes, **self._looks(text)})

    def _looks(self, text: str) -> dict[str, Any]:
        looks = {"icon": self._options.icon, "entity_picture": self._options.picture}
        return {name: one.payload(text, default="") for name, one in looks.items() if one is not None}

    def _fail(self, error: HubError) -> None:
        """Say once that it is gone."""
        if not self._failing:
            self._failing = True
            log.warning("%s is gone: %s", self._entity.entity_id, error)
        self._entity.set_available(False)

    # --- telling -------------------------------------------------------------------------------------

    def _commands(self) -> Mapping[str, Command]:
        return {name: self._command(name, program) for name, program in self._options.services().items()}

    def _command(self, name: str, program: Program) -> Command:
        async def run(call: ServiceCall) -> None:
            await program.output(self._options.command_timeout)
            asks = self._options.asks
            if asks is not None:
                await self._look(asks)
            elif name in _ASSUMED:
                self._entity.write(_ASSUMED[name], self._looks(""), cause=call.cause)

        return run
