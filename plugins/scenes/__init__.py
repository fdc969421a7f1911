"""Offer scenes: the section `scene:` and the services for them."""

from __future__ import annotations

from hub.api import Integration, hookimpl
from plugins.scenes.section import Scenes


@hookimpl
def integrations() -> dict[str, type[Integration]]:
    return {"scene": Scenes}
