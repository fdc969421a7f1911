"""One living automation: its triggers attached, its conditions asked, its runs begun, its state shown."""

from __future__ import annotations

import inspect
import logging
from collections.abc import Awaitable, Callable, Mapping
from datetime import UTC, datetime
from typing import Any

from hub.automation import trace as traces
from hub.automation.bookmark import Page
from hub.automation.model import AutomationModel
from hub.automation.runs import Ended, Runs
from hub.automation.timers import TriggerTimers
from hub.automation.trace import Traces
from hub.core.cause import Cause
from hub.core.clock import Detach, nothing
from hub.core.entities import EntityInfo
from hub.core.errors import HubError
from hub.core.events import AUTOMATION_TRIGGERED
from hub.core.ports import House
from hub.core.services import ServiceCall
from hub.fields import is_enabled
from hub.kinds import Attachment, Begun, Trigger

log = logging.getLogger("hub.automation")


class Automation:
    """An automation in the house. It can be on or off; `stop` takes it out."""

    def __init__(self, house: House, model: AutomationModel, kept: Traces, number: int, page: Page) -> None:
        self._house = house
        self._page = page
        self.model = model
        name = model.alias or model.id or f"automation {number}"
        self._entity = house.entities.add(
            EntityInfo("automation", "automation", unique_id=model.id, name=name),
            {"turn_on": self._turn_on, "turn_off": self._turn_off, "trigger": self._trigger},
        )
        self.entity_id = self._entity.entity_id
        self.name = f"automation {self.entity_id.partition('.')[2]}"
        page.item = self.entity_id
        self._runs = Runs(house, self.entity_id, self.name, model, model.actions, kept, page)
        self._runs.changed = self._show
        self._detach: list[Detach] = []
        self._last_triggered: float | None = None
        self._trigger_variables: dict[str, Any] = {}
        self._reads_this = _reads_this(model)
        self._on = False
        self._shown = _shown(model)

    # --- life ---

    def start(self) -> None:
        """Show the automation, and attach its triggers if it is to be on."""
        before = self._house.memory.recall(self.entity_id)
        if before is not None and before.attributes.get("last_triggered"):
            self._last_triggered = _timestamp(before.attributes["last_triggered"])
        wanted = self.model.initial_state
        if wanted is None:
            wanted = before is None or before.state != "off"
        if wanted:
            self._switch_on()
        else:
            self._show()

    def stop(self) -> None:
        """Take the automation out: its triggers, its runs and its state."""
        # It does not show itself as off: whether it is to be on is remembered.
        self._runs.changed = nothing
        self._detach_all()
        self._runs.stop()
        self._entity.remove()

    @property
    def is_on(self) -> bool:
        return self._on

    def waits_for(self) -> list[str]:
        """Say what each trigger waits for, with the values now."""
        return [trigger.waits_for(self._house) for trigger in self.model.triggers]

    def _switch_on(self) -> None:
        if self._on:
            return
        self._on = True
        self._show()
        given = {"this": self._this()} if self._reads_this else {}
        try:
            if self.model.trigger_variables is not None:
                self._trigger_variables = self.model.trigger_variables.render(given)
        except HubError as error:
            log.error("%s does not listen: trigger_variables: %s", self.name, error)
            return
        for index, trigger in enumerate(self.model.triggers):
            self._attach(index, trigger, given)

    def _attach(self, index: int, trigger: Trigger, given: Mapping[str, Any]) -> None:
        common = {
            "id": trigger.id if trigger.id is not None else str(index),
            "idx": str(index),
            "alias": trigger.alias,
            "platform": trigger.platform,
        }

        def fire(facts: dict[str, Any], cause: Cause | None = None) -> None:
            self._fired(trigger, {**common, **facts}, cause)

        try:
            if not is_enabled(trigger.enabled, self._trigger_variables):
                return
            known = {**given, **self._trigger_variables}
            skip = self.model.after_restart == "skip"
            timers = TriggerTimers(self._house, self._page, index, self._skipped if skip else None)
            self._detach.append(
                trigger.attach(Attachment(self._house, fire, known, self.name, common, timers))
            )
        except HubError as error:
            log.error("%s: trigger %s (%s): %s", self.name, index + 1, trigger.platform, error)

    def _skipped(self, begun: Begun) -> None:
        """Keep a trace of a `for` that was over while the hub was down, and does not count."""
        run = self._runs.prepare({}, Cause(origin=self.entity_id))
        run.variables["trigger"] = dict(begun.facts)
        when = datetime.fromtimestamp(begun.due, self._house.settings.time_zone)
        run.trace.error = f"its `for` was over at {when:%Y-%m-%d %H:%M:%S}, while the hub was down"
        log.warning("%s: %s (after_restart: skip)", self.name, run.trace.error)
        self._runs.drop(run, traces.SKIPPED)

    def _detach_all(self) -> None:
        self._on = False
        while self._detach:
            self._detach.pop()()

    def _switch_off(self, *, stop_actions: bool) -> None:
        self._detach_all()
        if stop_actions:
            self._runs.stop()
        self._show()

    # --- runs ---

    @property
    def digest(self) -> str:
        """Tell one text of its YAML from another."""
        return self._page.digest

    def take_up(self, told: Mapping[str, Any]) -> Callable[[], Awaitable[None]]:
        """Go on with a run that waited when the hub ended; return what makes one wait for its end."""
        outcome = self._runs.take_up(told, lambda: self._began(None, {}, Cause()))
        return lambda: _until_over(outcome)

    def give_up(self, told: Mapping[str, Any], outcome: str, why: str) -> None:
        """Keep the trace of a run that waited when the hub ended and does not go on."""
        self._runs.give_up(told, outcome, why)

    def _fired(self, trigger: Trigger | None, facts: dict[str, Any], cause: Cause | None) -> None:
        # An event may be on its way when the automation is switched off.
        if self._on:
            self._run(trigger, facts, cause, skip_conditions=False)

    def _run(
        self, trigger: Trigger | None, facts: dict[str, Any], cause: Cause | None, *, skip_conditions: bool
    ) -> Ended | Awaitable[Ended] | None:
        mine = Cause(cause, origin=self.entity_id)
        run = self._runs.prepare(self._trigger_variables, mine)
        variables = run.variables
        if self._reads_this:
            variables["this"] = self._this()
        variables["trigger"] = facts
        try:
            if self.model.variables is not None:
                variables.update(self.model.variables.render(variables))
            if trigger is not None and trigger.variables is not None:
                variables.update(trigger.variables.render(variables))
        except HubError as error:
            log.error("%s: variables: %s", self.name, error)
            run.trace.error = str(error)
            self._runs.drop(run, traces.ERROR)
            return None
        if (
            not skip_conditions
            and self.model.conditions
            and not run.check(self.model.conditions, "condition")
        ):
            self._runs.drop(run, traces.FAILED_CONDITIONS)
            return None
        return self._runs.start(run, lambda: self._began(trigger, facts, mine))

    def _began(self, trigger: Trigger | None, facts: Mapping[str, Any], cause: Cause) -> None:
        self._last_triggered = self._house.clock.timestamp()
        if trigger is not None:
            try:
                cause.because = trigger.because(facts)
            except Exception:  # words only: the run goes on without them
                log.exception("%s: trigger %s can't say what happened", self.name, trigger.platform)
        told = {"name": self._entity.full_name, "entity_id": self.entity_id}
        if self._house.bus.has_listeners(AUTOMATION_TRIGGERED):
            if facts.get("description"):
                told["source"] = str(facts["description"])
            self._house.bus.emit(AUTOMATION_TRIGGERED, told, cause)

    def _this(self) -> dict[str, Any] | None:
        state = self._house.states.get(self.entity_id)
        return state.as_dict() if state is not None else None

    def _show(self) -> None:
        attributes = self._shown.copy()
        if self._last_triggered is not None:
            attributes["last_triggered"] = datetime.fromtimestamp(self._last_triggered, UTC)
        attributes["current"] = self._runs.current
        self._entity.write("on" if self._on else "off", attributes)

    # --- services ---

    def _turn_on(self, call: ServiceCall) -> None:
        self._switch_on()

    def _turn_off(self, call: ServiceCall) -> None:
        self._switch_off(stop_actions=call.fields.stop_actions)

    def _trigger(self, call: ServiceCall) -> Awaitable[None] | None:
        outcome = self._run(None, {"platform": None}, call.cause, skip_conditions=call.fields.skip_condition)
        return _until_over(outcome) if inspect.isawaitable(outcome) else None


