"""How a device itself is doing: signal, restarts, connections, firmware."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import timedelta
from typing import Any, ClassVar

from hub.api import DeviceInfo, EntityInfo
from plugins.tasmota.announcement import Announcement
from plugins.tasmota.live import Live
from plugins.tasmota.quantities import NOTHING_KNOWN, QUANTITIES, Quantity
from plugins.tasmota.sensor import Path, Sensor, as_state, value_at
from plugins.tasmota.wire import Channel, Wire

_STATE, _STATUS = Channel.STATE, Channel.STATUS


@dataclass(frozen=True, slots=True)
class Kind:
    """One thing to know of a device. `once`: the first answer after it came online is the one that counts."""

    name: str
    quantity: Quantity = NOTHING_KNOWN
    paths: Mapping[Channel, Path] = field(default_factory=dict)
    status: int | None = None
    once: bool = False
    hidden: bool = False
    diagnostic: bool = True


_KINDS: Mapping[str, Kind] = {
    "status_ip": Kind("IP", Quantity(icon="mdi:ip-network"), hidden=True),
    "last_restart_time": Kind(
        "Last Restart Time",
        Quantity(device_class="timestamp"),
        {_STATUS: ("UptimeSec",)},
        11,
        once=True,
    ),
    "status_link_count": Kind(
        "WiFi Connect Count",
        Quantity(icon="mdi:counter"),
        {_STATE: ("Wifi", "LinkCount"), _STATUS: ("Wifi", "LinkCount")},
        11,
    ),
    "status_mqtt_count": Kind(
        "MQTT Connect Count",
        Quantity(icon="mdi:counter"),
        {_STATE: ("MqttCount",), _STATUS: ("MqttCount",)},
        11,
    ),
    "status_restart_reason": Kind(
        "Restart Reason",
        Quantity(icon="mdi:information-outline"),
        {Channel.PARAMETERS: ("RestartReason",)},
        1,
        once=True,
    ),
    "status_rssi": Kind(
        "RSSI",
        Quantity("%", None, "measurement", "mdi:access-point"),
        {_STATE: ("Wifi", "RSSI"), _STATUS: ("Wifi", "RSSI")},
        11,
        hidden=True,
    ),
    "status_signal": Kind(
        "Signal",
        Quantity("dBm", "signal_strength", "measurement"),
        {_STATE: ("Wifi", "Signal"), _STATUS: ("Wifi", "Signal")},
        11,
        hidden=True,
    ),
    "status_ssid": Kind("SSID", Quantity(icon="mdi:access-point-network"), {_STATUS: ("Wifi", "SSId")}, 11),
    "status_version": Kind(
        "Firmware Version", paths={Channel.FIRMWARE: ("Version",)}, status=2, once=True, hidden=True
    ),
}
_BATTERY = {
    "status_battery_percentage": Kind(
        "Battery Level",
        QUANTITIES["Battery"],
        {_STATE: ("BatteryPercentage",), _STATUS: ("BatteryPercentage",)},
        11,
        diagnostic=False,
    )
}


@dataclass(frozen=True, kw_only=True)
class StatusSensor(Sensor):
    """A sensor of the device itself."""

    kind: Kind

    def info(self, device: DeviceInfo) -> EntityInfo:
        return replace(
            super().info(device),
            entity_category="diagnostic" if self.kind.diagnostic else None,
            enabled_by_default=not self.kind.hidden,
        )

    def make(self, wire: Wire) -> Live[Any]:
        return LiveStatusSensor(wire, self)


class LiveStatusSensor(Live[StatusSensor]):
    channels: ClassVar[tuple[Channel, ...]] = (_STATE, _STATUS, Channel.PARAMETERS, Channel.FIRMWARE)
    _state: str | None = None
    _waits = True

    def asked(self) -> None:
        self._waits = True

    def hear(self, channel: Channel, content: Mapping[str, Any]) -> None:
        path = self.part.kind.paths.get(channel)
        if path is None or not self._waits:
            return
        try:
            state = self._meaning(value_at(content, path))
        except (LookupError, ValueError):
            return
        if state is not None:
            self._waits = not self.part.kind.once
            self._state = state
            self.show()

    def current(self) -> tuple[str | None, Mapping[str, Any]]:
        if not self.part.kind.paths:
            return self.wire.announcement.ip or None, {}
        return self._state, {}

    def _meaning(self, value: Any) -> str | None:
        if self.part.quantity.device_class != "timestamp":
            return as_state(value, numeric=self.part.numeric)
        try:
            running = timedelta(seconds=int(value))
            return (self.wire.house.clock.now() - running).isoformat(timespec="seconds")
        except (TypeError, OverflowError) as error:
            raise ValueError(value) from error


def status_sensors_of(announcement: Announcement) -> list[Sensor]:
    kinds = {**_KINDS, **_BATTERY} if announcement.battery == 1 else _KINDS
    return [
        StatusSensor(
            domain="sensor",
            unique_id=f"{announcement.mac}_status_sensor_status_sensor_{key}",
            name=kind.name,
            poll=None if kind.status is None else ("STATUS", str(kind.status)),
            quantity=kind.quantity,
            unit=kind.quantity.unit,
            kind=kind,
        )
        for key, kind in kinds.items()
    ]
