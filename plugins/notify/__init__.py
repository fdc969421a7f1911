"""Ways to reach people: over Apprise's hundred services, in groups, with manners."""

from __future__ import annotations

from hub.api import EntityPlatform, hookimpl
from plugins.notify.apprise import AppriseNotify
from plugins.notify.group import NotifyGroup


@hookimpl
def platforms() -> dict[str, type[EntityPlatform]]:
    return {"apprise.notify": AppriseNotify, "group.notify": NotifyGroup}
