"""One living automation: its triggers attached, its conditions asked, its runs begun, its state shown."""

from __future__ import annotations

import inspect
import logging
from collections.abc import Awaitable, Callable, Mapping
from datetime import UTC, datetime
from functools import partial
from typing import Any

from hub.automation import trace as traces
from hub.automation.bookmark import Page
from hub.automation.model import AutomationModel
from hub.automation.runs import Ended, Runs
from hub.automation.timers import TriggerTimers
from hub.automation.trace import Trace, Traces
from hub.core.cause import Cause
from hub.core.clock import Detach, nothing
from hub.core.entities import EntityInfo
from hub.core.errors import HubError
from hub.core.events import AUTOMATION_PAUSED, AUTOMATION_TRIGGERED
from hub.core.ports import House
from hub.core.services import ServiceCall
from hub.core.spans import span
from hub.fields import is_enabled
from hub.kinds import Attachment, Begun, Condition, Scope, Trigger, holds

log = logging.getLogger("hub.automation")

# An automation that is triggered more often than this is part of a loop that no cause tells of.
MOST_RUNS = 10_000
MOST_RUNS_SECONDS = 10.0


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
        page.enter(self.entity_id, self)
        self._runs = Runs(house, self.entity_id, self.name, model, model.actions, kept, page)
        self._runs.changed = self._show
        self._runs.in_loop = self._pause
        self._count = 0
        self._counted_from = float("-inf")
        self._detach: list[Detach] = []
        self._last_triggered: float | None = None
        self._trigger_variables: dict[str, Any] = {}
        self._reads_this = _reads_this(model)
        self._on = False
        self._shown = _shown(model)
        self._paused = ""
        self._timers: dict[int, TriggerTimers] = {}

    # --- life ---

    def start(self) -> None:
        """Show the automation, and attach its triggers if it is to be on."""
        before = self._house.memory.recall(self.entity_id)
        if before is not None and before.attributes.get("last_triggered"):
            self._last_triggered = _timestamp(before.attributes["last_triggered"])
        if before is not None and before.state == "off":
            self._paused = str(before.attributes.get("paused", ""))
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
        self._page.close()
        self._entity.remove()

    @property
    def is_on(self) -> bool:
        return self._on

    def waits_for(self) -> list[str]:
        """Say what each trigger waits for, with the values now and how far that is away."""
        return [self._waits_for(index, trigger) for index, trigger in enumerate(self.model.triggers)]

    def _waits_for(self, index: int, trigger: Trigger) -> str:
        text = ", ".join(
            told for told in (trigger.waits_for(self._house), trigger.distance(self._house)) if told
        )
        timers = self._timers.get(index)
        now = self._house.clock.timestamp()
        lasting = [
            f"its `for` runs for {key.split()[0]}, and is over in {span(due - now)}" if key
            else f"its `for` runs, and is over in {span(due - now)}"
            for key, due in (timers.running.items() if timers is not None else ())
        ]  # fmt: skip
        if index not in self._timers:
            lasting.append("it does not listen now" if self._on else "the automation is off")
        return "; ".join([text, *lasting])

    async def run_now(self, *, skip_conditions: bool) -> Trace:
        """Run the actions because somebody asks for it, wait until that is over, and return the trace."""
        made: list[Trace] = []
        cause = Cause(origin="the command line")
        outcome = self._run(None, {"platform": None}, cause, skip_conditions=skip_conditions, made=made)
        if inspect.isawaitable(outcome):
            await outcome
        return made[0]

    def conditions_now(self) -> list[dict[str, Any]]:
        """Say of each condition whether it holds now; what depends on the trigger can't be told."""
        scope = self._runs.prepare(self._trigger_variables, Cause())
        scope.variables["this"] = self._this()
        return [_asked(condition, scope) for condition in self.model.conditions]

    def runs_under_way(self) -> list[dict[str, Any]]:
        """Return the traces of the runs that go on, each with what it waits for."""
        return [run.told() for run in self._runs.under_way]

    def _switch_on(self) -> None:
        if self._on:
            return
        self._on, self._paused, self._count = True, "", 0
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
            timers = TriggerTimers(self._house, self._page, index, self._skipped if self.skips else None)
            self._timers[index] = timers
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
        why = f"its `for` was over at {when:%Y-%m-%d %H:%M:%S}, while the hub was down (after_restart: skip)"
        log.warning("%s: %s", self.name, why)
        self._runs.drop(run, traces.SKIPPED, why)

    def _detach_all(self) -> None:
        self._on = False
        self._timers.clear()
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

    @property
    def skips(self) -> bool:
        """Tell whether what was over while the hub was down is not done."""
        return self.model.after_restart == "skip"

    def take_up(self, told: Mapping[str, Any]) -> Callable[[], Awaitable[None]]:
        """Go on with a run that waited when the hub ended; return what makes one wait for its end."""
        outcome = self._runs.take_up(told, lambda: self._began(None, {}, Cause()))
        return lambda: _until_over(outcome)

    def give_up(self, told: Mapping[str, Any], outcome: str, why: str) -> None:
        """Keep the trace of a run that waited when the hub ended and does not go on."""
        self._runs.give_up(told, outcome, why)

    def _fired(self, trigger: Trigger | None, facts: dict[str, Any], cause: Cause | None) -> None:
        # An event may be on its way when the automation is switched off.
        if not self._on:
            return
        self._count += 1
        if self._count >= MOST_RUNS:
            self._look_at_rate(facts, cause)
        self._run(trigger, facts, cause, skip_conditions=False)

    def _look_at_rate(self, facts: Mapping[str, Any], cause: Cause | None) -> None:
        """Pause if it was triggered as often as only a loop triggers."""
        now = self._house.clock.monotonic()
        seconds, self._counted_from, self._count = now - self._counted_from, now, 0
        if seconds < MOST_RUNS_SECONDS:
            links = [link.origin for link in cause.chain()[:6] if link.origin] if cause is not None else []
            chain = " <- ".join([self.entity_id, *(links or [str(facts.get("description", ""))])])
            log.error("%s: triggered %s times in %.1f s: %s", self.name, MOST_RUNS, seconds, chain)
            self._pause(chain)

    def _pause(self, chain: str) -> None:
        """Stop listening, because the automation is part of a loop."""
        self._paused = f"part of a loop: {chain}"
        log.error("%s is paused; turn it on again when the loop is mended", self.name)
        self._switch_off(stop_actions=False)
        self._house.bus.emit(AUTOMATION_PAUSED, {"entity_id": self.entity_id, "chain": chain})

    def _run(
        self,
        trigger: Trigger | None,
        facts: dict[str, Any],
        cause: Cause | None,
        *,
        skip_conditions: bool,
        made: list[Trace] | None = None,
    ) -> Ended | Awaitable[Ended] | None:
        mine = Cause(cause, origin=self.entity_id)
        run = self._runs.prepare(self._trigger_variables, mine)
        if made is not None:
            made.append(run.trace)
        variables = run.variables
        if self._reads_this:
            variables["this"] = self._this()
        variables["trigger"] = facts
        try:
            if self.model.variables is not None:
                given = run.trace.given = self.model.variables.render(variables)
                variables.update(given)
            if trigger is not None and trigger.variables is not None:
                given = trigger.variables.render(variables)
                run.trace.given = {**(run.trace.given or {}), **given}
                variables.update(given)
        except HubError as error:
            log.error("%s: variables: %s", self.name, error)
            self._runs.drop(run, traces.ERROR, str(error))
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
            cause.because = partial(self._because, trigger, facts)
        told = {"name": self._entity.full_name, "entity_id": self.entity_id}
        if self._house.bus.has_listeners(AUTOMATION_TRIGGERED):
            if facts.get("description"):
                told["source"] = str(facts["description"])
            self._house.bus.emit(AUTOMATION_TRIGGERED, told, cause)

    def _because(self, trigger: Trigger, facts: Mapping[str, Any]) -> str:
        try:
            return trigger.because(facts)
        except Exception:  # words only
            log.exception("%s: trigger %s can't say what happened", self.name, trigger.platform)
            return ""

    def _this(self) -> dict[str, Any] | None:
        state = self._house.states.get(self.entity_id)
        return state.as_dict() if state is not None else None

    def _show(self) -> None:
        attributes = self._shown.copy()
        if self._last_triggered is not None:
            attributes["last_triggered"] = datetime.fromtimestamp(self._last_triggered, UTC)
        attributes["current"] = self._runs.current
        if self._paused:
            attributes["paused"] = self._paused
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


def _asked(condition: Condition, scope: Scope) -> dict[str, Any]:
    try:
        held = holds(condition, scope)
        why = condition.why(scope) if held is False else ""
    except Exception as error:  # nobody has triggered: a template may miss what a trigger tells
        return {"condition": condition.condition, "holds": None, "why": str(error)}
    return {"condition": condition.condition, "holds": held, "why": why}


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
