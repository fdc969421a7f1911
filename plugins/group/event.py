"""Groups of events: what happens to one member happens to the group."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar

from hub.api import Detach, House, Remembered, StateChanged
from plugins.group.platform import GONE, GroupPlatform, LiveGroup, Shown, available

_NOT_PASSED_ON = ("event_type", "event_types", "device_class", "friendly_name")


class EventGroup(GroupPlatform):
    """Several event entities as one."""

    domain: ClassVar[str] = "event"
    default_name: ClassVar[str] = "Event Group"

    def add(self, house: House) -> Detach:
        return LiveEventGroup(house, self).stop

    def shown(self, house: House) -> Shown:
        states = self.states(house)
        types = dict.fromkeys(kind for state in states for kind in state.attributes.get("event_types", ()))
        return Shown(None, available(states), {"event_types": list(types)})


class LiveEventGroup(LiveGroup[EventGroup]):
    """It knows the last event of all, also from before the start."""

    _moment: str | None = None
    _told: Mapping[str, Any] = {}

    def _begin(self, before: Remembered | None) -> None:
        if before is not None and before.state not in GONE:
            self._moment = before.state
            self._told = {"event_type": before.attributes.get("event_type")}

    def _heard(self, event: StateChanged) -> None:
        old, new = event.old, event.new
        if old is not None and new is not None and old.state not in GONE and new.state not in GONE:
            kind = new.attributes.get("event_type")
            if kind:
                rest = {name: value for name, value in new.attributes.items() if name not in _NOT_PASSED_ON}
                self._told = {"event_type": kind, **rest}
                self._moment = self._house.clock.now().isoformat(timespec="milliseconds")
        super()._heard(event)

    def _now(self) -> Shown:
        shown = super()._now()
        told = {"event_type": None, **self._told}
        return Shown(self._moment, shown.available, {**shown.attributes, **told})
