"""What `hub doctor` looks at. Each look yields findings: what is well, what to see to, what is wrong."""

from __future__ import annotations

import errno
import shutil
import socket
import stat
import subprocess
import sys
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any, Literal

from hub import __version__
from hub.config.problems import Problem
from hub.configuration import Configuration
from hub.control import ask
from hub.core.clock import SystemClock
from hub.core.errors import HubError
from hub.logfile import read_log
from hub.mqtt import EmbeddedEngine
from hub.mqtt.listening import ListenerModel
from hub.registry.certificates import ends_at
from hub.storage.files import damage_in

Grade = Literal["ok", "see to", "wrong"]
FREE_AT_LEAST = 200_000_000
FREE_BETTER = 2_000_000_000
EXPIRES_SOON = timedelta(days=30)
SILENT = timedelta(days=1)
SLOW_MILLISECONDS = 100
_NAMED = 5
_SECRETS = ("secrets.yaml", "**/*.key", "data/*.db", "data/*.pem")
_FIRST_YEAR = 2025  # a clock that says less was never set


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that was looked at: `text` says how it is, `remedy` what to do."""

    grade: Grade
    subject: str
    text: str
    remedy: str = ""


@dataclass(slots=True)
class Patient:
    """What is examined: the files of a hub, and the hub itself if it runs."""

    config: Path
    data_dir: Path
    configuration: Configuration
    problems: list[Problem]
    now: datetime = field(default_factory=lambda: SystemClock().now())
    plugins: list[dict[str, Any]] = field(default_factory=list)
    """What is known of each plugin: as the hub has it that runs, else as it would load it."""
    running: bool = False

    @classmethod
    def of(
        cls,
        config: Path,
        data_dir: Path,
        configuration: Configuration,
        problems: list[Problem],
        plugins: list[dict[str, Any]],
    ) -> Patient:
        patient = cls(config, data_dir, configuration, problems, plugins=plugins)
        try:
            ask(data_dir, "status")
            patient.running = True
            patient.plugins = ask(data_dir, "plugins")
        except HubError:
            pass
        return patient


Checkup = Callable[[Patient], Iterator[Finding]]


def version(patient: Patient) -> Iterator[Finding]:
    python = ".".join(str(part) for part in sys.version_info[:3])
    runs = "it runs" if patient.running else "it does not run"
    yield Finding("ok", "version", f"Hearth {__version__} on Python {python}; {runs}")
    if patient.running and (told := ask(patient.data_dir, "status")["version"]) != __version__:
        yield Finding(
            "see to", "version", f"the hub that runs is still {told}", "Start it again: hub service install"
        )


def files(patient: Patient) -> Iterator[Finding]:
    errors = [problem for problem in patient.problems if problem.is_error]
    doubts = len(patient.problems) - len(errors)
    if errors:
        yield Finding(
            "wrong", "configuration", f"{len(errors)} mistakes, first {errors[0]}", "Run hub check."
        )
    elif doubts:
        yield Finding("see to", "configuration", f"no mistakes, {doubts} warnings", "Run hub check.")
    else:
        yield Finding("ok", "configuration", f"{patient.config.name} has no mistakes")


def disk(patient: Patient) -> Iterator[Finding]:
    where = next(p for p in (patient.data_dir, *patient.data_dir.parents) if p.exists())
    free = shutil.disk_usage(where).free
    grade: Grade = "wrong" if free < FREE_AT_LEAST else "see to" if free < FREE_BETTER else "ok"
    remedy = "" if grade == "ok" else "Make room: a full disk ends history, and stored messages wait."
    yield Finding(grade, "disk", f"{free / 1e9:.1f} GB free for {patient.data_dir}", remedy)


def clock(patient: Patient) -> Iterator[Finding]:
    if patient.now.year < _FIRST_YEAR:
        yield Finding(
            "wrong", "clock", f"it says {patient.now:%Y-%m-%d}", "Set it, and switch on NTP or add a battery."
        )
        return
    synchronized = _timedatectl("NTPSynchronized")
    if synchronized == "no":
        yield Finding("see to", "clock", "nothing sets it", "timedatectl set-ntp true")
    else:
        by = "set over the network" if synchronized == "yes" else "plausible; who sets it can't be told"
        yield Finding("ok", "clock", by)


def time_zone(patient: Patient) -> Iterator[Finding]:
    zone, machine = patient.configuration.settings.time_zone.key, _timedatectl("Timezone")
    if zone == "UTC" and machine not in ("", "UTC", "Etc/UTC"):
        yield Finding(
            "see to", "time zone", f"UTC, while this machine is in {machine}", f"hub: time_zone: {machine}"
        )
    else:
        yield Finding("ok", "time zone", zone)


def ports(patient: Patient) -> Iterator[Finding]:
    wanted = [(model.host, model.port, "MQTT") for model in _listeners(patient) if model.path is None]
    if patient.configuration.web is not None:
        wanted.append((patient.configuration.web.host, patient.configuration.web.port, "web"))
    for host, port, what in wanted:
        where = f"{host or 'every address'} port {port}"
        trouble = "" if patient.running or not port else _cannot_listen(host, port)
        if trouble:
            yield Finding(
                "wrong", "ports", f"{what} on {where}: {trouble}", "Stop what uses it, or take another."
            )
        else:
            yield Finding("ok", "ports", f"{what} on {where}" + ("" if patient.running else " is free"))


def certificates(patient: Patient) -> Iterator[Finding]:
    found = [model.tls.certificate for model in _listeners(patient) if model.tls is not None]
    web = patient.configuration.web
    own = getattr(web.tls, "certificate", None) if web is not None and web.tls is not None else None
    paths = dict.fromkeys([*found, *([own] if own else [])])
    for path in (patient.config.parent / each for each in paths):
        try:
            end = ends_at(path.read_text(encoding="ascii", errors="replace"))
        except (OSError, HubError) as error:
            yield Finding("wrong", "certificates", f"{path}: {error}", "Make one: hub cert create")
            continue
        left = end - patient.now
        grade: Grade = "wrong" if left < timedelta() else "see to" if left < EXPIRES_SOON else "ok"
        remedy = "" if grade == "ok" else "Move it away and run hub cert create; clients need nothing new."
        yield Finding(grade, "certificates", f"{path.name} is good until {end:%Y-%m-%d}", remedy)


def secrets(patient: Patient) -> Iterator[Finding]:
    folder, checked = patient.config.parent, 0
    for path in sorted({path for pattern in _SECRETS for path in folder.glob(pattern) if path.is_file()}):
        checked += 1
        if path.stat().st_mode & (stat.S_IRWXG | stat.S_IRWXO):
            yield Finding("wrong", "secrets", f"others can read {path}", f"chmod 600 '{path}'")
    if patient.data_dir.is_dir() and patient.data_dir.stat().st_mode & stat.S_IRWXO:
        yield Finding("wrong", "secrets", f"others can look into {patient.data_dir}", "chmod 700 it.")
    yield Finding("ok", "secrets", f"{checked} files with secrets were looked at")


def databases(patient: Patient) -> Iterator[Finding]:
    for path in sorted(patient.data_dir.glob("*.db")):
        damage = damage_in(path)
        if damage:
            yield Finding("wrong", "databases", f"{path.name}: {damage}", "Restore it: hub backup list")
        else:
            yield Finding("ok", "databases", f"{path.name} is sound ({path.stat().st_size / 1e6:.1f} MB)")
    for path in sorted(patient.data_dir.glob("*damaged*")):
        yield Finding(
            "see to", "databases", f"{path.name} was damaged and set aside", "Delete it if nobody wants it."
        )


def devices(patient: Patient) -> Iterator[Finding]:
    if not patient.running:
        return
    states = ask(patient.data_dir, "states")["states"]
    gone = [state["entity_id"] for state in states if state["state"] == "unavailable"]
    silent = [
        state["entity_id"]
        for state in states
        if state["entity_id"].startswith("sensor.")
        and state["state"] not in ("unavailable", "unknown")
        and patient.now - datetime.fromisoformat(state["last_updated"]) > SILENT
    ]
    if gone:
        yield Finding("see to", "devices", f"{len(gone)} entities are unavailable: {_some(gone)}")
    if silent:
        yield Finding(
            "see to",
            "devices",
            f"{len(silent)} sensors said nothing for a day: {_some(silent)}",
            "Batteries?",
        )
    if not gone and not silent:
        yield Finding("ok", "devices", f"all {len(states)} entities are there")


def automations(patient: Patient) -> Iterator[Finding]:
    if not patient.running:
        return
    slow = ask(patient.data_dir, "automation.slow", milliseconds=SLOW_MILLISECONDS)
    for each in slow[:_NAMED]:
        yield Finding(
            "see to",
            "automations",
            f"{each['entity_id']} took {each['milliseconds']:.0f} ms",
            f"hub automation trace {each['entity_id']} says at which step.",
        )
    if not slow:
        yield Finding("ok", "automations", f"no run took more than {SLOW_MILLISECONDS} ms")


def plugins(patient: Patient) -> Iterator[Finding]:
    for told in patient.plugins:
        name = told["name"]
        if told["error"]:
            yield Finding("wrong", "plugins", f"{name} is left out: {told['error']}")
        elif told["disabled"]:
            yield Finding("wrong", "plugins", f"{name} is switched off: {told['disabled']}", "hub reload")
        elif told["faults"]:
            yield Finding(
                "see to", "plugins", f"{name} failed {told['faults']} times", "hub logs -s Traceback"
            )
    if not any(told["error"] or told["disabled"] or told["faults"] for told in patient.plugins):
        loaded = sum(bool(told["loaded"]) for told in patient.plugins)
        yield Finding("ok", "plugins", f"{loaded} are loaded, none failed")


def log(patient: Patient) -> Iterator[Finding]:
    day = [line for line in read_log(patient.data_dir) if patient.now - line.time < timedelta(days=1)]
    errors = Counter(line.text.partition("\n")[0] for line in day if line.level in ("error", "critical"))
    stood = sum("the event loop stands" in text for text in errors)
    if stood:
        yield Finding("wrong", "log", f"the event loop stood {stood} times", "hub logs -s 'loop stands'")
    if errors:
        text, times = errors.most_common(1)[0]
        total = errors.total()
        yield Finding(
            "see to", "log", f"{total} errors in a day, most often ({times}) {text}", "hub logs --level error"
        )
    else:
        yield Finding("ok", "log", "no errors in a day")


CHECKUPS: tuple[Checkup, ...] = (
    version, files, disk, clock, time_zone, ports, certificates, secrets, databases, devices, automations,
    plugins, log,
)  # fmt: skip


def _listeners(patient: Patient) -> list[ListenerModel]:
    engine = patient.configuration.engine
    return list(engine.listeners) if isinstance(engine, EmbeddedEngine) else []


def _cannot_listen(host: str, port: int) -> str:
    """Say why a port can't be had; nothing if it can."""
    try:
        family = socket.AF_INET6 if ":" in host else socket.AF_INET
        with socket.socket(family, socket.SOCK_STREAM) as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            probe.bind((host, port))
    except OSError as error:
        return "something else uses it" if error.errno == errno.EADDRINUSE else str(error.strerror)
    return ""


def _timedatectl(name: str) -> str:
    """Return what systemd says of the clock; nothing where it is not there."""
    if shutil.which("timedatectl") is None:
        return ""
    command = ["timedatectl", "show", "--property", name, "--value"]
    return subprocess.run(command, capture_output=True, text=True, check=False).stdout.strip()


def _some(names: list[Any]) -> str:
    more = f" and {len(names) - _NAMED} more" if len(names) > _NAMED else ""
    return ", ".join(map(str, names[:_NAMED])) + more
