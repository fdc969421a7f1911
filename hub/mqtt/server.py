"""Another MQTT server: where it is, and one connection to it."""

from __future__ import annotations

import asyncio
import contextlib
import logging
import socket
import ssl
import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, cast

import aiomqtt
from paho.mqtt.enums import MQTTErrorCode

from hub.mqtt.exactly import Deliver, Exactly, Keeper

log = logging.getLogger(__name__)
# What paho calls an error here is the server going away, which is told once, in the hub's words.
_paho_log = logging.getLogger("hub.mqtt.paho")
_paho_log.setLevel(logging.CRITICAL)

Will = aiomqtt.Will
"""What a server says for a client that is lost: topic, payload, QoS and the retain flag."""

PLAIN_PORT, TLS_PORT = 1883, 8883
NO_DELAY = (socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
"""Our packets are small and urgent: none waits for the acknowledgement of the one before."""

PATIENCE = 0.5
"""Seconds that somebody who gives up a connection waits for it, so that it can be closed."""

# CONNACK codes, as paho says them in the terms of MQTT 5: nothing of this mends itself.
_FOR_GOOD = {
    132: "it does not speak MQTT 3.1.1",
    133: "it refuses the client id",
    134: "it refuses the user name or password",
    135: "it refuses the user",
}


@dataclass(frozen=True, slots=True)
class MqttServer:
    """Where an MQTT server is and how to log in. Times are seconds."""

    host: str
    port: int = 1883
    username: str | None = None
    password: str | None = field(default=None, repr=False)
    client_id: str | None = None
    tls: ssl.SSLContext | None = field(default=None, repr=False)
    keepalive: int = 30
    timeout: float = 10.0
    """How long an answer of the server may take."""
    in_flight: int = 20
    will: aiomqtt.Will | None = None
    clean_session: bool = True

    def __str__(self) -> str:
        return f"{self.host}:{self.port}"


class NoAnswer(aiomqtt.MqttError):
    """The server hung up instead of answering to CONNECT."""


class ServerConnection(aiomqtt.Client):
    """One connection. Messages go to `deliver` while they are read, and are acknowledged after that.

    As a `bridge` it speaks as Mosquitto's bridges do: a server that understands it sends no message back to
    where it came from, and says of each whether it was published to be retained.
    """

    def __init__(
        self, server: MqttServer, deliver: Deliver, *, bridge: bool = False, keeper: Keeper | None = None
    ) -> None:
        def inbox(maxsize: int = 0) -> _Inbox:
            return _Inbox(deliver)

        super().__init__(
            server.host,
            server.port,
            username=server.username,
            password=server.password,
            logger=_paho_log,
            identifier=server.client_id,
            queue_type=cast("type[asyncio.Queue[aiomqtt.Message]]", inbox),
            will=server.will,
            clean_session=server.clean_session,
            timeout=server.timeout,
            keepalive=server.keepalive,
            max_inflight_messages=server.in_flight,
            tls_context=server.tls,
            socket_options=[NO_DELAY],
        )
        self.pending_calls_threshold = server.in_flight + 10
        self.session_present = False
        """Whether the server knew us and kept what is ours; set by `log_in`."""
        self._is_asking = False
        if bridge:
            self._client.enable_bridge_mode()
        self._exactly = None if keeper is None else Exactly(self._client, keeper, deliver)

    async def log_in(self) -> None:
        """Connect. Raises `aiomqtt.MqttError`."""
        self._is_asking = True
        try:
            await self._reach()
            await self.__aenter__()
        except (aiomqtt.MqttError, asyncio.CancelledError):
            # aiomqtt leaves a socket open on which the answer came too late.
            self._client.disconnect()
            raise
        finally:
            self._is_asking = False

    async def _reach(self) -> None:
        """Let paho connect, in a thread that the program need not wait for when it ends.

        It waits for names and networks, many seconds long while a line is cut, and can't be stopped.
        """
        loop = asyncio.get_running_loop()
        reached: asyncio.Future[None] = loop.create_future()
        connect = super()._client_connect

        def reach() -> None:
            problem: Exception | None = None
            try:
                connect()
            except Exception as error:
                problem = error
            with contextlib.suppress(RuntimeError):  # the loop has been closed
                loop.call_soon_threadsafe(self._reached, reached, problem)

        threading.Thread(target=reach, name=f"connecting to {self._hostname}", daemon=True).start()
        try:
            await asyncio.shield(reached)
        except asyncio.CancelledError:
            await asyncio.wait((reached,), timeout=PATIENCE)  # mostly no socket is left behind so
            if not reached.cancel():
                reached.exception()  # else asyncio complains that nobody has asked for it
            raise

    def _reached(self, reached: asyncio.Future[None], problem: Exception | None) -> None:
        if reached.done():
            self._client.disconnect()
        elif problem is None:
            reached.set_result(None)
        elif isinstance(problem, OSError):
            reached.set_exception(aiomqtt.MqttError(str(problem)))
        else:
            reached.set_exception(problem)

    def _client_connect(self) -> None:
        """aiomqtt would connect here, in a thread of the loop's own; that is done."""

    async def leave(self) -> None:
        """Say goodbye, if anybody is still there to hear it."""
        try:
            await self.__aexit__(None, None, None)
        except aiomqtt.MqttError as error:
            log.debug("the farewell to the MQTT server failed: %s", error)
        if self._disconnected.done() and not self._disconnected.cancelled():
            self._disconnected.exception()  # else asyncio complains that nobody has asked for it

    # Messages of QoS 2 that a keeper remembers over connections.

    @property
    def exactly(self) -> Exactly:
        """What sends them."""
        assert self._exactly is not None, "only with a keeper"
        return self._exactly

    async def arrival(self, packet_id: int, code: MQTTErrorCode) -> None:
        """Wait until the server has a message for good, which was sent with this result.

        Raises `aiomqtt.MqttError`.
        """
        if code != MQTTErrorCode.MQTT_ERR_SUCCESS:
            raise aiomqtt.MqttCodeError(code, "Could not publish message")
        arrived = self._pending_publishes[packet_id] = asyncio.Event()
        await self._wait_for(arrived.wait(), timeout=None)

    async def watch(self) -> None:
        """Wait until the connection is lost: then raise `aiomqtt.MqttError`."""
        async for _ in self.messages:  # nothing ever comes this way, see _Inbox
            pass

    # aiomqtt's own callbacks: it keeps to itself what the server says of the session, and waits for an
    # answer that can't come any more.

    def _on_connect(
        self, client: Any, userdata: Any, flags: Any, reason_code: Any, properties: Any = None
    ) -> None:
        self.session_present = bool(flags.session_present)
        super()._on_connect(client, userdata, flags, reason_code, properties)

    def _on_disconnect(
        self, client: Any, userdata: Any, flags: Any, reason_code: Any, properties: Any = None
    ) -> None:
        if self._is_asking and not self._connected.done():
            self._connected.set_exception(NoAnswer("it hangs up without an answer"))
            return
        super()._on_disconnect(client, userdata, flags, reason_code, properties)

    # aiomqtt registers a socket with the loop some turns later, when a line that was cut has taken it away
    # already: then another socket of the same number is never heard.

    def _on_socket_open(self, client: Any, userdata: Any, sock: Any) -> None:
        self._loop.call_soon_threadsafe(self._begin_reading, sock)

    def _begin_reading(self, sock: Any) -> None:
        if sock == self._client.socket():
            self._loop.add_reader(sock.fileno(), self._try, self._read)
            self._misc_task = self._loop.create_task(self._misc_loop())

    def _on_socket_register_write(self, client: Any, userdata: Any, sock: Any) -> None:
        self._loop.call_soon_threadsafe(self._begin_writing, sock)

    def _begin_writing(self, sock: Any) -> None:
        if sock == self._client.socket() and self._client.want_write():
            self._loop.add_writer(sock.fileno(), self._try, self._client.loop_write)

    def _read(self) -> None:
        self._client.loop_read()
        # What TLS has decrypted already does not wake the loop.
        while (sock := self._client.socket()) is not None and getattr(sock, "pending", int)():
            self._client.loop_read()

    def _try(self, act: Callable[[], object]) -> None:
        try:
            act()
        except Exception as error:  # whatever it is, the connection is over
            if not self._disconnected.done():
                self._disconnected.set_exception(error)


class _Inbox(asyncio.Queue[aiomqtt.Message]):
    """In the place of aiomqtt's queue: a message goes to its receivers while it is read.

    So there is no queue that could be full, which would drop messages that are acknowledged already; a
    server that is faster than we are has to wait.
    """

    def __init__(self, deliver: Deliver) -> None:
        super().__init__()
        self._deliver = deliver

    def put_nowait(self, item: aiomqtt.Message) -> None:
        self._deliver(item.topic.value, item.payload, item.qos, item.retain)


def refusal(error: aiomqtt.MqttError) -> str:
    """Say why it is no use to try again, nothing if it may be."""
    code = getattr(error, "rc", None)
    if isinstance(error, aiomqtt.MqttCodeError) and code is not None and not isinstance(code, int):
        return _FOR_GOOD.get(code.value, "")
    if "CERTIFICATE_VERIFY_FAILED" in str(error):
        return "its certificate is not trusted"
    return ""


def loss(group: ExceptionGroup[Exception]) -> Exception:
    """Return the one error of MQTT that ended it all; a bug among the errors is more important."""
    lost, bugs = group.split(aiomqtt.MqttError)
    if bugs is not None or lost is None:
        return group
    return next(error for error in lost.exceptions if isinstance(error, aiomqtt.MqttError))
