"""Where a run stands that waits, so that the next start of the hub can take it up again.

Only a run that begins to wait gets a bookmark; the others never hear of it. It is safe before what the run
did up to there leaves the hub. When a wait is over, the run goes on only after the agenda knows that it has
left its place: what comes next is never done twice.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from functools import cached_property
from typing import Any

from pydantic import BaseModel

from hub.automation.run import LiveRun
from hub.automation.trace import plain
from hub.core.book import Book, Resumed
from hub.core.cause import Cause
from hub.core.frozen import freeze_cause

_SHOWN_STEPS = 100


class Page:
    """What writes in the book under one name: an automation, a script; and what its YAML was."""

    def __init__(self, book: Book, source: Any) -> None:
        self.book = book
        self.item = ""
        self.source = source
        self._owner: Resumed | None = None

    def enter(self, item: str, owner: Resumed) -> None:
        """Take the name, instead of one taken before; its runs are taken up by `owner`."""
        self.close()
        self.item, self._owner = item, owner
        self.book.items[item] = owner

    def close(self) -> None:
        """Give the name back."""
        if self._owner is not None and self.book.items.get(self.item) is self._owner:
            del self.book.items[self.item]

    @cached_property
    def digest(self) -> str:
        """Tell one text of YAML from another."""
        try:
            text = json.dumps(self.source, default=_spelt, sort_keys=True)
        except TypeError:  # keys that are numbers beside others that are text
            text = json.dumps(self.source, default=_spelt, skipkeys=True)
        return hashlib.blake2b(text.encode(), digest_size=16).hexdigest()


class Bookmark:
    """One run that waits, in the agenda."""

    def __init__(
        self, page: Page, run: LiveRun, *, queued: bool = False, parent: tuple[str, str] | None = None
    ) -> None:
        self.run = run
        self.queued = queued
        self.parent = parent
        self._page = page
        self._agenda = page.book.agenda
        self._told_left = False
        self._begins = False
        page.book.open[run.key] = self

    @property
    def cause(self) -> Cause:
        return self.run.cause

    def adopted(self) -> None:
        self._agenda.put(self.run.key, self._told, at_once=True)

    def open(self) -> None:
        """Keep for the first time where the run stands: before anybody hears of what it did up to here."""
        self._agenda.put(self.run.key, self._told, at_once=True)

    def put(self) -> None:
        """Keep where the run stands, which waits now."""
        self._begins = False
        self._agenda.put(self.run.key, self._told)

    def begin_queued(self) -> None:
        """Note that the run's turn has come, and that it begins."""
        self.queued = False
        self._begins = True
        self.leave()

    def leave(self) -> None:
        """Note that the run goes on from where it stands."""
        key = self.run.key
        if not self._told_left and self._agenda.knows(key):
            self._agenda.put(key, self._told, at_once=True)

    def close(self) -> None:
        """The run is over."""
        self._page.book.open.pop(self.run.key, None)
        self._agenda.drop(self.run.key)

    def _told(self) -> Mapping[str, Any]:
        run = self.run
        frame = run.frame()
        self._told_left = self._begins or run.is_going_on()
        return {
            "item": self._page.item,
            "digest": self._page.digest,
            "due": run.due(),
            "left": self._told_left,
            "queued": self.queued,
            "parent": self.parent,
            "cause": freeze_cause(run.cause),
            "frame": frame,
            "trace": {
                "number": run.trace.number,
                "began": run.trace.began,
                "steps": [
                    [step.path, step.at, plain(step.result), plain(step.changed)]
                    for step in run.trace.steps[-_SHOWN_STEPS:]
                ],
            },
        }


def _spelt(part: Any) -> Any:
    """Return the text that a part of the YAML was read from, as far as two texts must not be confused."""
    if isinstance(part, BaseModel):
        return [type(part).__name__, {name: getattr(part, name) for name in type(part).model_fields}]
    for name in ("source", "data", "items", "value"):  # Template, Value, Variables, Duration
        inner = getattr(part, name, None)
        if inner is not None and not callable(inner):
            return inner
    return sorted(map(str, part)) if isinstance(part, (set, frozenset)) else str(part)
