"""How many commands a second come out of how many readings, and how late?

Sensors publish readings over a real socket; every other reading crosses a threshold; an automation
answers with a templated command. The hub runs in a process of its own, so does the load. Peers: this hub
with its own MQTT server, with amqtt, and with Mosquitto as an external one, in one run.

    python benchmarks/heater.py [--engines embedded,external,amqtt] [--sensors 100] [--seconds 5]
"""

from __future__ import annotations

import argparse
import asyncio
import json
import os
import shutil
import signal
import socket
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

USER, PASSWORD = "bench", "bench-password-only-here"
# So many commands may be on their way; more would only measure the depth of the queues.
WINDOW = 200


# --- the load -------------------------------------------------------------------------------------


def _text(value: str) -> bytes:
    data = value.encode()
    return len(data).to_bytes(2, "big") + data


def _packet(kind: int, body: bytes) -> bytes:
    length, rest = b"", len(body)
    while True:
        rest, low = divmod(rest, 128)
        length += bytes([low | (128 if rest else 0)])
        if not rest:
            return bytes([kind]) + length + body


def _reading(sensor: int, value: float) -> bytes:
    payload = json.dumps({"temperature": value, "humidity": 44, "sensor": sensor}).encode().ljust(64)
    return _packet(0x30, _text(f"sensors/room_{sensor}/reading") + payload)


class Load(asyncio.Protocol):
    """One client that publishes readings and counts commands."""

    def __init__(self, sensors: int) -> None:
        self.low = [_reading(number, 20.0) for number in range(sensors)]
        self.high = [_reading(number, 30.0) for number in range(sensors)]
        self.sensors = sensors
        self.commands = 0
        self.sent: dict[bytes, float] = {}
        self.latencies: list[float] = []
        self.ready = asyncio.get_running_loop().create_future()
        self.gone = False
        self.waiting: asyncio.Future[None] | None = None
        self.expected = 0
        self._rest = b""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self.transport: asyncio.Transport = transport  # type: ignore[assignment]  # uvloop's is none by name
        transport.get_extra_info("socket").setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        body = _text("MQTT") + bytes([4, 0xC2, 0, 60]) + _text("load") + _text(USER) + _text(PASSWORD)
        transport.write(_packet(0x10, body))
        transport.write(_packet(0x82, b"\0\1" + _text("heaters/+/set") + b"\0"))

    def connection_lost(self, exc: Exception | None) -> None:
        self.gone = True
        for future in (self.ready, self.waiting):
            if future is not None and not future.done():
                future.set_exception(ConnectionError("the server closed the connection"))

    def data_received(self, data: bytes) -> None:
        data = self._rest + data
        at, end = 0, len(data)
        while at + 2 <= end:
            length, shift, body = 0, 0, at + 1
            while body < end:
                byte = data[body]
                length |= (byte & 127) << shift
                body += 1
                shift += 7
                if not byte & 128:
                    break
            if body + length > end:
                break
            kind = data[at] & 0xF0
            if kind == 0x30:
                self._command(data[body + 2 : body + 2 + int.from_bytes(data[body : body + 2], "big")])
            elif kind == 0x90:
                self.ready.set_result(None)
            at = body + length
        self._rest = data[at:]
        if self.waiting is not None and self.expected - self.commands < WINDOW // 2:
            waiting, self.waiting = self.waiting, None
            waiting.set_result(None)

    def _command(self, topic: bytes) -> None:
        self.commands += 1
        began = self.sent.pop(topic, None)
        if began is not None:
            self.latencies.append(time.perf_counter() - began)

    async def flood(self, seconds: float) -> float:
        """Publish as fast as the commands come back; return commands a second."""
        began, first = time.perf_counter(), self.commands
        self.expected = self.commands
        sensor = 0
        while time.perf_counter() - began < seconds:
            batch = []
            while self.expected - self.commands < WINDOW and len(batch) < 64:
                batch.append(self.low[sensor] + self.high[sensor])
                sensor = (sensor + 1) % self.sensors
                self.expected += 1
            if batch:
                self.transport.write(b"".join(batch))
            if self.expected - self.commands >= WINDOW:
                self.waiting = asyncio.get_running_loop().create_future()
                try:
                    await asyncio.wait_for(self.waiting, 3)
                except TimeoutError:
                    self.waiting = None
                    self.expected = self.commands  # something was lost; go on and let it show in the rate
            else:
                await asyncio.sleep(0)
        return (self.commands - first) / (time.perf_counter() - began)

    async def pace(self, rate: int, seconds: float) -> list[float]:
        """Publish `rate` crossings a second; return the latencies in seconds."""
        await asyncio.sleep(0.5)
        self.latencies.clear()
        self.sent.clear()
        due = time.perf_counter()
        for number in range(int(rate * seconds)):
            sensor = number % self.sensors
            self.transport.write(self.low[sensor])
            due += 1 / rate
            await asyncio.sleep(max(0.0, due - time.perf_counter()))
            self.sent[f"heaters/room_{sensor}/set".encode()] = time.perf_counter()
            self.transport.write(self.high[sensor])
        await asyncio.sleep(0.5)
        return self.latencies


