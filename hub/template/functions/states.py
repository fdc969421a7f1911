"""Ask for states and attributes."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from hub.core.state import UNAVAILABLE, UNKNOWN, State
from hub.template.inputs import MISSING
from hub.template.sources import Sources
from hub.template.states import AllStates, StateView, find
from hub.template.table import BOTH, TEST, Function


class StateFunctions:
    def __init__(self, sources: Sources) -> None:
        self._sources = sources

    def is_state(self, entity_id: str, state: Any) -> bool:
        found = find(self._sources, entity_id)
        if found is None:
            return False
        return bool(found.state == state or (isinstance(state, list) and found.state in state))

    def state_attr(self, entity_id: str, name: str) -> Any:
        found = find(self._sources, entity_id)
        return None if found is None else found.attributes.get(name)

    def is_state_attr(self, entity_id: str, name: str, value: Any) -> bool:
        found = find(self._sources, entity_id)
        return found is not None and bool(found.attributes.get(name, MISSING) == value)

    def has_value(self, entity_id: str) -> bool:
        found = find(self._sources, entity_id)
        return found is not None and found.state not in (UNAVAILABLE, UNKNOWN)

    def state_translated(self, entity_id: str) -> str:
        found = find(self._sources, entity_id, strict=True)
        return UNKNOWN if found is None else str(found.state)

    def state_attr_translated(self, entity_id: str, attribute: str) -> Any:
        return self.state_attr(entity_id, attribute)

    def is_hidden_entity(self, entity_id: str) -> bool:
        entry = self._sources.registry.get(entity_id)
        return entry is not None and entry.hidden_by is not None

    def entity_name(self, entity_id: str) -> str | None:
        entry = self._sources.registry.get(entity_id)
        if entry is not None:
            return entry.name or entry.original_name
        found = find(self._sources, entity_id)
        return None if found is None else str(found.name)

    def expand(self, *args: Any) -> list[StateView | State]:
        """Return the states of entities, and of the members of groups and zones."""
        left: list[Any] = list(args)
        found: dict[str, StateView | State] = {}
        opened: set[str] = set()
        while left:
            each = left.pop()
            self._sources.budget.spend(1)
            if isinstance(each, str):
                each = find(self._sources, each)
            if isinstance(each, (StateView, State)):
                members = self._members(each)
                if members is None:
                    found.setdefault(each.entity_id, each)
                elif each.entity_id not in opened:
                    opened.add(each.entity_id)
                    left += members
            elif isinstance(each, Iterable):
                left += each
        return list(found.values())

    def _members(self, state: StateView | State) -> list[str] | None:
        attributes = state.attributes
        if state.domain == "zone":
            return list(attributes.get("persons") or ())
        entry = self._sources.registry.get(state.entity_id)
        if state.domain == "group" or (entry is not None and entry.platform == "group"):
            members = attributes.get("entity_id") or ()
            self._sources.budget.spend(len(members))
            return list(members)
        return None


def functions(sources: Sources) -> list[Function]:
    house = StateFunctions(sources)
    return [
        Function("states", AllStates(sources), BOTH, limited=False),
        Function("is_state", house.is_state, BOTH | TEST, limited=False),
        Function("state_attr", house.state_attr, BOTH, limited=False),
        Function("is_state_attr", house.is_state_attr, BOTH | TEST, limited=False),
        Function("has_value", house.has_value, BOTH | TEST, limited=False),
        Function("state_translated", house.state_translated, BOTH, limited=False),
        Function("state_attr_translated", house.state_attr_translated, BOTH, limited=False),
        Function("is_hidden_entity", house.is_hidden_entity, BOTH | TEST, limited=False),
        Function("entity_name", house.entity_name, BOTH, limited=False),
        Function("expand", house.expand, BOTH, limited=False),
    ]
