"""Shelly's devices, by what they say of their own accord: the first generation, and RPC since the second."""

from __future__ import annotations

from hub.api import Integration, hookimpl
from plugins.shelly.integration import ShellyIntegration


@hookimpl
def integrations() -> dict[str, type[Integration]]:
    return {"shelly": ShellyIntegration}
