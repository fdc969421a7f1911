"""What a device measures: one sensor for each value of its sensor message."""

from __future__ import annotations

import logging
import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any, ClassVar

from hub.api import DeviceInfo, EntityInfo
from plugins.tasmota.announcement import Announcement
from plugins.tasmota.live import ASK_SENSORS, Live, Part
from plugins.tasmota.quantities import Quantity, quantity_of, unit_of
from plugins.tasmota.wire import Channel, Wire

log = logging.getLogger(__name__)

Path = tuple[str | int, ...]

_LONGEST = 255
# The time of the message, and readers of tags, which tell nothing until there is one.
_NO_SENSORS = frozenset({"Time", "PN532", "RDM6300"})


@dataclass(frozen=True, kw_only=True)
class Sensor(Part):
    """A sensor; `numeric` ones can't show texts."""

    quantity: Quantity
    unit: str | None

    @property
    def numeric(self) -> bool:
        quantity = self.quantity
        if quantity.device_class == "timestamp":
            return False
        return (quantity.device_class, quantity.state_class, self.unit) != (None, None, None)

    def info(self, device: DeviceInfo) -> EntityInfo:
        quantity = self.quantity
        return replace(
            super().info(device),
            device_class=quantity.device_class,
            unit_of_measurement=self.unit,
            icon=quantity.icon,
            attributes={"state_class": quantity.state_class} if quantity.state_class else {},
        )


@dataclass(frozen=True, kw_only=True)
class Reading(Sensor):
    """A value at `path` in the sensor message."""

    path: Path

    def make(self, wire: Wire) -> Live[Any]:
        return LiveReading(wire, self)


class LiveReading(Live[Reading]):
    channels: ClassVar[tuple[Channel, ...]] = (Channel.SENSOR,)
    _state: str | None = None

    def hear(self, channel: Channel, content: Mapping[str, Any]) -> None:
        try:
            value = value_at(content, self.part.path)
        except LookupError:
            return
        try:
            self._state = as_state(value, numeric=self.part.numeric)
        except ValueError as error:
            log.warning("%s: %s", self.entity.entity_id, error)
            return
        self.show()

    def current(self) -> tuple[str | None, Mapping[str, Any]]:
        return self._state, {}


def value_at(content: Mapping[str, Any], path: Path) -> Any:
    """Return what stands at `path`; raises `LookupError` if nothing does.

    A value that was announced as a list may come alone: it is the list's first.
    """
    node: Any = content
    for step in path:
        if isinstance(step, str):
            if not isinstance(node, Mapping):
                raise LookupError(step)
            node = node[step]
        elif isinstance(node, list):
            node = node[step]
        elif step != 0 or isinstance(node, Mapping) or node is None:
            raise LookupError(step)
    if isinstance(node, (Mapping, list)):
        raise LookupError("there is more than one value")
    return node


def as_state(value: Any, *, numeric: bool) -> str | None:
    """Return a value as a state; raises `ValueError` if it can't be one."""
    if value is None:
        return None
    text = str(value)
    if len(text) > _LONGEST:
        raise ValueError(f"a text of {len(text)} characters is too long for a state")
    if numeric and (isinstance(value, bool) or not _is_number(text)):
        raise ValueError(f"{text[:100]!r} is no number")
    return text


def _is_number(text: str) -> bool:
    try:
        return math.isfinite(float(text))
    except ValueError:
        return False


def readings_of(announcement: Announcement, message: Mapping[str, Any]) -> list[Part]:
    """Return a sensor for each value in a sensor message (the `sn` of an announcement)."""
    return [
        _reading(announcement, message, path, quantity, value)
        for path, quantity, value in _values(message)
        if not isinstance(value, (Mapping, list))
    ]


def _values(message: Mapping[str, Any]) -> Iterator[tuple[Path, Quantity, Any]]:
    for sensor, readings in message.items():
        if sensor in _NO_SENSORS or not isinstance(readings, Mapping):
            continue
        for name, value in readings.items():
            if isinstance(value, Mapping):
                for inner, part in value.items():
                    yield (sensor, name, inner), quantity_of(sensor, name, inner), part
            elif isinstance(value, list):
                quantity = quantity_of(sensor, name, None)
                for index, part in enumerate(value):
                    yield (sensor, name, index), quantity, part
            else:
                yield (sensor, name), quantity_of(sensor, name, None), value


def _reading(
    announcement: Announcement, message: Mapping[str, Any], path: Path, quantity: Quantity, value: Any
) -> Reading:
    unit = unit_of(quantity, message)
    is_number = isinstance(value, (int, float)) and not isinstance(value, bool)
    if is_number and unit is None and quantity.is_plain:
        quantity = replace(quantity, state_class="measurement")
    names = [str(step) for step in path]
    return Reading(
        domain="sensor",
        unique_id=f"{announcement.mac}_sensor_sensor_{'_'.join(names)}",
        name=" ".join(names),
        poll=ASK_SENSORS,
        quantity=quantity,
        unit=unit,
        path=path,
    )
