"""What a bridge is to be, as the YAML says it."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from hub.mqtt.bridge.outbox import Room
from hub.mqtt.bridge.rules import Rules
from hub.mqtt.server import MqttServer


@dataclass(frozen=True, slots=True)
class Plan:
    """What a bridge is to be. `file` keeps its outbox."""

    name: str
    server: MqttServer
    rules: Rules
    room: Room
    file: Path
