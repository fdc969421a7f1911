"""Let new devices wait until people let them in (`discovery: approve: true`).

What was decided of a device is remembered over restarts: a rejected one stays out, also when nobody has
to be asked any more.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from typing import Any, Literal

from hub.api import House
from plugins.mqtt.ears import EarOptions
from plugins.mqtt.options import Device, EntityOptions

Decision = Literal["approved", "rejected"]
_NOTIFY = ("persistent_notification", "create")


def device_key(options: EntityOptions | EarOptions, topic: str) -> str:
    """Return what stands for a thing's device: its first identifier or connection, else the topic."""
    device = options.device
    if device is None:
        return topic
    if device.identifiers:
        return min(device.identifiers)
    return ":".join(min(device.connections))


class Approval:
    """What people decided of devices, and what they have to decide yet."""

    def __init__(self, house: House, *, asked: bool) -> None:
        self._house = house
        self._asked = asked
        self._told: set[str] = set()

    def decided(self, key: str) -> Decision | None:
        remembered = self._house.memory.recall(_name(key))
        if remembered is None:
            return None
        return "approved" if remembered.state == "approved" else "rejected"

    def decide(self, key: str, decision: Decision) -> None:
        self._house.memory.keep(_name(key), decision)
        self._told.discard(key)

    def holds(self, key: str, device: Device | None) -> bool:
        """Tell whether a thing of this device has to wait."""
        decision = self.decided(key)
        if decision is not None:
            return decision == "rejected"
        return self._asked and not self._is_at_home(device)

    def _is_at_home(self, device: Device | None) -> bool:
        """A device that is known with its entities was here before anybody was asked."""
        if device is None:
            return False
        info = device.info("mqtt")
        entry = self._house.devices.find(info.identifiers, info.connections)
        return entry is not None and bool(self._house.registry.of_device(entry.id))

    def tell(self, key: str, name: str) -> None:
        """Say once that a device waits."""
        if key in self._told or self.decided(key) is not None:
            return
        self._told.add(key)
        if self._house.services.find(*_NOTIFY) is None:
            return
        told: Mapping[str, Any] = {
            "notification_id": f"discovery_{_name(key).partition('.')[2]}",
            "title": "A new device",
            "message": f"{name} announces itself. Let it in with: hub discovery approve {key!r}",
        }
        self._house.services.call(*_NOTIFY, told)


def _name(key: str) -> str:
    return f"mqtt_discovery.{hashlib.sha256(key.encode()).hexdigest()[:24]}"
