"""Entities, triggers and discovery over MQTT, with Home Assistant's options."""

from __future__ import annotations

from hub.api import EntityPlatform, Integration, Trigger, hookimpl
from plugins.mqtt.discovery import Discovery
from plugins.mqtt.integration import MqttIntegration


@hookimpl
def triggers() -> dict[str, type[Trigger]]:
    from plugins.mqtt.device_trigger import DeviceTrigger
    from plugins.mqtt.trigger import MqttTrigger

    return {"mqtt.device": DeviceTrigger, "mqtt": MqttTrigger}


@hookimpl
def platforms() -> dict[str, type[EntityPlatform]]:
    from plugins.mqtt.of_device import device_platforms

    return device_platforms()


@hookimpl
def integrations() -> dict[str, type[Integration]]:
    return {"discovery": Discovery, "mqtt": MqttIntegration}
