"""The zone trigger: fire when an entity comes into a zone, or leaves it."""

from __future__ import annotations

import logging
from collections.abc import Mapping
from typing import Any, Literal

from pydantic import Field

from hub.api import (
    UNAVAILABLE,
    UNKNOWN,
    Attachment,
    Detach,
    EntityId,
    EntityIds,
    House,
    HubError,
    NotFound,
    State,
    StateChanged,
    Trigger,
)
from plugins.zone.circle import Circle, Spot, has_spot

log = logging.getLogger(__name__)
_WORDS = {"enter": "entering", "leave": "leaving"}


class ZoneTrigger(Trigger):
    """Fire when an entity that tells its coordinates comes into a zone, or leaves it."""

    entity_id: EntityIds = Field(min_length=1)
    zone: EntityId
    event: Literal["enter", "leave"] = "enter"
    """Whether it comes or goes."""

    def attach(self, attachment: Attachment) -> Detach:
        return attachment.house.states.listen(dict.fromkeys(self.entity_id), _Border(self, attachment).moved)

    def because(self, facts: Mapping[str, Any]) -> str:
        return (
            f"{facts['to_state'].name} {'entered' if self.event == 'enter' else 'left'} {facts['zone'].name}"
        )

    def waits_for(self, house: House) -> str:
        now = ", ".join(self._now(house, entity_id) for entity_id in self.entity_id)
        return f"{' or '.join(self.entity_id)} {self.event}s {self.zone} (now {now})"

    def _now(self, house: House, entity_id: str) -> str:
        state, zone = house.states.get(entity_id), house.states.get(self.zone)
        if state is None:
            return f"{entity_id} is not there"
        if zone is None:
            return f"there is no {self.zone}"
        try:
            circle, spot = Circle.of(zone), Spot.of(state)
        except HubError as error:
            return str(error)
        side = "inside" if is_in(circle, state) else "outside"
        return f"{entity_id} is {side}, {circle.in_words(spot)}"


class _Border:
    """One attached zone trigger: whether each move crosses the zone's border."""

    def __init__(self, trigger: ZoneTrigger, attachment: Attachment) -> None:
        self._trigger = trigger
        self._attachment = attachment
        self._failed = False

    def moved(self, event: StateChanged) -> None:
        if event.new is None or not has_spot(event.new):
            return
        if event.old is not None and not has_spot(event.old):
            return
        try:
            zone = self._zone()
            circle = Circle.of(zone)
        except HubError as error:
            self._complain(error)
            return
        self._failed = False
        was = event.old is not None and is_in(circle, event.old)
        now = is_in(circle, event.new)
        if was != now and now is (self._trigger.event == "enter"):
            self._fire(event, zone)

    def _zone(self) -> State:
        zone = self._attachment.house.states.get(self._trigger.zone)
        if zone is None:
            raise NotFound(f"zone: there is no zone {self._trigger.zone}")
        return zone

    def _complain(self, error: HubError) -> None:
        if not self._failed:
            log.warning("%s: %s", self._attachment.name, error)
        self._failed = True

    def _fire(self, event: StateChanged, zone: State) -> None:
        facts = {
            "entity_id": event.entity_id,
            "from_state": event.old,
            "to_state": event.new,
            "zone": zone,
            "event": self._trigger.event,
            "description": f"{event.entity_id} {_WORDS[self._trigger.event]} {zone.name}",
        }
        self._attachment.fire(facts, event.context)


def is_in(circle: Circle, state: State) -> bool:
    """Tell whether an entity that has coordinates is within; nobody knows where a lost one is."""
    return state.state not in (UNAVAILABLE, UNKNOWN) and circle.holds(Spot.of(state))
