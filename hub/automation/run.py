"""Do a sequence of actions, one run at a time.

A run goes as far as it can at once, without a coroutine or a task. Only when an action gives back
something to wait for does the rest of the run become a coroutine.
"""

from __future__ import annotations

import asyncio
import inspect
import itertools
import logging
import os
from collections.abc import Awaitable, Iterator, Mapping, MutableMapping, Sequence
from typing import Any, Protocol

from hub.automation.scope import Block
from hub.automation.started import begin
from hub.automation.trace import Step, Trace
from hub.core.book import Book
from hub.core.cause import Cause
from hub.core.errors import HubError, TemplateError
from hub.core.frozen import freeze, thaw
from hub.core.ports import House
from hub.core.services import Outcome
from hub.core.spans import span
from hub.fields import is_enabled
from hub.kinds import Action, Condition, SequenceOver, StopRun, holds

log = logging.getLogger("hub.automation")
RUN = "run/"
_PREFIX = os.urandom(6).hex()
_numbers = itertools.count(1)


class Failed(Exception):
    """A step failed and the run with it; what it says is already in the trace."""


class Marked(Protocol):
    """A run's bookmark, as the run sees it (`hub.automation.bookmark`)."""

    def open(self) -> None: ...
    def put(self) -> None: ...
    def begin_queued(self) -> None: ...
    def leave(self) -> None: ...
    def close(self) -> None: ...


