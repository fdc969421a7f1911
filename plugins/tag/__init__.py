"""A trigger for tags that somebody holds to a reader."""

from __future__ import annotations

from hub.api import Trigger, hookimpl
from plugins.tag.trigger import TagTrigger


@hookimpl
def triggers() -> dict[str, type[Trigger]]:
    return {"tag": TagTrigger}
