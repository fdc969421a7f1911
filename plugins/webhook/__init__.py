"""A trigger that other programs and services fire over HTTP."""

from __future__ import annotations

from hub.api import Trigger, hookimpl
from plugins.webhook.trigger import WebhookTrigger


@hookimpl
def triggers() -> dict[str, type[Trigger]]:
    return {"webhook": WebhookTrigger}
