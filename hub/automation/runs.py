"""Let the runs of one automation or script get on with each other: single, restart, queued, parallel."""

from __future__ import annotations

import asyncio
import logging
from collections import deque
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from hub.automation import trace as traces
from hub.automation.bookmark import Bookmark, Page
from hub.automation.model import Sequenced
from hub.automation.run import Failed, LiveRun
from hub.automation.scope import Block
from hub.automation.started import Started, begin
from hub.automation.trace import Step, Trace, Traces
from hub.core.cause import Cause
from hub.core.frozen import thaw_cause
from hub.core.ports import House
from hub.kinds import Action, SequenceOver, StopRun

log = logging.getLogger("hub.automation")
_LEVELS = {"silent": 0, "notset": 0, "warn": logging.WARNING, "fatal": logging.CRITICAL}
# A chain of runs that cause each other is a loop if it is longer than this and came about in this time.
DEEPEST_CAUSE = 40
LOOP_SECONDS = 60.0


@dataclass(slots=True)
class Ended:
    """How a run ended: an outcome of `hub.automation.trace`, the error, and what `stop` gave back."""

    outcome: str
    error: str | None = None
    response: Any = None
    stopped: bool = False
    """The script itself said `stop`: with `error`, that is its own end, and no failure of its caller."""
    run: LiveRun | None = None
    """The run that ended so."""


