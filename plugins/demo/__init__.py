"""A house to try the hub on: simulated devices over real MQTT."""

from __future__ import annotations

from hub.api import Integration, hookimpl
from plugins.demo.integration import Demo


@hookimpl
def integrations() -> dict[str, type[Integration]]:
    return {"demo": Demo}
