"""Offer groups: the section `group:`, and groups as platforms of their domains."""

from __future__ import annotations

from hub.api import Domain, EntityPlatform, Integration, hookimpl
from plugins.group.groups import Groups
from plugins.group.services import GroupDomain


@hookimpl
def integrations() -> dict[str, type[Integration]]:
    return {"group": Groups}


@hookimpl
def domains() -> dict[str, type[Domain]]:
    return {"group": GroupDomain}


@hookimpl
def platforms() -> dict[str, type[EntityPlatform]]:
    from plugins.group.event import EventGroup
    from plugins.group.light import LightGroup
    from plugins.group.media_player import MediaPlayerGroup
    from plugins.group.openings import CoverGroup, FanGroup, ValveGroup
    from plugins.group.sensor import SensorGroup
    from plugins.group.switches import BinarySensorGroup, ButtonGroup, LockGroup, SwitchGroup

    return {
        "group.binary_sensor": BinarySensorGroup,
        "group.button": ButtonGroup,
        "group.cover": CoverGroup,
        "group.event": EventGroup,
        "group.fan": FanGroup,
        "group.light": LightGroup,
        "group.lock": LockGroup,
        "group.media_player": MediaPlayerGroup,
        "group.sensor": SensorGroup,
        "group.switch": SwitchGroup,
        "group.valve": ValveGroup,
    }
