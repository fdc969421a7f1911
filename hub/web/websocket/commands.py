"""The commands of Home Assistant's WebSocket: states, services, events, registries."""

from __future__ import annotations

from typing import Any

from starlette.websockets import WebSocket

from hub.core.clock import together
from hub.core.errors import NotFound
from hub.core.events import Event, StateChanged
from hub.web.calling import call
from hub.web.core import told_of
from hub.web.house import (
    area_about,
    device_about,
    entry_about,
    floor_about,
    label_about,
    visible_entries,
)
from hub.web.live.lists import PUBLIC_EVENTS
from hub.web.need import PUBLIC, socket
from hub.web.parts import Parts
from hub.web.services import described
from hub.web.websocket.compressed import difference, whole
from hub.web.websocket.connection import Bad, Command, Connection, field
from hub.web.websocket.past import get_events, history_during_period, statistics_during_period
from hub.web.websocket.registries import CHANGES
from hub.web.websocket.watching import render_template, subscribe_trigger, test_condition
from hub.web.who import Forbidden


class WebSocketApi:
    """`/api/websocket`: open to everybody, for the log-in is part of what is said there."""

    def __init__(self, parts: Parts) -> None:
        self._parts = parts

    @socket("/api/websocket", PUBLIC)
    async def websocket(self, websocket: WebSocket) -> None:
        await Connection(websocket, self._parts, COMMANDS).serve()


def _ping(to: Connection, id: int, asked: dict[str, Any]) -> None:
    to.put({"id": id, "type": "pong"})


def _supported_features(to: Connection, id: int, asked: dict[str, Any]) -> None:
    features = field(asked, "features", dict, {})
    to.result(id)
    if features.get("coalesce_messages"):
        to.several_at_once()


def _get_states(to: Connection, id: int, asked: dict[str, Any]) -> None:
    to.result(id, [state.as_dict() for state in to.house.states if to.who.sees(state.entity_id)])


def _get_config(to: Connection, id: int, asked: dict[str, Any]) -> None:
    to.result(id, told_of(to.house))


def _get_services(to: Connection, id: int, asked: dict[str, Any]) -> None:
    to.result(id, described(to.house, to.who))


async def _call_service(to: Connection, id: int, asked: dict[str, Any]) -> None:
    domain, service = field(asked, "domain", str), field(asked, "service", str)
    data = {**(field(asked, "service_data", dict, None) or {}), **(field(asked, "target", dict, None) or {})}
    wanted = field(asked, "return_response", bool, False)
    response, _, cause = await call(to.house, to.who, domain, service, data, return_response=wanted)
    told: dict[str, Any] = {"context": cause.as_dict()}
    to.result(id, {**told, "response": response or {}} if wanted else told)


def _fire_event(to: Connection, id: int, asked: dict[str, Any]) -> None:
    to.must_be_admin()
    cause = to.who.cause()
    to.house.bus.fire(
        Event(field(asked, "event_type", str), field(asked, "event_data", dict, None) or {}, cause)
    )
    to.result(id, {"context": cause.as_dict()})


def _subscribe_events(to: Connection, id: int, asked: dict[str, Any]) -> None:
    event_type = field(asked, "event_type", str, None) or "*"
    if not to.who.is_admin and event_type != StateChanged.event_type and event_type not in PUBLIC_EVENTS:
        raise Forbidden("Unauthorized")

    def tell(event: Event | StateChanged) -> None:
        if isinstance(event, StateChanged):
            if to.who.is_valid and to.who.sees(event.entity_id):
                to.event(id, _state_changed(event))
        elif to.who.is_valid and (to.who.is_admin or event.event_type in PUBLIC_EVENTS):
            to.event(id, event.as_dict() if to.who.sees_all else {**event.as_dict(), "data": {}})

    to.subscribe(id, to.house.bus.listen(event_type, tell))
    to.result(id)


def _state_changed(event: StateChanged) -> dict[str, Any]:
    return {
        "event_type": event.event_type,
        "data": {
            "entity_id": event.entity_id,
            "old_state": event.old.as_dict() if event.old is not None else None,
            "new_state": event.new.as_dict() if event.new is not None else None,
        },
        "origin": "LOCAL",
        "time_fired": event.time_fired.isoformat(),
        "context": event.context.as_dict(),
    }


