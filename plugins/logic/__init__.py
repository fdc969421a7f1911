"""The conditions and, or, not and trigger."""

from __future__ import annotations

from hub.api import Condition, hookimpl
from plugins.logic.joined import AndCondition, NotCondition, OrCondition
from plugins.logic.trigger import TriggerCondition


@hookimpl
def conditions() -> dict[str, type[Condition]]:
    return {"and": AndCondition, "or": OrCondition, "not": NotCondition, "trigger": TriggerCondition}
