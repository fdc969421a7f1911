"""Collect what goes to one client, and hold a slow reader's share of memory within bounds."""

from __future__ import annotations

import asyncio
from collections.abc import Callable

from hub.broker.flusher import Flusher
from hub.broker.limits import Limits
from hub.broker.stats import Stats, Traffic


class Outbox:
    """The writing half of a connection.

    A reader that does not keep up first loses messages of QoS 0, and its connection when it is
    `Limits.write_buffer` behind. Nobody else waits for it.
    """

    __slots__ = (
        "_behind",
        "_chunks",
        "_closed",
        "_congested",
        "_cut",
        "_flusher",
        "_limits",
        "_stats",
        "_transport",
        "drained",
        "traffic",
    )

    def __init__(
        self,
        transport: asyncio.Transport,
        flusher: Flusher,
        limits: Limits,
        stats: Stats,
        cut: Callable[[str], None],
    ) -> None:
        self._transport = transport
        self._flusher = flusher
        self._stats = stats
        self._cut = cut
        self._chunks: list[bytes] = []
        self._congested = False
        self._closed = False
        self._behind = 0
        self.drained: Callable[[], None] | None = None
        self.traffic = Traffic()
        """What this connection sent and got since it was last asked."""
        self.set_limits(limits)

    def set_limits(self, limits: Limits) -> None:
        self._limits = limits
        self._transport.set_write_buffer_limits(high=limits.qos0_backlog, low=limits.qos0_backlog // 4)

    @property
    def congested(self) -> bool:
        return self._congested

    def push(self, chunk: bytes, count: int, size: int) -> None:
        """Send `count` messages of QoS 0 with payloads of `size` bytes, or drop them if the reader is slow.

        Who calls it has counted them as sent.
        """
        if self._congested:
            self._drop(chunk, count, size)
            return
        self.traffic.messages_sent += count
        chunks = self._chunks
        if not chunks:
            self._flusher.add(self)
        chunks.append(chunk)

    def send(self, chunk: bytes) -> None:
        """Send a packet that is not a message; it is not dropped."""
        self._stats.controls_sent += 1
        chunks = self._chunks
        if not chunks:
            self._flusher.add(self)
        chunks.append(chunk)

    def send_message(self, chunk: bytes, size: int) -> None:
        """Send a message of QoS 1 or 2 with a payload of `size` bytes; it is not dropped."""
        stats = self._stats
        stats.messages_sent += 1
        stats.payloads_sent += size
        self.traffic.messages_sent += 1
        chunks = self._chunks
        if not chunks:
            self._flusher.add(self)
        chunks.append(chunk)

    def flush(self) -> None:
        chunks = self._chunks
        if not chunks or self._closed:
            return
        if self._transport.is_closing() or (self._congested and self._check()):
            return
        data = chunks[0] if len(chunks) == 1 else b"".join(chunks)
        self._chunks = []
        self._stats.bytes_sent += len(data)
        self.traffic.bytes_sent += len(data)
        self._transport.write(data)

    def close(self) -> None:
        """Send what is left, and nothing more."""
        self.flush()
        self._closed = True

    def pause(self) -> None:
        """The transport has more unsent than `qos0_backlog`."""
        self._congested = True
        self._behind = 0

    def resume(self) -> None:
        """The transport has sent most of it."""
        self._congested = False
        self._behind = 0
        if self.drained is not None:
            self.drained()

    def _drop(self, chunk: bytes, count: int, size: int) -> None:
        self._behind += len(chunk)
        self._stats.messages_sent -= count
        self._stats.payloads_sent -= size
        self._stats.messages_dropped += count
        self._check()

    def _check(self) -> bool:
        # Looked at before a write and not after: what was just written had no chance to leave yet.
        unsent = self._transport.get_write_buffer_size()
        if not self._closed and unsent + self._behind > self._limits.write_buffer:
            self._closed = True
            self._cut("a slow reader")
        return self._closed
