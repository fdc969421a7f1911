"""Read a meter in the house over HTTP."""

from __future__ import annotations

from collections.abc import Callable

from hub.api import EntityPlatform, Page, hookimpl
from hub_meter.command import ask_meter
from hub_meter.page import MetersPage
from hub_meter.sensor import MeterSensor

HUB_API = "1"


@hookimpl
def platforms() -> dict[str, type[EntityPlatform]]:
    return {"meter.sensor": MeterSensor}


@hookimpl
def pages() -> dict[str, type[Page]]:
    return {"meters": MetersPage}


@hookimpl
def commands() -> dict[str, Callable[..., None]]:
    return {"meter": ask_meter}
