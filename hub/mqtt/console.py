"""A client for people at a terminal: connect, say or hear something, go. It waits where the loop must not."""

from __future__ import annotations

import queue
import ssl
import threading
import traceback
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from paho.mqtt import client as paho
from paho.mqtt.enums import CallbackAPIVersion, MQTTProtocolVersion
from paho.mqtt.packettypes import PacketTypes
from paho.mqtt.properties import Properties

from hub.core.clock import SystemClock
from hub.core.errors import HubError

ANSWER = 20.0
"""Seconds that the server may take to let us in: one that was asked with wrong passwords answers late."""
MOST_UNREAD = 1_000
MOST_UNSENT = 100
VERSIONS = {
    **dict.fromkeys(("31", "mqttv31"), MQTTProtocolVersion.MQTTv31),
    **dict.fromkeys(("311", "mqttv311"), MQTTProtocolVersion.MQTTv311),
    **dict.fromkeys(("5", "mqttv5"), MQTTProtocolVersion.MQTTv5),
}
FOR_EVER = 0xFFFFFFFF


@dataclass(frozen=True, slots=True)
class LogIn:
    """Where the server is and who we are. With `path` it is a Unix socket; `keepalive` in seconds."""

    host: str
    port: int
    path: str | None = None
    username: str | None = None
    password: str | None = field(default=None, repr=False)
    client_id: str = ""
    tls: ssl.SSLContext | None = field(default=None, repr=False)
    keepalive: int = 60
    clean_session: bool = True
    version: MQTTProtocolVersion = MQTTProtocolVersion.MQTTv311
    again: Callable[[], tuple[str, str]] | None = None
    """Returns a name and password for the next log-in, where those of the last one are used up."""

    def __str__(self) -> str:
        return self.path or f"{self.host}:{self.port}"


@dataclass(frozen=True, slots=True)
class Received:
    """A message, and when it came."""

    topic: str
    payload: bytes
    qos: int
    retain: bool
    mid: int
    at: datetime