async def load(port: int, sensors: int, seconds: float) -> None:
    loop = asyncio.get_running_loop()
    _, client = await loop.create_connection(lambda: Load(sensors), "127.0.0.1", port)
    await client.ready
    await client.flood(1.0)
    rate = await client.flood(seconds)
    latencies = await client.pace(100, seconds)
    cuts = statistics.quantiles(latencies, n=100) if len(latencies) > 1 else [float("nan")] * 99
    lost = 1 - len(latencies) / (100 * seconds)
    print(json.dumps({"rate": rate, "p50": cuts[49] * 1e3, "p99": cuts[98] * 1e3, "lost": lost}))


# --- the hub --------------------------------------------------------------------------------------


def configuration(engine: str, port: int, sensors: int) -> str:
    """Write the configuration as JSON, which is YAML."""
    broker: dict[str, object] = {"engine": engine}
    if engine == "external":
        broker |= {"host": "127.0.0.1", "port": port}
    elif engine == "amqtt":
        anonymous = {"amqtt.plugins.authentication.AnonymousAuthPlugin": {"allow_anonymous": True}}
        listeners = {"default": {"type": "tcp", "bind": f"127.0.0.1:{port}"}}
        broker["config"] = {"listeners": listeners, "plugins": anonymous}
    else:
        broker["listeners"] = [{"host": "127.0.0.1", "port": port}]
        user = {"name": USER, "password": PASSWORD}
        # One client stands for a hundred sensors, so it may send more than one sensor would.
        rights = {"publish": ["#"], "subscribe": ["#"], "limits": {"messages_per_second": None}}
        broker["users"] = [user | rights]
    rooms = range(sensors)
    return json.dumps(
        {
            "hub": {"name": "bench"},
            "broker": broker,
            "mqtt": {
                "sensor": [
                    {
                        "name": f"Room {room}",
                        "unique_id": f"room_{room}",
                        "state_topic": f"sensors/room_{room}/reading",
                        "value_template": "{{ value_json.temperature }}",
                        "unit_of_measurement": "°C",
                        "device_class": "temperature",
                    }
                    for room in rooms
                ]
            },
            "automation": [
                {
                    "id": f"heater_{room}",
                    "triggers": [
                        {"trigger": "numeric_state", "entity_id": f"sensor.room_{room}", "above": 25}
                    ],
                    "actions": [
                        {
                            "action": "mqtt.publish",
                            "data": {
                                "topic": f"heaters/room_{room}/set",
                                "payload": "OFF {{ trigger.to_state.state }}",
                            },
                        }
                    ],
                }
                for room in rooms
            ],
        }
    )


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def wait_for_port(port: int, process: subprocess.Popen[bytes]) -> None:
    for _ in range(600):
        if process.poll() is not None:
            raise SystemExit(f"{process.args} ended with {process.returncode}")
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                return
        time.sleep(0.05)
    raise SystemExit(f"nothing listens on {port}")


