"""What the owner may ask the MQTT server while it runs, and tell it: answers as plain data."""

from __future__ import annotations

import base64
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict
from typing import Any

from hub.broker import Broker
from hub.core.errors import HubError
from hub.kinds import Door
from hub.mqtt.embedded_door import EmbeddedDoor

SHOWN = 256
"""Bytes of a payload that are shown; `size` says how long it is."""

Command = Callable[..., Any]


def server_commands(door: Callable[[], Door | None]) -> Mapping[str, Command]:
    """Return the commands by name. They raise `HubError` if the server is not inside the hub."""

    def inside() -> EmbeddedDoor:
        opened = door()
        if not isinstance(opened, EmbeddedDoor):
            raise HubError(
                "the MQTT server is not inside this hub", remedy="Ask the server itself, or name it with -h."
            )
        return opened

    return {
        "mqtt.clients": lambda: clients(inside()),
        "mqtt.subscriptions": lambda client_id=None: subscriptions(inside().broker, client_id),
        "mqtt.retained": lambda filter="#", **more: retained(inside().broker, filter, **more),
        "mqtt.visits": lambda: visits(inside()),
        "mqtt.kick": lambda **whom: kick(inside().broker, **whom),
        "mqtt.pass": lambda: let_in(inside()),
    }


def clients(door: EmbeddedDoor) -> list[dict[str, Any]]:
    """Return all clients with a session, those on-line first."""
    found = [
        {
            "client_id": client.client_id,
            "user": client.name,
            "space": client.space,
            "online": client.online,
            "subscriptions": len(client.subscriptions),
            "queued": client.queued,
            "address": here.address if here is not None else None,
            "listener": here.listener if here is not None else None,
            "since": here.since if here is not None else None,
        }
        for client in door.broker.clients()
        for here in (door.presence.of(client.space, client.name, client.client_id),)
    ]
    return sorted(found, key=lambda client: (not client["online"], client["client_id"]))


def visits(door: EmbeddedDoor) -> list[dict[str, Any]]:
    """Return who came and went lately, and who was not let in, oldest first."""
    return [
        {"time": one.at.isoformat(), "user": one.user, "client_id": one.client_id, "message": one.text}
        for one in door.visits.latest()
    ]


def subscriptions(broker: Broker, client_id: str | None = None) -> list[dict[str, Any]]:
    """Return who subscribes what."""
    found = [
        {"filter": filter, "client_id": client.client_id, "user": client.name, "space": client.space}
        for client in broker.clients()
        for filter in client.subscriptions
        if client_id in (None, client.client_id)
    ]
    return sorted(found, key=lambda one: (one["filter"], one["client_id"]))


def retained(
    broker: Broker, filter: str = "#", containing: Sequence[str] = (), shown: int = SHOWN
) -> list[dict[str, Any]]:
    """Return the retained messages that match a filter; with `containing` those with one of these words."""
    words = [word.encode() for word in containing]
    found = [
        {
            "topic": kept.topic,
            "qos": kept.qos,
            "size": len(kept.payload),
            "owner": kept.owner,
            **_shown(kept.payload, shown),
        }
        for kept in broker.retained(filter)
        if not words or any(word in kept.payload for word in words)
    ]
    return sorted(found, key=lambda one: str(one["topic"]))


def _shown(payload: bytes, most: int) -> dict[str, str]:
    shown = payload[:most]
    try:
        # The cut may have gone through a character.
        return {"payload": shown.decode(errors="strict" if len(payload) <= most else "ignore")}
    except UnicodeDecodeError:
        return {"payload_base64": base64.b64encode(shown).decode()}


def kick(
    broker: Broker, client_id: str | None = None, user: str | None = None, forget: bool = False
) -> dict[str, int]:
    """End the connections of a client id or a user, and with `forget` their sessions as well."""
    if client_id is None and user is None:
        raise HubError("nobody is named", remedy="Name a client id, or a user.")
    found = [
        client
        for client in broker.clients(name=user)
        if client_id in (None, client.client_id) and (client.online or forget)
    ]
    if not found:
        raise HubError(
            f"nobody is connected as {client_id or user!r}", remedy="See who is with `hub mqtt clients`."
        )
    ended = broker.disconnect(name=user, client_id=client_id)
    if forget:
        broker.forget(name=user, client_id=client_id)
    return {"disconnected": ended, "forgotten": len(found) if forget else 0}


def let_in(door: EmbeddedDoor) -> dict[str, Any]:
    """Return where the server listens, for a client on this machine, and a pass for one log-in."""
    given = door.owner.issue()
    return {**asdict(door.local_address()), "username": given.username, "password": given.password}
