"""Devices with Tasmota, found by Tasmota's own announcements."""

from __future__ import annotations

from hub.api import Integration, Trigger, hookimpl
from plugins.tasmota.integration import TasmotaIntegration
from plugins.tasmota.trigger import TasmotaTrigger


@hookimpl
def triggers() -> dict[str, type[Trigger]]:
    return {"tasmota": TasmotaTrigger}


@hookimpl
def integrations() -> dict[str, type[Integration]]:
    return {"tasmota": TasmotaIntegration}
