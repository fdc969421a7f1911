"""Understand what a logged-in client says and act on it, in the same turn of the loop.

This is the way every message takes, so it is written for speed: a QoS 0 message whose topic is known costs
one look into a dictionary, and messages in a row that go to the same clients are passed on as one piece.
"""

from __future__ import annotations

from functools import partial
from typing import Protocol

from hub.broker.allowance import Allowance
from hub.broker.decoder import Framer
from hub.broker.messages import Message
from hub.broker.outbox import Outbox
from hub.broker.packets import (
    REFUSED,
    Suback,
    Subscribe,
    Unsuback,
    Unsubscribe,
    check_publish_flags,
    decode,
    encode,
)
from hub.broker.parts import Parts
from hub.broker.publisher import Publisher
from hub.broker.renaming import rename
from hub.broker.session import Session
from hub.broker.space import Plan, Route
from hub.broker.wire import ProtocolError, decode_length

PUBLISH, PUBACK, PUBREC, PUBREL, PUBCOMP = 3, 0x40, 0x50, 0x62, 0x70
SUBSCRIBE, UNSUBSCRIBE, PINGREQ, DISCONNECT = 0x82, 0xA2, 0xC0, 0xE0
ACKNOWLEDGEMENTS = (PUBACK, PUBREC, PUBREL, PUBCOMP)
MOST_HELD = 5_000
"""Acknowledgements that wait for the store above which a client is not read any further."""
HELD_WAIT = 0.05
MOST_ACTS = 500
"""Packets that take their time which one client may say in one turn of the loop."""


class Host(Protocol):
    """The connection, as far as the conversation needs it."""

    def end(self, reason: str, *, will: bool = True) -> None: ...

    def bid_farewell(self) -> None:
        """The client said DISCONNECT."""
        ...

    def hold(self, seconds: float) -> None:
        """Read nothing for a while, then call `Conversation.receive` again."""
        ...


