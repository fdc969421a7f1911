"""A hub's MQTT server with a bridge, to be killed at any moment: killed_hub.py FOLDER PORT FAR_PORT."""

from __future__ import annotations

import asyncio
import sys
from pathlib import Path

from hub.building import build_house
from hub.core.clock import SystemClock
from hub.core.settings import Settings
from hub.loader import Catalogs
from hub.mqtt import EmbeddedEngine
from hub.mqtt.bridge import bridge
from hub.mqtt.closed import ClosedMqtt
from hub.mqtt.door import waits


async def main(folder: Path, port: int, far_port: int) -> None:
    bridge.waits = lambda: waits(0.01, 0.05)
    topics = [{"filter": "out/#", "qos": 2}, {"filter": "in/#", "direction": "in", "qos": 2}]
    far = {"name": "far", "host": "127.0.0.1", "port": far_port, "topics": topics}
    limits = {"messages_per_second": None, "queue_messages": 100_000, "flapping_connects": 1_000}
    users = [{"name": "ann", "password": "secret", "admin": True}]
    engine = EmbeddedEngine.model_validate(
        {"listeners": [{"port": port}], "users": users, "limits": limits, "bridges": [far]}
    )
    clock = SystemClock()
    settings = Settings(config_dir=folder, data_dir=folder)
    await engine.open(build_house(clock, settings, Catalogs(), ClosedMqtt()))
    print("ready", flush=True)
    await asyncio.Event().wait()


if __name__ == "__main__":
    asyncio.run(main(Path(sys.argv[1]), int(sys.argv[2]), int(sys.argv[3])))
