"""Cut a stream of bytes into packets, however it arrives."""

from __future__ import annotations

from hub.broker.packets import Packet, decode
from hub.broker.wire import LONGEST, ProtocolError, decode_length


class Framer:
    """Holds the bytes of a packet that is not yet whole, without joining them again for each piece.

    A client that sends one byte at a time costs one join per packet, not one per byte.
    """

    __slots__ = ("_held", "_need", "_pieces")

    def __init__(self) -> None:
        self._pieces: list[bytes] = []
        self._held = 0
        self._need = 0

    def held(self) -> int:
        """Return how many bytes wait for the rest of their packet."""
        return self._held

    def join(self, data: bytes) -> bytes | None:
        """Add what came; return it all when a packet may be whole, None before."""
        if not self._pieces:
            return data
        self._pieces.append(data)
        self._held += len(data)
        if self._held < self._need:
            return None
        whole = b"".join(self._pieces)
        self._pieces.clear()
        self._held = 0
        return whole

    def keep(self, data: bytes, need: int) -> None:
        """Keep the beginning of a packet until there are `need` bytes of it."""
        self._pieces.append(data)
        self._held = len(data)
        self._need = need


class Decoder:
    """Bytes in, packets out; raises ProtocolError at the first byte that cannot be right."""

    def __init__(self, limit: int = LONGEST) -> None:
        self._limit = limit
        self._framer = Framer()

    def feed(self, data: bytes) -> list[Packet]:
        """Take the next bytes of the stream; return the packets that are whole now.

        Packets before a broken one are lost with it: the stream is over.
        """
        joined = self._framer.join(data)
        packets: list[Packet] = []
        if joined is None:
            return packets
        at = 0
        while at < len(joined):
            header = decode_length(joined, at + 1)
            if header is None:
                self._framer.keep(joined[at:], len(joined) - at + 1)
                break
            length, body = header
            if length > self._limit:
                raise ProtocolError(f"a packet of {length} bytes")
            if body + length > len(joined):
                self._framer.keep(joined[at:], body + length - at)
                break
            packets.append(decode(joined[at], joined[body : body + length]))
            at = body + length
        return packets