class Conversation:
    """The reading half of a connection after the log-in."""

    __slots__ = (
        "_allowance",
        "_exchange",
        "_framer",
        "_held_answers",
        "_host",
        "_journal",
        "_most",
        "_outbox",
        "_parts",
        "_publisher",
        "_session",
        "_stats",
        "over",
    )

    def __init__(
        self, parts: Parts, host: Host, publisher: Publisher, session: Session, outbox: Outbox
    ) -> None:
        limits = publisher.limits
        self._parts = parts
        self._host = host
        self._publisher = publisher
        self._session = session
        self._outbox = outbox
        self._exchange = parts.exchange
        self._journal = parts.exchange.journal
        self._stats = parts.stats
        self._most = limits.packet
        self._allowance = Allowance(limits.messages_per_second, limits.message_burst, parts.clock)
        self._framer = Framer()
        self._held_answers = 0
        self.over = False

    def receive(self, data: bytes) -> None:
        """Act on all packets that are whole now."""
        whole = self._framer.join(data)
        if whole is None:
            return
        at, need = self._read(whole)
        if at < len(whole) and not self.over:
            self._framer.keep(whole[at:] if at else whole, need)

    def _read(self, data: bytes) -> tuple[int, int]:
        """Return where the first packet begins that is not acted on, and how long it must become.

        Longer than its neighbours on purpose: a call per message would be a tenth of its cost.
        """
        size = len(data)
        at = need = acts = run_start = run_end = run_count = run_size = 0
        run: Plan | None = None
        routes = self._publisher.routes
        space = self._publisher.space
        most = self._most
        allowed = left = self._allowed()
        try:
            while at + 1 < size:
                first, length, body = data[at], data[at + 1], at + 2
                if left <= 0 and first not in ACKNOWLEDGEMENTS:
                    self._spend(allowed - left)
                    allowed = left
                    self._host.hold(self._wait())
                    return at, 0
                if length > 127:
                    header = decode_length(data, at + 1)
                    if header is None:
                        break
                    length, body = header
                    if length > most:
                        raise ProtocolError(f"a packet of {length} bytes")
                end = body + length
                if end > size:
                    need = end - at
                    break
                if first == 0x30 and length > 2:
                    name_end = body + 2 + (data[body] << 8 | data[body + 1])
                    route = routes.get(data[body + 2 : name_end])
                    if route is not None and name_end <= end:
                        left -= 1
                        plan = route.plan if route.stamp is space.stamp else space.plan(route)
                        if plan is run:
                            run_count += 1
                            run_size += end - name_end
                            run_end = at = end
                            continue
                        if run is not None:
                            self._pass_on(run, data[run_start:run_end], run_count, run_size)
                            run = None
                        if plan.direct:
                            run, run_start, run_end, run_count = plan, at, end, 1
                            run_size = end - name_end
                        else:
                            unchanged = data[at:end] if plan.renamed is None else None
                            message = Message(route, data[name_end:end], 0, unchanged)
                            self._stats.messages_received += 1
                            self._stats.payloads_received += end - name_end
                            self._outbox.traffic.messages_received += 1
                            self._exchange.publish(space, route, message)
                            if self.over:
                                return size, 0
                            acts += 1
                            if acts >= MOST_ACTS:
                                self._host.hold(0)
                                return end, 0
                        at = end
                        continue
                if run is not None:
                    self._pass_on(run, data[run_start:run_end], run_count, run_size)
                    run = None
                if first not in ACKNOWLEDGEMENTS:
                    left -= 1
                self._act(first, data, at, body, end)
                if self.over:
                    return size, 0
                at = end
                acts += 1
                if acts >= MOST_ACTS:
                    self._host.hold(0)
                    return at, 0
                if self._held_answers >= MOST_HELD:
                    allowed, left = allowed - left, 0
        finally:
            if run is not None:
                self._pass_on(run, data[run_start:run_end], run_count, run_size)
            self._spend(allowed - left)
        return at, need or size - at + 1

    # How much may it say now?

    def _allowed(self) -> int:
        if self._held_answers >= MOST_HELD:
            return 0
        shared = self._publisher.space.allowance
        left = self._allowance.left()
        return left if shared is None else min(left, shared.left())

    def _spend(self, count: int) -> None:
        self._allowance.spend(count)
        if self._publisher.space.allowance is not None:
            self._publisher.space.allowance.spend(count)

    def _wait(self) -> float:
        if self._held_answers >= MOST_HELD:
            return HELD_WAIT
        shared = self._publisher.space.allowance
        wait = self._allowance.wait()
        return wait if shared is None else max(wait, shared.wait())

    def _pass_on(self, plan: Plan, chunk: bytes, count: int, size: int) -> None:
        outboxes, stats = plan.outboxes, self._stats
        if plan.renamed is not None:
            chunk = rename(chunk, count, *plan.renamed)
        for outbox in outboxes:
            outbox.push(chunk, count, size)
        stats.messages_received += count
        stats.messages_sent += count * len(outboxes)
        stats.payloads_received += size
        stats.payloads_sent += size * len(outboxes)
        self._outbox.traffic.messages_received += count

    def _act(self, first: int, data: bytes, at: int, body: int, end: int) -> None:
        if first >> 4 == PUBLISH:
            self._publish(first, data, at, body, end)
            return
        self._stats.controls_received += 1
        if first in ACKNOWLEDGEMENTS:
            self._acknowledge(first, data, body, end)
        elif first == PINGREQ and body == end:
            self._outbox.send(b"\xd0\x00")
        elif first in (SUBSCRIBE, UNSUBSCRIBE):
            self._change_subscriptions(decode(first, data[body:end]))
        elif first == DISCONNECT and body == end:
            self._host.bid_farewell()
        else:
            decode(first, data[body:end])  # says what is wrong with it, if anything is
            raise ProtocolError("a packet that a client may not send now")

    # Messages.

    def _publish(self, first: int, data: bytes, at: int, body: int, end: int) -> None:
        check_publish_flags(first & 15)
        qos = first >> 1 & 3
        name_end = body + 2 + int.from_bytes(data[body : body + 2], "big")
        start = name_end + 2 if qos else name_end
        if start > end or body + 2 > end:
            raise ProtocolError("a PUBLISH ends too early")
        raw = data[body + 2 : name_end]
        self._stats.messages_received += 1
        self._stats.payloads_received += end - start
        self._outbox.traffic.messages_received += 1
        route = self._publisher.route(raw)
        if route is None and self._deny(raw):
            return
        retain = bool(first & 1)
        if qos == 0:
            if route is not None:
                unchanged = data[at:end] if first == 0x30 and raw == route.encoded[2:] else None
                self._publisher.publish(
                    raw, Message(route, data[start:end], 0, unchanged), route, retain=retain
                )
            return
        raw_id = data[name_end:start]
        if raw_id == b"\x00\x00":
            raise ProtocolError("packet id 0")
        mark = 0 if self._journal is None else self._journal.noted
        if self._journal is not None and self._journal.full:
            self._check_store(route, qos, retain=retain or self._publisher.is_kept(raw))
        if qos == 2:
            fingerprint = hash((raw, data[start:end])) or 1
            fresh = self._session.receive(int.from_bytes(raw_id, "big"), fingerprint, dup=bool(first & 8))
            if fresh and route is not None:
                self._publisher.publish(raw, Message(route, data[start:end], 2), route, retain=retain)
            self._answer(b"\x50\x02" + raw_id, mark)
            return
        if route is not None:
            head = data[at:name_end] if first == 0x32 and raw == route.encoded[2:] else None
            message = Message(route, data[start:end], 1, None, head)
            self._publisher.publish(raw, message, route, retain=retain)
        self._answer(b"\x40\x02" + raw_id, mark)

    def _check_store(self, route: Route | None, qos: int, *, retain: bool) -> None:
        """Go no further with a message that cannot be stored: it is not acknowledged."""
        owed = route is not None and self._exchange.must_store(self._publisher.space, route, qos)
        if owed or (retain and route is not None) or (qos == 2 and self._session.journal is not None):
            raise ProtocolError("nothing more can be stored at present")

    def _deny(self, raw: bytes) -> bool:
        """Tell of a refused message; return whether the connection is over for it."""
        self._publisher.tell(raw, "not allowed")
        if self._publisher.access.on_denied_publish == "disconnect":
            self._host.end(f"a message to {raw.decode()} is not allowed")
            return True
        return False

    def _acknowledge(self, first: int, data: bytes, body: int, end: int) -> None:
        raw_id = data[body:end]
        if len(raw_id) != 2 or raw_id == b"\x00\x00":
            raise ProtocolError("an acknowledgement of nothing")
        packet_id = int.from_bytes(raw_id, "big")
        if first == PUBACK:
            self._session.acknowledged(packet_id)
            return
        if first == PUBCOMP:
            self._session.completed(packet_id)
            return
        if first == PUBREC:
            self._session.recorded(packet_id)
            return
        mark = 0 if self._journal is None else self._journal.noted
        self._session.release(packet_id)
        self._answer(b"\x70\x02" + raw_id, mark)

    def _answer(self, packet: bytes, mark: int) -> None:
        """Answer now, or once what happened since `mark` is stored; never before an earlier answer."""
        journal = self._journal
        if journal is None or (journal.noted == mark and not self._held_answers):
            self._outbox.send(packet)
            return
        self._held_answers += 1
        journal.then(partial(self._answer_late, packet))

    def _answer_late(self, packet: bytes) -> None:
        self._held_answers -= 1
        if not self.over:
            self._outbox.send(packet)

    # Subscriptions.

    def _change_subscriptions(self, packet: object) -> None:
        mark = 0 if self._journal is None else self._journal.noted
        if isinstance(packet, Unsubscribe):
            self._session.stop_feeds(packet.filters)
            for asked in packet.filters:
                self._parts.sessions.unsubscribe(self._session, asked)
            self._answer(encode(Unsuback(packet.packet_id)), mark)
        elif isinstance(packet, Subscribe):
            self._subscribe(packet, mark)

    def _subscribe(self, packet: Subscribe, mark: int) -> None:
        session, codes = self._session, []
        session.stop_feeds({asked for asked, _ in packet.filters})
        for asked, qos in packet.filters:
            subscription = self._parts.sessions.subscribe(session, asked, qos)
            codes.append(REFUSED if subscription is None else qos)
            if subscription is not None and subscription.group is None:
                session.feed(asked, self._publisher.space.told(session, subscription))
        self._answer(encode(Suback(packet.packet_id, tuple(codes))), mark)
        session.pump()
