"""HTTP to the outside: commands that are sent, and sensors that are read."""

from __future__ import annotations

from hub.api import EntityPlatform, Integration, hookimpl
from plugins.rest.commands import RestCommands
from plugins.rest.sensor import Rest, RestBinarySensor, RestSensor
from plugins.rest.switch import RestSwitch


@hookimpl
def integrations() -> dict[str, type[Integration]]:
    return {"rest": Rest, "rest_command": RestCommands}


@hookimpl
def platforms() -> dict[str, type[EntityPlatform]]:
    return {"rest.sensor": RestSensor, "rest.binary_sensor": RestBinarySensor, "rest.switch": RestSwitch}