class Runs:
    """The runs of one item, and the rule by which a new one is let in."""

    def __init__(
        self,
        house: House,
        item: str,
        name: str,
        model: Sequenced,
        actions: Sequence[Action],
        kept: Traces,
        page: Page | None = None,
    ) -> None:
        self._house = house
        self._item = item
        self._name = name
        self._model = model
        self._actions = actions
        self._traces = kept
        self._page = page
        self._running: dict[LiveRun, asyncio.Task[Ended] | None] = {}
        self._queue: deque[tuple[LiveRun, Callable[[], None], asyncio.Future[Ended]]] = deque()
        self._advances = False
        self.changed: Callable[[], None] = _nothing
        self.in_loop: Callable[[str], None] = _ignore
        """Called with the chain when a run is refused because it is part of a loop."""

    def rename(self, name: str) -> None:
        self._item = self._name = name

    @property
    def current(self) -> int:
        """How many runs are under way or wait for their turn."""
        return len(self._running) + len(self._queue)

    @property
    def under_way(self) -> list[LiveRun]:
        """The runs that have begun or wait for their turn, oldest first."""
        return sorted([*self._running, *(run for run, _, _ in self._queue)], key=lambda run: run.trace.number)

    def prepare(self, variables: Mapping[str, Any], cause: Cause) -> LiveRun:
        """Make a run that has not begun, so that its conditions can be asked."""
        began = cause.at = self._house.clock.timestamp()
        block = Block(variables)
        trace = Trace(next(self._traces.numbers), self._item, began, cause, block.visible)
        return LiveRun(self._house, self._name, cause, trace, block)

    def drop(self, run: LiveRun, outcome: str, why: str | None = None) -> None:
        """Keep the trace of a run that does not begin."""
        self._end(run, Ended(outcome, why))

    def start(self, run: LiveRun, began: Callable[[], None]) -> Ended | Awaitable[Ended]:
        """Begin, queue or drop a run by the mode. `began` is called when it really begins."""
        refused = self._refused(run)
        if refused is not None:
            self._end(run, refused)
            return refused
        if self._model.mode == "restart":
            self.stop()
        elif self._model.mode == "queued" and self._running:
            turn: asyncio.Future[Ended] = asyncio.get_running_loop().create_future()
            self._queue.append((run, began, turn))
            self._mark(run, queued=True)
            self._open(run)
            self.changed()
            return turn
        return self._begin(run, began)

    def take_up(self, told: Mapping[str, Any], began: Callable[[], None]) -> Ended | Awaitable[Ended]:
        """Go on with a run that waited when the hub ended, as its bookmark tells."""
        run = self._restored(told)
        self._mark(run, queued=told["queued"], parent=told["parent"])
        if told["queued"]:
            turn: asyncio.Future[Ended] = asyncio.get_running_loop().create_future()
            self._queue.append((run, began, turn))
            self._house.clock.call_later(0, self._next)
            self.changed()
            return turn
        self._running[run] = None
        rest = begin(self._wait(run, _taken_up(run, self._actions, told["frame"])))
        return rest if isinstance(rest, Ended) else self._spawn(run, rest)

    def give_up(self, told: Mapping[str, Any], outcome: str, why: str) -> None:
        """Keep the trace of a run that waited when the hub ended and does not go on."""
        log.warning("%s: run %s does not go on: %s", self._name, told["trace"]["number"], why)
        self._end(self._restored(told), Ended(outcome, why))

    def _restored(self, told: Mapping[str, Any]) -> LiveRun:
        cause = thaw_cause(told["cause"])
        block = Block({})
        kept = told["trace"]
        trace = Trace(kept["number"], self._item, kept["began"], cause, block.visible)
        trace.steps.extend(Step(*step) for step in kept["steps"])
        run = LiveRun(self._house, self._name, cause, trace, block)
        run.restore(told["frame"]["own"])
        run.book = self._page.book if self._page is not None else None
        run.key = told["key"]
        return run

    def _mark(self, run: LiveRun, *, queued: bool = False, parent: tuple[str, str] | None = None) -> None:
        """Give a run that waits a bookmark."""
        if self._page is not None and not self._page.book.agenda.sealed:
            run.bookmark = Bookmark(self._page, run, queued=queued, parent=parent)

    def _open(self, run: LiveRun) -> None:
        if run.bookmark is not None:
            run.bookmark.open()

    def stop(self) -> None:
        """Cancel all runs, also those that wait for their turn."""
        while self._queue:
            run, _, turn = self._queue.popleft()
            self._close(run)
            self._end(run, Ended(traces.CANCELLED))
            _settle(turn, Ended(traces.CANCELLED))
        for run, task in list(self._running.items()):
            run.cancelled = True
            if task is not None:
                task.cancel()
            if task is not None or run.bookmark is not None:
                self._over(run, Ended(traces.CANCELLED))

    def _refused(self, run: LiveRun) -> Ended | None:
        model = self._model
        if run.cause.depth > DEEPEST_CAUSE and (chain := _loop(run.cause)):
            log.error("%s: stopped, it is part of a loop: %s", self._name, chain)
            self.in_loop(chain)
            return Ended(traces.RECURSION, f"part of a loop: {chain}")
        if model.mode == "single" and self._running:
            self._complain("already running")
            return Ended(traces.FAILED_SINGLE, "already running")
        if model.mode in ("queued", "parallel") and self.current >= model.max:
            self._complain("maximum number of runs exceeded")
            return Ended(traces.FAILED_MAX_RUNS, f"{self.current} runs, at most {model.max}")
        return None

    def _complain(self, text: str) -> None:
        level = self._model.max_exceeded
        number = _LEVELS.get(level, logging.getLevelName(level.upper()))
        if number:
            log.log(int(number), "%s: %s", self._name, text)

    def _begin(self, run: LiveRun, began: Callable[[], None]) -> Ended | Awaitable[Ended]:
        self._running[run] = None
        if self._page is not None:
            run.book = self._page.book
        began()
        try:
            waiting = run.begin(self._actions, "action")
        except Exception as error:
            return self._over(run, _ended(error))
        if waiting is None:
            return self._over(run, Ended(traces.FINISHED))
        rest = begin(self._wait(run, waiting))
        if isinstance(rest, Ended):
            return rest
        if run.bookmark is None:
            self._mark(run)
        self._open(run)
        return self._spawn(run, rest)

    def _spawn(self, run: LiveRun, rest: Started[Ended]) -> asyncio.Task[Ended]:
        task = self._house.tasks.spawn(_rest_of(rest), self._name)
        task.add_done_callback(lambda _: rest.close())
        self._running[run] = task
        self.changed()
        return task

    async def _wait(self, run: LiveRun, waiting: Awaitable[None]) -> Ended:
        try:
            await waiting
        except asyncio.CancelledError:
            if not run.cancelled:  # the house stops
                self._over(run, Ended(traces.CANCELLED))
                raise
            return Ended(traces.CANCELLED)
        except Exception as error:
            return self._over(run, _ended(error))
        return self._over(run, Ended(traces.FINISHED))

    def _over(self, run: LiveRun, ended: Ended) -> Ended:
        if run in self._running:
            del self._running[run]
            self._close(run)
            self._end(run, ended)
            self._next()
            self.changed()
        return ended

    def _close(self, run: LiveRun) -> None:
        if run.bookmark is not None:
            run.bookmark.close()

    def _end(self, run: LiveRun, ended: Ended) -> None:
        ended.run = run
        if run.bookmark is not None and self._is_suspended():
            return  # it is taken up again by the next start, with its trace
        run.trace.shorten()
        run.trace.end(ended.outcome, self._house.clock.timestamp(), ended.error)
        self._traces.keep(run.trace, self._model.trace.stored_traces)

    def _next(self) -> None:
        """Begin those whose turn it is; one that is over at once lets the next begin."""
        if self._advances:
            return
        self._advances = True
        try:
            while self._queue and not self._running:
                self._begin_queued(*self._queue.popleft())
        finally:
            self._advances = False

    def _begin_queued(self, run: LiveRun, began: Callable[[], None], turn: asyncio.Future[Ended]) -> None:
        if run.bookmark is not None:
            run.bookmark.begin_queued()
        outcome = self._begin(run, began)
        if isinstance(outcome, Ended):
            _settle(turn, outcome)
        else:
            asyncio.ensure_future(outcome).add_done_callback(lambda done: _pass_on(done, turn))

    def _is_suspended(self) -> bool:
        return self._page is not None and self._page.book.agenda.sealed


