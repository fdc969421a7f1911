"""Offer the numeric_state trigger and condition."""

from __future__ import annotations

from hub.api import Condition, Trigger, hookimpl
from plugins.numeric_state.condition import NumericStateCondition
from plugins.numeric_state.trigger import NumericStateTrigger


@hookimpl
def triggers() -> dict[str, type[Trigger]]:
    return {"numeric_state": NumericStateTrigger}


@hookimpl
def conditions() -> dict[str, type[Condition]]:
    return {"numeric_state": NumericStateCondition}
