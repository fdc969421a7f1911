"""How fast are 1,000 kept announcements entities, and what does one JSON reading with five templates cost?

python benchmarks/discovery.py
"""

from __future__ import annotations

import asyncio
import gc
import statistics
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import orjson

from hub.app import App
from hub.testing.house import SimulatedHouse

DEVICES, OF_EACH = 200, 5
CLASSES = {
    "temperature": "°C", "humidity": "%", "battery": "%", "voltage": "mV", "atmospheric_pressure": "hPa",
}  # fmt: skip
READING = {
    "temperature": 21.37,
    "humidity": 48.3,
    "battery": 97,
    "voltage": 2995,
    "atmospheric_pressure": 1013.2,
}
CONFIG = "broker:\n  listeners: []\n"


def announcement(number: int, name: str) -> tuple[str, bytes]:
    """Return one of Zigbee2MQTT's announcements."""
    ieee = f"0x00158d{number:010x}"
    config = {
        "availability": [{"topic": "zigbee2mqtt/bridge/state", "value_template": "{{ value_json.state }}"}],
        "device": {"identifiers": [f"zigbee2mqtt_{ieee}"], "name": f"sensor {number}", "model": "WSDCGQ11LM"},
        "device_class": name,
        "object_id": f"sensor_{number}_{name}",
        "origin": {"name": "Zigbee2MQTT", "sw": "2.7.2", "url": "https://www.zigbee2mqtt.io"},
        "state_class": "measurement",
        "state_topic": f"zigbee2mqtt/sensor {number}",
        "unique_id": f"{ieee}_{name}_zigbee2mqtt",
        "unit_of_measurement": CLASSES[name],
        "value_template": f"{{{{ value_json.{name} }}}}",
    }
    return f"homeassistant/sensor/{ieee}/{name}/config", orjson.dumps(config)


async def fill(config: Path) -> None:
    """Let a hub's server keep everything, with the last reading of each device."""
    app = App(config, watch=False)
    await app.start()
    mqtt = app.house.mqtt
    for number in range(DEVICES):
        for name in CLASSES:
            mqtt.publish(*announcement(number, name), retain=True)
        mqtt.publish(f"zigbee2mqtt/sensor {number}", orjson.dumps(READING), retain=True)
    mqtt.publish("zigbee2mqtt/bridge/state", b'{"state":"online"}', retain=True)
    await asyncio.sleep(2)
    await app.stop()


async def appear(config: Path) -> None:
    app = App(config, watch=False)
    began = time.perf_counter()
    await app.start()
    longest = await held_up_until(lambda: usable(app) == DEVICES * OF_EACH)
    took = time.perf_counter() - began
    print(f"{usable(app)} entities usable {took:.2f} s after the start of the hub, which took {longest}")
    await app.stop()


async def held_up_until(done: Callable[[], bool]) -> str:
    """Wait until it is done, and say how long the loop was held up at most, in its own processor time."""
    longest, last = 0.0, time.thread_time()
    while not done():
        await asyncio.sleep(0)
        now = time.thread_time()
        longest, last = max(longest, now - last), time.thread_time()
    return f"{longest * 1000:.1f} ms of the loop at once at most"


def usable(app: App) -> int:
    states = app.house.states
    return sum(states.get(id).state not in ("unknown", "unavailable") for id in states.entity_ids("sensor"))


async def flood(config: Path) -> None:
    """Let 1,000 announcements come at once into a hub that runs."""
    app = App(config, watch=False)
    await app.start()
    mqtt = app.house.mqtt
    began = time.perf_counter()
    for number in range(DEVICES):
        for name in CLASSES:
            mqtt.publish(*announcement(number, name))
        mqtt.publish(f"zigbee2mqtt/sensor {number}", orjson.dumps(READING), retain=True)
    longest = await held_up_until(lambda: len(app.house.states.entity_ids("sensor")) == DEVICES * OF_EACH)
    print(f"1,000 that come at once are there in {time.perf_counter() - began:.2f} s, {longest}")
    await app.stop()


async def read() -> None:
    """Measure a reading whose five values feed five sensors."""
    simulated = SimulatedHouse()
    simulated.set_up({})
    for name in CLASSES:
        topic, payload = announcement(1, name)
        simulated.mqtt.deliver(topic, payload, retain=True)
    simulated.mqtt.deliver("zigbee2mqtt/bridge/state", b'{"state":"online"}')
    payloads = [orjson.dumps({name: value + step for name, value in READING.items()}) for step in range(10)]
    listeners = [
        callback for filter, callback in simulated.mqtt._listeners if filter == "zigbee2mqtt/sensor 1"
    ]
    from hub.core.ports import Message

    times = []
    gc.disable()
    for number in range(20_000):
        message = Message("zigbee2mqtt/sensor 1", payloads[number % 10])
        began = time.perf_counter()
        for listener in listeners:
            listener(message)
        times.append(time.perf_counter() - began)
    gc.enable()
    median, slow = statistics.median(times) * 1e6, statistics.quantiles(times, n=100)[98] * 1e6
    print(f"a JSON reading with five templates: median {median:.1f} µs, 99 % within {slow:.1f} µs")
    await simulated.stop()


async def main() -> None:
    await read()
    with tempfile.TemporaryDirectory() as folder:
        config = Path(folder) / "config.yaml"
        config.write_text(CONFIG)
        await fill(config)
        await appear(config)
    with tempfile.TemporaryDirectory() as folder:
        config = Path(folder) / "config.yaml"
        config.write_text(CONFIG)
        await flood(config)


if __name__ == "__main__":
    asyncio.run(main())
