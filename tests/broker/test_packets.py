"""Packets survive the way to bytes and back, however the bytes are cut; what breaks a rule is refused."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hub.broker.decoder import Decoder
from hub.broker.packets import (
    Connack,
    Connect,
    Disconnect,
    Packet,
    Pingreq,
    Pingresp,
    Puback,
    Pubcomp,
    Publish,
    Pubrec,
    Pubrel,
    Suback,
    Subscribe,
    UnacceptableLevel,
    Unsuback,
    Unsubscribe,
    Will,
    encode,
)
from hub.broker.wire import ProtocolError, decode_length, encode_length

CHARACTERS = st.characters(exclude_categories=["Cs", "Cc", "Cn"])
TEXTS = st.text(CHARACTERS, max_size=30)
TOPICS = st.text(st.characters(exclude_categories=["Cs", "Cc", "Cn"], exclude_characters="+#"), min_size=1)
LEVELS = st.lists(st.one_of(st.just("+"), st.text("abcé", max_size=3)), min_size=1, max_size=5)
FILTERS = st.builds(lambda levels, end: "/".join(levels) + end, LEVELS, st.sampled_from(["", "/#"])).filter(
    bool
)
IDS = st.integers(1, 65_535)
QOS = st.integers(0, 2)
WILLS = st.none() | st.builds(Will, TOPICS, st.binary(max_size=50), QOS, st.booleans())


@st.composite
def connects(draw: st.DrawFn) -> Connect:
    username = draw(st.none() | TEXTS)
    password = None if username is None else draw(st.none() | st.binary(max_size=30))
    return Connect(
        draw(TEXTS),
        draw(st.booleans()),
        draw(st.integers(0, 65_535)),
        username,
        password,
        draw(WILLS),
        draw(st.sampled_from([3, 4])),
    )


@st.composite
def publishes(draw: st.DrawFn) -> Publish:
    qos = draw(QOS)
    dup = bool(qos) and draw(st.booleans())
    packet_id = draw(IDS) if qos else 0
    return Publish(draw(TOPICS), draw(st.binary(max_size=300)), qos, draw(st.booleans()), dup, packet_id)


PACKETS: st.SearchStrategy[Packet] = st.one_of(
    connects(),
    st.builds(Connack, st.integers(1, 5)) | st.builds(Connack, st.just(0), st.booleans()),
    publishes(),
    st.builds(Puback, IDS),
    st.builds(Pubrec, IDS),
    st.builds(Pubrel, IDS),
    st.builds(Pubcomp, IDS),
    st.builds(Subscribe, IDS, st.lists(st.tuples(FILTERS, QOS), min_size=1, max_size=5).map(tuple)),
    st.builds(Suback, IDS, st.lists(st.sampled_from([0, 1, 2, 128]), min_size=1, max_size=5).map(tuple)),
    st.builds(Unsubscribe, IDS, st.lists(FILTERS, min_size=1, max_size=5).map(tuple)),
    st.builds(Unsuback, IDS),
    st.sampled_from([Pingreq(), Pingresp(), Disconnect()]),
)


@given(PACKETS)
def test_a_packet_survives_the_way_to_bytes_and_back(packet: Packet) -> None:
    assert Decoder().feed(encode(packet)) == [packet]


@given(st.lists(PACKETS, max_size=6), st.data())
def test_any_cut_of_the_stream_gives_the_same_packets(packets: list[Packet], data: st.DataObject) -> None:
    stream = b"".join(map(encode, packets))
    cuts = sorted(data.draw(st.lists(st.integers(0, len(stream)))))
    decoder = Decoder()

    heard = []
    for start, end in zip([0, *cuts], [*cuts, len(stream)], strict=True):
        heard += decoder.feed(stream[start:end])

    assert heard == packets


@given(st.binary(max_size=200))
def test_any_bytes_give_packets_or_a_protocol_error(data: bytes) -> None:
    try:
        packets = Decoder().feed(data)
    except ProtocolError:
        packets = []
    assert all(Decoder().feed(encode(packet)) == [packet] for packet in packets)


@given(st.integers(0, 268_435_455))
def test_a_remaining_length_survives(length: int) -> None:
    raw = encode_length(length)
    assert decode_length(b"\x30" + raw, 1) == (length, 1 + len(raw))


def test_a_packet_over_the_limit_is_refused_before_its_body_comes() -> None:
    decoder = Decoder(limit=1_000)
    with pytest.raises(ProtocolError, match="packet of 1001 bytes"):
        decoder.feed(b"\x30" + encode_length(1_001))


def test_one_byte_at_a_time_is_joined_once() -> None:
    packet = Publish("t", b"x" * 5_000)
    decoder = Decoder()
    heard = [found for byte in encode(packet) for found in decoder.feed(bytes((byte,)))]
    assert heard == [packet]


CONNECT_4 = "0004 4D515454 04"


@pytest.mark.parametrize(
    ("what", "raw"),
    [
        ("type 0", "00 00"),
        ("type 15", "F0 00"),
        ("a CONNECT with flags", "11 0D 0004 4D515454 04 02 000A 0001 70"),
        ("a CONNECT that says it is something else", "10 0D 0004 4D515455 04 02 000A 0001 70"),
        ("a reserved CONNECT flag", f"10 0D {CONNECT_4} 03 000A 0001 70"),
        ("a will QoS without a will", f"10 0D {CONNECT_4} 0A 000A 0001 70"),
        ("a will retain without a will", f"10 0D {CONNECT_4} 22 000A 0001 70"),
        ("a will of QoS 3", f"10 13 {CONNECT_4} 1E 000A 0001 70 0001 70 0001 70"),
        ("a will to a wildcard", f"10 13 {CONNECT_4} 06 000A 0001 70 0001 23 0001 70"),
        ("a password without a user name", f"10 10 {CONNECT_4} 42 000A 0001 70 0001 70"),
        ("a CONNECT that goes on", f"10 0E {CONNECT_4} 02 000A 0001 70 00"),
        ("a CONNECT cut short", f"10 0B {CONNECT_4} 02 000A 0001"),
        ("a client id that is not UTF-8", f"10 0D {CONNECT_4} 02 000A 0001 FF"),
        ("a topic with a surrogate", "30 05 0003 EDA080"),
        ("a topic with U+0000", "30 03 0001 00"),
        ("a topic with a control character", "30 03 0001 1F"),
        ("a topic with a non-character", "30 05 0003 EFBFBF"),
        ("an over-long encoding of a slash", "30 04 0002 C0AF"),
        ("an empty topic", "30 02 0000"),
        ("a wildcard in a topic", "30 03 0001 2B"),
        ("a topic longer than its packet", "30 03 0005 70"),
        ("QoS 3", "36 05 0001 70 0001"),
        ("a duplicate of QoS 0", "38 03 0001 70"),
        ("packet id 0", "32 05 0001 70 0000"),
        ("a PUBACK of packet id 0", "40 02 0000"),
        ("a PUBACK that goes on", "40 03 0001 00"),
        ("a PUBREL with the wrong flags", "60 02 0001"),
        ("a SUBSCRIBE with the wrong flags", "80 06 0001 0001 70 00"),
        ("a SUBSCRIBE without a filter", "82 02 0001"),
        ("a SUBSCRIBE without a QoS", "82 05 0001 0001 70"),
        ("a subscription of QoS 3", "82 06 0001 0001 70 03"),
        ("a # in the middle", "82 08 0001 0003 232F70 00"),
        ("a + that shares its level", "82 07 0001 0002 702B 00"),
        ("an UNSUBSCRIBE without a filter", "A2 02 0001"),
        ("a PINGREQ with a body", "C0 01 00"),
        ("a DISCONNECT with flags", "E1 00"),
        ("a length of five bytes", "30 80808080 01"),
        ("a shared subscription without a filter", "82 0D 0001 0008 2473686172652F67 00"),
    ],
)
def test_refuses(what: str, raw: str) -> None:
    with pytest.raises(ProtocolError):
        Decoder().feed(bytes.fromhex(raw))


@pytest.mark.parametrize(
    ("name", "level", "answer"),
    [
        ("4D515454", 3, "20020001"),
        ("4D515454", 5, "20020001"),
        ("4D515454", 0x84, "20020001"),
        ("4D515454", 2, "2003008400"),
        ("4D515454", 6, "2003008400"),
    ],
)
def test_names_the_answer_to_another_version(name: str, level: int, answer: str) -> None:
    body = bytes.fromhex(f"0004 {name} {level:02X} 02 000A 00 0001 70")
    with pytest.raises(UnacceptableLevel) as caught:
        Decoder().feed(b"\x10" + bytes((len(body),)) + body)
    assert caught.value.answer == bytes.fromhex(answer)


def test_no_password_shows_in_a_representation() -> None:
    connect = Connect("id", username="u", password=b"very secret", will=Will("t", b"very secret"))
    assert "secret" not in repr(connect)
