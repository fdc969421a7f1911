"""Template sensors."""

from __future__ import annotations

import logging
from collections.abc import Mapping
from datetime import UTC, date, datetime
from typing import Any, ClassVar, Literal, Self

from pydantic import model_validator

from hub.api import HubError, Remembered, TemplateField, Text, refuse
from plugins.template_entities.live import GONE, Failed, Live, Results, shown
from plugins.template_entities.options import EntityOptions

log = logging.getLogger(__name__)
StateClass = Literal["measurement", "measurement_angle", "total", "total_increasing"]
_NOT_NUMERIC = ("date", "enum", "timestamp")


class SensorOptions(EntityOptions):
    """A sensor whose state a template gives."""

    domain: ClassVar[str] = "sensor"
    rendered: ClassVar[tuple[str, ...]] = ("state", "last_reset")

    state: TemplateField
    device_class: Text | None = None
    state_class: StateClass | None = None
    unit_of_measurement: Text | None = None
    last_reset: TemplateField | None = None

    @model_validator(mode="after")
    def _reset_of_a_total(self) -> Self:
        if self.last_reset is not None and self.state_class != "total":
            raise refuse("last_reset goes only with state_class total")
        return self

    @property
    def numeric(self) -> bool:
        """Whether the state has to be a number."""
        if self.device_class in _NOT_NUMERIC:
            return False
        return any(
            told is not None for told in (self.device_class, self.state_class, self.unit_of_measurement)
        )


class LiveSensor(Live[SensorOptions]):
    default_name: ClassVar[str] = "Template Sensor"
    _value: Any = None
    _reset: datetime | None = None

    def fixed(self) -> Mapping[str, Any]:
        state_class = self.options.state_class
        return {"state_class": state_class} if state_class is not None else {}

    def restore(self, before: Remembered) -> None:
        if self.triggered and before.state not in GONE:
            self._value = before.state
            self.restore_looks(before)

    def update(self, results: Results) -> None:
        if "state" in results:
            value = results["state"]
            self._value = None if isinstance(value, Failed) else self._in_time(value)
        if "last_reset" in results and not isinstance(results["last_reset"], Failed):
            self._reset = _moment(results["last_reset"])
            if self._reset is None:
                log.warning("%s: last_reset %r is no time", self.entity_id, results["last_reset"])

    def state(self) -> str | None:
        if self._value is not None and self.options.numeric and not _is_number(self._value):
            raise HubError(f"its state should be a number, but is {self._value!r}")
        return shown(self._value)

    def extra(self) -> Mapping[str, Any]:
        return {"last_reset": self._reset.isoformat()} if self._reset is not None else {}

    def _in_time(self, value: Any) -> Any:
        """Return what a timestamp or a date shows; None, with a warning, if it is none."""
        kind = self.options.device_class
        if value is None or kind not in ("timestamp", "date"):
            return value
        if kind == "date":
            day = _day(value)
            if day is None:
                log.warning("%s: %r is no date", self.entity_id, value)
            return day.isoformat() if day is not None else None
        moment = _moment(value)
        if moment is None or moment.tzinfo is None:
            log.warning("%s: %r is no time with its zone", self.entity_id, value)
            return None
        return moment.astimezone(UTC).isoformat(timespec="seconds")


def _is_number(value: Any) -> bool:
    if isinstance(value, (int, float)):
        return True
    try:
        float(value)
    except (TypeError, ValueError):
        return False
    return True


def _moment(value: Any) -> datetime | None:
    if isinstance(value, datetime):
        return value
    try:
        return datetime.fromisoformat(str(value))
    except ValueError:
        return None


def _day(value: Any) -> date | None:
    try:
        return date.fromisoformat(str(value))
    except ValueError:
        return None
