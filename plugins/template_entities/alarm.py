"""Template alarm control panels."""

from __future__ import annotations

from collections.abc import Awaitable, Mapping
from functools import partial
from typing import Any, ClassVar, Literal

from hub.api import ActionsField, Bool, Command, House, Remembered, ServiceCall, ServiceRefused
from plugins.template_entities.live import GONE, Live, Results
from plugins.template_entities.options import OptimisticOptions
from plugins.template_entities.values import word

_GOALS = {
    "arm_away": "armed_away",
    "arm_home": "armed_home",
    "arm_night": "armed_night",
    "arm_vacation": "armed_vacation",
    "arm_custom_bypass": "armed_custom_bypass",
    "disarm": "disarmed",
    "trigger": "triggered",
}
_STATES = (*_GOALS.values(), "arming", "disarming", "pending")


class AlarmOptions(OptimisticOptions):
    """An alarm whose state a template gives; the actions have the code that was given as `code`."""

    domain: ClassVar[str] = "alarm_control_panel"

    arm_away: ActionsField | None = None
    arm_home: ActionsField | None = None
    arm_night: ActionsField | None = None
    arm_vacation: ActionsField | None = None
    arm_custom_bypass: ActionsField | None = None
    disarm: ActionsField | None = None
    trigger: ActionsField | None = None
    code_arm_required: Bool = True
    code_format: Literal["number", "text", "no_code"] = "number"


class LiveAlarm(Live[AlarmOptions]):
    default_name: ClassVar[str] = "Template Alarm Control Panel"

    def __init__(self, house: House, options: AlarmOptions, unique_id: str | None) -> None:
        self._state: str | None = None
        super().__init__(house, options, unique_id)

    def fixed(self) -> Mapping[str, Any]:
        code_format = self.options.code_format
        return {
            "code_format": code_format if code_format != "no_code" else None,
            "changed_by": None,
            "code_arm_required": self.options.code_arm_required,
        }

    def commands(self) -> Mapping[str, Command]:
        commands: dict[str, Command] = {}
        for name, goal in _GOALS.items():
            script = self.script(name, getattr(self.options, name))
            if script is not None:
                commands[f"alarm_{name}"] = partial(self._turn, script, goal)
        return commands

    def _turn(self, script: Any, goal: str, call: ServiceCall) -> Awaitable[None] | None:
        code = call.fields.code
        needs = self.options.code_arm_required and self.options.code_format != "no_code"
        if needs and goal.startswith("armed") and not code:
            raise ServiceRefused(f"{self.entity_id} needs its code", remedy="Give `code`.")
        if self.options.assumed:
            self._state = goal
            self.show(call.cause)
        return self.run(script, call.cause, {"code": code})

    def restore(self, before: Remembered) -> None:
        if before.state in _STATES and before.state not in GONE and (self.triggered or self.options.assumed):
            self._state = before.state

    def update(self, results: Results) -> None:
        if "state" in results:
            self._state = word(self.entity_id, "state", results["state"], _STATES)

    def state(self) -> str | None:
        return self._state