async def _taken_up(run: LiveRun, actions: Sequence[Action], frame: Mapping[str, Any]) -> None:
    waiting = run.take_up(actions, frame, "action")
    if waiting is not None:
        await waiting


async def _rest_of(rest: Started[Ended]) -> Ended:
    return await rest


def _pass_on(done: asyncio.Future[Ended], turn: asyncio.Future[Ended]) -> None:
    _settle(turn, Ended(traces.CANCELLED) if done.cancelled() else done.result())


def _settle(turn: asyncio.Future[Ended], ended: Ended) -> None:
    if not turn.done():
        turn.set_result(ended)


def _ended(error: Exception) -> Ended:
    if isinstance(error, SequenceOver):
        return Ended(traces.ABORTED)
    if isinstance(error, StopRun):
        outcome = traces.ERROR if error.error else traces.ABORTED if error.aborted else traces.FINISHED
        return Ended(outcome, error.reason if error.error else None, error.response, stopped=True)
    if isinstance(error, Failed):
        return Ended(traces.ERROR, str(error))
    log.error("a run failed in the engine", exc_info=error)
    return Ended(traces.ERROR, f"{type(error).__name__}: {error}")


def _loop(cause: Cause) -> str:
    """Return the end of a chain in words if it is a loop; one that took its time is cut instead."""
    links = cause.chain()
    began = min((link.at for link in links if link.at), default=cause.at)
    if cause.at - began < LOOP_SECONDS:
        return " <- ".join(link.origin for link in links[:6] if link.origin)
    cause.parent, cause.depth = None, 0
    return ""


def _ignore(*_: object) -> None:
    pass


def _nothing() -> None:
    pass
