#!/usr/bin/env python3
"""Let a small house live for hours under a steady load, and report what grows and what is lost.

A hub runs in a process of its own, with its recorder, its pages and automations that switch, wait and render.
Devices publish numbered readings with QoS 1, a listener counts them, switches answer their commands, a client
comes and goes, a page asks for states and history, and the files are read again now and then. Each sample is
taken from the outside: resident memory, open files and threads of the process, the sizes of its databases.

    python scripts/soak.py [--minutes 480] [--rate 50] [--every 60] [--report FILE]

Fails if a message was lost, the hub logged an error, or memory or open files still grow when it is warm.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import secrets
import signal
import socket
import statistics
import subprocess
import sys
import tempfile
import threading
import time
import urllib.request
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import paho.mqtt.client as paho
from paho.mqtt.enums import CallbackAPIVersion

USER, PASSWORD = "soak", secrets.token_urlsafe(12)
ROOMS = 20
READY_WITHIN = 60.0
ARRIVE_WITHIN = 15.0
RELOAD_EVERY = 300.0
VISIT_EVERY = 20.0
ASK_EVERY = 10.0
WARM = 0.4
"""The part of the time after which nothing should grow any more."""
GROWTH_ALLOWED = 0.05
FILES_ALLOWED = 4


def configuration(port: int, web: int) -> dict[str, Any]:
    """Return a house of rooms: in each a thermometer, a heater, and automations between them."""
    rooms = range(ROOMS)
    return {
        "hub": {"name": "Soak", "time_zone": "Europe/Berlin"},
        "broker": {
            "listeners": [{"host": "127.0.0.1", "port": port}],
            "users": [{"name": USER, "password": PASSWORD, "publish": ["#"], "subscribe": ["#"]}],
        },
        "web": {"host": "127.0.0.1", "port": web},
        "recorder": {"purge_keep_days": 1},
        "mqtt": {"sensor": [_sensor(room) for room in rooms], "switch": [_switch(room) for room in rooms]},
        "automation": [
            *(_heater(room, "on", {"below": 19}) for room in rooms),
            *(_heater(room, "off", {"above": 25}) for room in rooms),
            _summary(),
        ],
    }


def _sensor(room: int) -> dict[str, Any]:
    return {
        "name": f"Room {room}",
        "unique_id": f"room_{room}",
        "state_topic": f"rooms/{room}/reading",
        "value_template": "{{ value_json.temperature }}",
        "json_attributes_topic": f"rooms/{room}/reading",
        "unit_of_measurement": "°C",
        "device_class": "temperature",
        "state_class": "measurement",
    }


def _switch(room: int) -> dict[str, Any]:
    topic = f"rooms/{room}/heater"
    return {
        "name": f"Heater {room}",
        "unique_id": f"heater_{room}",
        "command_topic": f"{topic}/set",
        "state_topic": topic,
    }


def _heater(room: int, to: str, threshold: dict[str, int]) -> dict[str, Any]:
    """Switch at a threshold; then wait, so that runs with timers come and go."""
    trigger = {"trigger": "numeric_state", "entity_id": f"sensor.room_{room}", **threshold}
    return {
        "id": f"heater_{room}_{to}",
        "alias": f"Heater {room} {to}",
        "mode": "restart",
        "triggers": [trigger],
        "actions": [
            {"action": f"switch.turn_{to}", "target": {"entity_id": f"switch.heater_{room}"}},
            {"delay": "00:00:20"},
            {"event": "soak_settled", "event_data": {"room": "{{ trigger.entity_id }}"}},
        ],
    }


def _summary() -> dict[str, Any]:
    payload = "{{ states.sensor | map(attribute='state') | map('float', 0) | sum | round(1) }}"
    return {
        "id": "summary",
        "alias": "Summary",
        "triggers": [{"trigger": "time_pattern", "seconds": "/10"}],
        "actions": [{"action": "mqtt.publish", "data": {"topic": "rooms/sum", "payload": payload}}],
    }


# --- the load -------------------------------------------------------------------------------------


@dataclass
class Traffic:
    """Devices, and a listener that counts what arrives."""

    port: int
    sent: int = 0
    seen: set[int] = field(default_factory=set)
    doubles: int = 0
    commands: int = 0
    visits: int = 0
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def open(self) -> None:
        self.devices = self._subscribed("devices", "rooms/+/heater/set", self._obey)
        self.listener = self._subscribed("listener", "rooms/+/reading", self._count, clean=False)

    def _subscribed(self, name: str, filter: str, heard: Any, *, clean: bool = True) -> paho.Client:
        client, ready = self._client(name, clean=clean), threading.Event()
        client.on_message = heard
        client.on_subscribe = lambda *_: ready.set()
        client.subscribe(filter, 1)
        if not ready.wait(ARRIVE_WITHIN):
            raise SystemExit(f"the server did not answer {name}")
        return client

    def _client(self, name: str, *, clean: bool = True) -> paho.Client:
        client = paho.Client(CallbackAPIVersion.VERSION2, f"soak-{name}", clean_session=clean)
        client.username_pw_set(USER, PASSWORD)
        client.max_queued_messages_set(0)
        client.connect("127.0.0.1", self.port)
        client.loop_start()
        return client

    def publish(self) -> None:
        room = self.sent % ROOMS
        # Each room swings through both thresholds in some minutes, each at another time.
        temperature = round(22 + 5 * _swing(self.sent / ROOMS / 120 + room / ROOMS), 2)
        reading = json.dumps({"temperature": temperature, "number": self.sent})
        self.devices.publish(f"rooms/{room}/reading", reading, 1)
        self.sent += 1

    def visit(self) -> None:
        """Come, look at all, and go without a word: what a telephone does."""
        guest = self._client("guest")
        guest.subscribe("#", 0)
        time.sleep(0.5)
        guest.loop_stop()
        sock = guest.socket()
        if sock is not None:
            sock.close()
        self.visits += 1

    def lost(self) -> int:
        """Wait for what is under way, and return how many never came."""
        until = time.monotonic() + ARRIVE_WITHIN
        while len(self.seen) < self.sent and time.monotonic() < until:
            time.sleep(0.1)
        return self.sent - len(self.seen)

    def close(self) -> None:
        for client in (self.devices, self.listener):
            client.disconnect()
            client.loop_stop()

    def _obey(self, client: paho.Client, _: Any, message: paho.MQTTMessage) -> None:
        self.commands += 1
        client.publish(message.topic.removesuffix("/set"), message.payload, 1)

    def _count(self, _: paho.Client, __: Any, message: paho.MQTTMessage) -> None:
        number = json.loads(message.payload)["number"]
        with self._lock:
            self.doubles += number in self.seen
            self.seen.add(number)


def _swing(phase: float) -> float:
    """Go from -1 to 1 and back while `phase` goes from 0 to 1."""
    return 4 * abs(phase % 1 - 0.5) - 1


def ask(web: int, token: str, path: str) -> None:
    request = urllib.request.Request(f"http://127.0.0.1:{web}{path}", headers={"Authorization": token})
    with urllib.request.urlopen(request, timeout=30) as answer:
        answer.read()


# --- what is measured -----------------------------------------------------------------------------


@dataclass(frozen=True)
class Sample:
    """How the process of the hub is at one moment."""

    minute: float
    resident: float
    files: int
    threads: int
    databases: dict[str, int]
    sent: int
    processor: float

    @classmethod
    def of(cls, pid: int, data: Path, began: float, sent: int) -> Sample:
        status = dict(
            line.split(":", 1) for line in Path(f"/proc/{pid}/status").read_text().splitlines() if ":" in line
        )
        times = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
        sizes: dict[str, int] = {}
        for path in data.glob("*.db*"):
            name = path.name.partition(".db")[0]
            sizes[name] = sizes.get(name, 0) + path.stat().st_size
        return cls(
            minute=(time.monotonic() - began) / 60,
            resident=int(status["VmRSS"].split()[0]) / 1024,
            files=len(os.listdir(f"/proc/{pid}/fd")),
            threads=int(status["Threads"]),
            databases=sizes,
            sent=sent,
            processor=(int(times[11]) + int(times[12])) / os.sysconf("SC_CLK_TCK"),
        )

    def line(self) -> str:
        stored = sum(self.databases.values()) / 1e6
        return (
            f"{self.minute:7.1f}{self.resident:10.1f}{self.files:7}{self.threads:9}"
            f"{stored:13.2f}{self.sent:11,}{self.processor:9.0f}"
        )


HEADING = " minute  resident  files  threads  databases       sent  cpu s"
UNITS = "              MiB                       MB"


@dataclass
class Verdict:
    """What became of the house: `wrong` says in words what must not be."""

    samples: list[Sample]
    lost: int
    errors: list[str]

    @property
    def warm(self) -> list[Sample]:
        return self.samples[int(len(self.samples) * WARM) :]

    @property
    def growth(self) -> float:
        """MiB an hour that resident memory gained when it was warm: the slope of the nearest line."""
        warm = self.warm
        if len(warm) < 3:
            return 0.0
        return statistics.linear_regression([s.minute / 60 for s in warm], [s.resident for s in warm]).slope

    @property
    def wrong(self) -> list[str]:
        found = []
        if self.lost:
            found.append(f"{self.lost} messages that were acknowledged never came")
        if self.errors:
            found.append(f"{len(self.errors)} errors in the log, first: {self.errors[0]}")
        warm = self.warm
        if len(warm) >= 3:
            half = len(warm) // 2
            before = statistics.median(s.resident for s in warm[:half])
            after = statistics.median(s.resident for s in warm[half:])
            if after > before * (1 + GROWTH_ALLOWED):
                found.append(f"memory still grows: {before:.1f} MiB, then {after:.1f} MiB")
            if warm[-1].files > warm[0].files + FILES_ALLOWED:
                found.append(f"open files grow: {warm[0].files}, then {warm[-1].files}")
        return found


def errors_in(log: Path) -> list[str]:
    lines = [json.loads(line) for line in log.read_text(errors="replace").splitlines() if line[:1] == "{"]
    return [line["event"] for line in lines if line["level"] in ("error", "critical")]


# --- the whole ------------------------------------------------------------------------------------


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def hub(*words: str, config: Path) -> list[str]:
    return [sys.executable, "-m", "hub", *words, "--config", str(config)]


def token_of(config: Path) -> str:
    """Make somebody who may look, and return the header with which they ask."""
    add = [*hub("user", "add", "soak", "--role", "admin", config=config)]
    subprocess.run(add, input=f"{PASSWORD}\n{PASSWORD}\n", text=True, check=True, stdout=subprocess.DEVNULL)
    create = hub("user", "token", "create", "soak", "--name", "soak", "--scope", "admin", config=config)
    done = subprocess.run(create, text=True, check=True, capture_output=True)
    return f"Bearer {done.stdout.split()[-1]}"


def wait_until_ready(process: subprocess.Popen[bytes], log: Path) -> None:
    until = time.monotonic() + READY_WITHIN
    while "try next" not in log.read_text():
        if process.poll() is not None or time.monotonic() > until:
            raise SystemExit(f"the hub does not come up:\n{log.read_text()}")
        time.sleep(0.1)


def live(options: argparse.Namespace, folder: Path) -> tuple[Verdict, Traffic]:
    port, web = free_port(), free_port()
    config, log = folder / "config.yaml", folder / "log"
    config.write_text(json.dumps(configuration(port, web), indent=1, ensure_ascii=False))
    token = token_of(config)
    with log.open("wb") as out:
        process = subprocess.Popen(hub("run", "--log-format", "text", config=config), stderr=out)
    traffic = Traffic(port)
    try:
        wait_until_ready(process, log)
        traffic.open()
        samples = drive(options, process, traffic, config, (web, token))
        lost = traffic.lost()
        traffic.close()
    finally:
        process.send_signal(signal.SIGTERM)
        process.wait(30)
    return Verdict(samples, lost, errors_in(folder / "data/hub.log")), traffic


def drive(
    options: argparse.Namespace,
    process: subprocess.Popen[bytes],
    traffic: Traffic,
    config: Path,
    page: tuple[int, str],
) -> list[Sample]:
    """Publish at the rate that was asked for, do the rest in between, and take samples."""
    began = now = time.monotonic()
    due = {"sample": began, "visit": began + 5, "ask": began + 3, "reload": began + RELOAD_EVERY}
    samples: list[Sample] = []
    while now - began < options.minutes * 60:
        while traffic.sent < (now - began) * options.rate:
            traffic.publish()
        if now >= due["sample"]:
            due["sample"] += options.every
            samples.append(Sample.of(process.pid, config.parent / "data", began, traffic.sent))
            print(samples[-1].line(), flush=True)
        if now >= due["visit"]:
            due["visit"] += VISIT_EVERY
            traffic.visit()
        if now >= due["ask"]:
            due["ask"] += ASK_EVERY
            ask(*page, "/api/states")
            ask(*page, "/api/history/period?filter_entity_id=sensor.room_1")
        if now >= due["reload"]:
            due["reload"] += RELOAD_EVERY
            data = json.loads(config.read_text())
            data["automation"][0]["description"] = f"read again at {now - began:.0f} s"
            config.write_text(json.dumps(data, indent=1, ensure_ascii=False))
        if process.poll() is not None:
            raise SystemExit(f"the hub ended with {process.returncode}")
        time.sleep(0.02)
        now = time.monotonic()
    samples.append(Sample.of(process.pid, config.parent / "data", began, traffic.sent))
    return samples


def report(options: argparse.Namespace, verdict: Verdict, traffic: Traffic) -> str:
    """Return what was found, as Markdown."""
    first, last = verdict.warm[0], verdict.samples[-1]
    sizes = ", ".join(
        f"{name} {before / 1e6:.2f} to {last.databases.get(name, 0) / 1e6:.2f} MB"
        for name, before in sorted(first.databases.items())
    )
    rows = {
        "length": f"{last.minute:.0f} minutes, {options.rate:g} readings a second, {ROOMS} rooms",
        "machine": f"{os.cpu_count()} cores, Python {platform.python_version()}, {platform.system()}",
        "readings sent, lost, twice": f"{traffic.sent:,}, {verdict.lost}, {traffic.doubles}",
        "commands answered, clients that came and went": f"{traffic.commands:,}, {traffic.visits:,}",
        "resident memory when warm, at the end": f"{first.resident:.1f} MiB, {last.resident:.1f} MiB",
        "its slope when warm": f"{verdict.growth:+.2f} MiB an hour",
        "open files, threads when warm": f"{first.files}, {first.threads}",
        "open files, threads at the end": f"{last.files}, {last.threads}",
        "databases when warm, at the end": sizes,
        "processor": f"{100 * last.processor / (60 * last.minute):.1f} % of a core",
        "errors in the log": str(len(verdict.errors)),
    }
    return "\n".join(["| | |", "|---|---|", *(f"| {name} | {value} |" for name, value in rows.items())])


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--minutes", type=float, default=480.0, help="how long (8 hours)")
    parser.add_argument("--rate", type=float, default=50.0, help="readings a second")
    parser.add_argument("--every", type=float, default=60.0, help="seconds from sample to sample")
    parser.add_argument("--report", type=Path, help="a file for the report as well")
    options = parser.parse_args()
    print(HEADING, UNITS, sep="\n")
    with tempfile.TemporaryDirectory() as folder:
        verdict, traffic = live(options, Path(folder))
    text = report(options, verdict, traffic)
    print(f"\n{text}")
    if options.report is not None:
        options.report.write_text(text + "\n")
    for problem in verdict.wrong:
        print(f"WRONG: {problem}")
    sys.exit(bool(verdict.wrong))


if __name__ == "__main__":
    main()
