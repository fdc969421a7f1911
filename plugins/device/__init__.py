"""The device parts that Home Assistant's editor writes: what a device's entity becomes, is and does."""

from __future__ import annotations

from hub.api import Action, Condition, Trigger, hookimpl
from plugins.device.action import DeviceAction
from plugins.device.condition import DeviceCondition
from plugins.device.trigger import DeviceTrigger


@hookimpl
def triggers() -> dict[str, type[Trigger]]:
    return {"device": DeviceTrigger}


@hookimpl
def conditions() -> dict[str, type[Condition]]:
    return {"device": DeviceCondition}


@hookimpl
def actions() -> dict[str, type[Action]]:
    return {"device_id": DeviceAction}
