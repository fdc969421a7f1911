"""Keep actuators safe whatever automations, plugins and sensors do.

A guard brings its entity to its safe state when it has been out of it for too long, when a sensor that it
hangs on is silent, when the hub starts and when it stops. It asks nobody's leave, and nothing but a change
of the YAML switches it off.
"""

from __future__ import annotations

import logging
from collections.abc import Iterator, Mapping
from datetime import timedelta
from typing import Annotated, Any, Literal, Self

from pydantic import BaseModel, BeforeValidator, ConfigDict, RootModel, model_validator

from hub.core.cause import Cause
from hub.core.clock import Detach, nothing, together
from hub.core.entities import ANSWER_SECONDS, Entity
from hub.core.errors import HubError, ServiceRefused
from hub.core.events import HUB_STARTED, StateChanged
from hub.core.ports import House
from hub.core.services import ServiceCall
from hub.core.state import UNAVAILABLE, UNKNOWN
from hub.fields import EntityId, EntityIds, Period, StateText, as_list, refuse
from hub.kinds import Integration

log = logging.getLogger("hub.safety")

# An actuator that does not obey is told again and again.
REPEAT_SECONDS = 30.0
SAFETY_ACTED = "safety_acted"
_SERVICES: Mapping[str, tuple[str, Mapping[str, Any]]] = {
    "off": ("turn_off", {}),
    "on": ("turn_on", {}),
    "closed": ("close_{domain}", {}),
    "open": ("open_{domain}", {}),
    "locked": ("lock", {}),
    "unlocked": ("unlock", {}),
}
_LOOKS = 8
_NOWHERE = (UNAVAILABLE, UNKNOWN)


