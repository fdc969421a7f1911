"""Hold what is to cross a bridge until the other side has it."""

from __future__ import annotations

import asyncio
from collections import Counter, deque
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field


@dataclass(slots=True)
class Outgoing:
    """A message to send; `at` in seconds since 1970."""

    number: int
    topic: str
    payload: bytes = field(repr=False)
    qos: int
    retain: bool
    at: float
    packet_id: int = 0
    """Under which it was begun to be sent, if that has to be remembered (QoS 2)."""
    released: bool = False
    """Whether the other side has it, and only has to be told that it will not come again."""
    tries: int = 0
    """How often in a row the connection was lost over it."""

    @property
    def lasts(self) -> bool:
        """Whether it waits while the other side is away: a state that is kept, or what may not be lost."""
        return self.retain or self.qos > 0

    @property
    def size(self) -> int:
        return len(self.topic) + len(self.payload)


@dataclass(frozen=True, slots=True)
class Room:
    """How much may wait: messages, bytes, and seconds (None: for ever)."""

    size: int
    bytes: int
    keep_for: float | None = None


@dataclass(slots=True)
class Changes:
    """What became different since the last time: messages to keep, and the numbers of those to forget."""

    kept: list[Outgoing] = field(default_factory=list)
    gone: list[int] = field(default_factory=list)
    received: dict[int, bool] = field(default_factory=dict)
    """Packet ids of messages that came in, and whether each is known now."""


class Outbox:
    """A line of messages, in their order. A message leaves it when the other side has acknowledged it.

    `due` is set when there is something to send, `changed` when there is something to write down. What is
    gone again before it was written costs nothing.
    """

    def __init__(self, room: Room, now: Callable[[], float], kept: Iterable[Outgoing] = ()) -> None:
        self.online = False
        self.dropped = 0
        self.due = asyncio.Event()
        self.changed = asyncio.Event()
        self.empty = asyncio.Event()
        self._room = room
        self._now = now
        self._waiting = {message.number: message for message in kept}
        self._turn: deque[int] = deque(self._waiting)
        self._bytes = sum(message.size for message in self._waiting.values())
        self._written = set(self._waiting)
        self._unwritten: dict[int, Outgoing] = {}
        self._gone: list[int] = []
        self._last = max(self._waiting, default=0)
        self._latest: dict[str, int] = {}
        self._states = Counter(message.topic for message in self._waiting.values() if message.retain)
        self._note_if_empty()

    def __len__(self) -> int:
        return len(self._waiting)

    def has_state_of(self, topic: str) -> bool:
        """Tell whether a retained message of a topic waits."""
        return topic in self._states

    # Messages.

    def put(self, topic: str, payload: bytes, qos: int, retain: bool) -> None:
        """Take a message; one that would not last is dropped while the other side is away."""
        self._last += 1
        message = Outgoing(self._last, topic, payload, qos, retain, self._now())
        if not self.online and not message.lasts:
            self.dropped += 1
            return
        if retain and not qos:
            self._replace(message)
        self._waiting[message.number] = message
        self._turn.append(message.number)
        self._bytes += message.size
        if message.retain:
            self._states[message.topic] += 1
        if message.lasts:
            self._unwritten[message.number] = message
            self.changed.set()
        self.empty.clear()
        self.due.set()
        self._make_room()

    def take(self) -> Outgoing | None:
        """Return the message whose turn it is to be sent."""
        oldest = 0.0 if self._room.keep_for is None else self._now() - self._room.keep_for
        while self._turn:
            message = self._waiting.get(self._turn.popleft())
            if message is None or message.packet_id:
                continue
            if not message.lasts or message.at >= oldest:
                return message
            self.drop(message)
        return None

    def begun(self) -> list[Outgoing]:
        """Return the messages that are on their way under a packet id of their own."""
        return [message for message in self._waiting.values() if message.packet_id]

    def begin(self, message: Outgoing, packet_id: int) -> None:
        """A message is to be sent under this packet id, and after a cut under the same."""
        message.packet_id = packet_id
        self._write_anew(message)

    def release(self, packet_id: int) -> None:
        """The other side has the message with this packet id."""
        for message in self.begun():
            if message.packet_id == packet_id and not message.released:
                message.released = True
                self._write_anew(message)

    def _write_anew(self, message: Outgoing) -> None:
        if message.number in self._waiting:
            self._unwritten[message.number] = message
            self.changed.set()

    def done(self, message: Outgoing) -> None:
        """The other side has it."""
        if self._waiting.pop(message.number, None) is None:
            return
        self._bytes -= message.size
        if message.retain:
            self._states[message.topic] -= 1
            if not self._states[message.topic]:
                del self._states[message.topic]
        if self._latest.get(message.topic) == message.number:
            del self._latest[message.topic]
        self._unwritten.pop(message.number, None)
        if message.number in self._written:
            self._written.discard(message.number)
            self._gone.append(message.number)
            self.changed.set()
        self._note_if_empty()

    def drop(self, message: Outgoing) -> None:
        """Give a message up."""
        self.dropped += 1
        self.done(message)

    def away(self) -> None:
        """The other side is gone: what it did not acknowledge will be sent again, in the old order."""
        self.online = False
        for message in [message for message in self._waiting.values() if not message.lasts]:
            self.drop(message)
        self._turn = deque(self._waiting)

    def _replace(self, message: Outgoing) -> None:
        """Of a retained state without a promise only the last one matters."""
        known = self._waiting.get(self._latest.get(message.topic, 0))
        if known is not None:
            self.done(known)
        self._latest[message.topic] = message.number

    def _make_room(self) -> None:
        while len(self._waiting) > self._room.size or self._bytes > self._room.bytes:
            self.drop(next(iter(self._waiting.values())))

    def _note_if_empty(self) -> None:
        if not self._waiting:
            self.empty.set()

    # Writing it down.

    def changes(self) -> Changes:
        """Return what is to be written, and count it as written."""
        self.changed.clear()
        changes = Changes(list(self._unwritten.values()), self._gone)
        self._written.update(self._unwritten)
        self._unwritten = {}
        self._gone = []
        return changes

    def give_back(self, changes: Changes) -> None:
        """These could not be written."""
        # They still count as written: to delete one that never was does no harm.
        for message in changes.kept:
            if message.number in self._waiting:
                self._unwritten.setdefault(message.number, message)
        self._gone = [*changes.gone, *self._gone]
        self.changed.set()
