"""Let rules write to the log and say how much stands in it."""

from __future__ import annotations

from hub.api import Integration, hookimpl
from plugins.logs.logger import Logger
from plugins.logs.system_log import SystemLog


@hookimpl
def integrations() -> dict[str, type[Integration]]:
    return {"logger": Logger, "system_log": SystemLog}