class GuardModel(BaseModel):
    """One actuator and what is safe for it."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    entity_id: EntityId
    safe_state: Annotated[Literal["off", "on", "closed", "open", "locked", "unlocked"], StateText] = "off"
    max_on: Period | None = None
    min_cycle: Period | None = None
    sensors: EntityIds = ()
    stale_after: Period | None = None
    at_start: bool = True
    at_stop: bool = True

    @model_validator(mode="after")
    def _sensors_and_their_age(self) -> Self:
        if bool(self.sensors) != (self.stale_after is not None):
            raise refuse("sensors and stale_after belong together", "Give both or neither.")
        for name in ("max_on", "min_cycle", "stale_after"):
            length = getattr(self, name)
            if length is not None and length <= timedelta():
                raise refuse(f"{name} should be longer than nothing")
        return self


class Safety(RootModel[Annotated[tuple[GuardModel, ...], BeforeValidator(as_list)]], Integration):
    """Guards over actuators: safe states, longest times, silent sensors."""

    # A model of one root takes no other keys by its nature, and pydantic wants that left unsaid.
    model_config = ConfigDict(extra=None)

    def divided(self, data: Any) -> Iterator[tuple[str, Any, Integration]]:
        for guard, told in zip(self.root, as_list(data), strict=True):
            yield f"safety of {guard.entity_id}", told, type(self).model_construct((guard,))

    def start(self, house: House) -> Detach:
        guards = [Guard(house, model) for model in self.root]
        return together([guard.stop for guard in guards]) if guards else nothing


class Guard:
    """Watches one actuator."""

    def __init__(self, house: House, model: GuardModel) -> None:
        self._house = house
        self._model = model
        self._why = ""
        self._key = f"safety.{model.entity_id.replace('.', '_')}"
        before = house.memory.recall(self._key)
        known: Mapping[str, Any] = before.attributes if before is not None else {}
        # Wall time, so that it goes on over a restart: how long it is on counts also from before.
        self._left: float | None = known.get("left")
        self._switched: float = known.get("switched", float("-inf"))
        now = house.clock.timestamp()
        spoke = known.get("spoke", {})
        self._fresh = {sensor: min(now, spoke.get(sensor, now)) for sensor in model.sensors}
        self._too_long: Detach = nothing
        self._again: Detach = nothing
        self._stops: list[Detach] = [
            house.bus.listen_state(model.entity_id, self._changed),
            house.bus.listen(HUB_STARTED, lambda _: self._started()),
            *(house.bus.listen_state(sensor, self._sensor_spoke) for sensor in model.sensors),
        ]
        self._next_look: Detach = nothing
        self._since = house.clock.timestamp() if house.started else float("inf")
        if model.stale_after is not None:
            self._look_at_sensors()
        if house.started:
            self._started()
        self._remember()

    @property
    def entity(self) -> Entity | None:
        return self._house.entities.get(self._model.entity_id)

    def stop(self) -> None:
        """Leave the actuator in its safe state and watch no more."""
        for stop in (*self._stops, self._too_long, self._again, self._next_look):
            stop()
        entity = self.entity
        if entity is not None:
            entity.guard = None
        if self._model.at_stop and (not self._is_safe() or self._was_just_told()):
            self._command("the hub stops")

    # --- what happens ---

    def _started(self) -> None:
        self._since = min(self._since, self._house.clock.timestamp())
        self._protect()
        if self._model.at_start and not self._is_safe():
            self._make_safe("the hub has started")
        elif self._again is nothing and not self._is_safe() and not self._is_gone():
            self._limit()

    def _changed(self, event: StateChanged) -> None:
        self._protect()
        if self._is_safe():
            self._too_long()
            self._again()
            self._too_long = self._again = nothing
            self._left = None
            # What is told at the start is what was: only a change is a switching.
            if self._house.started or self._switched == float("-inf"):
                self._switched = self._house.clock.timestamp()
            self._remember()
            return
        was = event.old.state if event.old is not None else None
        if self._is_gone():
            return
        if was == self._model.safe_state or was is None or was in _NOWHERE:
            self._left_safe_state()

    def _left_safe_state(self) -> None:
        if self._left is None:
            self._left = self._switched = self._house.clock.timestamp()
            self._remember()
        if self._why:
            self._make_safe(self._why)
        else:
            self._limit()

    def _limit(self) -> None:
        """Make it safe when it was out of its safe state for too long, that before a restart included."""
        longest = self._model.max_on
        if longest is None or self._left is None:
            return
        left = self._left + longest.total_seconds() - self._house.clock.timestamp()
        self._too_long()
        self._too_long = self._house.clock.call_later(
            min(max(0.0, left), longest.total_seconds()),
            lambda: self._make_safe(f"it was not {self._model.safe_state} for {longest}"),
        )

    def _remember(self) -> None:
        known = {"left": self._left, "switched": self._switched, "spoke": dict(self._fresh)}
        if self._switched == float("-inf"):
            del known["switched"]
        self._house.memory.keep(self._key, self._model.safe_state, known)

    def _sensor_spoke(self, event: StateChanged) -> None:
        # What comes before the house has started is what the server or the memory kept, however old.
        if self._why and self._house.started and event.new is not None and event.new.state not in _NOWHERE:
            self._next_look()
            self._look_at_sensors()

    def _look_at_sensors(self) -> None:
        assert self._model.stale_after is not None
        longest = self._model.stale_after.total_seconds()
        now = self._house.clock.timestamp()
        for sensor in self._model.sensors:
            state = self._house.states.get(sensor)
            if state is not None and state.tells and state.reported >= self._since:
                self._fresh[sensor] = max(self._fresh[sensor], min(now, state.reported))
        self._remember()
        silent = [sensor for sensor, fresh in self._fresh.items() if now - fresh >= longest]
        self._judge(silent, longest)
        due = min(
            (fresh + longest - now for fresh in self._fresh.values() if now - fresh < longest),
            default=longest,
        )
        # Now and then also before, so that little is lost of when they spoke if the hub is killed.
        due = min(due, longest / _LOOKS)
        self._next_look = self._house.clock.call_later(max(due, 0.1), self._look_at_sensors)

    def _judge(self, silent: list[str], longest: float) -> None:
        before, self._why = self._why, ""
        if silent:
            self._why = f"{', '.join(silent)} has been silent for {timedelta(seconds=longest)}"
            if not self._is_safe():
                self._make_safe(self._why)
        elif before:
            log.warning("%s may be switched again: its sensors speak", self._model.entity_id)

    # --- what is done ---

    def _is_safe(self) -> bool:
        """Tell whether nothing needs to be done: the state is safe, or there is no actuator to tell."""
        state = self._house.states.get(self._model.entity_id)
        return state is None or state.state == self._model.safe_state

    def _was_just_told(self) -> bool:
        """Tell whether a command may be on its way that the actuator has not answered yet."""
        asked = self.entity.asked if self.entity is not None else None
        return asked is not None and self._house.clock.timestamp() - asked[1] < ANSWER_SECONDS

    def _is_gone(self) -> bool:
        state = self._house.states.get(self._model.entity_id)
        return state is None or state.state in _NOWHERE

    def _make_safe(self, why: str) -> None:
        self._again()
        self._again = nothing
        if self._is_safe():
            return
        log.error("%s is made %s: %s", self._model.entity_id, self._model.safe_state, why)
        told = {"entity_id": self._model.entity_id, "safe_state": self._model.safe_state, "reason": why}
        self._house.bus.emit(SAFETY_ACTED, told)
        self._command(why)
        # Of a device that is not there nothing is known; it is looked at again when it reports.
        if not self._is_safe() and not self._is_gone():
            self._again = self._house.clock.call_later(REPEAT_SECONDS, lambda: self._make_safe(why))

    def _command(self, why: str) -> None:
        entity = self.entity
        domain = self._model.entity_id.partition(".")[0]
        service, data = _SERVICES[self._model.safe_state]
        call = {"entity_id": self._model.entity_id, **data}
        cause = Cause(origin=f"safety: {why}")
        if entity is not None:
            entity.guard = None  # its own command is not held back
        try:
            self._house.services.call(domain, service.format(domain=domain), call, cause=cause)
        except HubError as error:
            log.error("%s can't be made %s: %s", self._model.entity_id, self._model.safe_state, error)
        finally:
            self._protect()

    # --- what is not let through ---

    def _protect(self) -> None:
        entity = self.entity
        if entity is not None:
            entity.guard = self._refuse

    def _refuse(self, call: ServiceCall) -> None:
        """Raise `ServiceRefused` for a command that would leave the safe state too soon or blindly."""
        service = _SERVICES[self._model.safe_state][0].format(domain=call.domain)
        if call.service == service:
            return
        if self._why:
            raise ServiceRefused(f"{self._model.entity_id} stays {self._model.safe_state}: {self._why}")
        if self._model.min_cycle is None or not self._is_safe():
            return
        cycle = self._model.min_cycle.total_seconds()
        # A clock that was set back must not forbid for longer than that.
        left = min(cycle, self._switched + cycle - self._house.clock.timestamp())
        if left > 0:
            raise ServiceRefused(
                f"{self._model.entity_id} was switched less than {self._model.min_cycle} ago",
                remedy=f"It may be switched again in {left:.0f} s.",
            )
