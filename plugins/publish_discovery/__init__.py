"""Offer the hub's own entities to a Home Assistant beside it."""

from __future__ import annotations

from hub.api import Integration, hookimpl
from plugins.publish_discovery.integration import PublishDiscovery


@hookimpl
def integrations() -> dict[str, type[Integration]]:
    return {"publish_discovery": PublishDiscovery}
