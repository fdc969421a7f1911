"""Do a sequence of actions, one run at a time.

A run goes as far as it can at once, without a coroutine or a task. Only when an action gives back
something to wait for does the rest of the run become a coroutine.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Mapping, Sequence
from typing import Any

from hub.automation.scope import Block
from hub.automation.started import begin
from hub.automation.trace import Step, Trace
from hub.core.cause import Cause
from hub.core.errors import HubError
from hub.core.ports import House
from hub.core.services import Outcome
from hub.fields import is_enabled
from hub.kinds import Action, Condition, SequenceOver, StopRun, holds

log = logging.getLogger("hub.automation")


class Failed(Exception):
    """A step failed and the run with it; what it says is already in the trace."""


class LiveRun:
    """A run under way. What actions see of it is `hub.kinds.Run`."""

    __slots__ = ("_block", "_path", "_step", "cancelled", "cause", "house", "name", "trace")

    def __init__(self, house: House, name: str, cause: Cause, trace: Trace, block: Block) -> None:
        self.house = house
        self.name = name
        self.cause = cause
        self.trace = trace
        self.cancelled = False
        self._block = block
        self._path = ""
        self._step: Step | None = None

    @property
    def variables(self) -> dict[str, Any]:
        return self._block.visible

    def set_variables(self, values: Mapping[str, Any]) -> None:
        for name, value in values.items():
            self._block.assign(name, value)

    def set_for_all(self, name: str, value: Any) -> None:
        self._block.assign_outermost(name, value)

    # --- sequences ---

    def begin(self, actions: Sequence[Action], path: str) -> Awaitable[None] | None:
        """Do the actions in this run's own block."""
        return self._do(actions, 0, path)

    def sequence(
        self, actions: Sequence[Action], path: str, variables: Mapping[str, Any] | None = None
    ) -> Awaitable[None] | None:
        inner = self.branch(path, variables)
        try:
            waiting = inner._do(actions, 0, inner._path)
        except SequenceOver:
            return None
        return begin(_block_over(waiting)) if waiting is not None else None

    def branch(self, path: str, variables: Mapping[str, Any] | None = None) -> LiveRun:
        inner = LiveRun(self.house, self.name, self.cause, self.trace, self._block.inner(variables))
        inner._path = f"{self._path}/{path}" if path else self._path
        return inner

    def _do(self, actions: Sequence[Action], index: int, prefix: str) -> Awaitable[None] | None:
        count = len(actions)
        while index < count:
            action = actions[index]
            waiting = self._begin_step(action, f"{prefix}/{index}")
            if waiting is not None:
                return self._go_on(waiting, actions, index, prefix)
            index += 1
        return None

    async def _go_on(
        self, waiting: Awaitable[None] | None, actions: Sequence[Action], index: int, prefix: str
    ) -> None:
        while True:
            step = self._step
            try:
                if waiting is not None:
                    await waiting
            except (StopRun, SequenceOver, Failed, asyncio.CancelledError):
                raise
            except Exception as error:
                self._failed(actions[index], step, error)
            index += 1
            if index == len(actions):
                return
            waiting = self._begin_step(actions[index], f"{prefix}/{index}")

    def _begin_step(self, action: Action, path: str) -> Awaitable[None] | None:
        step = Step(path, self.house.clock.timestamp())
        self.trace.steps.append(step)
        self._step = step
        self._path = path
        try:
            if action.enabled is not True and not is_enabled(action.enabled):
                step.result = {"enabled": False}
                return None
            return action.run(self)
        except (StopRun, SequenceOver, Failed, asyncio.CancelledError):
            raise
        except Exception as error:
            self._failed(action, step, error)
            return None

    def _failed(self, action: Action, step: Step | None, error: Exception) -> None:
        """Write down a failure; raise `Failed` unless the action says to go on."""
        if step is not None:
            step.result = {**(step.result or {}), "error": str(error)}
        where = step.path if step is not None else "?"
        if isinstance(error, HubError):
            log.error("%s: %s: %s", self.name, where, error)
        else:
            log.error("%s: %s: %s: %s", self.name, where, type(error).__name__, error, exc_info=error)
        if not action.continue_on_error or _is_unknown_service(error):
            raise Failed(str(error)) from error

    # --- what actions ask for ---

    def check(self, conditions: Sequence[Condition], path: str) -> bool:
        base = "/".join(part for part in (self._path, path) if part)
        for index, condition in enumerate(conditions):
            try:
                held = holds(condition, self)
            except HubError as error:
                self.warn("condition %s can't be told: %s", index + 1, error)
                self._say(f"{base}/{index}", {"result": False, "error": str(error)})
                return False
            if held is False:
                why = f"condition {index + 1}: {condition.why(self)}"
                self._say(f"{base}/{index}", {"result": False, "why": why})
                return False
        return True

    def _say(self, path: str, result: dict[str, Any]) -> None:
        self.trace.steps.append(Step(path, self.house.clock.timestamp(), result))

    def call(
        self, domain: str, service: str, data: Mapping[str, Any], *, return_response: bool = False
    ) -> Outcome:
        if self._step is not None:
            self._step.result = {"service": f"{domain}.{service}", "data": data}
        return self.house.services.call(
            domain, service, data, cause=self.cause, return_response=return_response
        )

    def sleep(self, seconds: float) -> Awaitable[None]:
        done: asyncio.Future[None] = asyncio.get_running_loop().create_future()

        def wake() -> None:
            if not done.done():
                done.set_result(None)

        detach = self.house.clock.call_later(seconds, wake)
        done.add_done_callback(lambda _: detach())
        return done

    def note(self, **result: Any) -> None:
        if self._step is not None:
            self._step.result = {**(self._step.result or {}), **result}

    def complain(self, text: str, *args: object) -> None:
        log.error("%s: %s: " + text, self.name, self._path or "condition", *args)

    def warn(self, text: str, *args: object) -> None:
        log.warning("%s: %s: " + text, self.name, self._path or "condition", *args)


async def _block_over(waiting: Awaitable[None]) -> None:
    try:
        await waiting
    except SequenceOver:
        pass


def _is_unknown_service(error: Exception) -> bool:
    return isinstance(error, HubError) and error.problem.startswith("no service is called")
