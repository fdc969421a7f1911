"""Sensors that read what a program prints; only programs that are allowed by name."""

from __future__ import annotations

from hub.api import Integration, hookimpl
from plugins.command_line.integration import CommandLine


@hookimpl
def integrations() -> dict[str, type[Integration]]:
    return {"command_line": CommandLine}
