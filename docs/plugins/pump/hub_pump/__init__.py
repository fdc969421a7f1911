"""A garden pump that speaks MQTT in a way of its own."""

from __future__ import annotations

from hub.api import Integration, hookimpl
from hub_pump.pumps import Pumps

HUB_API = "1"


@hookimpl
def integrations() -> dict[str, type[Integration]]:
    return {"pump": Pumps}
