"""Devices that describe themselves by the Homie convention, versions 4 and 5."""

from __future__ import annotations

from hub.api import Integration, hookimpl
from plugins.homie.integration import HomieIntegration


@hookimpl
def integrations() -> dict[str, type[Integration]]:
    return {"homie": HomieIntegration}