async def _until_over(outcome: Ended | Awaitable[Ended]) -> None:
    if not isinstance(outcome, Ended):
        await outcome


def _shown(model: AutomationModel) -> dict[str, Any]:
    """Return the attributes of an automation that was never triggered."""
    own = {"id": model.id} if model.id is not None else {}
    most = {"max": model.max} if model.mode in ("queued", "parallel") else {}
    return {**own, "last_triggered": None, "mode": model.mode, "current": 0, **most}


def _timestamp(value: Any) -> float | None:
    if isinstance(value, datetime):
        return value.timestamp()
    try:
        return datetime.fromisoformat(str(value)).timestamp()
    except ValueError:
        return None


def _reads_this(model: AutomationModel) -> bool:
    """Tell whether any template of the automation may read `this`."""
    return _mentions(model, "this", set())


def _mentions(part: Any, name: str, seen: set[int]) -> bool:
    if part is None or isinstance(part, (str, int, float, bool)) or id(part) in seen:
        return False
    seen.add(id(part))
    names = getattr(part, "names", None)
    if isinstance(names, frozenset):
        return name in names
    if isinstance(part, (list, tuple)):
        return any(_mentions(item, name, seen) for item in part)
    if isinstance(part, Mapping):
        return any(_mentions(item, name, seen) for item in part.values())
    inner = getattr(getattr(part, "value", None), "names", None)  # a Duration holds a Value
    if isinstance(inner, frozenset):
        return name in inner
    fields = getattr(type(part), "model_fields", None)
    return any(_mentions(getattr(part, field), name, seen) for field in fields) if fields else False
