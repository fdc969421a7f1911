"""Call services for somebody: whether they may is asked for every entity that a call means."""

from __future__ import annotations

import asyncio
import inspect
from collections.abc import Mapping
from typing import Any

from hub.core.cause import Cause
from hub.core.events import StateChanged
from hub.core.ports import House
from hub.core.services import Response, Service
from hub.core.state import State
from hub.domains import GENERIC, TARGETS, EntitySchema, resolve
from hub.registry.accounts import Role
from hub.web.who import Forbidden, Who

PATIENCE = 10.0
"""Seconds after which an answer does not wait for a service any longer; the service goes on."""
_FOR_OPERATORS = frozenset(
    {
        *("persistent_notification.create", "persistent_notification.dismiss"),
        *("persistent_notification.dismiss_all", "scene.apply", "notify.persistent_notification"),
    }
)
"""Services without entities that do no more than switching things would."""


def check(house: House, who: Who, domain: str, service: str, data: Mapping[str, Any]) -> None:
    """Raise `Forbidden` if somebody may not call this. What has no entities is mostly for admins."""
    if who.is_admin:
        return
    found = house.services.find(domain, service)
    if found is None:  # the call itself says what is wrong, to those who may call anything
        if who.role < Role.OPERATOR:
            raise Forbidden(f"you may not call {domain}.{service}")
        return
    if _has_entities(found):
        meant = resolve(house, {key: data[key] for key in TARGETS if data.get(key) is not None}, _only(found))
        _must_operate(who, meant)
    elif domain == "script":
        _must_operate(who, [f"script.{service}"])
    elif f"{domain}.{service}" not in _FOR_OPERATORS or who.role < Role.OPERATOR:
        raise Forbidden(f"only an admin may call {domain}.{service}")


def _must_operate(who: Who, entity_ids: list[str]) -> None:
    for entity_id in entity_ids:
        if not who.operates(entity_id):
            raise Forbidden(f"you may not operate {entity_id}", remedy="Ask an admin for the right.")


def _has_entities(service: Service) -> bool:
    return isinstance(service.schema, EntitySchema) or _is_generic(service)


def _is_generic(service: Service) -> bool:
    return service.domain == "homeassistant" and service.name in GENERIC


def _only(service: Service) -> str | None:
    return None if _is_generic(service) else service.domain


def may_call(house: House, who: Who, service: Service) -> bool:
    """Tell whether a list of services should show somebody this one."""
    if who.is_admin or _has_entities(service):
        return True
    if service.domain == "script":
        return who.operates(f"script.{service.name}")
    return who.role >= Role.OPERATOR and f"{service.domain}.{service.name}" in _FOR_OPERATORS


class Changes:
    """The states that changed for one cause, while it is listened to."""

    def __init__(self, house: House, cause: Cause) -> None:
        self._cause = cause
        self._found: dict[str, State] = {}
        self._detach = house.bus.listen(StateChanged.event_type, self._on_change)

    def _on_change(self, event: StateChanged) -> None:
        if event.new is not None and event.cause is not None and self._cause in event.cause.chain():
            self._found[event.entity_id] = event.new

    def end(self) -> list[State]:
        self._detach()
        return list(self._found.values())


async def call(
    house: House,
    who: Who,
    domain: str,
    service: str,
    data: Mapping[str, Any],
    *,
    return_response: bool = False,
) -> tuple[Response, list[State], Cause]:
    """Call a service; return its response and the states that it changed. Raises `HubError`."""
    domain, service = domain.lower(), service.lower()
    check(house, who, domain, service, data)
    cause = who.cause()
    changes = Changes(house, cause)
    response: Response = None
    try:
        outcome = house.services.call(domain, service, data, cause=cause, return_response=return_response)
        if inspect.isawaitable(outcome):
            response = await _within(house, outcome, f"{domain}.{service}")
        else:
            response = outcome
    finally:
        found = changes.end()
    return response, [state for state in found if who.sees(state.entity_id)], cause


async def _within(house: House, outcome: Any, name: str) -> Response:
    async def wait() -> Any:
        return await outcome

    # It belongs to the house: whoever asked may hang up, and what was begun goes on.
    task = house.tasks.spawn(wait(), f"{name}, called over the API")
    done, _ = await asyncio.wait([task], timeout=PATIENCE)
    return task.result() if done else None
