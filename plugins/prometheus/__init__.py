"""Answer Prometheus, and whatever else collects its text format."""

from __future__ import annotations

from hub.api import Integration, hookimpl
from plugins.prometheus.integration import Prometheus


@hookimpl
def integrations() -> dict[str, type[Integration]]:
    return {"prometheus": Prometheus}
