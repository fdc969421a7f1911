"""Read and write the few shapes of data all MQTT packets are made of (MQTT 3.1.1, 1.5 and 2.2)."""

from __future__ import annotations

LONGEST = 268_435_455
"""The greatest remaining length that four bytes can say."""


class ProtocolError(Exception):
    """The other side broke a rule of MQTT, or a limit: its connection is to be closed."""


def encode_length(length: int) -> bytes:
    """Write a remaining length."""
    if length < 128:
        return bytes((length,))
    if length > LONGEST:
        raise ProtocolError(f"a packet of {length} bytes cannot be said")
    out = bytearray()
    while length > 127:
        out.append(length & 127 | 128)
        length >>= 7
    out.append(length)
    return bytes(out)


def decode_length(data: bytes, at: int) -> tuple[int, int] | None:
    """Read the remaining length that begins at `at`; return it and where it ends, None if it is cut off."""
    length = shift = 0
    for position in range(at, min(at + 4, len(data))):
        byte = data[position]
        length |= (byte & 127) << shift
        if byte < 128:
            return length, position + 1
        shift += 7
    if len(data) >= at + 4:
        raise ProtocolError("a remaining length of more than four bytes")
    return None


def encode_text(text: str) -> bytes:
    """Write a string with its length."""
    return encode_binary(text.encode())


def encode_binary(data: bytes) -> bytes:
    """Write bytes with their length."""
    if len(data) > 65_535:
        raise ProtocolError("a field of more than 65535 bytes")
    return len(data).to_bytes(2, "big") + data


def decode_text(data: bytes) -> str:
    """Decode UTF-8 strictly: no surrogates, no U+0000, and none of the control and non-characters.

    The standard lets a server refuse the last two (1.5.3); they only ever serve to mislead a reader.
    """
    try:
        text = data.decode()
    except UnicodeDecodeError:
        raise ProtocolError("a string is not UTF-8") from None
    # isprintable() is quick and refuses some characters that are fine, such as a no-break space.
    if not text.isprintable() and any(map(_is_forbidden, text)):
        raise ProtocolError("a string has a control character or a non-character")
    return text


def _is_forbidden(character: str) -> bool:
    code = ord(character)
    return code < 32 or 127 <= code < 160 or 0xFDD0 <= code <= 0xFDEF or code & 0xFFFE == 0xFFFE


class Reader:
    """Takes fields off the front of a packet's body."""

    __slots__ = ("_at", "_body")

    def __init__(self, body: bytes) -> None:
        self._body = body
        self._at = 0

    def left(self) -> int:
        return len(self._body) - self._at

    def take(self, count: int) -> bytes:
        if self.left() < count:
            raise ProtocolError("a packet ends too early")
        self._at += count
        return self._body[self._at - count : self._at]

    def rest(self) -> bytes:
        return self.take(self.left())

    def byte(self) -> int:
        return self.take(1)[0]

    def number(self) -> int:
        return int.from_bytes(self.take(2), "big")

    def binary(self) -> bytes:
        return self.take(self.number())

    def text(self) -> str:
        return decode_text(self.binary())

    def packet_id(self) -> int:
        number = self.number()
        if not number:
            raise ProtocolError("packet id 0")
        return number

    def end(self) -> None:
        if self.left():
            raise ProtocolError("a packet is longer than what it says")
