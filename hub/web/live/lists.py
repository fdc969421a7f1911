"""What comes one by one: traces, log records, events. Of many at once the latest are told."""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Callable
from typing import Any

from hub.automation.trace import Trace, Traces, why_of
from hub.core.clock import Detach
from hub.core.events import Event
from hub.core.ports import House
from hub.web.answers import dumps
from hub.web.live.channel import Wake
from hub.web.logs import LogBook, Record, level_number
from hub.web.who import Who

MOST = 200


class ListChannel:
    """Gathers items until it is time to send; `shown` makes JSON data of one, or None if it is not shown."""

    def __init__(self, name: str, wake: Wake, shown: Callable[[Any], Any]) -> None:
        self._name = name
        self._wake = wake
        self._shown = shown
        self._waiting: deque[Any] = deque(maxlen=MOST)
        self.detach: Detach | None = None

    def add(self, item: Any) -> None:
        self._waiting.append(item)
        self._wake()

    def take(self) -> bytes | None:
        if not self._waiting:
            return None
        waiting = list(self._waiting)
        self._waiting.clear()
        found = [told for item in waiting if (told := self._shown(item)) is not None]
        return dumps(self._name) + b":" + dumps(found) if found else None

    def close(self) -> None:
        if self.detach is not None:
            self.detach()


def traces_channel(traces: Traces, who: Who, wake: Wake, entity_id: str | None) -> ListChannel:
    """Tell of each run that is over, or of a trigger that led to none; without its steps."""

    def shown(trace: Trace) -> Any:
        if entity_id not in (None, trace.item) or not who.sees(trace.item):
            return None
        told = trace.as_dict()
        return {**{key: value for key, value in told.items() if key != "steps"}, "why": why_of(told)}

    channel = ListChannel("traces", wake, shown)
    channel.detach = traces.listen(channel.add)
    return channel


def logs_channel(log_book: LogBook, wake: Wake, level: str) -> ListChannel:
    """Tell of each record of the log from that level on. Raises `HubError` for a level that there is not."""
    least = level_number(level)
    loop = asyncio.get_running_loop()

    def shown(record: Record) -> Any:
        return record if level_number(record["level"]) >= least else None

    channel = ListChannel("records", wake, shown)
    # Threads log, too.
    channel.detach = log_book.listen(lambda record: _in(loop, channel.add, record))
    return channel


def _in(loop: asyncio.AbstractEventLoop, act: Callable[[Any], None], item: Any) -> None:
    if not loop.is_closed():
        loop.call_soon_threadsafe(act, item)


PUBLIC_EVENTS = frozenset(
    {
        *("entity_registry_updated", "device_registry_updated", "area_registry_updated"),
        *("automation_reloaded", "homeassistant_started", "homeassistant_stop", "service_registered"),
        *("persistent_notifications_updated", "floor_registry_updated", "label_registry_updated"),
    }
)
"""Events that tell nothing but that it is time to ask again."""


def events_channel(house: House, who: Who, wake: Wake, types: list[str]) -> ListChannel:
    """Tell of events of these types; whoever sees single areas only hears no more than that there was one."""

    def shown(event: Event) -> Any:
        told = event.as_dict()
        return told if who.sees_all else {**told, "data": {}}

    channel = ListChannel("events", wake, shown)
    stops = [house.bus.listen(one, channel.add) for one in dict.fromkeys(types)]

    def detach() -> None:
        for stop in stops:
            stop()

    channel.detach = detach
    return channel
