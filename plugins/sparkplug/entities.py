"""What a metric of Sparkplug becomes: an entity that shows it, and sets it if it may be set."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from hub.api import Command, DeviceInfo, Entity, EntityInfo, House, ServiceCall
from plugins.sparkplug.payload import BOOLEAN, Metric

Send = Callable[[Metric], None]


class LiveMetric:
    """The living entity of one metric."""

    def __init__(self, house: House, device: DeviceInfo, metric: Metric, key: str, send: Send | None) -> None:
        self._metric = metric
        self._send = send
        self.entity: Entity = house.entities.add(self._info(device, key), self._commands())

    def _info(self, device: DeviceInfo, key: str) -> EntityInfo:
        attributes: dict[str, Any] = {}
        if self._domain == "number":
            attributes = {"min": -1e9, "max": 1e9, "step": 0.001, "mode": "box"}
        elif self._domain == "text":
            attributes = {"min": 0, "max": 255, "mode": "text", "pattern": None}
        elif self._domain == "sensor" and self._metric.is_number:
            attributes = {"state_class": "measurement"}
        return EntityInfo(
            domain=self._domain,
            platform="sparkplug",
            unique_id=key,
            name=self._metric.name,
            device=device,
            attributes=attributes,
        )

    @property
    def _domain(self) -> str:
        if self._metric.datatype == BOOLEAN:
            return "binary_sensor" if self._send is None else "switch"
        if self._send is None:
            return "sensor"
        return "number" if self._metric.is_number else "text"

    def _commands(self) -> Mapping[str, Command]:
        if self._domain == "switch":
            return {
                "turn_on": lambda call: self._set(True),
                "turn_off": lambda call: self._set(False),
            }
        if self._domain in ("number", "text"):
            return {"set_value": self._set_value}
        return {}

    def _set_value(self, call: ServiceCall) -> None:
        self._set(call.fields.value)

    def _set(self, value: Any) -> None:
        if self._send is not None:
            metric = self._metric
            self._send(Metric(metric.name, metric.alias, metric.datatype, value))

    def show(self, value: bool | int | float | str | None) -> None:
        """Show a value that was told."""
        if value is None:
            self.entity.write(None)
        elif self._metric.datatype == BOOLEAN:
            self.entity.write("on" if value else "off")
        else:
            self.entity.write(str(value)[:255])
