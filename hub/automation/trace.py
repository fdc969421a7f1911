"""Keep what each run did, or why it did not run. Nothing is formatted until somebody asks."""

from __future__ import annotations

import itertools
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import UTC, datetime
from typing import Any

from hub.core.cause import Cause
from hub.core.clock import Detach
from hub.core.events import Event
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


class Step:
    """One step of a run: where it stands in the YAML, when it began, and what came of it."""

    __slots__ = ("at", "path", "result")

    def __init__(self, path: str, at: float, result: dict[str, Any] | None = None) -> None:
        self.path = path
        self.at = at
        self.result = result


class Trace:
    """One run, or one trigger that led to none."""

    __slots__ = ("began", "cause", "ended", "error", "item", "number", "outcome", "steps", "variables")

    def __init__(
        self, number: int, item: str, began: float, cause: Cause | None, variables: Mapping[str, Any]
    ) -> None:
        self.number = number
        self.item = item
        self.began = began
        self.ended: float | None = None
        self.cause = cause
        self.variables = variables
        self.steps: list[Step] = []
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

    def as_dict(self) -> dict[str, Any]:
        """Return plain data: times in ISO 8601 UTC, states as `entity_id=state`."""
        return {
            "run": self.number,
            "item": self.item,
            "began": _time(self.began),
            "ended": _time(self.ended),
            "outcome": self.outcome or "running",
            "error": self.error,
            "trigger": plain(self.variables.get("trigger")),
            "cause": [link.origin for link in self.cause.chain() if link.origin] if self.cause else [],
            "steps": [
                {"path": step.path, "at": _time(step.at), **(plain(step.result) or {})} for step in self.steps
            ],
        }


class Traces:
    """The latest traces of each automation and script."""

    def __init__(self) -> None:
        self.numbers = itertools.count(1)
        self._kept: dict[str, deque[Trace]] = {}
        self._listeners: tuple[Callable[[Trace], None], ...] = ()

    def keep(self, trace: Trace, most: int) -> None:
        kept = self._kept.get(trace.item)
        if kept is None or kept.maxlen != most:
            kept = self._kept[trace.item] = deque(kept or (), maxlen=most)
        kept.append(trace)
        for listener in self._listeners:
            listener(trace)

    def listen(self, callback: Callable[[Trace], None]) -> Detach:
        """Call `callback(trace)` with each trace that is kept from now on."""
        self._listeners = (*self._listeners, callback)

        def detach() -> None:
            self._listeners = tuple(one for one in self._listeners if one is not callback)

        return detach

    def of(self, item: str) -> list[Trace]:
        """Return the traces of one automation or script, oldest first."""
        return list(self._kept.get(item, ()))

    def slow(self, seconds: float) -> list[tuple[str, float]]:
        """Return what took longer than so many seconds, and how long at most; the slowest first."""
        longest: dict[str, float] = {}
        for trace in self:
            if (busy := trace.busy) is not None and busy > max(seconds, longest.get(trace.item, 0)):
                longest[trace.item] = busy
        return sorted(longest.items(), key=lambda pair: -pair[1])

    def __iter__(self) -> Iterator[Trace]:
        return itertools.chain.from_iterable(self._kept.values())


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
