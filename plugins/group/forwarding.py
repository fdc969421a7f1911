"""Hand a service call on to the members of a group."""

from __future__ import annotations

import inspect
from collections.abc import Awaitable, Callable, Iterable, Iterator, Mapping
from functools import partial
from typing import Any

from hub.api import Command, House, Outcome, ServiceCall

_TARGETS = ("entity_id", "device_id", "area_id", "floor_id", "label_id")
_EACH_KNOWS = ("turn_on", "turn_off", "toggle")
Members = Callable[[], Iterable[str]]


class AnyCommand(Mapping[str, Command]):
    """Obeys every service: each member hears it, of the service's own domain if it has one."""

    def __init__(self, house: House, members: Members) -> None:
        self._house = house
        self._members = members

    def __getitem__(self, service: str) -> Command:
        return self._forward

    def __iter__(self) -> Iterator[str]:
        return iter(_EACH_KNOWS)

    def __len__(self) -> int:
        return len(_EACH_KNOWS)

    def _forward(self, call: ServiceCall) -> Awaitable[None] | None:
        data = {key: value for key, value in call.data.items() if key not in _TARGETS}
        members = list(self._members())
        if call.domain == "group":
            return _call(self._house, "homeassistant", call, {**data, "entity_id": members})
        reached = [each for each in members if each.partition(".")[0] in (call.domain, "group")]
        return _call(self._house, call.domain, call, {**data, "entity_id": reached})


def forwarding(house: House, members: Members, services: Iterable[str]) -> dict[str, Command]:
    """Return commands that call the same service of all members that know it."""

    def forward(service: str, call: ServiceCall) -> Awaitable[None] | None:
        data = {key: value for key, value in call.data.items() if key not in _TARGETS}
        able = [each for each in members() if _knows(house, each, service)]
        return _call(house, call.domain, call, {**data, "entity_id": able}, service)

    return {service: partial(forward, service) for service in services}


def _knows(house: House, entity_id: str, service: str) -> bool:
    entity = house.entities.get(entity_id)
    return entity is None or service in entity.commands


def _call(
    house: House, domain: str, call: ServiceCall, data: dict[str, Any], service: str = ""
) -> Awaitable[None] | None:
    if not data["entity_id"]:
        return None
    outcome = house.services.call(domain, service or call.service, data, cause=call.cause)
    return until(outcome) if inspect.isawaitable(outcome) else None


def all_of(outcomes: Iterable[Outcome]) -> Awaitable[None] | None:
    """Return what to wait for until all of these services are done; None if they are."""
    waiting = [outcome for outcome in outcomes if inspect.isawaitable(outcome)]
    return _each(waiting) if waiting else None


async def _each(waiting: Iterable[Awaitable[Any]]) -> None:
    for one in waiting:
        await one


async def until(outcome: Awaitable[Any]) -> None:
    """Wait for a service, and forget what it gives back."""
    await outcome
