"""Offer the time trigger and condition, and the time_pattern trigger."""

from __future__ import annotations

from hub.api import Condition, Trigger, hookimpl
from plugins.time.condition import TimeCondition
from plugins.time.pattern_trigger import TimePatternTrigger
from plugins.time.trigger import TimeTrigger


@hookimpl
def triggers() -> dict[str, type[Trigger]]:
    return {"time": TimeTrigger, "time_pattern": TimePatternTrigger}


@hookimpl
def conditions() -> dict[str, type[Condition]]:
    return {"time": TimeCondition}
