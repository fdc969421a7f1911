"""Run one case against a simulated house and gather what does not hold."""

from __future__ import annotations

import asyncio
import inspect
import logging
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import orjson

from hub.configuration import Configuration, parse_condition, read_files
from hub.core.errors import HubError
from hub.core.events import Event
from hub.core.remembered import Remembered
from hub.core.services import Outcome, ServiceCall
from hub.core.settings import Settings
from hub.kinds import Condition, holds
from hub.testing import checks
from hub.testing.cases import Arriving, Case, Expect, GivenService, Step
from hub.testing.checks import Difference, differ
from hub.testing.house import SimulatedHouse
from hub.testing.mqtt import RecordedMessage

_LATER = ("automation", "script", "condition", "template")
_GREETING = "homeassistant/status"
_OWN_KEYS = ("condition", "parse_result", "mqtt_value", "default", "discovery_prefix")
_RANK = {"debug": 10, "info": 20, "warning": 30, "error": 40}


async def run_case(case: Case, folder: Path = Path()) -> list[Difference]:
    """Play a case; an empty list means that all of it holds. Never raises for what the case says."""
    play = _Play(case, folder)
    logger = logging.getLogger()
    logger.addHandler(play.log)
    try:
        return await play.play()
    except Exception as error:  # a case that breaks the house is a case that fails
        return [f"{type(error).__name__}: {error}"]
    finally:
        logger.removeHandler(play.log)
        await play.simulated.stop()


class _Heard(logging.Handler):
    """Remembers the levels that were logged since set-up."""

    def __init__(self) -> None:
        super().__init__()
        self.levels: list[tuple[int, str]] = []

    def emit(self, record: logging.LogRecord) -> None:
        if record.name.partition(".")[0] in ("hub", "plugins"):
            self.levels.append((record.levelno, record.getMessage()))


class _Scope:
    def __init__(self, house: Any, variables: Mapping[str, Any]) -> None:
        self.house = house
        self.variables = variables


