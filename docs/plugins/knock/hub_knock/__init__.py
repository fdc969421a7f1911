"""Fire when somebody knocks."""

from __future__ import annotations

from hub.api import Trigger, hookimpl
from hub_knock.trigger import KnockTrigger

HUB_API = "1"


@hookimpl
def triggers() -> dict[str, type[Trigger]]:
    return {"knock": KnockTrigger}
