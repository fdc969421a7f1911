"""Where a run stands that waits, so that the next start of the hub can take it up again.

Only a run that begins to wait gets a bookmark; the others never hear of it. When a wait is over, the run
goes on only after the agenda knows that it has left its place: what comes next is never done twice.
"""

from __future__ import annotations

import hashlib
import itertools
import json
import os
from collections.abc import Awaitable, Callable, Mapping
from functools import cached_property
from typing import Any

from hub.automation.run import LiveRun
from hub.automation.trace import plain
from hub.core.agenda import Agenda
from hub.core.cause import Cause
from hub.core.frozen import freeze_cause

RUN = "run/"
_SHOWN_STEPS = 100
_PREFIX = os.urandom(6).hex()
_numbers = itertools.count(1)


class Book:
    """The bookmarks of all runs, and what was taken up again for whom."""

    def __init__(self, agenda: Agenda) -> None:
        self.agenda = agenda
        self.open: dict[str, Bookmark] = {}
        self.taken_up: dict[tuple[str, str], Callable[[], Awaitable[Any]]] = {}

    def adopt(self, cause: Cause, parent: LiveRun, path: str) -> None:
        """Note that `parent` waits at `path` for the run that it has just begun."""
        for bookmark in reversed(self.open.values()):
            if bookmark.run.cause.parent is cause:
                if bookmark.parent is None:
                    bookmark.parent = (parent.key, path)
                    bookmark.put()
                return


class Page:
    """What an automation or script writes on its bookmarks: its name, and what its YAML was."""

    def __init__(self, book: Book, source: Any) -> None:
        self.book = book
        self.item = ""
        self.source = source

    @cached_property
    def digest(self) -> str:
        """Tell one text of YAML from another."""
        text = json.dumps(self.source, default=str, sort_keys=True)
        return hashlib.blake2b(text.encode(), digest_size=16).hexdigest()


class Bookmark:
    """One run that waits, in the agenda."""

    def __init__(self, page: Page, run: LiveRun, *, queued: bool = False) -> None:
        self.run = run
        self.queued = queued
        self.parent: tuple[str, str] | None = None
        self._page = page
        self._agenda = page.book.agenda
        self._told_left = False
        self._begins = False
        if not run.key:
            run.key = f"{RUN}{_PREFIX}{next(_numbers):08x}"
        page.book.open[run.key] = self

    def put(self) -> None:
        """Keep where the run stands, which waits now."""
        self._begins = False
        self._agenda.put(self.run.key, self._told)

    def begin_queued(self) -> Awaitable[None] | None:
        """Note that the run's turn has come; wait for what comes back before it begins."""
        self.queued = False
        self._begins = True
        return self.leave()

    def leave(self) -> Awaitable[None] | None:
        """Note that the run goes on from where it stands; wait for what comes back before it does."""
        key = self.run.key
        if self._agenda.sealed or not self._agenda.knows(key):
            return None
        if not self._told_left:
            self._agenda.put(key, self._told)
        return self._agenda.kept(key)

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
