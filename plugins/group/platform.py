"""What the group platforms have in common: members of one domain as one entity of it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, ClassVar, Generic, TypeVar

from pydantic import ValidationInfo, field_validator

from hub.api import (
    UNAVAILABLE,
    UNKNOWN,
    Cause,
    Command,
    Detach,
    EntityIds,
    EntityInfo,
    EntityPlatform,
    House,
    Remembered,
    State,
    StateChanged,
    Text,
    nothing,
    refuse,
)
from plugins.group.forwarding import forwarding

GONE = (UNKNOWN, UNAVAILABLE)


@dataclass(frozen=True, slots=True)
class Shown:
    """What a group shows; None is unknown."""

    state: str | None
    available: bool = True
    attributes: Mapping[str, Any] = field(default_factory=dict)


class GroupPlatform(EntityPlatform):
    """Several entities of one domain as one."""

    domain: ClassVar[str]
    default_name: ClassVar[str]
    services: ClassVar[tuple[str, ...]] = ()
    member_domains: ClassVar[tuple[str, ...]] = ()
    icon: ClassVar[str | None] = None

    name: Text | None = None
    unique_id: Text | None = None
    entities: EntityIds

    @field_validator("entities")
    @classmethod
    def _of_the_domain(cls, value: tuple[str, ...], info: ValidationInfo) -> tuple[str, ...]:
        wanted = cls.member_domains or (cls.domain,)
        for each in value:
            if each.partition(".")[0] not in wanted:
                raise refuse(f"{each} can't be a member", f"Give entities of {' or '.join(wanted)}.")
        return value

    def shown(self, house: House) -> Shown:
        """Work out what the group shows from its members' states."""
        raise NotImplementedError

    def told_name(self) -> str:
        return self.name or self.default_name

    def more_commands(self, house: House) -> Mapping[str, Command]:
        return {}

    def add(self, house: House) -> Detach:
        return LiveGroup(house, self).stop

    def states(self, house: House) -> list[State]:
        return [state for each in self.entities if (state := house.states.get(each)) is not None]


P = TypeVar("P", bound=GroupPlatform)


class LiveGroup(Generic[P]):
    """A group entity. Before the house starts it is unavailable and does not look at its members."""

    def __init__(self, house: House, options: P) -> None:
        self._house = house
        self._options = options
        info = EntityInfo(
            options.domain,
            "group",
            unique_id=options.unique_id,
            name=options.told_name(),
            icon=options.icon,
            device_class=getattr(options, "device_class", None),
        )
        commands = forwarding(house, lambda: options.entities, options.services)
        self._entity = house.entities.add(info, {**commands, **options.more_commands(house)})
        self._stop: Detach = nothing
        self._begin(house.memory.recall(self._entity.entity_id))
        self._entity.available = False
        self._entity.show()
        if house.started:
            self._watch()
        else:
            self._stop = house.bus.listen("homeassistant_start", lambda _: self._watch())

    def stop(self) -> None:
        self._stop()
        self._entity.remove()

    def _watch(self) -> None:
        self._stop()
        listen = self._house.states.listen
        self._stop = listen(dict.fromkeys(self._options.entities), self._heard)
        self._show(None)

    def _begin(self, before: Remembered | None) -> None:
        """Take over what the group was before the start, where its members can't tell."""

    def _heard(self, event: StateChanged) -> None:
        self._show(event.cause)

    def _now(self) -> Shown:
        return self._options.shown(self._house)

    def _features(self) -> dict[str, int]:
        """Say what any of the members can do, as far as the group hands it on."""
        own = self._entity.fixed.get("supported_features")
        if own is None:
            return {}
        able = 0
        for state in self._options.states(self._house):
            told = state.attributes.get("supported_features")
            able |= told if isinstance(told, int) else 0
        return {"supported_features": able & own if own else able}

    def _show(self, cause: Cause | None) -> None:
        shown = self._now()
        self._entity.available = shown.available
        attributes = {"entity_id": list(self._options.entities), **self._features(), **shown.attributes}
        self._entity.write(shown.state, attributes, cause=cause)


def available(states: Iterable[State]) -> bool:
    """Tell whether a member is there and not unavailable."""
    return any(state.state != UNAVAILABLE for state in states)


def assumed(states: Iterable[State]) -> dict[str, Any]:
    return {"assumed_state": True} if any(s.attributes.get("assumed_state") for s in states) else {}


def on_or_off(states: list[State], rule: Callable[[Iterable[bool]], bool]) -> str | None:
    """Return on, off, or None if the members that `rule` asks for are not known."""
    if not rule(state.state not in GONE for state in states):
        return None
    return "on" if rule(state.state == "on" for state in states) else "off"
