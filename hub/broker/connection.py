"""One client's connection: from the first byte over the log-in to whatever ends it."""

from __future__ import annotations

import asyncio
import logging
import socket
from functools import partial
from typing import cast

from hub.broker.conversation import Conversation
from hub.broker.decoder import Framer
from hub.broker.events import ClientConnected, ClientDisconnected, LogInRefused
from hub.broker.limits import SpaceLimits
from hub.broker.log_in import Refused, ask, check_connect
from hub.broker.messages import Message
from hub.broker.outbox import Outbox
from hub.broker.packets import (
    NOT_AUTHORIZED,
    UNAVAILABLE,
    Connack,
    Connect,
    UnacceptableLevel,
    Will,
    decode,
    encode,
)
from hub.broker.parts import Parts
from hub.broker.ports import Access, Credentials
from hub.broker.publisher import Publisher
from hub.broker.session import Session
from hub.broker.stats import Traffic
from hub.broker.wire import ProtocolError, decode_length

log = logging.getLogger(__name__)

LINGER = 5.0
"""Seconds a connection that is closed in order may take to send what is left."""


class Connection(asyncio.Protocol):
    """An MQTT connection on an asyncio transport. No task, no future and no timer per message."""

    __slots__ = (
        "_address",
        "_admitted",
        "_asking",
        "_begun",
        "_closed",
        "_connect",
        "_conversation",
        "_first",
        "_held_back",
        "_holding",
        "_listener",
        "_outbox",
        "_parts",
        "_publisher",
        "_session",
        "_transport",
        "bucket",
        "client_id",
        "heard",
        "patience",
    )

    _transport: asyncio.Transport
    _outbox: Outbox

    def __init__(self, parts: Parts, listener: str) -> None:
        self._parts = parts
        self._listener = listener
        self._address = ""
        self._admitted = self._begun = False
        self._closed = False
        self._first = Framer()
        self._connect: Connect | None = None
        self._held_back = b""
        self._holding = False
        self._asking: asyncio.Future[Access | None] | None = None
        self._conversation: Conversation | None = None
        self._publisher: Publisher | None = None
        self._session: Session | None = None
        self.client_id = ""
        self.heard = self.patience = 0
        self.bucket = -1

    def admit(self, address: str) -> bool:
        """Count a client of that address, if there is room for it."""
        self._address = address
        self._admitted = self._parts.admission.enter(address)
        return self._admitted

    def dismiss(self) -> None:
        """Let go of one that was admitted and never got its transport."""
        if self._admitted and not self._begun:
            self._admitted = False
            self._parts.admission.leave(self._address)

    # The transport's side.

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        # uvloop's transports have the methods of asyncio's, but not its classes.
        self._transport = cast(asyncio.Transport, transport)
        if not self._admitted and not self.admit(_address_of(self._transport)):
            self._closed = True
            self._transport.abort()
            return
        self._begun = True
        self._parts.stats.connections += 1
        self._parts.open.add(self)
        self._outbox = Outbox(
            self._transport, self._parts.flusher, self._parts.limits, self._parts.stats, self.cut
        )
        _speak_at_once(self._transport)
        self._parts.wheel.watch(self, self._parts.limits.connect_timeout)

    def data_received(self, data: bytes) -> None:
        self._parts.stats.bytes_received += len(data)
        try:
            if self._conversation is not None:
                self.heard = self._parts.wheel.now  # bytes before the log-in gain no time
                self._outbox.traffic.bytes_received += len(data)
                self._parts.flusher.after(self._conversation.receive, data)
            elif not self._closed:
                self._before_log_in(data)
        except ProtocolError as error:
            self.end(str(error))
        except Exception:  # a bug of ours costs this one connection
            log.exception("%s: cannot go on", self.client_id or self._address)
            self.end("an error in the server")

    def pause_writing(self) -> None:
        self._outbox.pause()

    def resume_writing(self) -> None:
        self._outbox.resume()

    def connection_lost(self, exc: Exception | None) -> None:
        if not self._begun:
            return
        self.end("connection lost" if exc is None else f"connection lost: {exc}")
        self._parts.wheel.forget(self)
        self._parts.admission.leave(self._address)
        self._parts.stats.connections -= 1
        self._parts.open.discard(self)

    def expired(self) -> None:
        """The client was silent for too long, or is gone too slowly."""
        if self._closed:
            self._transport.abort()
        elif self._conversation is None:
            self.end("no CONNECT in time" if self._connect is None else "no answer to a log-in in time")
        else:
            self.end("keep-alive exceeded")

    # Before the log-in.

    def _before_log_in(self, data: bytes) -> None:
        most = self._parts.limits.unauthenticated_bytes
        if self._connect is not None:
            self._held_back += data
            if len(self._held_back) > most:
                if self._session is None:
                    raise ProtocolError("too much before the log-in")
                self._transport.pause_reading()  # it is known, and only waits for the store
            return
        whole = self._first.join(data)
        if not whole:
            return
        if whole[0] != 0x10:
            raise ProtocolError("the first packet is not a CONNECT")
        header = decode_length(whole, 1)
        if header is None:
            self._first.keep(whole, len(whole) + 1)
            return
        length, body = header
        if body + length > most:
            raise ProtocolError("a CONNECT that is too long")
        if len(whole) < body + length:
            self._first.keep(whole, body + length)
            return
        self._held_back = whole[body + length :]
        self._judge(whole[body : body + length])

    def _judge(self, body: bytes) -> None:
        try:
            connect = decode(0x10, body)
            assert isinstance(connect, Connect)
            self._connect = connect
            self._parts.stats.controls_received += 1
            limits = self._parts.limits
            self.client_id = check_connect(connect, limits.client_id, limits.topic)
        except UnacceptableLevel as error:
            self._transport.write(error.answer)
            self._refuse(str(error))
        except Refused as error:
            self._outbox.send(encode(Connack(error.code)))
            self._refuse(str(error))
        else:
            self._ask(connect)

    def _ask(self, connect: Connect) -> None:
        tls = self._transport.get_extra_info("ssl_object")
        credentials = Credentials(
            client_id=self.client_id,
            username=connect.username,
            password=connect.password,
            address=self._address,
            listener=self._listener,
            certificate=None if tls is None else tls.getpeercert(True),
        )
        self._asking = ask(self._parts.authenticator, credentials, partial(self._answered, connect))
        if self._asking is not None:
            self._check_held_back()
            self._transport.pause_reading()

    def _check_held_back(self) -> None:
        if len(self._held_back) > self._parts.limits.unauthenticated_bytes:
            raise ProtocolError("too much before the log-in")

    def _answered(self, connect: Connect, access: Access | None) -> None:
        self._asking = None
        if self._closed:
            return
        if access is None:
            self._fail()
            return
        try:
            self._let_in(connect, access)
        except Exception:  # nobody else would see it when the answer took its time
            log.exception("%s: cannot let it in", self.client_id)
            self.end("an error in the server")

    def _let_in(self, connect: Connect, access: Access) -> None:
        self._parts.admission.succeeded(self._address)
        try:
            session, present, promise = self._open(connect, access)
        except Refused as error:
            self._outbox.send(encode(Connack(error.code)))
            self._refuse(str(error))
            return
        journal = self._parts.exchange.journal
        if promise and journal is not None:
            self._read_on()
            journal.then(partial(self._welcome, connect, session, present=present))
        else:
            self._welcome(connect, session, present=present)

    def _fail(self) -> None:
        """Tell a client that it may not come in, the later the more often it has tried."""
        delay = self._parts.admission.failed(self._address)
        self._parts.wheel.watch(self, delay + self._parts.limits.connect_timeout)
        self._transport.pause_reading()
        self._held_back = b""

        def tell() -> None:
            if not self._closed:
                self._outbox.send(encode(Connack(NOT_AUTHORIZED)))
                self._refuse("not authorized")

        self._parts.clock.call_later(delay, tell)

    def _refuse(self, reason: str) -> None:
        connect = self._connect
        self._parts.stats.log_ins_refused += 1
        self._parts.watchers.tell(
            LogInRefused(
                self.client_id or (connect.client_id if connect else ""),
                connect.username if connect else None,
                self._address,
                self._listener,
                reason,
            )
        )
        self.end(reason)

    # Logged in.

    def _open(self, connect: Connect, access: Access) -> tuple[Session, bool, bool]:
        parts = self._parts
        limits = access.limits or parts.limits
        key = (access.space, access.name, self.client_id)
        if parts.admission.is_flapping(key):
            raise Refused(UNAVAILABLE, "it comes and goes too often")
        if not connect.clean_session and not parts.sessions.has_room(key):
            raise Refused(UNAVAILABLE, "no room for another session")
        shared = access.space_limits or SpaceLimits()
        if parts.sessions.is_full(key, shared.clients):
            raise Refused(UNAVAILABLE, f"more than {shared.clients} clients at a time")
        publisher = Publisher(access, key, limits, parts.exchange, parts.watchers, parts.wheel)
        if connect.will is not None and self._check_will(publisher, connect.will):
            raise Refused(NOT_AUTHORIZED, "its will is not allowed")
        opened = parts.sessions.open(key, self, limits, clean=connect.clean_session)
        parts.exchange.limit(publisher.space, shared, parts.clock)
        opened[0].access = access
        self._session, self._publisher = opened[0], publisher
        return opened

    def _welcome(self, connect: Connect, session: Session, *, present: bool) -> None:
        if self._closed:
            return
        assert self._publisher is not None
        parts, access, limits = self._parts, self._publisher.access, self._publisher.limits
        self._outbox.set_limits(limits)
        parts.wheel.watch(self, 1.5 * min(connect.keep_alive or limits.keep_alive, limits.keep_alive))
        parts.stats.clients += 1
        # 3.1 has no session-present flag: there the byte is reserved.
        self._outbox.send(encode(Connack(session_present=present and connect.level > 3)))
        self._conversation = Conversation(parts, self, self._publisher, session, self._outbox)
        session.outbox = self._outbox
        self._outbox.drained = session.pump
        if present:
            parts.sessions.settle(session)
            session.resend()
        parts.watchers.tell(
            ClientConnected(self.client_id, access.name, access.space, self._address, self._listener, present)
        )
        self._read_on()
        held_back, self._held_back = self._held_back, b""
        if held_back and not self._closed:
            self.data_received(held_back)

    def _check_will(self, publisher: Publisher, will: Will) -> bool:
        """Tell of a will that is not allowed; return whether the client is to be sent away for it."""
        raw = will.topic.encode()
        if publisher.route(raw) is not None:
            return False
        publisher.tell(raw, "a will that is not allowed")
        return publisher.access.on_denied_publish == "disconnect"

    def _read_on(self) -> None:
        if not self._transport.is_reading():
            self._transport.resume_reading()

    def hold(self, seconds: float) -> None:
        if self._holding:
            return
        self._holding = True
        self._transport.pause_reading()
        if seconds:
            self._parts.clock.call_later(seconds, self._go_on)
        else:
            asyncio.get_running_loop().call_soon(self._go_on)

    def _go_on(self) -> None:
        self._holding = False
        if self._closed:
            return
        self.data_received(b"")
        if not self._holding and not self._closed:
            self._transport.resume_reading()

    def forget_routes(self) -> None:
        if self._publisher is not None:
            self._publisher.forget_routes()

    # The end.

    def bid_farewell(self) -> None:
        self._finish("it said goodbye", orderly=True, will=False)

    def end(self, reason: str, *, will: bool = True) -> None:
        self._finish(reason, orderly=False, will=will)

    def cut(self, reason: str) -> None:
        """End it without waiting for what is not sent."""
        self._finish(reason, orderly=False, will=True)
        self._transport.abort()

    def _finish(self, reason: str, *, orderly: bool, will: bool) -> None:
        if self._closed:
            return
        self._closed = True
        log.debug("%s: %s", self.client_id or self._address, reason)
        if self._conversation is not None:
            self._conversation.over = True
        if self._asking is not None:
            self._asking.cancel()
        self._outbox.close()
        self._transport.close()
        self._parts.wheel.watch(self, LINGER)
        if self._session is not None:
            self._leave(self._session, reason, orderly=orderly, will=will)

    def _leave(self, session: Session, reason: str, *, orderly: bool, will: bool) -> None:
        parts = self._parts
        parts.sessions.leave(session)
        if self._conversation is None:  # it was never told that it is in
            return
        parts.stats.clients -= 1
        self.settle_traffic()
        if not orderly and will:
            parts.admission.lost(session.key)
            self._say_will()
        space, name, client_id = session.key
        parts.watchers.tell(ClientDisconnected(client_id, name, space, reason, orderly))

    def _say_will(self) -> None:
        will = None if self._connect is None else self._connect.will
        if will is None or self._publisher is None:
            return
        raw = will.topic.encode()
        route = self._publisher.route(raw)
        if route is None:
            self._publisher.tell(raw, "a will that is not allowed")
            return
        self._publisher.publish(raw, Message(route, will.payload, will.qos), route, retain=will.retain)

    def settle_traffic(self) -> None:
        """Add what went through here to the count of whoever it is, and say so if that was a message."""
        traffic = self._outbox.traffic
        if self._publisher is None or not (traffic.bytes_received or traffic.bytes_sent):
            return
        access = self._publisher.access
        if access.on_active is not None and traffic.messages_received:
            access.on_active()
        tally = Traffic() if access.traffic is None else access.traffic
        tally.take(traffic)

    def abort(self) -> None:
        """Give up on a connection that does not close."""
        self._transport.abort()


def _address_of(transport: asyncio.Transport) -> str:
    peer = transport.get_extra_info("peername")
    return str(peer[0]) if isinstance(peer, tuple) and peer else ""


def _speak_at_once(transport: asyncio.Transport) -> None:
    """Send small packets without waiting for more (uvloop and asyncio do so by themselves, mostly)."""
    sock = transport.get_extra_info("socket")
    if sock is not None and sock.family in (socket.AF_INET, socket.AF_INET6):
        sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
