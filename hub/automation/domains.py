"""The services that automations and scripts obey."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar

from pydantic import Field

from hub.fields import Bool
from hub.kinds import Domain, NoData, ServiceData


class TurnOffAutomation(ServiceData):
    """Stop listening to the triggers."""

    stop_actions: Bool = True


class TriggerAutomation(ServiceData):
    """Run the actions now."""

    skip_condition: Bool = True


class RunScript(ServiceData):
    """Start the script and do not wait for it."""

    variables: Mapping[str, Any] = Field(default_factory=dict)


class AutomationDomain(Domain):
    name = "automation"
    services: ClassVar[Mapping[str, type[ServiceData]]] = {
        "turn_on": NoData,
        "turn_off": TurnOffAutomation,
        "toggle": TurnOffAutomation,
        "trigger": TriggerAutomation,
    }


class ScriptDomain(Domain):
    name = "script"
    services: ClassVar[Mapping[str, type[ServiceData]]] = {
        "turn_on": RunScript,
        "turn_off": NoData,
        "toggle": RunScript,
    }
