"""Pass on what devices of a registry say and are told, to files, webhooks and other MQTT servers."""

from __future__ import annotations

from hub.api import Integration, hookimpl
from plugins.iot_export.integration import ExportIntegration


@hookimpl
def integrations() -> dict[str, type[Integration]]:
    return {"iot_export": ExportIntegration}
