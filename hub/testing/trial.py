"""One automation in a house like the real one, on a simulated clock: JSON in, what happened out.

Run as a process: `python -m hub.testing.trial config.yaml`. The house has the entities of the configuration,
and of its automations only this one.
"""

from __future__ import annotations

import asyncio
import logging
import sys
from collections.abc import Mapping
from datetime import UTC, datetime, time
from pathlib import Path
from typing import Any

import orjson
from pydantic import ValidationError

from hub.automation.engine import Declared
from hub.automation.model import AutomationModel
from hub.config.source import load_text
from hub.config.validate import validate
from hub.configuration import Configuration, read_files
from hub.core.clock import SystemClock
from hub.core.errors import HubError
from hub.core.events import CALL_SERVICE
from hub.core.settings import Settings
from hub.fields import Parsing
from hub.loader import load_plugins
from hub.testing.cases import Step
from hub.testing.house import SimulatedHouse


class _Lines(logging.Handler):
    def __init__(self) -> None:
        super().__init__(logging.WARNING)
        self.lines: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        self.lines.append(f"{record.levelname.lower()}: {record.getMessage()}")


async def play(config: Path, asked: Mapping[str, Any]) -> dict[str, Any]:
    """Play the steps; return runs, messages, calls and warnings. Raises `HubError`."""
    steps = [_read(step) for step in asked.get("steps", ())]
    lines = _Lines()
    logging.getLogger().addHandler(lines)
    simulated = _house(config, asked.get("time") or "12:00")
    configuration = read_files(config, simulated.house)
    configuration.automations = [_declared(asked["text"], config.parent, simulated)]
    _begin(simulated, configuration)
    await simulated.settle()
    calls: list[dict[str, Any]] = []
    simulated.house.bus.listen(CALL_SERVICE, lambda event: calls.append(_call(event.data)))
    simulated.mqtt.published.clear()
    for step in steps:
        await _step(simulated, step)
    runs = [trace.as_dict() for trace in simulated.household.engine.traces]
    published = [_message(one) for one in simulated.mqtt.published]
    await simulated.stop()
    return {"runs": runs, "published": published, "calls": calls, "logged": lines.lines}


def _house(config: Path, clock: str) -> SimulatedHouse:
    """Return an empty house at that time of today, in the house's time zone."""
    settings = Settings(config_dir=config.parent, data_dir=config.parent / "data")
    plugins = load_plugins(config, waiting=True)
    first = SimulatedHouse(settings=settings, plugins=plugins)
    read_files(config, first.house).apply(first.house)
    zone = first.house.settings.time_zone
    today = SystemClock().now().astimezone(zone).date()
    start = datetime.combine(today, time.fromisoformat(clock), zone).astimezone(UTC)
    return SimulatedHouse(start=start, settings=first.house.settings, plugins=plugins)


def _declared(text: str, folder: Path, simulated: SimulatedHouse) -> Declared:
    document = load_text(text, "text", root=folder)
    if isinstance(document.data, Mapping) and "use_blueprint" in document.data:
        raise HubError(
            "an automation of a blueprint can't be tried here", remedy="Save it, and see its traces."
        )
    house = simulated.house
    context = Parsing(house.kinds, house.templates).context()
    model, problems = validate(AutomationModel, document.data, document, (), context)
    if model is None:
        raise HubError(str(problems[0]), remedy="Mend it first.")
    return Declared(document.data, model)


def _begin(simulated: SimulatedHouse, configuration: Configuration) -> None:
    configuration.parts = [
        part for part in configuration.parts if not getattr(type(part.model), "uninvited", False)
    ]
    household = simulated.household
    household.set_up(configuration)
    household.begin()
    household.automate(configuration)
    household.started()


def _read(step: Any) -> Step:
    try:
        return Step.model_validate(step)
    except ValidationError as error:
        raise HubError(f"a step can't be read: {error.errors()[0]['msg']}") from None


async def _step(simulated: SimulatedHouse, step: Step) -> None:
    if step.set is not None:
        simulated.set(step.set.entity, step.set.state, step.set.attributes, force=step.set.force)
    if step.mqtt is not None:
        payload = step.mqtt.data(lambda data: orjson.dumps(data).decode())
        simulated.mqtt.deliver(step.mqtt.topic, payload, qos=step.mqtt.qos, retain=step.mqtt.retain)
    if step.fire is not None:
        simulated.house.bus.emit(step.fire.event, dict(step.fire.data or {}))
    await simulated.settle()
    if step.advance:
        await simulated.advance(step.advance)


def _call(data: Mapping[str, Any]) -> dict[str, Any]:
    return {"service": f"{data.get('domain')}.{data.get('service')}", "data": data.get("service_data") or {}}


def _message(message: Any) -> dict[str, Any]:
    return {
        "topic": message.topic,
        "payload": message.payload.decode(errors="replace"),
        "retain": message.retain,
    }


def main() -> None:
    """Read what is asked from standard input, and answer on standard output."""
    try:
        answer = asyncio.run(play(Path(sys.argv[1]), orjson.loads(sys.stdin.buffer.read())))
    except HubError as error:
        answer = {"error": error.problem, "remedy": error.remedy}
    except (ValueError, KeyError, TypeError) as error:
        answer = {"error": f"this can't be tried: {error}", "remedy": "Look at the steps."}
    sys.stdout.buffer.write(orjson.dumps(answer, default=str, option=orjson.OPT_NON_STR_KEYS))


if __name__ == "__main__":
    main()
