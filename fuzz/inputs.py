"""Make up inputs that are nearly right: valid packets, and what a broken or hostile client makes of them."""

from __future__ import annotations

import random

from hub.broker.packets import (
    Connect,
    Disconnect,
    Packet,
    Pingreq,
    Puback,
    Pubcomp,
    Publish,
    Pubrec,
    Pubrel,
    Subscribe,
    Unsubscribe,
    Will,
    encode,
)

REQUEST = (
    b"GET /mqtt HTTP/1.1\r\nHost: x.example\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
    b"Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n"
    b"Sec-WebSocket-Protocol: mqtt, chat\r\nOrigin: http://x.example\r\n\r\n"
)
TOPICS = ("a", "b", "a/b", "$SYS/x", "x" * 300, "/", "ä/ö", "$share/g/a")
FILTERS = ("a", "#", "+", "+/b", "a/#", "$share/g/#", "$SYS/#", "/".join("+" * 20))
NASTY = (
    b"\x00",
    b"\xff",
    b"\x80",
    b"\xff\xff\xff\x7f",
    b"\xff\xff\xff\xff\xff",
    b"\x00\x00",
    b"\xed\xa0\x80",
    b"#",
    b"+",
)


class Inputs(random.Random):
    """A stream of inputs, the same for the same seed."""

    def stream(self) -> bytes:
        """Return what a client might say."""
        kind = self.random()
        if kind < 0.1:
            return self.randbytes(self.randint(0, 60))
        if kind < 0.15:
            return self.spoil(self.spoil(REQUEST)) + self.randbytes(self.randint(0, 9))
        said = b"".join(encode(self.packet()) for _ in range(self.randint(1, 5)))
        for _ in range(self.choice((0, 1, 1, 2, 5))):
            said = self.spoil(said)
        return said

    def packet(self) -> Packet:
        number = self.randint(1, 4)
        qos = self.randint(0, 2)
        return self.choice(
            (
                lambda: Connect(
                    "c", self.random() < 0.5, 60, "u", b"p", Will("w", b"x", qos), self.choice((3, 4))
                ),
                lambda: Publish(
                    self.choice(TOPICS),
                    self.randbytes(self.randint(0, 20)),
                    qos,
                    packet_id=number if qos else 0,
                ),
                lambda: Publish(
                    "a",
                    b"x" * self.choice((0, 1, 120, 130, 150, 300, self.choice((20, 5_000)))),
                    0,
                    self.random() < 0.5,
                ),
                lambda: Subscribe(number, tuple((self.choice(FILTERS), qos) for _ in range(number))),
                lambda: Unsubscribe(number, (self.choice(FILTERS),)),
                lambda: self.choice((Puback, Pubrec, Pubrel, Pubcomp))(number),
                lambda: self.choice((Pingreq(), Disconnect())),
            )
        )()

    def spoil(self, said: bytes) -> bytes:
        at = self.randint(0, max(0, len(said) - 1))
        end = min(len(said), at + self.randint(1, 4))
        kind = self.randint(0, 5)
        if kind == 0:
            return said[:at] + bytes((self.randint(0, 255),)) + said[at + 1 :]
        if kind == 1:
            return said[:at]
        if kind == 2:
            return said[:at] + said[end:]
        if kind == 3:
            return said[:end] + said[at:]
        if kind == 4:
            return said[:at] + self.choice(NASTY) + said[end:]
        return said[:at] + self.randbytes(end - at) + said[end:]

    def for_server(self) -> bytes:
        return (
            bytes((self.randint(0, 255), self.randint(0, 255), self.choice((0, 1, 2, 6, 10, 30, 255))))
            + self.stream()
        )

    def for_packets(self) -> bytes:
        return bytes((self.randint(0, 255),)) + self.stream()
