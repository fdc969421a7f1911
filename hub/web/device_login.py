"""Under which log-in a device of the house speaks MQTT: since when it is there, its certificates, its log."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from hub.core.errors import HubError
from hub.web.parts import Parts

_LINES = 50


async def login_of(parts: Parts, topics: Iterable[Mapping[str, Any]]) -> dict[str, Any]:
    """Return what is known of whoever publishes on these topics; nothing if that is not known."""
    found = list(topics)
    for one in found:
        origin = parts.house.registries.origin(str(one["topic"]))
        if origin is not None and origin.device_id:
            return await _of_registered(parts, origin.device_id)
    users = {owner for one in found if (owner := one.get("owner")) and "/" not in owner}
    # Of several nobody knows which it is.
    return await _of_user(parts, users.pop()) if len(users) == 1 else {}


async def _of_registered(parts: Parts, id: str) -> dict[str, Any]:
    """Return what the registries know of a device of theirs."""
    try:
        told = await parts.command("register.get", kind="device", who=id)
        certificates = await parts.command("register.list_certificates", kind="device", who=id)
        log = await parts.command("register.logs", kind="device", who=id, limit=_LINES)
    except HubError:  # it was deleted meanwhile
        return {}
    activity = told.get("monitoring_data", {})
    online = bool(activity.get("online"))
    return {
        "registered": {"id": id, "name": told["name"]},
        "online": online,
        "online_since": activity.get("last_auth_time") if online else None,
        "certificates": [
            {"fingerprint": one["fingerprint"], "expires_at": one["not_after"]} for one in certificates
        ],
        "log": log,
    }


async def _of_user(parts: Parts, user: str) -> dict[str, Any]:
    """Return what the MQTT server knows of a user of the YAML; several devices may share one."""
    try:
        clients = await parts.command("mqtt.clients")
        visits = await parts.command("mqtt.visits")
    except HubError:  # another server
        return {}
    since = [one["since"] for one in clients if one["user"] == user and one["online"] and one["since"]]
    return {
        "mqtt_user": user,
        "online_since": min(since, default=None),
        "log": [one for one in visits if one["user"] == user][-_LINES:],
    }
