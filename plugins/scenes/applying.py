"""Bring entities into the states that are wanted."""

from __future__ import annotations

import asyncio
import inspect
import logging
from collections.abc import Awaitable, Iterable, Sequence
from typing import Any

from hub.api import Cause, House, HubError, entity_ids_of
from plugins.scenes.plans import PLANS, Call, Task
from plugins.scenes.wanted import Wanted

log = logging.getLogger(__name__)


def apply(
    house: House, states: Iterable[Wanted], transition: float | None, cause: Cause | None
) -> Awaitable[None] | None:
    """Call the services that it takes; what cannot be done is logged, and the others go on."""
    waiting = [later for wanted in states if (later := _one(house, wanted, transition, cause)) is not None]
    return _all(waiting) if waiting else None


def _one(
    house: House, wanted: Wanted, transition: float | None, cause: Cause | None
) -> Awaitable[None] | None:
    now = house.states.get(wanted.entity_id)
    if now is None:
        log.warning("there is no %s", wanted.entity_id)
        return None
    if wanted.domain == "group":
        members = entity_ids_of(now.attributes.get("entity_id") or ())
        each = [Wanted(member, wanted.state, wanted.attributes) for member in members]
        return apply(house, each, transition, cause)
    plan = PLANS.get(wanted.domain)
    if plan is None:
        log.warning("%s: the states of %s can't be set", wanted.entity_id, wanted.domain)
        return None
    entity = house.entities.get(wanted.entity_id)

    def can(service: str) -> bool:
        return entity is None or service in entity.commands

    try:
        calls = list(plan(Task(wanted, now, can, transition)))
    except HubError as error:
        log.warning("%s", error)
        return None
    return _in_order(house, wanted, calls, cause)


def _in_order(
    house: House, wanted: Wanted, calls: Sequence[Call], cause: Cause | None
) -> Awaitable[None] | None:
    for index, call in enumerate(calls):
        data = {"entity_id": wanted.entity_id, **call.data}
        try:
            outcome = house.services.call(wanted.domain, call.service, data, cause=cause)
        except HubError as error:
            log.error("%s: %s", wanted.entity_id, error)
            return None
        if inspect.isawaitable(outcome):
            return _rest(house, wanted, outcome, calls[index + 1 :], cause)
    return None


async def _rest(
    house: House, wanted: Wanted, first: Awaitable[Any], calls: Sequence[Call], cause: Cause | None
) -> None:
    try:
        await first
    except HubError as error:
        log.error("%s: %s", wanted.entity_id, error)
        return
    later = _in_order(house, wanted, calls, cause)
    if later is not None:
        await later


async def _all(waiting: list[Awaitable[None]]) -> None:
    await asyncio.gather(*waiting)
