"""Keep the living entities in step with the registry: renamed, switched off, switched on by people."""

from __future__ import annotations

import logging
from collections.abc import Callable

from hub.api import Detach, Event, House, HubError
from plugins.mqtt.feed import Feed
from plugins.mqtt.options import EntityOptions, Living

log = logging.getLogger(__name__)

_UPDATED = "entity_registry_updated"


class Resident:
    """One entity of this plugin; `live` is exchanged when it has to begin anew."""

    __slots__ = ("live", "options")

    def __init__(self, live: Living, options: EntityOptions) -> None:
        self.live = live
        self.options = options


class Residents:
    """All entities of one integration, by entity id. `removed(resident)` is told when people remove one."""

    def __init__(self, house: House, feed: Feed, removed: Callable[[Resident], None] | None = None) -> None:
        self._house = house
        self._feed = feed
        self._removed = removed
        self._by_id: dict[str, Resident] = {}
        self._detach: Detach = house.bus.listen(_UPDATED, self._registry_changed)

    def add(self, options: EntityOptions) -> Resident:
        """Let an entity live; raises `HubError` if it can't."""
        live = options.make(self._house, self._feed)
        live.start()
        resident = Resident(live, options)
        self._by_id[live.entity.entity_id] = resident
        return resident

    def update(self, resident: Resident, options: EntityOptions) -> None:
        """Take over changed options; a light of another schema begins anew."""
        if type(options) is type(resident.options):
            resident.options = options
            resident.live.update(options)
        else:
            resident.options = options
            self._renew(resident)

    def remove(self, resident: Resident, *, forget: bool = False) -> None:
        self._by_id.pop(resident.live.entity.entity_id, None)
        resident.live.stop(forget=forget)

    def stop(self) -> None:
        self._detach()
        for resident in reversed(list(self._by_id.values())):
            resident.live.stop()
        self._by_id.clear()

    def _registry_changed(self, event: Event) -> None:
        data = event.data
        resident = self._by_id.get(data.get("old_entity_id", data["entity_id"]))
        if resident is None:
            return
        if data["action"] == "remove":
            self._by_id.pop(data["entity_id"], None)
            resident.live.stop()
            if self._removed is not None:
                self._removed(resident)
        elif "old_entity_id" in data or "disabled_by" in data.get("changes", {}):
            self._renew(resident)
        elif "name" in data.get("changes", {}):
            resident.live.update(resident.options)

    def _renew(self, resident: Resident) -> None:
        self._by_id = {id: other for id, other in self._by_id.items() if other is not resident}
        resident.live.stop()
        try:
            resident.live = resident.options.make(self._house, self._feed)
            resident.live.start()
        except HubError as error:
            log.error("an mqtt %s can't begin anew: %s", resident.options.domain, error)
            return
        self._by_id[resident.live.entity.entity_id] = resident
