"""When a way to reach people keeps still: quiet hours, and not too many messages in a while.

What comes in quiet hours is held, also over a restart, and sent together when they are over. What is
`urgent` is always sent.
"""

from __future__ import annotations

import logging
from collections import deque
from collections.abc import Callable, Mapping
from datetime import datetime, time, timedelta
from typing import Annotated, Any

from pydantic import BaseModel, ConfigDict, Field, model_validator

from hub.api import Detach, House, Period, nothing, refuse

log = logging.getLogger(__name__)
MOST_HELD = 20


class Message(BaseModel):
    """What is to be said."""

    model_config = ConfigDict(frozen=True)

    message: str
    title: str = ""
    urgent: bool = False
    data: Mapping[str, Any] = {}


class QuietHours(BaseModel):
    """From when to when nobody is to be disturbed, such as 22:00 to 07:00."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    start: time
    end: time

    @model_validator(mode="after")
    def _some_time(self) -> QuietHours:
        if self.start == self.end:
            raise refuse("quiet hours begin and end at different times")
        return self

    def hold(self, now: datetime) -> bool:
        clock = now.time().replace(tzinfo=None)
        if self.start < self.end:
            return self.start <= clock < self.end
        return clock >= self.start or clock < self.end

    def over(self, now: datetime) -> datetime:
        """Return when they are over next."""
        end = now.replace(hour=self.end.hour, minute=self.end.minute, second=self.end.second, microsecond=0)
        return end if end > now else end + timedelta(days=1)


class Rate(BaseModel):
    """At most so many messages in a while."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    count: Annotated[int, Field(ge=1)]
    per: Period = timedelta(hours=1)


class Manners:
    """Sends messages now, later, or not at all."""

    def __init__(
        self,
        house: House,
        name: str,
        quiet: QuietHours | None,
        rate: Rate | None,
        send: Callable[[Message], Any],
    ) -> None:
        self._house = house
        self._name = name
        self._quiet = quiet
        self._rate = rate
        self._send = send
        self._held: list[Message] = []
        self._sent: deque[float] = deque()
        self._dropped = 0
        self._stop: Detach = nothing
        self._key = f"held_notify.{name}"
        self._take_up()

    def say(self, message: Message) -> Any:
        """Send a message; returns what to wait for, None if it is held or dropped."""
        now = self._now()
        if not message.urgent and self._quiet is not None and self._quiet.hold(now):
            self._hold(message, self._quiet.over(now))
            return None
        if not message.urgent and self._too_many():
            self._dropped += 1
            if self._dropped == 1:
                log.warning("notify.%s: too many messages; what follows is left out for a while", self._name)
            return None
        if self._dropped:
            log.warning("notify.%s: %s messages were left out", self._name, self._dropped)
            self._dropped = 0
        self._sent.append(self._house.clock.monotonic())
        return self._send(message)

    def stop(self) -> None:
        self._stop()

    def _too_many(self) -> bool:
        if self._rate is None:
            return False
        since = self._house.clock.monotonic() - self._rate.per.total_seconds()
        while self._sent and self._sent[0] <= since:
            self._sent.popleft()
        return len(self._sent) >= self._rate.count

    def _take_up(self) -> None:
        """Hold again what was held when the hub ended."""
        before = self._house.memory.recall(self._key)
        for told in before.attributes.get("held", ()) if before is not None else ():
            self._held.append(Message.model_validate(told))
        if self._held:
            now = self._now()
            held = self._quiet is not None and self._quiet.hold(now)
            until = self._quiet.over(now) if self._quiet is not None and held else now
            self._stop = self._house.clock.call_at(until, self._release)

    def _now(self) -> datetime:
        return self._house.clock.now().astimezone(self._house.settings.time_zone)

    def _hold(self, message: Message, until: datetime) -> None:
        if not self._held:
            self._stop = self._house.clock.call_at(until, self._release)
        self._held.append(message)
        del self._held[:-MOST_HELD]
        self._keep()

    def _keep(self) -> None:
        held = [message.model_dump() for message in self._held]
        self._house.memory.keep(self._key, str(len(held)), {"held": held})

    def _release(self) -> None:
        held, self._held = self._held, []
        self._keep()
        texts = [f"{one.title}: {one.message}" if one.title else one.message for one in held]
        whole = (
            held[0]
            if len(held) == 1
            else Message(message="\n".join(texts), title="While it was quiet", data=held[-1].data)
        )
        waiting = self.say(whole)
        if waiting is not None:
            self._house.tasks.spawn(waiting, f"notify.{self._name} after quiet hours")
