"""Show the house's states to templates: `states('a.b')`, `states.a.b.state`, `states.a`, `states`."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any, NoReturn

from hub.core.errors import TemplateError
from hub.core.state import UNKNOWN, State, is_entity_id
from hub.template.inputs import MISSING
from hub.template.sources import Sources

_KEPT = 500
# What Jinja looks for in everything that it may call.
_JINJA_MARKS = frozenset({"contextfunction", "evalcontextfunction", "environmentfunction", "jinja_pass_arg"})


def plain_attributes(state: State) -> dict[str, Any]:
    """Return a state's attributes as a dict, which prints and compares as people expect."""
    attributes = state.attributes
    return attributes if type(attributes) is dict else dict(attributes)


READABLE: dict[str, Callable[[State], Any]] = {
    "state": lambda state: state.state,
    "attributes": plain_attributes,
    "entity_id": lambda state: state.entity_id,
    "domain": lambda state: state.domain,
    "object_id": lambda state: state.object_id,
    "name": lambda state: state.name,
    "last_changed": lambda state: state.last_changed,
    "last_updated": lambda state: state.last_updated,
    "last_reported": lambda state: state.last_reported,
    "context": lambda state: state.context,
}
"""The fields of a state that a template may read."""


class StateView:
    """One state, to read only."""

    __slots__ = ("_sources", "_state")

    def __init__(self, sources: Sources, state: State) -> None:
        self._sources = sources
        self._state = state

    def __getitem__(self, name: str) -> Any:
        read = READABLE.get(name)
        if read is not None:
            return read(self._state)
        if name == "state_with_unit":
            return self.text(rounded=True, with_unit=True)
        raise KeyError(name)

    def __getattr__(self, name: str) -> Any:
        try:
            return self[name]
        except KeyError:
            raise AttributeError(name) from None

    def text(self, rounded: bool, with_unit: bool) -> str:
        """Return the state as it is shown to people."""
        state = self._state
        text = self._rounded() if rounded and state.domain == "sensor" else state.state
        unit = state.attributes.get("unit_of_measurement") if with_unit else None
        return f"{text} {unit}" if unit else text

    def _rounded(self) -> str:
        entry = self._sources.registry.get(self._state.entity_id)
        precision = getattr(entry, "display_precision", None)
        if precision is None:
            return self._state.state
        try:
            return f"{float(self._state.state):z.{precision}f}"
        except ValueError:
            return self._state.state

    def __eq__(self, other: object) -> bool:
        theirs = other._state if isinstance(other, StateView) else other
        if not isinstance(theirs, State):
            return False
        mine = self._state
        return (mine.entity_id, mine.state, mine.attributes) == (
            theirs.entity_id,
            theirs.state,
            theirs.attributes,
        )

    def __hash__(self) -> int:
        return hash((self._state.entity_id, self._state.state))

    def __repr__(self) -> str:
        return f"<template TemplateState({self._state!r})>"


class DomainStates:
    """The states of one domain."""

    __slots__ = ("_domain", "_sources")

    def __init__(self, sources: Sources, domain: str) -> None:
        self._sources = sources
        self._domain = domain

    def __getitem__(self, name: str) -> StateView | None:
        return find(self._sources, f"{self._domain}.{name}", strict=True)

    def __iter__(self) -> Iterator[StateView]:
        self._note()
        sources = self._sources
        return (StateView(sources, state) for state in sources.states.in_domain(self._domain))

    def __len__(self) -> int:
        self._note()
        return len(self._sources.states.entity_ids(self._domain))

    def _note(self) -> None:
        if self._sources.notes.on:
            self._sources.notes.domains.add(self._domain)

    def __repr__(self) -> str:
        return f"<template DomainStates('{self._domain}')>"


class AllStates:
    """All states: called with an entity id it gives the state's text."""

    __slots__ = ("_domains", "_sources")

    def __init__(self, sources: Sources) -> None:
        self._sources = sources
        self._domains: dict[str, DomainStates] = {}

    def __call__(self, entity_id: str, rounded: bool = MISSING, with_unit: bool = False) -> str:
        sources = self._sources
        state = sources.states.get(entity_id)
        if state is None:
            state = _lower_case(sources, entity_id)
        if sources.notes.on:
            sources.notes.entities.add(entity_id if state is None else state.entity_id)
        if state is None:
            return UNKNOWN
        if rounded is MISSING:
            rounded = with_unit
        if rounded or with_unit:
            return StateView(sources, state).text(rounded, with_unit)
        return state.state

    def __getitem__(self, name: str) -> DomainStates | StateView | None:
        known = self._domains.get(name)
        if known is not None:
            return known
        if "." in name:
            return find(self._sources, name, strict=True)
        if name in _JINJA_MARKS:
            return None
        if not is_entity_id(f"{name}.x"):
            raise TemplateError(f"Invalid domain name '{name}'")
        made = DomainStates(self._sources, name)
        if len(self._domains) < _KEPT:
            self._domains[name] = made
        return made

    def __iter__(self) -> Iterator[StateView]:
        self._note()
        sources = self._sources
        return (StateView(sources, state) for state in sources.states)

    def __len__(self) -> int:
        self._note()
        return len(self._sources.states)

    def _note(self) -> None:
        if self._sources.notes.on:
            self._sources.notes.every_state = True

    def __repr__(self) -> str:
        return "<template AllStates>"


class Refused:
    """Stands for a function that reads states or time, where a template may not."""

    __slots__ = ("_name",)

    def __init__(self, name: str) -> None:
        self._name = name

    def __call__(self, *args: Any, **kwargs: Any) -> NoReturn:
        raise TemplateError(
            f"{self._name!r} is not available in limited templates",
            remedy="A template that is rendered once, before the house runs, sees no states and no time.",
        )

    def __getitem__(self, name: object) -> NoReturn:
        self()

    def __iter__(self) -> NoReturn:
        self()

    def __repr__(self) -> str:
        return f"<{self._name}: not available>"


def find(sources: Sources, entity_id: str, *, strict: bool = False) -> StateView | None:
    """Return the state of an entity, None if there is none; note that it was looked at.

    `strict` raises `TemplateError` for what cannot be an entity id.
    """
    state = sources.states.get(entity_id)
    if state is None:
        state = _lower_case(sources, entity_id)
        if state is None and strict and not is_entity_id(entity_id):
            raise TemplateError(f"Invalid entity ID '{entity_id}'")
    if sources.notes.on:
        sources.notes.entities.add(entity_id if state is None else state.entity_id)
    return None if state is None else StateView(sources, state)


def _lower_case(sources: Sources, entity_id: str) -> State | None:
    if not isinstance(entity_id, str):
        raise TemplateError(f"an entity id is a text, not {entity_id!r}")
    lower = entity_id.lower()
    return sources.states.get(lower) if lower != entity_id else None
