"""Hold messages until they are sent: all of them while the server is there, some while it is away."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import Literal

Policy = Literal["drop_oldest", "drop_newest", "last"]

MOST_ONLINE = 100_000


@dataclass(frozen=True, slots=True)
class Outgoing:
    """A message to send; `since` in monotonic seconds."""

    topic: str
    payload: bytes = field(repr=False)
    qos: int
    retain: bool
    since: float


class Outbox:
    """A line of messages. Only while the server is away do `size`, `policy` and `keep_for` apply.

    `last` keeps the last message of each topic, and of these the newest. `dropped` counts what was not kept.
    """

    def __init__(self, size: int, policy: Policy, keep_for: float | None, now: Callable[[], float]) -> None:
        self.dropped = 0
        self._size = size
        self._policy = policy
        self._keep_for = keep_for
        self._now = now
        self._online = False
        self._waiting: OrderedDict[object, Outgoing] = OrderedDict()

    def __len__(self) -> int:
        return len(self._waiting)

    def put(self, topic: str, payload: bytes, qos: int, retain: bool) -> None:
        self._add(Outgoing(topic, payload, qos, retain, self._now()))

    def take(self) -> Outgoing:
        """Return the message whose turn it is."""
        return self._waiting.popitem(last=False)[1]

    def back(self) -> None:
        """The server is there: whatever is not too old will be sent."""
        self._online = True
        if self._keep_for is None:
            return
        oldest = self._now() - self._keep_for
        while self._waiting and next(iter(self._waiting.values())).since < oldest:
            self._drop()

    def away(self, unsent: Iterable[Outgoing] = ()) -> None:
        """The server is gone: keep what the policy says, beginning with what was not acknowledged."""
        self._online = False
        messages = [*unsent, *self._waiting.values()]
        self._waiting.clear()
        for message in messages:
            self._add(message)

    def _add(self, message: Outgoing) -> None:
        last_only = self._policy == "last" and not self._online
        key: object = message.topic if last_only else object()
        if self._waiting.pop(key, None) is not None:
            self.dropped += 1
        self._waiting[key] = message
        if len(self._waiting) > (MOST_ONLINE if self._online else self._size):
            self._drop(newest=self._policy == "drop_newest" and not self._online)

    def _drop(self, *, newest: bool = False) -> None:
        self._waiting.popitem(last=newest)
        self.dropped += 1