def _unsubscribe_events(to: Connection, id: int, asked: dict[str, Any]) -> None:
    stop = to.subscriptions.pop(field(asked, "subscription", int), None)
    if stop is None:
        raise Bad("not_found", "Subscription not found.")
    stop()
    to.result(id)


def _subscribe_entities(to: Connection, id: int, asked: dict[str, Any]) -> None:
    wanted = field(asked, "entity_ids", list, None)
    states, who = to.house.states, to.who

    def tell(event: StateChanged) -> None:
        if not who.is_valid or not who.sees(event.entity_id):
            return
        if event.new is None:
            to.event(id, {"r": [event.entity_id]})
        elif event.old is None:
            to.event(id, {"a": {event.entity_id: whole(event.new)}})
        else:
            to.event(id, {"c": {event.entity_id: difference(event.old, event.new)}})

    bus = to.house.bus
    if wanted is None:
        to.subscribe(id, bus.listen(StateChanged.event_type, tell))
        shown = states.entity_ids()
    else:
        shown = [str(one) for one in wanted]
        to.subscribe(id, together([bus.listen_state(one, tell) for one in dict.fromkeys(shown)]))
    to.result(id)
    present = [state for one in shown if (state := states.get(one)) is not None and who.sees(one)]
    to.event(id, {"a": {state.entity_id: whole(state) for state in present}})


# --- registries -----------------------------------------------------------------------------------


def _entities(to: Connection, id: int, asked: dict[str, Any]) -> None:
    to.result(id, [entry_about(entry) for entry in visible_entries(to.house, to.who)])


def _entity(to: Connection, id: int, asked: dict[str, Any]) -> None:
    entity_id = field(asked, "entity_id", str)
    entry = to.house.registry.get(entity_id)
    if entry is None or not to.who.sees(entity_id):
        raise NotFound("Entity not found")
    to.result(id, entry_about(entry))


def _devices(to: Connection, id: int, asked: dict[str, Any]) -> None:
    entries = to.house.devices.entries.values()
    to.result(id, [device_about(one) for one in entries if to.who.sees_device(one.id)])


def _areas(to: Connection, id: int, asked: dict[str, Any]) -> None:
    entries = to.house.areas.areas.values()
    to.result(id, [area_about(one) for one in entries if to.who.sees_area(one.id)])


def _floors(to: Connection, id: int, asked: dict[str, Any]) -> None:
    entries = to.house.areas.floors.values() if to.who.sees_all else ()
    to.result(id, [floor_about(one) for one in entries])


def _labels(to: Connection, id: int, asked: dict[str, Any]) -> None:
    entries = to.house.areas.labels.values() if to.who.sees_all else ()
    to.result(id, [label_about(one) for one in entries])


def _current_user(to: Connection, id: int, asked: dict[str, Any]) -> None:
    account = to.who.account
    to.result(
        id,
        {
            "id": account.id,
            "name": account.name,
            "is_owner": to.who.is_admin,
            "is_admin": to.who.is_admin,
            "credentials": [],
            "mfa_modules": [{"id": "totp", "name": "TOTP", "enabled": account.totp is not None}],
        },
    )


COMMANDS: dict[str, Command] = {
    "ping": _ping,
    "supported_features": _supported_features,
    "get_states": _get_states,
    "get_config": _get_config,
    "get_services": _get_services,
    "call_service": _call_service,
    "fire_event": _fire_event,
    "subscribe_events": _subscribe_events,
    "unsubscribe_events": _unsubscribe_events,
    "subscribe_entities": _subscribe_entities,
    "subscribe_trigger": subscribe_trigger,
    "test_condition": test_condition,
    "render_template": render_template,
    "config/entity_registry/list": _entities,
    "config/entity_registry/get": _entity,
    "config/device_registry/list": _devices,
    "config/area_registry/list": _areas,
    "config/floor_registry/list": _floors,
    "config/label_registry/list": _labels,
    **CHANGES,
    "auth/current_user": _current_user,
    "history/history_during_period": history_during_period,
    "recorder/statistics_during_period": statistics_during_period,
    "logbook/get_events": get_events,
}
