"""Know our own messages again when a server sends them back to us."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable

LATE = 30.0
"""Seconds of connection after which an echo is not waited for any more: the server will not have taken it."""
MOST = 10_000


class Echoes:
    """Messages sent to where we also listen. Each is expected back once, and then is nothing new."""

    def __init__(self, now: Callable[[], float]) -> None:
        self._now = now
        self._expected: dict[tuple[str, bytes], deque[float]] = {}

    def expect(self, topic: str, payload: bytes) -> None:
        """Note a message that is being sent."""
        if len(self._expected) >= MOST:
            self._expected.pop(next(iter(self._expected)))
        key = (topic, bytes(payload))
        self._expected.setdefault(key, deque(maxlen=MOST)).append(self._now() + LATE)

    def is_echo(self, topic: str, payload: bytes) -> bool:
        """Tell whether a message is one of ours; that one is not expected any more."""
        key = (topic, bytes(payload))
        until = self._expected.get(key, deque())
        while until and until[0] < self._now():
            until.popleft()
        is_ours = bool(until)
        if is_ours:
            until.popleft()
        if not until:
            self._expected.pop(key, None)
        return is_ours

    def begin(self) -> None:
        """A new connection: what the old one still owed us may come now."""
        late = self._now() + LATE
        for key, until in self._expected.items():
            self._expected[key] = deque((late for _ in until), maxlen=MOST)
