"""Offer the sun: its entity, its trigger and its condition."""

from __future__ import annotations

from hub.api import Condition, Integration, Trigger, hookimpl
from plugins.sun.integration import SunIntegration


@hookimpl
def triggers() -> dict[str, type[Trigger]]:
    from plugins.sun.trigger import SunTrigger

    return {"sun": SunTrigger}


@hookimpl
def conditions() -> dict[str, type[Condition]]:
    from plugins.sun.condition import SunCondition

    return {"sun": SunCondition}


@hookimpl
def integrations() -> dict[str, type[Integration]]:
    return {"sun": SunIntegration}
