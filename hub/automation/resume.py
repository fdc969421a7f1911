"""Take up again the runs that waited when the hub ended; say of each that can't be, why."""

from __future__ import annotations

import logging
from collections.abc import Awaitable, Callable, Mapping
from datetime import datetime, tzinfo
from typing import Any, Protocol

from hub.automation import trace as traces
from hub.automation.bookmark import RUN, Book
from hub.automation.model import Sequenced
from hub.core.ports import House

log = logging.getLogger("hub.automation")


class Resumed(Protocol):
    """An automation or a script, whose runs can be taken up."""

    @property
    def model(self) -> Sequenced: ...

    @property
    def digest(self) -> str: ...

    def take_up(self, told: Mapping[str, Any]) -> Callable[[], Awaitable[Any]]: ...

    def give_up(self, told: Mapping[str, Any], outcome: str, why: str) -> None: ...


def resume(house: House, book: Book, find: Callable[[str], Resumed | None]) -> int:
    """Go on with all runs that were left; return how many."""
    left = book.agenda.left
    told = {key: {**left.pop(key), "key": key} for key in list(left) if key.startswith(RUN)}
    # Who is called has the higher number: it is there when its caller asks for it. Queues keep their order.
    order = sorted(told.values(), key=lambda one: (one["queued"], _rank(one)))
    count = 0
    for one in order:
        item = find(one["item"])
        if item is None:
            log.warning("a run of %s does not go on: it is not there any more", one["item"])
        elif (reason := _why_not(house, item, one)) is not None:
            item.give_up(one, *reason)
        else:
            count += 1
            _take_up(book, item, one)
            continue
        book.agenda.drop(one["key"])
    for key in list(left):  # times of triggers that are not there any more
        del left[key]
        book.agenda.drop(key)
    return count


def _rank(one: Mapping[str, Any]) -> int:
    number: int = one["trace"]["number"]
    return number if one["queued"] else -number


def _why_not(house: House, item: Resumed, one: Mapping[str, Any]) -> tuple[str, str] | None:
    if one["digest"] != item.digest:
        return traces.NOT_RESUMED, "its YAML changed while the hub was down"
    if one["left"]:
        return traces.INTERRUPTED, "the hub ended while it went on; what came next may have been done"
    due = one["due"]
    if due is not None and due <= house.clock.timestamp() and item.model.after_restart == "skip":
        when = _shown(due, house.settings.time_zone)
        return traces.SKIPPED, f"its wait was over at {when}, while the hub was down (after_restart: skip)"
    return None


def _take_up(book: Book, item: Resumed, one: Mapping[str, Any]) -> None:
    result = item.take_up(one)
    parent = one["parent"]
    if parent is not None:
        book.taken_up[parent[0], parent[1]] = result


def _shown(due: float, zone: tzinfo) -> str:
    return f"{datetime.fromtimestamp(due, zone):%Y-%m-%d %H:%M:%S}"
