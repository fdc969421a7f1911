"""Edge nodes and devices of Sparkplug B, as industry has them."""

from __future__ import annotations

from hub.api import Integration, hookimpl
from plugins.sparkplug.integration import SparkplugIntegration


@hookimpl
def integrations() -> dict[str, type[Integration]]:
    return {"sparkplug": SparkplugIntegration}
