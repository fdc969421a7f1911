"""Offer the state trigger and the state condition."""

from __future__ import annotations

from hub.api import Condition, Trigger, hookimpl
from plugins.state.condition import StateCondition
from plugins.state.trigger import StateTrigger


@hookimpl
def triggers() -> dict[str, type[Trigger]]:
    return {"state": StateTrigger}


@hookimpl
def conditions() -> dict[str, type[Condition]]:
    return {"state": StateCondition}
