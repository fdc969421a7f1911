"""Take up again the runs that waited when the hub ended; say of each that can't be, why."""

from __future__ import annotations

import logging
from collections.abc import Mapping
from datetime import datetime, tzinfo
from typing import Any

from hub.automation import trace as traces
from hub.automation.run import RUN
from hub.core.book import Book, Resumed
from hub.core.ports import House

log = logging.getLogger("hub.automation")


def resume(house: House) -> int:
    """Go on with all runs that were left; return how many."""
    book = house.book
    left = book.agenda.left
    told = {key: {**left.pop(key), "key": key} for key in list(left) if key.startswith(RUN)}
    count = 0
    for one in sorted(told.values(), key=lambda one: _rank(one, told)):
        item = book.items.get(one["item"])
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


def _rank(one: Mapping[str, Any], told: Mapping[str, Any]) -> tuple[bool, int, int]:
    """Queues in their order first: they only take their places. Then who was called before who called."""
    depth, above = 0, one
    while above["parent"] is not None and depth < len(told) and above["parent"][0] in told:
        above = told[above["parent"][0]]
        depth += 1
    return not one["queued"], 0 if one["queued"] else -depth, one["trace"]["number"]


def _why_not(house: House, item: Resumed, one: Mapping[str, Any]) -> tuple[str, str] | None:
    if one["digest"] != item.digest:
        return traces.NOT_RESUMED, "its YAML changed while the hub was down"
    if one["left"]:
        return traces.INTERRUPTED, "the hub ended while it went on; what came next may have been done"
    due = one["due"]
    if due is not None and due <= house.clock.timestamp() and item.skips:
        when = _shown(due, house.settings.time_zone)
        return traces.SKIPPED, f"its wait was over at {when}, while the hub was down (after_restart: skip)"
    return None


def _take_up(book: Book, item: Resumed, one: Mapping[str, Any]) -> None:
    result = item.take_up(one)
    parent = one["parent"]
    if parent is not None:
        book.join((parent[0], parent[1]), result)


def _shown(due: float, zone: tzinfo) -> str:
    return f"{datetime.fromtimestamp(due, zone):%Y-%m-%d %H:%M:%S}"
