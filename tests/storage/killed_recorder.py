"""Record numbers as fast as they come until somebody kills it; say when each was set."""

from __future__ import annotations

import asyncio
import os
import sys
import time
from pathlib import Path

from hub.building import build_house
from hub.configuration import read_data
from hub.core.clock import SystemClock
from hub.core.settings import Settings
from hub.loader import load_plugins
from hub.mqtt.closed import ClosedMqtt
from hub.storage.archive import Archive


async def main(folder: Path, first: int) -> None:
    plugins = load_plugins(installed=False)
    settings = Settings(config_dir=folder, data_dir=folder)
    house = build_house(SystemClock(), settings, plugins.catalogs, ClosedMqtt())
    archive = Archive(house, read_data({"recorder": {}}, house).recorder)
    archive.begin()
    log = os.open(folder / "told", os.O_WRONLY | os.O_CREAT | os.O_APPEND)
    number = first
    while True:
        for _ in range(20):
            number += 1
            house.states.set("sensor.number", str(number), {"batch": number // 100})
        os.write(log, f"{number} {time.time()}\n".encode())
        await asyncio.sleep(0.005)


if __name__ == "__main__":
    asyncio.run(main(Path(sys.argv[1]), int(sys.argv[2])))
