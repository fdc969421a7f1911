"""amqtt's MQTT server inside the hub: `broker: engine: amqtt`, for those who use its plugins."""

from __future__ import annotations

from hub.api import BrokerEngine, hookimpl
from plugins.amqtt.engine import AmqttEngine


@hookimpl
def engines() -> dict[str, type[BrokerEngine]]:
    return {"amqtt": AmqttEngine}
