"""Devices with Tasmota, found by Tasmota's own announcements."""

from __future__ import annotations

from hub.api import Integration, Trigger, hookimpl
from plugins.tasmota.integration import TasmotaIntegration


@hookimpl
def triggers() -> dict[str, type[Trigger]]:
    from plugins.tasmota.trigger import TasmotaTrigger

    return {"tasmota": TasmotaTrigger}


@hookimpl
def integrations() -> dict[str, type[Integration]]:
    return {"tasmota": TasmotaIntegration}
