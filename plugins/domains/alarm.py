"""The alarm_control_panel domain: burglar alarms."""

from __future__ import annotations

from typing import ClassVar

from hub.api import Domain, ServiceData
from plugins.domains.fields import CodeData


class AlarmControlPanel(Domain):
    """Burglar alarms."""

    name: ClassVar[str] = "alarm_control_panel"
    services: ClassVar[dict[str, type[ServiceData]]] = {
        "alarm_disarm": CodeData,
        "alarm_arm_home": CodeData,
        "alarm_arm_away": CodeData,
        "alarm_arm_night": CodeData,
        "alarm_arm_vacation": CodeData,
        "alarm_arm_custom_bypass": CodeData,
        "alarm_trigger": CodeData,
    }
    features: ClassVar[dict[str, int]] = {
        "alarm_arm_home": 1, "alarm_arm_away": 2, "alarm_arm_night": 4, "alarm_trigger": 8,
        "alarm_arm_custom_bypass": 16, "alarm_arm_vacation": 32,
    }  # fmt: skip
