"""The zone condition: an entity is within a zone now."""

from __future__ import annotations

from pydantic import Field

from hub.api import UNAVAILABLE, UNKNOWN, Condition, EntityIds, HubError, NotFound, Scope, State
from plugins.zone.circle import Circle, Spot


class ZoneCondition(Condition):
    """Hold when each of the entities is, by its coordinates, within one of the zones."""

    entity_id: EntityIds = Field(min_length=1)
    zone: EntityIds = Field(min_length=1)

    def test(self, scope: Scope) -> bool:
        errors: list[str] = []
        # All are asked, since one that is elsewhere does not decide while another can't be told.
        inside = [self._is_in_one(scope, entity_id, errors) for entity_id in self.entity_id]
        if all(inside):
            return True
        if errors:
            raise HubError("; ".join(dict.fromkeys(errors)))
        return False

    def why(self, scope: Scope) -> str:
        reasons = (self._why(scope, entity_id) for entity_id in self.entity_id)
        words = "; ".join(reason for reason in reasons if reason)
        return f"zone {words}" if words else f"zone {', '.join(self.entity_id)}: it holds now"

    def _is_in_one(self, scope: Scope, entity_id: str, errors: list[str]) -> bool:
        found = False
        for zone_id in self.zone:
            try:
                found = _is_in(scope, zone_id, entity_id) or found
            except HubError as error:
                errors.append(str(error))
        return found

    def _why(self, scope: Scope, entity_id: str) -> str:
        if self._is_in_one(scope, entity_id, []):
            return ""
        entity = scope.house.states.get(entity_id)
        if entity is None or entity.state in (UNAVAILABLE, UNKNOWN):
            return f"{entity_id}: it is {entity.state if entity is not None else 'not there'}"
        spot = Spot.of(entity)
        circles = (Circle.of(_get(scope, zone_id, "zone")) for zone_id in self.zone)
        return f"{entity_id}: {' and '.join(circle.in_words(spot) for circle in circles)}"


def _is_in(scope: Scope, zone_id: str, entity_id: str) -> bool:
    zone, entity = _get(scope, zone_id, "zone"), _get(scope, entity_id, "entity")
    if entity.state in (UNAVAILABLE, UNKNOWN):
        return False
    return Circle.of(zone).holds(Spot.of(entity))


def _get(scope: Scope, entity_id: str, what: str) -> State:
    state = scope.house.states.get(entity_id)
    if state is None:
        raise NotFound(f"zone: there is no {what} {entity_id}")
    return state
