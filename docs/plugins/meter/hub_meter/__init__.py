"""Read a meter in the house over HTTP."""

from __future__ import annotations

from hub.api import EntityPlatform, hookimpl
from hub_meter.sensor import MeterSensor

HUB_API = "1"


@hookimpl
def platforms() -> dict[str, type[EntityPlatform]]:
    return {"meter.sensor": MeterSensor}
