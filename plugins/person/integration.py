"""The section `person:`: each person is where the most telling of their trackers is."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from contextlib import ExitStack
from typing import Any

from pydantic import ConfigDict, model_validator

from hub.api import (
    UNAVAILABLE,
    UNKNOWN,
    Detach,
    EntityIds,
    EntityInfo,
    House,
    Integration,
    Kind,
    State,
    StateChanged,
    Text,
    together,
)

HOME = "home"
_HOME_ZONE = "zone.home"
_GPS = "gps"
_WHERE = ("latitude", "longitude", "gps_accuracy")


class Person(Kind):
    """Somebody with the trackers that they carry."""

    name: Text
    id: Text
    user_id: Text | None = None
    picture: Text | None = None
    device_trackers: EntityIds = ()


class People(Integration):
    """Those who live here."""

    model_config = ConfigDict(frozen=True, extra="forbid", arbitrary_types_allowed=True)

    people: tuple[Person, ...] = ()

    @model_validator(mode="before")
    @classmethod
    def _list(cls, data: Any) -> Any:
        if data is None or isinstance(data, Mapping):
            return {"people": [data] if data else []}
        return {"people": data}

    def start(self, house: House) -> Detach:
        with ExitStack() as stack:
            for person in self.people:
                stack.callback(_LivePerson(house, person).stop)
            return stack.pop_all().close
        raise AssertionError("an ExitStack lets nothing pass")


class _LivePerson:
    def __init__(self, house: House, person: Person) -> None:
        self._house = house
        self._person = person
        info = EntityInfo(
            "person",
            "person",
            unique_id=person.id,
            name=person.name,
            entity_picture=person.picture,
            attributes=_fixed(person),
        )
        self._entity = house.entities.add(info)
        self._detach = together(
            [house.bus.listen_state(tracker, self._moved) for tracker in person.device_trackers]
        )
        before = house.memory.recall(self._entity.entity_id)
        if before is not None and before.state not in (UNKNOWN, UNAVAILABLE):
            self._entity.write(before.state, {k: v for k, v in before.attributes.items() if k in _WHERE})
        else:
            self._entity.write(None)
        self._look(None)

    def stop(self) -> None:
        self._detach()
        self._entity.remove()

    def _moved(self, event: StateChanged) -> None:
        if event.new is None or event.old is None or _has_moved(event.old, event.new):
            self._look(event)

    def _look(self, event: StateChanged | None) -> None:
        told = [self._house.states.get(tracker) for tracker in self._person.device_trackers]
        best = most_telling(state for state in told if state is not None)
        if best is None:
            return
        cause = event.context if event is not None else None
        self._entity.write(best.state, {**self._where(best), "source": best.entity_id}, cause=cause)

    def _where(self, tracker: State) -> dict[str, Any]:
        """Return the coordinates: the tracker's own, or those of the home where it only says `home`."""
        place = tracker
        if "latitude" not in tracker.attributes and tracker.state == HOME:
            place = self._house.states.get(_HOME_ZONE) or tracker
        found = {key: place.attributes[key] for key in _WHERE if key in place.attributes}
        return {**found, "gps_accuracy": found.get("gps_accuracy", 0)} if found else {}


def most_telling(trackers: Iterable[State]) -> State | None:
    """Return the state to go by: one that is at home, else the newest position, else one that is away."""
    home = gps = away = None
    for state in trackers:
        if state.state in (UNKNOWN, UNAVAILABLE):
            continue
        if state.attributes.get("source_type") == _GPS:
            gps = _newer(gps, state)
        elif state.state == HOME:
            home = _newer(home, state)
        else:
            away = _newer(away, state)
    return home or gps or away


def _newer(one: State | None, other: State) -> State:
    return other if one is None or other.last_updated > one.last_updated else one


def _has_moved(old: State, new: State) -> bool:
    return old.state != new.state or any(old.attributes.get(k) != new.attributes.get(k) for k in _WHERE)


def _fixed(person: Person) -> dict[str, Any]:
    fixed: dict[str, Any] = {
        "editable": False,
        "id": person.id,
        "device_trackers": list(person.device_trackers),
    }
    return {**fixed, "user_id": person.user_id} if person.user_id is not None else fixed
