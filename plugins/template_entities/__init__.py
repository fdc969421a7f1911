"""Offer entities that templates make: the section `template:` and the platform of old."""

from __future__ import annotations

from hub.api import EntityPlatform, Integration, hookimpl
from plugins.template_entities.legacy import (
    LegacyBinarySensors,
    LegacyCovers,
    LegacyFans,
    LegacyLights,
    LegacySensors,
    LegacySwitches,
)
from plugins.template_entities.section import TemplateEntities


@hookimpl
def integrations() -> dict[str, type[Integration]]:
    return {"template": TemplateEntities}


@hookimpl
def platforms() -> dict[str, type[EntityPlatform]]:
    return {
        "template.sensor": LegacySensors,
        "template.binary_sensor": LegacyBinarySensors,
        "template.cover": LegacyCovers,
        "template.fan": LegacyFans,
        "template.light": LegacyLights,
        "template.switch": LegacySwitches,
    }
