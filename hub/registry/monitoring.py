"""Tell when each device was last heard of: `$monitoring/<id>/json`, and the same on demand."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import asdict, dataclass
from datetime import datetime

from hub.broker import BrokerEvent, ClientConnected, ClientDisconnected, Credentials
from hub.core.clock import Clock, Detach
from hub.registry.access import DeviceAccess, OwnerAccess
from hub.registry.directory import Directory
from hub.registry.owners import Device, Owner
from hub.registry.topics import monitoring_topic

PAUSE = 1.0
"""Seconds for which what happens to a device is told together."""
_DEVICE = "device/"


@dataclass(slots=True)
class Activity:
    """What is known of one device's comings, goings and doings; times in UTC (RFC 3339)."""

    online: bool = False
    last_auth_time: str | None = None
    last_auth_ip: str | None = None
    last_pub_activity_time: str | None = None
    last_sub_activity_time: str | None = None
    last_online_time: str | None = None
    last_disconnect_time: str | None = None

    def known(self) -> dict[str, object]:
        """Return what there is, without what never happened."""
        return {name: value for name, value in asdict(self).items() if value is not None}


class Monitoring:
    """Follows the devices. `publish(topic, payload)` is how it tells."""

    def __init__(self, directory: Directory, clock: Clock) -> None:
        self._directory = directory
        self._clock = clock
        self._activities: dict[str, Activity] = {}
        self._clients: dict[str, set[str]] = {}
        self._untold: set[str] = set()
        self._unsaved: set[str] = set()
        self._planned: Detach | None = None
        self.publish: Callable[[str, bytes], None] | None = None

    def of(self, device_id: str) -> Activity:
        """Return what is known of a device, for reading."""
        return self._activities.get(device_id) or Activity()

    def payload(self, device: Device) -> bytes:
        """Write the message of a device as it is now."""
        ids = {"registry_id": device.registry_id, "device_id": device.id}
        return json.dumps({**self.of(device.id).known(), **ids}).encode()

    def restore(self, device_id: str, text: str) -> None:
        """Take up what was kept of a device; whoever was on-line then is not now."""
        known = {name: value for name, value in json.loads(text).items() if name in Activity.__slots__}
        self._activities[device_id] = Activity(**{**known, "online": False})

    def unsaved(self) -> dict[str, str]:
        """Return, once, what changed since the last time."""
        unsaved, self._unsaved = self._unsaved, set()
        return {id: json.dumps(self._activities[id].known()) for id in unsaved if id in self._activities}

    def forget(self, device_id: str) -> None:
        self._activities.pop(device_id, None)
        self._clients.pop(device_id, None)
        self._untold.discard(device_id)

    def stop(self) -> None:
        if self._planned is not None:
            self._planned()
            self._planned = None

    # What happens.

    def logged_in(self, access: OwnerAccess, credentials: Credentials) -> None:
        """A device proved who it is; from now on it is followed."""
        if not isinstance(access, DeviceAccess):
            return
        device_id = access.owner_id
        access.on_active = lambda: self._heard(device_id, "last_pub_activity_time")
        access.on_subscribe = lambda: self._heard(device_id, "last_sub_activity_time")
        self._activity(device_id).last_auth_ip = credentials.address
        self._heard(device_id, "last_auth_time")

    def refused(self, owner: Owner, credentials: Credentials, reason: str) -> None:
        """Nothing: who did not prove to be a device says nothing about it."""

    def on_event(self, event: BrokerEvent) -> None:
        """Listen to the server's events."""
        if isinstance(event, ClientConnected | ClientDisconnected) and event.name.startswith(_DEVICE):
            device_id = event.name.removeprefix(_DEVICE)
            if self._directory.get(device_id) is None:
                return
            if isinstance(event, ClientConnected):
                self._clients.setdefault(device_id, set()).add(event.client_id)
                self._heard(device_id, "last_online_time")
            else:
                self._clients.get(device_id, set()).discard(event.client_id)
                self._heard(device_id, "last_disconnect_time")

    def _heard(self, device_id: str, what: str) -> None:
        activity = self._activity(device_id)
        now = _text(self._clock.now())
        setattr(activity, what, now)
        activity.online = bool(self._clients.get(device_id))
        if activity.online:
            activity.last_online_time = now
        self._untold.add(device_id)
        self._unsaved.add(device_id)
        if self._planned is None:
            self._planned = self._clock.call_later(PAUSE, self._tell)

    def _tell(self) -> None:
        self._planned = None
        untold, self._untold = self._untold, set()
        for device_id in untold:
            device = self._directory.get(device_id)
            if isinstance(device, Device) and self.publish is not None:
                self.publish(monitoring_topic(device_id), self.payload(device))

    def _activity(self, device_id: str) -> Activity:
        return self._activities.setdefault(device_id, Activity())


def _text(moment: datetime) -> str:
    return moment.isoformat(timespec="microseconds").replace("+00:00", "Z")
