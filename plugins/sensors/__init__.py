"""Offer sensors that compute from other entities, and meters."""

from __future__ import annotations

from hub.api import Domain, EntityPlatform, Integration, hookimpl
from plugins.sensors.derivative import Derivative
from plugins.sensors.integral import Integral
from plugins.sensors.min_max import MinMax
from plugins.sensors.threshold import Threshold
from plugins.sensors.utility_meter import UtilityMeter, UtilityMeters


@hookimpl
def platforms() -> dict[str, type[EntityPlatform]]:
    return {
        "derivative.sensor": Derivative,
        "integration.sensor": Integral,
        "min_max.sensor": MinMax,
        "threshold.binary_sensor": Threshold,
    }


@hookimpl
def integrations() -> dict[str, type[Integration]]:
    return {"utility_meter": UtilityMeters}


@hookimpl
def domains() -> dict[str, type[Domain]]:
    return {"utility_meter": UtilityMeter}
