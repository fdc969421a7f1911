"""Let services reach the entities they are meant for.

A plugin's `Domain` says which services its entities may obey; here they are registered, their targets
(entity, device, area, floor, label) are resolved, and each entity's own command is called.
"""

from __future__ import annotations

import asyncio
import inspect
import logging
from collections.abc import Awaitable, Iterable, Mapping
from typing import Any

from hub.calls import check
from hub.core.entities import Entity
from hub.core.errors import HubError, ServiceRefused
from hub.core.ports import House, entity_ids_of
from hub.core.services import Outcome, Response, ServiceCall
from hub.kinds import Domain, ServiceData

log = logging.getLogger(__name__)
TARGETS = ("entity_id", "device_id", "area_id", "floor_id", "label_id")
GENERIC = ("turn_on", "turn_off", "toggle")


class FixedData(dict[str, Any]):
    """Service data without templates: what a schema made of it is kept with it."""

    __slots__ = ("parsed",)

    def __init__(self, data: Mapping[str, Any]) -> None:
        super().__init__(data)
        self.parsed: dict[object, Any] = {}


class Targeted:
    """The fields of an entity service: whom it means, and what is to be done."""

    __slots__ = ("model", "target")

    def __init__(self, target: Mapping[str, Any], model: ServiceData) -> None:
        self.target = target
        self.model = model


class EntitySchema:
    """Splits a call's data into target and fields, and checks the fields."""

    def __init__(self, service: str, model: type[ServiceData]) -> None:
        self._service = service
        self.model = model

    def __call__(self, data: Mapping[str, Any]) -> Targeted:
        if type(data) is FixedData:
            known: Targeted | None = data.parsed.get(self)
            if known is None:
                known = data.parsed[self] = self._parse(data)
            return known
        return self._parse(data)

    def _parse(self, data: Mapping[str, Any]) -> Targeted:
        target = {key: data[key] for key in TARGETS if key in data and data[key] is not None}
        rest = {key: value for key, value in data.items() if key not in TARGETS}
        return Targeted(target, check(self._service, self.model, rest))


def register_domains(house: House, domains: Iterable[type[Domain]]) -> None:
    """Offer every service of these domains, and `homeassistant.turn_on|turn_off|toggle` over them all."""
    for domain in domains:
        for service, model in domain.services.items():
            _register(house, domain.name, service, model)
        if domain.features:
            house.entities.features[domain.name] = domain.features
    house.services.register(
        "homeassistant",
        "update_entity",
        _nothing_to_do,
        schema=_Free("homeassistant.update_entity"),
        description="Ask entities for their state. They tell it by themselves, so nothing has to be done.",
    )
    house.services.register(
        "homeassistant",
        "save_persistent_states",
        _nothing_to_do,
        description="Keep states for the next start: they are kept as they change, so nothing is to be done.",
    )
    for service in GENERIC:
        house.services.register(
            "homeassistant",
            service,
            lambda call: _each_domain(house, call),
            schema=_Free(f"homeassistant.{service}"),
            description=f"{service.replace('_', ' ').capitalize()} entities of any domain.",
        )


def _register(house: House, domain: str, service: str, model: type[ServiceData]) -> None:
    def handle(call: ServiceCall) -> Outcome:
        return _dispatch(house, domain, call)

    house.services.register(
        domain,
        service,
        handle,
        schema=EntitySchema(f"{domain}.{service}", model),
        response=model.response,
        description=(model.__doc__ or "").strip(),
        model=model,
    )


class _Free:
    """Splits off the target and takes any other fields as they are."""

    def __init__(self, service: str) -> None:
        self._service = service

    def __call__(self, data: Mapping[str, Any]) -> Mapping[str, Any]:
        if not any(key in data for key in TARGETS):
            raise ServiceRefused(f"{self._service}: it needs a target", remedy="Give it an entity_id.")
        return data


def _nothing_to_do(call: ServiceCall) -> None:
    pass


