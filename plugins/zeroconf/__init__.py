"""Let programs on the network at home find the MQTT server and the pages by themselves."""

from __future__ import annotations

from hub.api import Integration, hookimpl
from plugins.zeroconf.integration import Zeroconf


@hookimpl
def integrations() -> dict[str, type[Integration]]:
    return {"zeroconf": Zeroconf}
