"""Keep what each run did, or why it did not run. Nothing is formatted until somebody asks."""

from __future__ import annotations

import itertools
from collections import Counter, deque
from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import UTC, datetime
from typing import Any

from hub.core.cause import Cause
from hub.core.clock import Detach
from hub.core.events import Event
from hub.core.figures import Figure
from hub.core.state import State

FINISHED = "finished"
ABORTED = "aborted"
CANCELLED = "cancelled"
ERROR = "error"
FAILED_CONDITIONS = "failed_conditions"
FAILED_SINGLE = "failed_single"
FAILED_MAX_RUNS = "failed_max_runs"
RECURSION = "disallowed_recursion_detected"
INTERRUPTED = "interrupted"
NOT_RESUMED = "not_resumed"
SKIPPED = "skipped"
NOT_GONE_ON = frozenset((INTERRUPTED, NOT_RESUMED, SKIPPED))
"""What became of runs that waited when the hub ended, and were not taken up again."""
FAILURES = frozenset((ERROR, RECURSION, INTERRUPTED, NOT_RESUMED))
"""What went wrong: such runs are remembered longer."""

MOST_STEPS = 1000
# Failures that wait to be written; more than these at once say nothing new.
_MOST_FAILURES = 1000
# Devices answer so long after a command (`hub.core.entities.ANSWER_SECONDS`): then it is looked again.
_ANSWERED_SECONDS = 6.0
_MOST_LOOKED_AGAIN = 2000


class Step:
    """One step of a run: where it stands in the YAML, when it began, what came of it, what it changed."""

    __slots__ = ("at", "changed", "path", "result")

    def __init__(
        self,
        path: str,
        at: float,
        result: dict[str, Any] | None = None,
        changed: Mapping[str, Any] | None = None,
    ) -> None:
        self.path = path
        self.at = at
        self.result = result
        self.changed = changed

    def as_dict(self, until: float | None) -> dict[str, Any]:
        """Return plain data; `until` is when the step after it began, or the run ended."""
        told = {"path": self.path, "at": _time(self.at), **(plain(self.result) or {})}
        if until is not None:
            told["took"] = round(until - self.at, 6)
        if self.changed:
            told["changed"] = plain(self.changed)
        return told


