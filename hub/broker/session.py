"""Keep what the server owes one client and what it owes the server: the QoS 1 and 2 state machines."""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Callable, Container, Iterator
from functools import partial

from hub.broker.changes import Done, Forgotten, Queued, Received, Released, Sent, SessionKey
from hub.broker.journal import Journal
from hub.broker.limits import Limits
from hub.broker.messages import Message, packet_head, plain_packet
from hub.broker.outbox import Outbox
from hub.broker.ports import Access
from hub.broker.stats import Stats
from hub.broker.subscriptions import Subscription
from hub.broker.wire import ProtocolError

Feed = Iterator[tuple[Message, int, bytes | None] | None]
"""Retained messages, each with its QoS and the topic it is shown if that is another; None is passed over."""

MOST_ANSWERS = 10_000
FEED_CHUNK = 250
"""Retained messages looked at in one turn of the loop, so that a great many do not hold up the others."""


class Delivery:
    """A message of QoS 1 or 2 owed to the client; `released` once only its PUBREL is owed.

    `kept` if the store knows it, `stored` unless what is to be sent next has to be stored first, `sent` if
    the client may have it.
    """

    __slots__ = ("kept", "message", "number", "qos", "released", "retain", "sent", "shown", "stored")

    def __init__(self, message: Message, qos: int, shown: bytes | None, retain: bool, number: int) -> None:
        self.message = message
        self.qos = qos
        self.shown = shown
        self.retain = retain
        self.number = number
        self.released = self.kept = self.sent = False
        self.stored = True

    def packet(self, packet_id: bytes, *, dup: bool = False) -> bytes:
        """Write the PUBLISH; the ordinary one shares its head with all other receivers."""
        message = self.message
        if self.shown is None and not dup and not self.retain:
            return message.head(self.qos) + packet_id + message.payload
        first = 0x30 | dup << 3 | self.qos << 1 | self.retain
        shown = message.topic.encoded if self.shown is None else self.shown
        return packet_head(first, shown, len(message.payload)) + packet_id + message.payload

    def size(self) -> int:
        return len(self.message.payload) + len(self.message.topic.encoded)


