"""Hold one message on its way, and the bytes it has in common for all who receive it."""

from __future__ import annotations

from typing import Final

from hub.broker.wire import encode_length, encode_text


class Topic:
    """A topic that messages are routed under, and its bytes with their length before them."""

    __slots__ = ("encoded", "name")

    def __init__(self, name: str) -> None:
        self.name: Final = name
        self.encoded: Final = encode_text(name)


class Message:
    """A message as it is routed. `raw` is its whole QoS 0 packet, `head` its QoS 1 packet up to the id."""

    __slots__ = ("_head1", "_head2", "_raw", "payload", "qos", "topic")

    def __init__(
        self, topic: Topic, payload: bytes, qos: int = 0, raw: bytes | None = None, head: bytes | None = None
    ) -> None:
        self.topic = topic
        self.payload = payload
        self.qos = qos
        self._raw = raw
        self._head1 = head
        self._head2: bytes | None = None

    def plain(self) -> bytes:
        """Return the packet for those who get it with QoS 0."""
        raw = self._raw
        if raw is None:
            raw = self._raw = plain_packet(self.topic.encoded, self.payload)
        return raw

    def head(self, qos: int) -> bytes:
        """Return what comes before the packet id for those who get it with QoS 1 or 2."""
        if qos == 1:
            if self._head1 is None:
                self._head1 = packet_head(0x32, self.topic.encoded, len(self.payload))
            return self._head1
        if self._head2 is None:
            self._head2 = packet_head(0x34, self.topic.encoded, len(self.payload))
        return self._head2


def plain_packet(encoded_topic: bytes, payload: bytes, *, retain: bool = False) -> bytes:
    """Write a PUBLISH of QoS 0."""
    length = len(encoded_topic) + len(payload)
    return b"".join((b"\x31" if retain else b"\x30", encode_length(length), encoded_topic, payload))


def packet_head(first: int, encoded_topic: bytes, payload_size: int) -> bytes:
    """Write a PUBLISH of QoS 1 or 2 up to its packet id."""
    return bytes((first,)) + encode_length(len(encoded_topic) + 2 + payload_size) + encoded_topic