def _each_domain(house: House, call: ServiceCall) -> Outcome:
    by_domain: dict[str, list[str]] = {}
    for entity_id in resolve(house, call.data, None):
        by_domain.setdefault(entity_id.partition(".")[0], []).append(entity_id)
    rest = {key: value for key, value in call.data.items() if key not in TARGETS}
    waiting: list[Awaitable[Any]] = []
    for domain, entity_ids in by_domain.items():
        if house.services.find(domain, call.service) is None:
            log.warning("%s has no service %s", domain, call.service)
            continue
        data = {**rest, "entity_id": entity_ids}
        outcome = house.services.call(domain, call.service, data, cause=call.cause)
        if inspect.isawaitable(outcome):
            waiting.append(outcome)
    return _all(waiting) if waiting else None


def _dispatch(house: House, domain: str, call: ServiceCall) -> Outcome:
    fields: Targeted = call.fields
    call.fields = fields.model
    waiting: list[Awaitable[Any]] = []
    answers: dict[str, Any] = {}
    refused: HubError | None = None
    for entity_id in resolve(house, fields.target, domain):
        entity = house.entities.get(entity_id)
        if entity is None:
            log.warning("%s.%s: there is no %s", call.domain, call.service, entity_id)
            continue
        if not entity.available or not entity.enabled:
            continue
        try:
            outcome = _command(house, entity, call)
        except HubError as error:  # the others are still told
            refused = error
            continue
        if isinstance(outcome, Mapping):
            answers[entity_id] = outcome
        elif outcome is not None:
            waiting.append(outcome)
    if refused is not None:
        raise refused
    return _all(waiting) if waiting else answers or None


def _command(house: House, entity: Entity, call: ServiceCall) -> Awaitable[None] | Mapping[str, Any] | None:
    if entity.guard is not None:
        entity.guard(call)
    entity.asked = (call.cause, house.clock.timestamp())
    command = entity.commands.get(call.service)
    if command is None and call.service == "toggle":
        command = entity.commands.get("turn_off" if entity.state == "on" else "turn_on")
    if command is None:
        raise ServiceRefused(f"{entity.entity_id} does not support {call.domain}.{call.service}")
    return command(call)


async def _all(waiting: list[Awaitable[Any]]) -> Response:
    await asyncio.gather(*waiting)
    return None


def resolve(house: House, target: Mapping[str, Any], domain: str | None) -> list[str]:
    """Return the entity ids that a target means, each once; of `domain` only, if given."""
    found: dict[str, None] = {}
    entity_ids = target.get("entity_id")
    if entity_ids == "all":
        found.update(dict.fromkeys(house.states.entity_ids(domain)))
    elif entity_ids is not None and entity_ids != "none":
        if type(entity_ids) is str and "," not in entity_ids:
            found[entity_ids.strip().lower()] = None
        else:
            found.update(dict.fromkeys(entity_ids_of(entity_ids)))
    if len(target) > (1 if "entity_id" in target else 0):
        found.update(dict.fromkeys(_indirect(house, target, domain)))
    return list(found)


def _indirect(house: House, target: Mapping[str, Any], domain: str | None) -> Iterable[str]:
    areas = set(_names(target, "area_id"))
    floors = set(_names(target, "floor_id"))
    labels = set(_names(target, "label_id"))
    areas |= {a.id for a in house.areas.areas.values() if a.floor_id in floors or a.labels & labels}
    devices = set(_names(target, "device_id"))
    devices |= {d.id for d in house.devices.entries.values() if d.area_id in areas or d.labels & labels}
    for entry in house.registry.entries.values():
        if domain is not None and entry.domain != domain:
            continue
        if entry.entity_category or entry.hidden_by or entry.disabled_by:
            continue
        here = entry.area_id in areas if entry.area_id is not None else entry.device_id in devices
        if here or entry.labels & labels or entry.device_id in _names(target, "device_id"):
            yield entry.entity_id


def _names(target: Mapping[str, Any], key: str) -> list[str]:
    value = target.get(key)
    if value is None:
        return []
    return [value] if isinstance(value, str) else [str(item) for item in value]