class Trace:
    """One run, or one trigger that led to none."""

    __slots__ = (
        "began", "cause", "ended", "error", "given", "item", "left_out", "most", "number", "outcome", "steps",
        "variables",
    )  # fmt: skip

    def __init__(
        self, number: int, item: str, began: float, cause: Cause | None, variables: Mapping[str, Any]
    ) -> None:
        self.number = number
        self.item = item
        self.began = began
        self.ended: float | None = None
        self.cause = cause
        self.variables = variables
        self.given: Mapping[str, Any] | None = None
        self.steps: list[Step] = []
        self.left_out = 0
        self.most = 0
        self.outcome: str | None = None
        self.error: str | None = None

    def end(self, outcome: str, at: float, error: str | None = None) -> None:
        self.outcome = outcome
        self.ended = at
        self.error = error

    @property
    def busy(self) -> float | None:
        """How many seconds it took without waiting; None if it waited on purpose or goes on."""
        waits = ("delay", "completed")
        if self.ended is None or any(
            step.result and any(w in step.result for w in waits) for step in self.steps
        ):
            return None
        return self.ended - self.began

    def shorten(self) -> None:
        """Forget steps in the middle of a run that has very many."""
        if len(self.steps) > MOST_STEPS:
            half = MOST_STEPS // 2
            self.left_out += len(self.steps) - half
            del self.steps[half // 2 : -half // 2]

    def as_dict(self) -> dict[str, Any]:
        """Return plain data: times in ISO 8601 UTC, states as `entity_id=state`."""
        until = [step.at for step in self.steps[1:]] + [self.ended]
        links = self.cause.chain() if self.cause is not None else []
        return {
            "run": self.number,
            "item": self.item,
            "began": _time(self.began),
            "ended": _time(self.ended),
            "outcome": self.outcome or "running",
            "error": self.error,
            "trigger": plain(self.variables.get("trigger")),
            "cause": [link.origin for link in links if link.origin],
            **({"variables": plain(self.given)} if self.given else {}),
            "steps": [step.as_dict(end) for step, end in zip(self.steps, until, strict=False)],
            **({"left_out": self.left_out} if self.left_out else {}),
            "answers": [
                {"entity_id": entity_id, "state": state, "at": _time(at), "message": message}
                for entity_id, state, at, message in (self.cause.answers or () if self.cause else ())
            ],
        }


class Traces:
    """The latest traces of each automation and script.

    With an archive (`drain`) they are only held until they are written; without one they stay.
    """

    def __init__(self) -> None:
        self.numbers = itertools.count(1)
        self.archived = False
        self._latest: dict[str, Trace] = {}
        self._kept: dict[str, deque[Trace]] = {}
        self._listeners: tuple[Callable[[Trace], None], ...] = ()
        self._fresh: dict[str, None] = {}
        self._longest: dict[str, float] = {}
        self._outcomes: Counter[tuple[str, str]] = Counter()
        self._failures: deque[Trace] = deque(maxlen=_MOST_FAILURES)
        self._written: deque[tuple[float, Trace, int]] = deque(maxlen=_MOST_LOOKED_AGAIN)

    def keep(self, trace: Trace, most: int) -> None:
        """Hold a trace; `most` is how many of its automation or script are to be remembered."""
        trace.most = most
        self._outcomes[trace.item, trace.outcome or ""] += 1
        kept = self._kept.get(trace.item)
        if kept is None or kept.maxlen != most:
            kept = self._kept[trace.item] = deque(kept or (), maxlen=most)
        kept.append(trace)
        if self.archived:
            self._fresh[trace.item] = None
            if trace.outcome in FAILURES:
                self._failures.append(trace)
        for listener in self._listeners:
            listener(trace)

    def listen(self, callback: Callable[[Trace], None]) -> Detach:
        """Call `callback(trace)` with each trace that is kept from now on."""
        self._listeners = (*self._listeners, callback)

        def detach() -> None:
            self._listeners = tuple(one for one in self._listeners if one is not callback)

        return detach

    def latest(self, item: str) -> Trace | None:
        """Return the last trace of this start, None if there was none yet."""
        kept = self._kept.get(item)
        return kept[-1] if kept else self._latest.get(item)

    def figures(self) -> Iterator[Figure]:
        """Yield how often each automation and script ended in which way since the start."""
        for (item, outcome), count in list(self._outcomes.items()):
            labels = {"entity": item, "domain": item.partition(".")[0], "outcome": outcome}
            yield Figure("runs", "Runs of automations and scripts by how they ended", count, labels)

    def of(self, item: str) -> list[Trace]:
        """Return the traces of one automation or script that are held here, oldest first."""
        return list(self._kept.get(item, ()))

    def slow(self, seconds: float) -> list[tuple[str, float]]:
        """Return what took longer than so many seconds, and how long at most; the slowest first."""
        longest = dict(self._longest)
        for trace in self:
            longest[trace.item] = max(trace.busy or 0.0, longest.get(trace.item, 0.0))
        slow = [(item, busy) for item, busy in longest.items() if busy > seconds]
        return sorted(slow, key=lambda pair: -pair[1])

    def __iter__(self) -> Iterator[Trace]:
        return itertools.chain.from_iterable(self._kept.values())

    def drain(self, most: int, now: float) -> list[Trace]:
        """Give away up to so many traces that are to be written; failures first, then by turns."""
        given: list[Trace] = []
        while self._failures and len(given) < most:
            given.append(self._failures.popleft())
        while self._fresh and len(given) < most:
            item = next(iter(self._fresh))
            del self._fresh[item]
            kept = self._kept.get(item)
            if kept:
                self._latest[item] = kept.popleft()
                given.append(self._latest[item])
            if kept:
                self._fresh[item] = None  # its turn comes again
        given += self._answered(most - len(given), now)
        for trace in given:
            self._longest[trace.item] = max(trace.busy or 0.0, self._longest.get(trace.item, 0.0))
            answers = trace.cause.answers if trace.cause is not None else None
            self._written.append((now + _ANSWERED_SECONDS, trace, len(answers or ())))
        return given

    @property
    def is_drained(self) -> bool:
        return not self._fresh and not self._failures

    def _answered(self, most: int, now: float) -> list[Trace]:
        """Return what was written before its devices had answered."""
        found: list[Trace] = []
        while self._written and len(found) < most and self._written[0][0] <= now:
            _, trace, known = self._written.popleft()
            if trace.cause is not None and len(trace.cause.answers or ()) > known:
                found.append(trace)
        return found


def why_of(told: Mapping[str, Any]) -> str | None:
    """Return why a run (as plain data) did not do all that it says, None if it did."""
    if told["outcome"] in ("finished", "running"):
        return None
    if told.get("error"):
        return str(told["error"])
    steps = reversed(told.get("steps", ()))
    return next((str(why) for step in steps if (why := step.get("why") or step.get("error"))), None)


def plain(value: Any, depth: int = 6) -> Any:
    """Return `value` as data that JSON can hold."""
    if value is None or isinstance(value, (str, int, float, bool)):
        return value
    if isinstance(value, State):
        return {
            "entity_id": value.entity_id,
            "state": value.state,
            "attributes": plain(value.attributes, depth - 1),
        }
    if isinstance(value, Event):
        return plain(value.as_dict(), depth)
    if depth <= 0:
        return str(value)
    if isinstance(value, Mapping):
        return {str(key): plain(item, depth - 1) for key, item in value.items()}
    if isinstance(value, Iterable) and not isinstance(value, bytes):
        return [plain(item, depth - 1) for item in value]
    return str(value)


def _time(timestamp: float | None) -> str | None:
    return datetime.fromtimestamp(timestamp, UTC).isoformat() if timestamp is not None else None
