"""Render one template in a process of its own, which may use little time and memory.

`render` starts it; the process reads one JSON object from standard input and writes one to standard output.
"""

from __future__ import annotations

import json
import logging
import os
import resource
import subprocess
import sys
from collections.abc import Iterable, Mapping
from datetime import datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import hub
from hub.building import build_house
from hub.config.layout import lay_out
from hub.config.model import HubModel
from hub.config.source import load
from hub.config.validate import validate
from hub.core.clock import SimulatedClock, SystemClock
from hub.core.errors import HubError
from hub.core.ports import House
from hub.core.settings import Settings
from hub.loader import load_plugins
from hub.mqtt.closed import ClosedMqtt

SECONDS = 15.0
"""How long a template may take from outside: the process has to begin, too."""
CPU_SECONDS = 5
MOST_MEMORY = 1 << 30
_KINDS = (
    (bool, "truth"),
    ((int, float), "number"),
    (str, "text"),
    ((list, tuple, set, frozenset), "list"),
    (Mapping, "mapping"),
    (datetime, "time"),
)


def render(request: Mapping[str, Any], seconds: float = SECONDS) -> dict[str, Any]:
    """Let a process render; raises `HubError` if it does not come to an end. Never call it in the loop.

    `request` has the `template`, its `variables`, the path of the `config`, maybe `states` and `settings`.
    """
    # -P: what lies in the current folder must not be taken for the hub's own modules.
    command = [sys.executable, "-P", "-m", "hub.rendering"]
    environment = {
        "PATH": os.defpath,
        "PYTHONPATH": str(Path(hub.__file__).parents[1]),
        "LANG": "C.UTF-8",
    }
    try:
        done = subprocess.run(
            command,
            input=json.dumps(request),
            capture_output=True,
            text=True,
            timeout=seconds,
            env=environment,
            check=False,
        )
    except subprocess.TimeoutExpired:
        raise HubError(
            f"the template was not done in {seconds:g} s", remedy="Does it go round in circles?"
        ) from None
    if done.returncode:
        last = done.stderr.strip().splitlines()[-1:] or ["it used too much time or memory"]
        raise HubError(f"the template could not be rendered: {last[0]}")
    answer: dict[str, Any] = json.loads(done.stdout)
    return answer


def main() -> None:
    logging.disable(logging.CRITICAL)
    request = json.load(sys.stdin)
    house = _house(request)
    # Only now: what the hub itself needs to begin is not the template's.
    resource.setrlimit(resource.RLIMIT_CPU, (CPU_SECONDS, CPU_SECONDS + 1))
    resource.setrlimit(resource.RLIMIT_AS, (MOST_MEMORY, MOST_MEMORY))
    json.dump(_answer(house, request["template"], request.get("variables") or {}), sys.stdout)


def _answer(house: House, source: str, variables: Mapping[str, Any]) -> dict[str, Any]:
    try:
        template = house.templates.compile(source)
        result = template.render(variables)
        return {"result": _plain(result), "text": template.text(variables), "type": kind_of(result)}
    except HubError as error:
        return {"error": error.problem, "remedy": error.remedy}
    except MemoryError:
        return {"error": f"it needs more than {MOST_MEMORY >> 20} MiB of memory", "remedy": ""}


def kind_of(result: object) -> str:
    """Return in words what kind of thing a template gave."""
    if result is None:
        return "nothing"
    return next((word for kinds, word in _KINDS if isinstance(result, kinds)), type(result).__name__)


def _plain(result: object) -> object:
    try:
        return json.loads(json.dumps(result))
    except (TypeError, ValueError):
        return str(result)


def _house(request: Mapping[str, Any]) -> House:
    config = Path(request["config"])
    settings = Settings(config_dir=config.parent, data_dir=config.parent / "data")
    if request.get("settings"):
        told = dict(request["settings"])
        told["time_zone"] = ZoneInfo(told["time_zone"])
        for name, value in told.items():
            setattr(settings, name, value)
    else:
        _read_settings(config, settings)
    states = sorted(request.get("states") or (), key=lambda state: str(state["last_changed"]))
    now = SystemClock().now()
    clock = SimulatedClock(min([now, *(_changed(state) for state in states)]))
    plugins = load_plugins(config, waiting=True)
    house = build_house(clock, settings, plugins.catalogs, ClosedMqtt())
    _fill(house, clock, states)
    clock.run_next(now)
    return house


def _fill(house: House, clock: SimulatedClock, states: Iterable[Mapping[str, Any]]) -> None:
    """Write each state at the time at which it changed."""
    for state in states:
        clock.run_next(_changed(state))
        house.states.set(state["entity_id"], state["state"], state["attributes"])


def _changed(state: Mapping[str, Any]) -> datetime:
    return datetime.fromisoformat(state["last_changed"])


def _read_settings(config: Path, settings: Settings) -> None:
    if not config.is_file():
        return
    document = load(config)
    section = lay_out(document).sections.get("hub")
    if section is not None and section.data is not None:
        model = validate(HubModel, section.data, document, section.path)[0]
        if model is not None:
            model.apply(settings, config.parent)


if __name__ == "__main__":
    main()
