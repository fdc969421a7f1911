"""Offer sensors that compute from other entities, and meters."""

from __future__ import annotations

from hub.api import Domain, EntityPlatform, Integration, hookimpl
from plugins.sensors.utility_meter import UtilityMeter, UtilityMeters


@hookimpl
def platforms() -> dict[str, type[EntityPlatform]]:
    from plugins.sensors.bayesian import Bayesian
    from plugins.sensors.chance import Random, RandomBinary
    from plugins.sensors.derivative import Derivative
    from plugins.sensors.filtered import Filtered
    from plugins.sensors.history_stats import HistoryStats
    from plugins.sensors.integral import Integral
    from plugins.sensors.min_max import MinMax
    from plugins.sensors.statistic import Statistics
    from plugins.sensors.threshold import Threshold
    from plugins.sensors.tod import TimesOfDay
    from plugins.sensors.trend import Trend

    return {
        "bayesian.binary_sensor": Bayesian,
        "derivative.sensor": Derivative,
        "filter.sensor": Filtered,
        "history_stats.sensor": HistoryStats,
        "integration.sensor": Integral,
        "min_max.sensor": MinMax,
        "random.binary_sensor": RandomBinary,
        "random.sensor": Random,
        "statistics.sensor": Statistics,
        "threshold.binary_sensor": Threshold,
        "tod.binary_sensor": TimesOfDay,
        "trend.binary_sensor": Trend,
    }


@hookimpl
def integrations() -> dict[str, type[Integration]]:
    return {"utility_meter": UtilityMeters}


@hookimpl
def domains() -> dict[str, type[Domain]]:
    return {"utility_meter": UtilityMeter}
