"""The fourteen packets of MQTT 3.1.1 as plain values, and their bytes. Nothing here does any I/O."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import ClassVar

from hub.broker.topics import check_filter, check_topic, parse_shared
from hub.broker.wire import ProtocolError, Reader, encode_binary, encode_length, encode_text

ACCEPTED, BAD_LEVEL, BAD_CLIENT_ID, UNAVAILABLE, BAD_CREDENTIALS, NOT_AUTHORIZED = range(6)
REFUSED = 0x80
"""The SUBACK code of a filter that is refused."""

LEVELS = {"MQTT": 4, "MQIsdp": 3}


class UnacceptableLevel(ProtocolError):
    """A CONNECT of another version of MQTT; `answer` is the CONNACK to send before closing."""

    def __init__(self, level: int) -> None:
        super().__init__(f"protocol level {level} is not served")
        # A client from outside 3.1, 3.1.1 and 5 is told in the form of the newest version. The top bit is
        # how a bridge asks for a private dialect; the plain answer makes it try again without.
        known = 3 <= level <= 5 or level & 0x80
        self.answer = bytes((0x20, 2, 0, BAD_LEVEL)) if known else bytes((0x20, 3, 0, 0x84, 0))


@dataclass(frozen=True, slots=True)
class Will:
    """What the server is to publish when the client goes without a DISCONNECT."""

    topic: str
    payload: bytes = field(repr=False)
    qos: int = 0
    retain: bool = False


@dataclass(frozen=True, slots=True)
class Connect:
    client_id: str
    clean_session: bool = True
    keep_alive: int = 0
    username: str | None = None
    password: bytes | None = field(default=None, repr=False)
    will: Will | None = None
    level: int = 4
    type: ClassVar[int] = 1


@dataclass(frozen=True, slots=True)
class Connack:
    code: int = ACCEPTED
    session_present: bool = False
    type: ClassVar[int] = 2


@dataclass(frozen=True, slots=True)
class Publish:
    topic: str
    payload: bytes = field(default=b"", repr=False)
    qos: int = 0
    retain: bool = False
    dup: bool = False
    packet_id: int = 0
    type: ClassVar[int] = 3


@dataclass(frozen=True, slots=True)
class Puback:
    packet_id: int
    type: ClassVar[int] = 4


@dataclass(frozen=True, slots=True)
class Pubrec:
    packet_id: int
    type: ClassVar[int] = 5


@dataclass(frozen=True, slots=True)
class Pubrel:
    packet_id: int
    type: ClassVar[int] = 6


@dataclass(frozen=True, slots=True)
class Pubcomp:
    packet_id: int
    type: ClassVar[int] = 7


@dataclass(frozen=True, slots=True)
class Subscribe:
    packet_id: int
    filters: tuple[tuple[str, int], ...]
    """Each filter with the QoS asked for."""
    type: ClassVar[int] = 8


@dataclass(frozen=True, slots=True)
class Suback:
    packet_id: int
    codes: tuple[int, ...]
    type: ClassVar[int] = 9


@dataclass(frozen=True, slots=True)
class Unsubscribe:
    packet_id: int
    filters: tuple[str, ...]
    type: ClassVar[int] = 10


@dataclass(frozen=True, slots=True)
class Unsuback:
    packet_id: int
    type: ClassVar[int] = 11


@dataclass(frozen=True, slots=True)
class Pingreq:
    type: ClassVar[int] = 12


@dataclass(frozen=True, slots=True)
class Pingresp:
    type: ClassVar[int] = 13


@dataclass(frozen=True, slots=True)
class Disconnect:
    type: ClassVar[int] = 14


Acknowledgement = Puback | Pubrec | Pubrel | Pubcomp | Unsuback
Bare = Pingreq | Pingresp | Disconnect
Packet = Connect | Connack | Publish | Acknowledgement | Subscribe | Suback | Unsubscribe | Bare

_FLAGS = {6: 2, 8: 2, 10: 2}
"""Lower four bits of the first byte; 0 for the types not named (PUBLISH has its own)."""


def encode(packet: Packet) -> bytes:
    """Write a packet as bytes."""
    if isinstance(packet, Publish):
        flags = packet.dup << 3 | packet.qos << 1 | packet.retain
    else:
        flags = _FLAGS.get(packet.type, 0)
    body = _body(packet)
    return bytes((packet.type << 4 | flags,)) + encode_length(len(body)) + body


def _body(packet: Packet) -> bytes:
    match packet:
        case Connect():
            return _connect_body(packet)
        case Connack(code, session_present):
            return bytes((session_present, code))
        case Publish():
            packet_id = packet.packet_id.to_bytes(2, "big") if packet.qos else b""
            return encode_text(packet.topic) + packet_id + packet.payload
        case Subscribe(packet_id, filters):
            return _number(packet_id) + b"".join(encode_text(name) + bytes((qos,)) for name, qos in filters)
        case Suback(packet_id, codes):
            return _number(packet_id) + bytes(codes)
        case Unsubscribe(packet_id, names):
            return _number(packet_id) + b"".join(map(encode_text, names))
        case (
            Puback(packet_id)
            | Pubrec(packet_id)
            | Pubrel(packet_id)
            | Pubcomp(packet_id)
            | Unsuback(packet_id)
        ):
            return _number(packet_id)
        case _:
            return b""


def _number(number: int) -> bytes:
    return number.to_bytes(2, "big")


def _connect_body(packet: Connect) -> bytes:
    will = packet.will
    flags = packet.clean_session << 1
    if will is not None:
        flags |= 4 | will.qos << 3 | will.retain << 5
    flags |= (packet.username is not None) << 7 | (packet.password is not None) << 6
    name = "MQIsdp" if packet.level == 3 else "MQTT"
    parts = [encode_text(name), bytes((packet.level, flags)), _number(packet.keep_alive)]
    parts.append(encode_text(packet.client_id))
    if will is not None:
        parts += [encode_text(will.topic), encode_binary(will.payload)]
    if packet.username is not None:
        parts.append(encode_text(packet.username))
    if packet.password is not None:
        parts.append(encode_binary(packet.password))
    return b"".join(parts)


def decode(first: int, body: bytes) -> Packet:
    """Read the packet whose first byte is `first` and whose body is `body`, or raise ProtocolError."""
    kind, flags = first >> 4, first & 15
    read = _READERS.get(kind)
    if read is None:
        raise ProtocolError(f"a packet of the reserved type {kind}")
    if kind == Publish.type:
        return _read_publish(flags, body)
    if flags != _FLAGS.get(kind, 0):
        raise ProtocolError("flags that are reserved")
    reader = Reader(body)
    packet = read(reader)
    reader.end()
    return packet


def _read_publish(flags: int, body: bytes) -> Publish:
    qos, dup, retain = flags >> 1 & 3, bool(flags & 8), bool(flags & 1)
    check_publish_flags(flags)
    reader = Reader(body)
    topic = reader.text()
    check_topic(topic)
    packet_id = reader.packet_id() if qos else 0
    return Publish(topic, reader.rest(), qos, retain, dup, packet_id)


def check_publish_flags(flags: int) -> None:
    """Refuse QoS 3, and a QoS 0 message that claims to be sent again."""
    if flags & 6 == 6:
        raise ProtocolError("QoS 3")
    if flags & 14 == 8:
        raise ProtocolError("a duplicate of QoS 0")


def _read_connect(reader: Reader) -> Connect:
    name = reader.text()
    if name not in LEVELS:
        raise ProtocolError("not an MQTT client")
    level = reader.byte()
    if level != LEVELS[name]:
        # A CONNECT too short to be one of any version gets no answer. The shortest has flags, keep-alive
        # and an empty client id.
        reader.take(5 + (level >= 5))
        raise UnacceptableLevel(level)
    flags = reader.byte()
    _check_connect_flags(flags)
    keep_alive = reader.number()
    client_id = reader.text()
    will = None
    if flags & 4:
        topic = reader.text()
        check_topic(topic)
        will = Will(topic, reader.binary(), flags >> 3 & 3, bool(flags & 32))
    strict = level > 3  # in 3.1 a client may announce a user name and a password, and then leave them out
    username = reader.text() if flags & 128 and (strict or reader.left()) else None
    password = reader.binary() if flags & 64 and (strict or reader.left()) else None
    return Connect(client_id, bool(flags & 2), keep_alive, username, password, will, level)


def _check_connect_flags(flags: int) -> None:
    if flags & 1:
        raise ProtocolError("a CONNECT flag that is reserved")
    if not flags & 4 and flags & 56:
        raise ProtocolError("a QoS or retain flag for no will")
    if flags & 24 == 24:
        raise ProtocolError("a will of QoS 3")
    if flags & 192 == 64:
        raise ProtocolError("a password without a user name")


def _read_connack(reader: Reader) -> Connack:
    flags, code = reader.byte(), reader.byte()
    if flags > 1 or code > NOT_AUTHORIZED or (flags and code):
        raise ProtocolError("a CONNACK that says nothing known")
    return Connack(code, bool(flags))


def _read_subscribe(reader: Reader) -> Subscribe:
    packet_id = reader.packet_id()
    filters = []
    while reader.left():
        filter = _read_filter(reader)
        qos = reader.byte()
        if qos > 2:
            raise ProtocolError("a subscription of a QoS above 2")
        filters.append((filter, qos))
    if not filters:
        raise ProtocolError("a SUBSCRIBE without a filter")
    return Subscribe(packet_id, tuple(filters))


def _read_filter(reader: Reader) -> str:
    filter = reader.text()
    check_filter(filter)
    parse_shared(filter)
    return filter


def _read_suback(reader: Reader) -> Suback:
    packet_id = reader.packet_id()
    codes = tuple(reader.rest())
    if not codes or not all(code in (0, 1, 2, REFUSED) for code in codes):
        raise ProtocolError("a SUBACK that says nothing known")
    return Suback(packet_id, codes)


def _read_unsubscribe(reader: Reader) -> Unsubscribe:
    packet_id = reader.packet_id()
    filters = []
    while reader.left():
        filters.append(_read_filter(reader))
    if not filters:
        raise ProtocolError("an UNSUBSCRIBE without a filter")
    return Unsubscribe(packet_id, tuple(filters))


def _read_never(reader: Reader) -> Packet:
    raise ProtocolError("a PUBLISH is read by its own function")


_READERS: dict[int, Callable[[Reader], Packet]] = {
    1: _read_connect,
    2: _read_connack,
    3: _read_never,
    4: lambda reader: Puback(reader.packet_id()),
    5: lambda reader: Pubrec(reader.packet_id()),
    6: lambda reader: Pubrel(reader.packet_id()),
    7: lambda reader: Pubcomp(reader.packet_id()),
    8: _read_subscribe,
    9: _read_suback,
    10: _read_unsubscribe,
    11: lambda reader: Unsuback(reader.packet_id()),
    12: lambda reader: Pingreq(),
    13: lambda reader: Pingresp(),
    14: lambda reader: Disconnect(),
}