class Session:
    """One client's state. It outlives its connection unless the client asked for a clean one."""

    __slots__ = (
        "_answers",
        "_feeds",
        "_in_flight",
        "_next_id",
        "_queue",
        "_queue_bytes",
        "_stats",
        "_waiting",
        "access",
        "clean",
        "journal",
        "key",
        "left_at",
        "limits",
        "next_number",
        "outbox",
        "received",
        "subscriptions",
    )

    def __init__(self, key: SessionKey, limits: Limits, stats: Stats, *, clean: bool) -> None:
        self.key = key
        self.clean = clean
        """Whether it ends with its connection."""
        self.limits = limits
        self.access: Access | None = None
        self.outbox: Outbox | None = None
        self.subscriptions: dict[str, Subscription] = {}
        self.left_at = 0.0
        self.next_number = 1
        self.received: dict[int, tuple[int, int]] = {}
        self._feeds: deque[tuple[str, Feed]] = deque()
        self._in_flight: dict[int, Delivery] = {}
        self._queue: deque[Delivery] = deque()
        self._queue_bytes = 0
        self._next_id = 0
        self._waiting = 0
        self._stats = stats
        self.journal: Journal | None = None
        """None for a clean session: nothing of it is stored."""
        self._answers: dict[str, bool] = {}

    # What may it still have?

    def may_receive(self, topic: str) -> bool:
        """Ask the client's access, once per topic. While nobody is logged in it is asked later."""
        answer = self._answers.get(topic)
        if answer is None:
            if self.access is None:
                return True
            if len(self._answers) >= MOST_ANSWERS:
                self._answers.clear()
            answer = self._answers[topic] = _ask(self.access, topic)
        return answer

    def forget_answers(self) -> None:
        """Ask again."""
        self._answers.clear()

    def sift(self, may_keep: Callable[[str], bool]) -> None:
        """Drop what is owed of topics that the client may no longer have, sent or not."""
        kept = [delivery for delivery in self._queue if self._sift(delivery, may_keep)]
        self._queue = deque(kept)
        self._queue_bytes = sum(delivery.size() for delivery in kept)
        for packet_id, delivery in list(self._in_flight.items()):
            if not delivery.released and not self._sift(delivery, may_keep):
                del self._in_flight[packet_id]

    def _sift(self, delivery: Delivery, may_keep: Callable[[str], bool]) -> bool:
        if may_keep(delivery.message.topic.name):
            return True
        self._stats.messages_dropped += 1
        self._done(delivery)
        return False

    # To the client.

    def deliver(self, message: Message, qos: int, shown: bytes | None = None, retain: bool = False) -> None:
        """Send a message, or queue it while the client is away or has enough unacknowledged."""
        if not qos:
            self._send_plain(message, shown, retain)
            return
        delivery = Delivery(message, qos, shown, retain, self.next_number)
        self.next_number += 1
        if self.outbox is None or self._queue or len(self._in_flight) >= self.limits.in_flight:
            self._enqueue(delivery)
            return
        packet_id = self._take_id()
        self._in_flight[packet_id] = delivery
        self._keep(delivery, packet_id)
        self._go(delivery, packet_id)

    def _send_plain(self, message: Message, shown: bytes | None, retain: bool) -> None:
        if self.outbox is None:
            return
        size = len(message.payload)
        self._stats.messages_sent += 1
        self._stats.payloads_sent += size
        if shown is None and not retain:
            self.outbox.push(message.plain(), 1, size)
        else:
            encoded = message.topic.encoded if shown is None else shown
            self.outbox.push(plain_packet(encoded, message.payload, retain=retain), 1, size)

    @property
    def queued(self) -> int:
        """How many messages wait."""
        return len(self._queue)

    def _enqueue(self, delivery: Delivery) -> None:
        size = delivery.size()
        limits = self.limits
        if len(self._queue) >= limits.queue_messages or self._queue_bytes + size > limits.queue_bytes:
            self._stats.messages_dropped += 1
            return
        self._queue.append(delivery)
        self._queue_bytes += size
        self._keep(delivery, 0)

    def _keep(self, delivery: Delivery, packet_id: int) -> None:
        """Let the store keep it, if it does; while it is full, live messages go on without."""
        journal = self.journal
        if journal is None or journal.full:
            return
        delivery.kept = True
        message = delivery.message
        shown = "" if delivery.shown is None else delivery.shown[2:].decode()
        queued = Queued(
            self.key,
            delivery.number,
            message.topic.name,
            shown,
            message.payload,
            delivery.qos,
            delivery.retain,
            packet_id,
        )
        journal.note(queued, len(message.payload))

    # What is to arrive exactly once goes out when its packet id is stored, and its release when that is:
    # after a crash the client must not hear of it under another id, or again after it has forgotten the id.

    def _go(self, delivery: Delivery, packet_id: int) -> None:
        # One of QoS 1 does not overtake those that wait.
        if delivery.kept and (delivery.qos == 2 or self._waiting):
            self._hold(delivery, packet_id)
        else:
            self._transmit(delivery, packet_id)

    def _hold(self, delivery: Delivery, packet_id: int) -> None:
        assert self.journal is not None
        delivery.stored = False
        self._waiting += 1
        self.journal.soon(partial(self._let_go, delivery, packet_id))

    def _let_go(self, delivery: Delivery, packet_id: int) -> None:
        delivery.stored = True
        self._waiting -= 1
        if self._in_flight.get(packet_id) is delivery:
            self._transmit(delivery, packet_id)

    def _transmit(self, delivery: Delivery, packet_id: int) -> None:
        outbox = self.outbox
        if outbox is None:
            return
        raw_id = packet_id.to_bytes(2, "big")
        if delivery.released:
            outbox.send(b"\x62\x02" + raw_id)
            return
        outbox.send_message(delivery.packet(raw_id, dup=delivery.sent), len(delivery.message.payload))
        delivery.sent = True

    def _take_id(self) -> int:
        packet_id = self._next_id
        while True:
            packet_id = packet_id % 65_535 + 1
            if packet_id not in self._in_flight:
                self._next_id = packet_id
                return packet_id

    def pump(self) -> None:
        """Send from the queue, and then from retained messages still to be told, while there is room."""
        outbox = self.outbox
        while self._queue and outbox is not None and len(self._in_flight) < self.limits.in_flight:
            delivery = self._queue.popleft()
            self._queue_bytes -= delivery.size()
            packet_id = self._take_id()
            self._in_flight[packet_id] = delivery
            if delivery.kept and self.journal is not None:
                self.journal.note(Sent(self.key, delivery.number, packet_id))
            self._go(delivery, packet_id)
        if self._feeds:
            self._feed()

    def feed(self, asked: str, feed: Feed) -> None:
        """Tell retained messages to a new subscription, as there is room for them."""
        if len(self._feeds) < 2 * self.limits.subscriptions:
            self._feeds.append((asked, feed))

    def stop_feeds(self, asked: Container[str]) -> None:
        """Tell no more of what subscriptions that are replaced or given up have not been told yet."""
        if self._feeds:
            self._feeds = deque(each for each in self._feeds if each[0] not in asked)

    def _feed(self) -> None:
        for _ in range(FEED_CHUNK):
            if not (self._feeds and self.has_room()):
                return
            try:
                told = next(self._feeds[0][1])
            except StopIteration:
                self._feeds.popleft()
                continue
            if told is not None:
                message, qos, shown = told
                self.deliver(message, qos, shown, True)
        asyncio.get_running_loop().call_soon(self.pump)

    def has_room(self) -> bool:
        """Say whether more could be sent right now."""
        if self.outbox is None or self.outbox.congested:
            return False
        return not self._queue and len(self._in_flight) < self.limits.in_flight

    def owe(self, message: Message, owed: Queued, shown: bytes | None, *, released: bool) -> None:
        """Take up a message that a store kept."""
        delivery = Delivery(message, owed.qos, shown, owed.retain, owed.number)
        delivery.released = released
        delivery.kept = True
        delivery.sent = bool(owed.packet_id)
        self.next_number = max(self.next_number, owed.number + 1)
        if owed.packet_id:
            self._in_flight[owed.packet_id] = delivery
            self._next_id = owed.packet_id
        else:
            self._queue.append(delivery)
            self._queue_bytes += delivery.size()

    def resend(self) -> None:
        """Send again, in order, what the client did not acknowledge on its last connection (4.4)."""
        for packet_id, delivery in self._in_flight.items():
            if delivery.stored:
                self._transmit(delivery, packet_id)
        self.pump()

    def acknowledged(self, packet_id: int) -> None:
        """PUBACK."""
        delivery = self._in_flight.get(packet_id)
        if delivery is None or delivery.qos != 1 or not delivery.sent:
            return
        del self._in_flight[packet_id]
        self._done(delivery)
        if self._queue or self._feeds:
            self.pump()

    def recorded(self, packet_id: int) -> None:
        """PUBREC: the client has the message. PUBREL answers, also to one that is not known (4.3.3)."""
        delivery = self._in_flight.get(packet_id)
        if delivery is None or delivery.qos != 2 or not delivery.sent:
            if self.outbox is not None:
                self.outbox.send(b"\x62\x02" + packet_id.to_bytes(2, "big"))
        elif not delivery.released:
            delivery.released = True
            if delivery.kept and self.journal is not None:
                self.journal.note(Released(self.key, delivery.number))
                self._hold(delivery, packet_id)
            else:
                self._transmit(delivery, packet_id)
        elif delivery.stored:
            self._transmit(delivery, packet_id)

    def completed(self, packet_id: int) -> None:
        """PUBCOMP."""
        delivery = self._in_flight.get(packet_id)
        if delivery is None or not delivery.released:
            return
        del self._in_flight[packet_id]
        self._done(delivery)
        if self._queue or self._feeds:
            self.pump()

    def _done(self, delivery: Delivery) -> None:
        if delivery.kept and self.journal is not None:
            self.journal.note(Done(self.key, delivery.number))

    def owed(self) -> tuple[int, int]:
        """Return how many messages are owed to the client, and how many bytes."""
        count = len(self._queue) + len(self._in_flight)
        return count, self._queue_bytes + sum(delivery.size() for delivery in self._in_flight.values())

    # From the client.

    def receive(self, packet_id: int, fingerprint: int, *, dup: bool) -> bool:
        """Take a QoS 2 message; say whether it is a new one that is to be routed.

        A client that uses an unreleased id for another message has lost its own state; unless it says
        that it repeats itself, the message is taken as the new one it is. The same message a third time
        on one connection is a client gone mad.
        """
        known = self.received.get(packet_id)
        if known is None:
            if len(self.received) >= self.limits.unreleased:
                raise ProtocolError("too many QoS 2 messages that are not released")
            self.received[packet_id] = (fingerprint, 0)
            if self.journal is not None:
                self.journal.note(Received(self.key, packet_id))
            return True
        last, repeats = known
        if last == fingerprint or last == 0:
            if repeats:
                raise ProtocolError("a QoS 2 message sent again and again")
            self.received[packet_id] = (fingerprint, 1)
            return False
        self.received[packet_id] = (fingerprint, 0)
        return not dup

    def release(self, packet_id: int) -> None:
        """PUBREL."""
        if self.received.pop(packet_id, None) is not None and self.journal is not None:
            self.journal.note(Forgotten(self.key, packet_id))

    def forgive_repeats(self) -> None:
        """On a new connection a client may send each unreleased message again."""
        self.received = {packet_id: (last, 0) for packet_id, (last, _) in self.received.items()}


def _ask(access: Access, topic: str) -> bool:
    try:
        return access.may_receive(topic) is True
    except Exception:  # a broken check is a refusal
        return False