class _Play:
    def __init__(self, case: Case, folder: Path) -> None:
        self.case = case
        self.folder = folder
        self.log = _Heard()
        self.events: dict[str, list[Event]] = {}
        self.changes = 0
        self.configuration: Configuration | None = None
        self.condition: Condition | None = None
        self.invalid = False
        remembered = {
            entity_id: Remembered(given.state, given.attributes, case.clock.start.timestamp())
            for entity_id, given in case.restored.items()
        }
        self.simulated = SimulatedHouse(
            start=case.clock.start, settings=self._settings(), remembered=remembered
        )

    def _settings(self) -> Settings:
        settings = Settings(time_zone=ZoneInfo(self.case.clock.time_zone), config_dir=self.folder)
        if self.case.location is not None:
            settings.latitude = self.case.location.latitude
            settings.longitude = self.case.location.longitude
            settings.elevation = self.case.location.elevation
        return settings

    # --- the play ---

    async def play(self) -> list[Difference]:
        await self._set_up()
        found = [*self._check(-1)]
        for index, step in enumerate(self.case.steps):
            found.extend(f"step {index}: {text}" for text in await self._step(step))
            found.extend(f"after step {index}: {text}" for text in self._check(index))
        return found

    async def _set_up(self) -> None:
        simulated, case = self.simulated, self.case
        for name, given in case.services.items():
            self._offer(name, given)
        for kind in case.capture_events:
            simulated.house.bus.listen(kind, self.events.setdefault(kind, []).append)
        for entity_id, state in case.initial.items():
            simulated.set(entity_id, state.state, state.attributes)
        config = self._config()
        if case.config_file is not None:
            self.configuration = read_files(self.folder / case.config_file, simulated.house)
            self._stand_elsewhere(self.configuration)
        else:
            self.configuration = simulated.read(config)
        self.invalid = any(problem.is_error for problem in self.configuration.problems)
        simulated.household.set_up(self.configuration)
        await simulated.settle()
        waits = any(step.start for step in case.steps)
        if not waits:
            simulated.household.started()
            await simulated.settle()
        for name, given in case.services.items():
            self._offer(name, given)  # over those that the configuration brought
        simulated.household.automate(self.configuration)
        self._read_condition()
        await simulated.settle()
        self.log.levels.extend((_RANK["error"], str(problem)) for problem in self.configuration.problems)
        if case.count_state_changes:
            simulated.house.bus.listen("state_changed", self._count)

    def _stand_elsewhere(self, configuration: Configuration) -> None:
        """Let the case's own place and time zone, if it has any, take that of the file's."""
        given: dict[str, Any] = self.case.location.model_dump() if self.case.location is not None else {}
        if "time_zone" in self.case.clock.model_fields_set:
            given["time_zone"] = ZoneInfo(self.case.clock.time_zone)
        configuration.settings = configuration.settings.model_copy(update=given)

    def _config(self) -> dict[str, Any]:
        config = self.case.config if isinstance(self.case.config, Mapping) else {}
        kept = {key: value for key, value in config.items() if key not in _OWN_KEYS}
        if isinstance(kept.get("template"), str):
            del kept["template"]
        if "discovery_prefix" in config:
            kept["discovery"] = {"prefix": config["discovery_prefix"]}
        return kept

    def _read_condition(self) -> None:
        if "condition" not in self.case.config:
            return
        condition, problems = parse_condition(self.case.config["condition"], self.simulated.house)
        self.condition = condition
        self.invalid = self.invalid or bool(problems)

    def _count(self, event: Any) -> None:
        self.changes += 1

    def _offer(self, name: str, given: GivenService) -> None:
        def handle(call: ServiceCall) -> Outcome:
            self.simulated.calls.append(call)
            if given.error is not None:
                raise HubError(given.error)
            if given.wait_event is not None:
                return self._until(given.wait_event)
            return given.response  # type: ignore[no-any-return]  # as the case says

        domain, _, service = name.partition(".")
        self.simulated.house.services.register(domain, service, handle, response="optional")

    async def _until(self, event_type: str) -> None:
        done = asyncio.get_running_loop().create_future()

        def happened(_: Event) -> None:
            if not done.done():
                done.set_result(None)

        detach = self.simulated.house.bus.listen(event_type, happened)
        try:
            await done
        finally:
            detach()

    # --- steps ---

    async def _step(self, step: Step) -> list[Difference]:
        simulated = self.simulated
        trouble: list[Difference] = []
        if step.set is not None:
            given = step.set
            simulated.set(given.entity, given.state, given.attributes, force=given.force)
        elif step.remove is not None:
            simulated.house.states.remove(step.remove)
        elif step.fire is not None:
            simulated.house.bus.fire(Event(step.fire.event, step.fire.data or {}))
        elif step.mqtt is not None:
            self._deliver(step.mqtt)
        elif step.call is not None:
            trouble = await self._call(step)
        elif step.advance is not None:
            await simulated.advance(step.advance)
        elif step.at is not None:
            await simulated.move_to(step.at)
        elif step.start:
            simulated.household.started()
        if step.settle:
            await simulated.settle()
        return trouble

    def _deliver(self, message: Arriving) -> None:
        data = message.data(lambda payload: orjson.dumps(payload).decode())
        self.simulated.mqtt.deliver(message.topic, data, qos=message.qos, retain=message.retain)

    async def _call(self, step: Step) -> list[Difference]:
        assert step.call is not None
        call = step.call
        domain, _, service = call.service.partition(".")
        try:
            outcome = self.simulated.house.services.call(domain, service, call.data or {})
            if inspect.isawaitable(outcome):
                task = asyncio.ensure_future(outcome)
                if call.wait or call.fails:
                    await task
                else:
                    task.add_done_callback(lambda done: done.cancelled() or done.exception())
        except Exception as error:
            # Without `wait` nobody is there to hear of a failure.
            return [] if call.fails or not call.wait else [f"{call.service} was refused: {error}"]
        return [f"{call.service} should have been refused"] if call.fails else []

    # --- expectations ---

    def _check(self, after: int) -> Iterator[Difference]:
        for expect in self.case.expect:
            if expect.after == after:
                yield from self._holds(expect)

    def _holds(self, expect: Expect) -> Iterator[Difference]:
        house = self.simulated.house
        yield from checks.check_calls(expect, self.simulated.calls)
        yield from checks.check_events(expect.events, self.events)
        yield from checks.check_states(expect.state, house)
        yield from checks.check_registries(expect, house)
        if expect.published is not None:
            yield from checks.check_published(expect.published, _said(self.simulated.mqtt.published, expect))
            self.simulated.mqtt.published.clear()
        if expect.forget_published:
            self.simulated.mqtt.published.clear()
        yield from self._check_set_up(expect)
        if "condition" in expect.model_fields_set:
            yield from self._check_condition(expect.condition)
        if "result" in expect.model_fields_set or expect.error:
            yield from self._check_result(expect)
        yield from self._check_runs(expect)
        if expect.state_changes is not None and expect.state_changes != self.changes:
            yield differ("state_changes", expect.state_changes, self.changes)

    def _check_set_up(self, expect: Expect) -> Iterator[Difference]:
        problems = [str(problem) for problem in self.configuration.problems] if self.configuration else []
        if expect.setup is not None and self.invalid != (expect.setup == "invalid"):
            yield differ("setup", expect.setup, problems or "ok")
        for name, wanted in (expect.components or {}).items():
            broken = self.configuration is None or name in self.configuration.refused
            if wanted is broken:
                yield differ(f"component {name}", wanted, problems)
        if expect.setup is None and expect.components is None and expect.logged is None and self.invalid:
            yield f"the configuration was refused: {'; '.join(problems)}"
        if expect.logged is not None:
            level = _RANK[expect.logged]
            if not any(
                rank >= level if level >= _RANK["warning"] else rank == level for rank, _ in self.log.levels
            ):
                yield differ("logged", expect.logged, self.log.levels)

    def _check_condition(self, wanted: Any) -> Iterator[Difference]:
        if self.condition is None:
            yield differ("condition", wanted, "refused")
            return
        scope = _Scope(self.simulated.house, self.case.variables or {})
        try:
            actual: Any = holds(self.condition, scope)
        except HubError:
            actual = "error"
        if actual is not wanted and actual != wanted:
            yield differ("condition", wanted, actual)

    def _check_result(self, expect: Expect) -> Iterator[Difference]:
        try:
            actual = self._render()
        except HubError as error:
            if not expect.error:
                yield differ("result", expect.result, error)
            return
        if expect.error:
            yield differ("result", "an error", actual)
        elif not checks.same(expect.result, actual):
            yield differ("result", expect.result, actual)
        kinds = [kind.__name__ for kind in type(actual).__mro__]
        if expect.result_type is not None and expect.result_type not in kinds:
            yield differ("result_type", expect.result_type, type(actual).__name__)

    def _render(self) -> Any:
        config = self.case.config
        variables = {name: _bytes(value) for name, value in (self.case.variables or {}).items()}
        template = self.simulated.house.templates.compile(config["template"])
        if "mqtt_value" in config:
            value = _bytes(config["mqtt_value"])
            if "default" in config:
                return template.payload(value, variables, default=config["default"])
            return template.payload(value, variables)
        if config.get("parse_result", True) is False:
            return template.text(variables)
        return template.render(variables)

    def _check_runs(self, expect: Expect) -> Iterator[Difference]:
        for entity_id, wanted in expect.script_running.items():
            state = self.simulated.house.states.get(entity_id)
            actual = state.attributes.get("current") if state is not None else None
            if actual != wanted:
                yield differ(f"{entity_id} running", wanted, actual)
        if expect.execution is not None:
            ended = [trace for trace in self.simulated.household.engine.traces if trace.outcome]
            last = max(ended, key=lambda trace: trace.ended or 0, default=None)
            if last is None or last.outcome != expect.execution:
                yield differ("execution", expect.execution, last.outcome if last else None)


def _said(published: Sequence[RecordedMessage], expect: Expect) -> list[RecordedMessage]:
    """Return what was sent, without the greeting to devices of which no case but its own wants to know."""
    if any(message.topic in (_GREETING, None) for message in expect.published or ()):
        return list(published)
    return [message for message in published if message.topic != _GREETING]


def _bytes(value: Any) -> Any:
    if isinstance(value, Mapping) and set(value) == {"hex"}:
        return bytes.fromhex(value["hex"])
    return value
