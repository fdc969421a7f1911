"""Offer zones: their entities, the zone trigger and the zone condition."""

from __future__ import annotations

from hub.api import Condition, Integration, Trigger, hookimpl
from plugins.zone.integration import ZoneIntegration


@hookimpl
def triggers() -> dict[str, type[Trigger]]:
    from plugins.zone.trigger import ZoneTrigger

    return {"zone": ZoneTrigger}


@hookimpl
def conditions() -> dict[str, type[Condition]]:
    from plugins.zone.condition import ZoneCondition

    return {"zone": ZoneCondition}


@hookimpl
def integrations() -> dict[str, type[Integration]]:
    return {"zone": ZoneIntegration}
