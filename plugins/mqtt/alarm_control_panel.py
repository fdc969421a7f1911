"""The mqtt alarm_control_panel: a burglar alarm, armed and disarmed by code."""

from __future__ import annotations

import hmac
import logging
from collections.abc import Mapping
from functools import partial
from typing import Any, ClassVar, Literal

from pydantic import Field

from hub.api import Bool, Command, House, OneOrMany, ServiceCall, ServiceRefused, TemplateField, Text
from plugins.mqtt.decoding import NONE
from plugins.mqtt.feed import Feed
from plugins.mqtt.live import Live
from plugins.mqtt.options import CommandOptions, Living, Payload
from plugins.mqtt.topics import PublishTopic, SubscribeTopic

log = logging.getLogger(__name__)

_STATES = frozenset({
    "armed_away", "armed_custom_bypass", "armed_home", "armed_night", "armed_vacation", "arming", "disarmed",
    "disarming", "pending", "triggered",
})  # fmt: skip
_BY_DEVICE = ("REMOTE_CODE", "REMOTE_CODE_TEXT")

Feature = Literal["arm_home", "arm_away", "arm_night", "arm_vacation", "arm_custom_bypass", "trigger"]


class AlarmControlPanel(CommandOptions):
    """A burglar alarm.

    The device checks the code itself if `code` is REMOTE_CODE (digits) or REMOTE_CODE_TEXT.
    """

    domain: ClassVar[str] = "alarm_control_panel"
    default_name: ClassVar[str | None] = "MQTT Alarm"
    reserved: ClassVar[frozenset[str]] = frozenset({"changed_by", "code_arm_required", "code_format"})

    command_topic: PublishTopic
    command_template: TemplateField | None = None
    state_topic: SubscribeTopic
    value_template: TemplateField | None = None
    supported_features: OneOrMany[Feature] = (
        "arm_home", "arm_away", "arm_night", "arm_vacation", "arm_custom_bypass", "trigger",
    )  # fmt: skip
    code: Text | None = Field(default=None, repr=False)
    code_arm_required: Bool = True
    code_disarm_required: Bool = True
    code_trigger_required: Bool = True
    payload_arm_home: Payload = "ARM_HOME"
    payload_arm_away: Payload = "ARM_AWAY"
    payload_arm_night: Payload = "ARM_NIGHT"
    payload_arm_vacation: Payload = "ARM_VACATION"
    payload_arm_custom_bypass: Payload = "ARM_CUSTOM_BYPASS"
    payload_disarm: Payload = "DISARM"
    payload_trigger: Payload = "TRIGGER"

    @property
    def code_format(self) -> str | None:
        if self.code is None:
            return None
        return "number" if self.code == "REMOTE_CODE" or self.code.isdigit() else "text"

    def accepts(self, code: str | None) -> bool:
        if self.code is None:
            return True
        if self.code in _BY_DEVICE:
            return bool(code)
        return hmac.compare_digest(self.code.encode(), (code or "").encode())

    def make(self, house: House, feed: Feed) -> Living:
        return LiveAlarm(house, feed, self)


class LiveAlarm(Live[AlarmControlPanel]):
    _state: str | None = None

    def commands(self) -> Mapping[str, Command]:
        options = self.options
        arming = [feature for feature in options.supported_features if feature != "trigger"]
        commands: dict[str, Command] = {
            f"alarm_{feature}": partial(self._order, feature, options.code_arm_required) for feature in arming
        }
        commands["alarm_disarm"] = partial(self._order, "disarm", options.code_disarm_required)
        if "trigger" in options.supported_features:
            commands["alarm_trigger"] = partial(self._order, "trigger", options.code_trigger_required)
        return commands

    def wire(self) -> None:
        self.hear("state", self.options.state_topic, self.options.value_template, self._came)

    def current(self) -> tuple[str | None, Mapping[str, Any]]:
        options = self.options
        return self._state, {
            "code_format": options.code_format,
            "changed_by": None,
            "code_arm_required": options.code_arm_required,
        }

    def _came(self, text: str) -> None:
        if not text.strip():
            return
        if text != NONE and text not in _STATES:
            log.warning("%s: %.100r is no state of an alarm", self.name, text)
            return
        self._state = None if text == NONE else text
        self.touch()

    def _order(self, action: str, needs_code: bool, call: ServiceCall) -> None:
        code: str | None = call.fields.code
        if action.startswith("arm_") and needs_code and not code:
            raise ServiceRefused(f"{self.name}: a code is needed to arm", remedy="Give code.")
        if needs_code and not self.options.accepts(code):
            raise ServiceRefused(f"{self.name}: the code is wrong")
        payload = getattr(self.options, f"payload_{action}")
        template = self.options.command_template
        self.publish(self.options.command_topic, self.render(template, payload, action=payload, code=code))


OPTIONS = AlarmControlPanel
