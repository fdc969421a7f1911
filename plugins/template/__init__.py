"""A trigger and a condition that a template decides."""

from __future__ import annotations

from hub.api import Condition, Trigger, hookimpl
from plugins.template.condition import TemplateCondition
from plugins.template.trigger import TemplateTrigger


@hookimpl
def triggers() -> dict[str, type[Trigger]]:
    return {"template": TemplateTrigger}


@hookimpl
def conditions() -> dict[str, type[Condition]]:
    return {"template": TemplateCondition}
