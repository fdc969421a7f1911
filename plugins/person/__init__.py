"""Let people be at home or away, as their phones and other trackers say."""

from __future__ import annotations

from hub.api import Integration, hookimpl
from plugins.person.integration import People


@hookimpl
def integrations() -> dict[str, type[Integration]]:
    return {"person": People}
