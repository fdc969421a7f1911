"""Notifications that stay until somebody dismisses them, and a trigger for them."""

from __future__ import annotations

from hub.api import Integration, Trigger, hookimpl
from plugins.persistent_notification.integration import PersistentNotificationIntegration
from plugins.persistent_notification.trigger import PersistentNotificationTrigger


@hookimpl
def triggers() -> dict[str, type[Trigger]]:
    return {"persistent_notification": PersistentNotificationTrigger}


@hookimpl
def integrations() -> dict[str, type[Integration]]:
    return {"persistent_notification": PersistentNotificationIntegration}