class Console:
    """A connection. Its network thread is paho's; all else happens in the caller's."""

    def __init__(self, log_in: LogIn, *, stay: bool, tell: Callable[[str], None]) -> None:
        """`stay` comes back when the connection is lost, which `tell` then says."""
        self._log_in = log_in
        self._stay = stay
        self._tell = tell
        self._clock = SystemClock()
        self._filters: list[tuple[str, int]] = []
        self._inbox: queue.Queue[Received] = queue.Queue(MOST_UNREAD)
        self._answered = threading.Event()
        self._refusal = ""
        self._lost = ""
        self._leaving = False
        self._client = self._make()

    def _make(self) -> paho.Client:
        log_in = self._log_in
        is_5 = log_in.version is MQTTProtocolVersion.MQTTv5
        client = paho.Client(
            CallbackAPIVersion.VERSION2,
            log_in.client_id,
            clean_session=None if is_5 else log_in.clean_session,
            protocol=log_in.version,
            transport="unix" if log_in.path else "tcp",
            reconnect_on_failure=self._stay,
        )
        if log_in.username is not None:
            client.username_pw_set(log_in.username, log_in.password)
        if log_in.tls is not None:
            client.tls_set_context(log_in.tls)
        client.on_connect = self._connected
        client.on_disconnect = self._disconnected
        client.on_subscribe = self._subscribed
        client.on_message = self._received
        client.reconnect_delay_set(1, 30)
        return client

    # Coming and going.

    def open(self) -> None:
        """Log in. Raises `HubError`."""
        try:
            self._connect()
        except ssl.SSLCertVerificationError as error:
            traceback.clear_frames(error.__traceback__)  # paho has left an open socket there
            raise HubError(
                f"the certificate of {self._log_in} is not trusted: {error.verify_message}",
                remedy="Name its authority with --cafile.",
            ) from None
        except (OSError, ValueError) as error:
            text = getattr(error, "strerror", None) or str(error) or type(error).__name__
            raise HubError(f"there is no MQTT server on {self._log_in}: {text}", remedy=_LOOK) from None
        self._client.loop_start()
        self._wait_for_an_answer("no answer to the log-in")
        if self._refusal:
            raise HubError(
                f"{self._log_in} does not let us in: {self._refusal}",
                remedy="Look at the user name and password (-u, -P).",
            )

    def _connect(self) -> None:
        log_in = self._log_in
        more: dict[str, Any] = {}
        if log_in.version is MQTTProtocolVersion.MQTTv5:
            properties = Properties(PacketTypes.CONNECT)  # type: ignore[no-untyped-call]
            properties.SessionExpiryInterval = 0 if log_in.clean_session else FOR_EVER
            more = {"clean_start": log_in.clean_session, "properties": properties}
        self._client.connect(log_in.path or log_in.host, log_in.port or 1883, log_in.keepalive, **more)

    def close(self) -> None:
        """Say goodbye."""
        self._leaving = True
        while not self._inbox.empty():  # the network thread may be waiting to put one more
            self._inbox.get_nowait()
        self._client.disconnect()
        self._client.loop_stop()

    def _wait_for_an_answer(self, problem: str) -> None:
        if not self._answered.wait(ANSWER) or (self._lost and not self._refusal):
            reason = f" ({self._lost})" if self._lost else ""
            raise HubError(f"{self._log_in}: {problem}{reason}", remedy=_LOOK)
        self._answered.clear()

    # Saying.

    def publish(self, topic: str, payloads: Iterable[bytes], qos: int, retain: bool) -> None:
        """Publish messages, and return when the server has them all. Raises `HubError`."""
        unsent: deque[paho.MQTTMessageInfo] = deque()
        for payload in payloads:
            unsent.append(self._client.publish(topic, payload, qos, retain))
            while len(unsent) > MOST_UNSENT:
                self._see_through(unsent.popleft())
        while unsent:
            self._see_through(unsent.popleft())

    def _see_through(self, info: paho.MQTTMessageInfo) -> None:
        while not self._lost:
            try:
                info.wait_for_publish(0.2)
            except (RuntimeError, ValueError) as error:
                raise HubError(f"{self._log_in} did not take it: {error}") from None
            if info.is_published():
                return
        raise HubError(f"the connection to {self._log_in} is lost: {self._lost}")

    # Hearing.

    def subscribe(self, filters: Iterable[str], qos: int) -> None:
        """Subscribe, again after each loss. Raises `HubError` if the server refuses all of them."""
        self._filters = [(filter, qos) for filter in filters]
        self._client.subscribe(self._filters)
        self._wait_for_an_answer("no answer to the subscription")
        if self._refusal:
            raise HubError(
                f"{self._log_in} refuses {self._refusal}", remedy="The user may not subscribe there."
            )

    def messages(self, seconds: float | None = None) -> Iterator[Received]:
        """Yield what comes; raise `TimeoutError` after that many seconds in all."""
        end = None if seconds is None else self._clock.monotonic() + seconds
        while True:
            # Not for ever: a thread that waits so can't be interrupted everywhere.
            left = 1.0 if end is None else end - self._clock.monotonic()
            if left <= 0:
                raise TimeoutError
            try:
                yield self._inbox.get(timeout=min(left, 1.0))
            except queue.Empty:
                continue

    # What paho's thread tells.

    def _connected(self, client: paho.Client, userdata: Any, flags: Any, code: Any, properties: Any) -> None:
        self._refusal = str(code) if code.is_failure else ""
        if not code.is_failure and self._filters:
            self._tell(f"{self._log_in} is back")
            client.subscribe(self._filters)
        self._answered.set()

    def _disconnected(
        self, client: paho.Client, userdata: Any, flags: Any, code: Any, properties: Any
    ) -> None:
        if self._leaving:
            return
        if not self._stay or not self._filters:
            self._lost = str(code)
            self._answered.set()
            return
        self._tell(f"the connection to {self._log_in} is lost; trying again")
        if self._log_in.again is not None:
            self._renew(client, self._log_in.again)

    def _renew(self, client: paho.Client, again: Callable[[], tuple[str, str]]) -> None:
        try:
            client.username_pw_set(*again())
        except HubError:  # not there yet: the next refusal asks again
            pass

    def _subscribed(
        self, client: paho.Client, userdata: Any, mid: int, codes: list[Any], properties: Any
    ) -> None:
        refused = [filter for (filter, _), code in zip(self._filters, codes, strict=False) if code.is_failure]
        if refused and len(refused) < len(codes):
            self._tell(f"{self._log_in} refuses {', '.join(refused)}")
        self._refusal = ", ".join(refused) if len(refused) == len(codes) else ""
        self._answered.set()

    def _received(self, client: paho.Client, userdata: Any, message: paho.MQTTMessage) -> None:
        received = Received(
            message.topic,
            bytes(message.payload),
            message.qos,
            message.retain,
            message.mid,
            self._clock.now().astimezone(),
        )
        while not self._leaving:
            try:
                self._inbox.put(received, timeout=1.0)  # who reads slowly is sent no more
                return
            except queue.Full:
                continue


_LOOK = "Look at the host and port (-h, -p), and whether it speaks TLS there (--cafile)."


@contextmanager
def connected(log_in: LogIn, *, stay: bool, tell: Callable[[str], None]) -> Iterator[Console]:
    """Be connected meanwhile. Raises `HubError`."""
    console = Console(log_in, stay=stay, tell=tell)
    try:
        console.open()
        yield console
    finally:
        console.close()


def trusting(certificate: str) -> ssl.SSLContext:
    """Return what trusts one server by the very certificate in a file. Raises `HubError`."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.check_hostname = False
    context.verify_flags |= ssl.VERIFY_X509_PARTIAL_CHAIN
    try:
        context.load_verify_locations(certificate)
    except OSError as error:
        raise HubError(f"{certificate} can't be read: {error.strerror or error}") from None
    return context