def memory_of(pid: int) -> float:
    """Return resident memory in MiB."""
    for line in Path(f"/proc/{pid}/status").read_text().splitlines():
        if line.startswith("VmRSS"):
            return int(line.split()[1]) / 1024
    return float("nan")


def start_mosquitto(folder: Path, port: int) -> subprocess.Popen[bytes]:
    config = folder / "mosquitto.conf"
    config.write_text(f"listener {port} 127.0.0.1\nallow_anonymous true\nset_tcp_nodelay true\n")
    binary = shutil.which("mosquitto") or "/usr/sbin/mosquitto"
    return subprocess.Popen([binary, "-c", str(config)], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)


def measure(engine: str, sensors: int, seconds: float) -> dict[str, float]:
    port = free_port()
    running: list[subprocess.Popen[bytes]] = []
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        try:
            if engine == "external":
                running.append(start_mosquitto(folder, port))
                wait_for_port(port, running[0])
            config = folder / "config.yaml"
            config.write_text(configuration(engine, port, sensors))
            began = time.perf_counter()
            hub = subprocess.Popen(
                [sys.executable, "-m", "hub", "run", "--config", str(config)],
                stderr=open(folder / "log", "wb"),  # noqa: SIM115  # lives as long as the process
            )
            running.append(hub)
            wait_for_port(port, hub)
            wait_until_ready(folder / "log", hub)
            ready = time.perf_counter() - began
            memory = memory_of(hub.pid)
            command = [sys.executable, __file__, "--load", str(port), "--sensors", str(sensors)]
            out = subprocess.run(
                [*command, "--seconds", str(seconds)],
                capture_output=True,
                check=False,
                timeout=60 + 4 * seconds,
            )
            if out.returncode:
                raise SystemExit(out.stderr.decode() + (folder / "log").read_text())
            result: dict[str, float] = json.loads(out.stdout)
            return result | {"ready": ready, "memory": memory, "memory_after": memory_of(hub.pid)}
        finally:
            for process in reversed(running):
                process.send_signal(signal.SIGTERM)
                process.wait(10)


def wait_until_ready(log: Path, process: subprocess.Popen[bytes]) -> None:
    while "try next" not in log.read_text():
        if process.poll() is not None:
            raise SystemExit(log.read_text())
        time.sleep(0.02)


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--engines", default="embedded,external,amqtt")
    parser.add_argument("--sensors", type=int, default=100)
    parser.add_argument("--seconds", type=float, default=5.0)
    parser.add_argument("--load", type=int, help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.load:
        _pin(1)
        _run(options.load, options.sensors, options.seconds)
        return
    print(f"{options.sensors} sensors and automations, {options.seconds:g} s, {os.cpu_count()} cores")
    print("engine      commands/s   p50 ms   p99 ms  ready s    MiB  after   ratio")
    first = 0.0
    for engine in options.engines.split(","):
        found = measure(engine, options.sensors, options.seconds)
        first = first or found["rate"]
        print(
            f"{engine:<10}{found['rate']:>12,.0f}{found['p50']:>9.2f}{found['p99']:>9.2f}"
            f"{found['ready']:>9.2f}{found['memory']:>7.0f}{found['memory_after']:>7.0f}"
            f"{found['rate'] / first:>8.2f}"
        )


def _pin(core: int) -> None:
    if hasattr(os, "sched_setaffinity") and (os.cpu_count() or 1) > core:
        os.sched_setaffinity(0, {core})


def _run(port: int, sensors: int, seconds: float) -> None:
    try:
        import uvloop
    except ImportError:
        asyncio.run(load(port, sensors, seconds))
        return
    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        runner.run(load(port, sensors, seconds))


if __name__ == "__main__":
    main()
