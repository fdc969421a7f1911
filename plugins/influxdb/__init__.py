"""Write states to InfluxDB, VictoriaMetrics or anything else that takes its line protocol."""

from __future__ import annotations

from hub.api import Integration, hookimpl
from plugins.influxdb.integration import InfluxDb


@hookimpl
def integrations() -> dict[str, type[Integration]]:
    return {"influxdb": InfluxDb}