class LiveRun:
    """A run under way, or one block of it. What actions see of it is `hub.kinds.Run`."""

    __slots__ = (
        "_block",
        "_frozen",
        "_index",
        "_inners",
        "_key",
        "_leaves",
        "_name_in_outer",
        "_outer",
        "_path",
        "_step",
        "book",
        "bookmark",
        "cancelled",
        "cause",
        "held",
        "house",
        "name",
        "trace",
    )  # fmt: skip

    def __init__(
        self,
        house: House,
        name: str,
        cause: Cause,
        trace: Trace,
        block: Block,
        outer: LiveRun | None = None,
        path: str = "",
    ) -> None:
        self.house = house
        self.name = name
        self.cause = cause
        self.trace = trace
        self.cancelled = False
        self.held: Mapping[str, Any] | None = None
        self.bookmark: Marked | None = None
        self.book: Book | None = None
        self._key = ""
        self._block = block
        self._path = ""
        self._step: Step | None = None
        self._outer = outer
        self._name_in_outer = path
        self._index = -1
        self._inners: dict[str, LiveRun] | None = None
        self._frozen: Mapping[str, Any] | None = None
        self._leaves = False

    @property
    def key(self) -> str:
        """Its name in the agenda."""
        if not self._key:
            self._key = f"{RUN}{_PREFIX}{next(_numbers):08x}"
        return self._key

    @key.setter
    def key(self, key: str) -> None:
        self._key = key

    @property
    def variables(self) -> MutableMapping[str, Any]:
        return self._block.visible

    def set_variables(self, values: Mapping[str, Any]) -> None:
        if self._step is not None:
            self._step.changed = values
        for name, value in values.items():
            self._block.assign(name, value)

    def set_for_all(self, name: str, value: Any) -> None:
        if self._step is not None:
            self._step.changed = {name: value}
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
            if inner._frozen is None:
                waiting = inner._do(actions, 0, inner._path)
            else:
                waiting = inner.take_up(actions, inner._frozen, inner._path)
        except SequenceOver:
            return None
        return begin(inner._block_over(waiting)) if waiting is not None else None

    def branch(
        self, path: str, variables: Mapping[str, Any] | None = None, *, apart: bool = False
    ) -> LiveRun:
        frozen = self._frozen["in"].pop(path, None) if self._frozen is not None else None
        if frozen is not None:
            variables = {**(variables or {}), **self._thawed(frozen["own"])}
        block = self._block.inner(variables, apart=apart)
        inner = LiveRun(self.house, self.name, self.cause, self.trace, block, self, path)
        inner._path = f"{self._path}/{path}" if path else self._path
        inner._frozen = frozen
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

    async def _block_over(self, waiting: Awaitable[None]) -> None:
        self._show()
        try:
            await waiting
        except SequenceOver:
            pass
        finally:
            self._hide()

    async def _go_on(
        self, waiting: Awaitable[None] | None, actions: Sequence[Action], index: int, prefix: str
    ) -> None:
        outermost = self._outermost()
        while True:
            step = self._step
            try:
                if waiting is not None:
                    self._index = index
                    if outermost.bookmark is not None:
                        outermost.bookmark.put()
                    await waiting
            except (StopRun, SequenceOver, Failed, asyncio.CancelledError):
                raise
            except Exception as error:
                self._failed(actions[index], step, error)
            if waiting is not None:
                self._leave()
            self.held = self._inners = self._frozen = None
            self.trace.shorten()
            index += 1
            if index == len(actions):
                return
            waiting = self._begin_step(actions[index], f"{prefix}/{index}")

    def _begin_step(self, action: Action, path: str, *, again: bool = False) -> Awaitable[None] | None:
        step = Step(path, self.house.clock.timestamp())
        self.trace.steps.append(step)
        self._step = step
        self._path = path
        try:
            if action.enabled is not True and not is_enabled(action.enabled):
                step.result = {"enabled": False}
                return None
            return action.resume(self) if again else action.run(self)
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
        if not action.continue_on_error or _is_mistake(error):
            raise Failed(str(error)) from error

    # --- where it stands ---

    def take_up(
        self, actions: Sequence[Action], frozen: Mapping[str, Any], prefix: str
    ) -> Awaitable[None] | None:
        """Go on where a frame of `frame` says: the step under way first, and what follows it."""
        index: int = frozen["at"]
        self._frozen = frozen
        self.held = self._thawed(frozen["held"])
        waiting = self._begin_step(actions[index], f"{prefix}/{index}", again=True)
        if waiting is not None:
            return self._go_on(waiting, actions, index, prefix)
        self._leave()
        self.held = self._frozen = None
        return self._do(actions, index + 1, prefix)

    def _leave(self) -> None:
        """Write down that the run goes on from here, before it does."""
        bookmark = self._outermost().bookmark
        if bookmark is not None:
            self._leaves = True
            bookmark.leave()
            self._leaves = False

    def frame(self) -> dict[str, Any]:
        """Say as data which step is under way, with what variables, and where the blocks in it stand."""
        return {
            "at": self._index,
            "own": freeze(self._block.own()),
            "held": freeze(self.held),
            "in": {path: inner.frame() for path, inner in (self._inners or {}).items()},
        }

    def is_going_on(self) -> bool:
        """Tell whether a wait is over in some block, and what follows it may be done by now."""
        return any(block._leaves for block in self._blocks())

    def due(self) -> float | None:
        """Return when the first of the waits is over at the latest, in seconds since 1970."""
        dues = (block.held.get("due") for block in self._blocks() if block.held)
        return min((due for due in dues if due is not None), default=None)

    def told(self) -> dict[str, Any]:
        """Return the trace so far, and what the run waits for now."""
        due = self.due()
        if due is None:
            waits = "it waits"
        else:
            waits = f"it waits at most {span(due - self.house.clock.timestamp())} longer"
        return {**self.trace.as_dict(), "waits": waits}

    def restore(self, variables: Mapping[str, Any]) -> None:
        self._block.visible.update(self._thawed(variables))

    def _thawed(self, data: Any) -> Any:
        return thaw(data, lambda text: self.house.templates.value("{{ text }}").render({"text": text}))

    def _blocks(self) -> Iterator[LiveRun]:
        yield self
        for inner in (self._inners or {}).values():
            yield from inner._blocks()

    def _outermost(self) -> LiveRun:
        block = self
        while block._outer is not None:
            block = block._outer
        return block

    def _show(self) -> None:
        """Let the outer blocks know that this one waits."""
        outer = self._outer
        if outer is not None:
            if outer._inners is None:
                outer._inners = {}
            outer._inners[self._name_in_outer] = self
            if outer._index < 0:  # a branch that is no sequence itself
                outer._show()

    def _hide(self) -> None:
        outer = self._outer
        if outer is not None and outer._inners is not None:
            if outer._inners.get(self._name_in_outer) is self:
                del outer._inners[self._name_in_outer]
            if outer._index < 0 and not outer._inners:
                outer._hide()

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
        outcome = self.house.services.call(
            domain, service, data, cause=self.cause, return_response=return_response
        )
        if outcome is not None and inspect.isawaitable(outcome):
            outermost = self._outermost()
            if outermost.book is not None:
                outermost.book.adopt(self.cause, outermost.key, self._path)
        return outcome

    def rejoin(self) -> Awaitable[Any] | None:
        outermost = self._outermost()
        again = outermost.book.joined(outermost.key, self._path) if outermost.book is not None else []
        if len(again) > 1:
            return _all_of([one() for one in again])
        return again[0]() if again else None

    def sleep(self, seconds: float) -> Awaitable[None]:
        done: asyncio.Future[None] = asyncio.get_running_loop().create_future()

        def wake() -> None:
            if not done.done():
                done.set_result(None)

        detach = self.house.clock.call_later(seconds, wake)
        done.add_done_callback(lambda _: detach())
        return done

    def hold(self, **facts: Any) -> None:
        self.held = facts

    def keep(self) -> None:
        bookmark = self._outermost().bookmark
        if bookmark is not None:
            bookmark.put()

    def was_in(self, path: str) -> bool:
        return self._frozen is not None and path in self._frozen["in"]

    def note(self, **result: Any) -> None:
        if self._step is not None:
            self._step.result = {**(self._step.result or {}), **result}

    def complain(self, text: str, *args: object) -> None:
        log.error("%s: %s: " + text, self.name, self._path or "condition", *args)

    def warn(self, text: str, *args: object) -> None:
        log.warning("%s: %s: " + text, self.name, self._path or "condition", *args)


def _is_mistake(error: Exception) -> bool:
    """Tell whether the step is written wrongly: that no `continue_on_error` forgives."""
    unknown = isinstance(error, HubError) and error.problem.startswith("no service is called")
    return unknown or isinstance(error, TemplateError)


async def _all_of(waiting: list[Awaitable[Any]]) -> None:
    for one in waiting:
        await one
