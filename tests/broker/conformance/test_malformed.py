"""What is malformed ends its connection, by the numbers of MQTT 3.1.1; nothing of it is acted on."""

from __future__ import annotations

from typing import Any

import pytest

from hub.broker.packets import Connect, Publish, Will, encode

BAD_TEXTS = (b"\xff", b"\xed\xa0\x80", b"\xc0\x80", b"\xe2\x82", b"a\xf8")
"""Never UTF-8, half a surrogate, an overlong U+0000, a character cut off, a first byte too high."""


def text(raw: bytes) -> bytes:
    return len(raw).to_bytes(2, "big") + raw


def packet(first: int, body: bytes) -> bytes:
    return bytes((first, len(body))) + body


def connect(flags: int, *fields: bytes, name: bytes = b"MQTT", level: int = 4) -> bytes:
    return packet(0x10, text(name) + bytes((level, flags, 0, 60)) + b"".join(map(text, fields)))


def each(number: str, *packets: bytes) -> list[Any]:
    return [pytest.param(raw, id=f"{number} {raw.hex(' ')}") for raw in packets]


CONNECTS = [
    *each("MQTT-1.5.3-1", *(connect(0xC6, b"id", b"w", b"", bad, b"") for bad in BAD_TEXTS)),
    *each(
        "MQTT-1.5.3-2", connect(2, b"a\x00b"), connect(6, b"id", b"w\x00", b""), connect(0x82, b"id", b"\x00")
    ),
    *each(
        "MQTT-3.1.2-1",
        connect(2, b"id", name=b"HTTP"),
        connect(2, b"id", name=b"mqtt"),
        connect(2, b"id", name=b""),
    ),
    *each("MQTT-3.1.2-3", connect(3, b"id"), connect(1, b"id")),
    *each("MQTT-3.1.2-9", connect(6, b"id"), connect(6, b"id", b"will")),
    *each("MQTT-3.1.2-11", connect(0x2A, b"id"), connect(2, b"id", b"will", b"gone")),
    *each("MQTT-3.1.2-13", connect(0x0A, b"id"), connect(0x12, b"id"), connect(0x1A, b"id")),
    *each("MQTT-3.1.2-14", connect(0x1E, b"id", b"will", b"gone")),
    *each("MQTT-3.1.2-15", connect(0x22, b"id")),
    *each("MQTT-3.1.2-18", connect(2, b"id", b"user")),
    *each("MQTT-3.1.2-19", connect(0x82, b"id")),
    *each("MQTT-3.1.2-20", connect(0x82, b"id", b"user", b"password")),
    *each("MQTT-3.1.2-21", connect(0xC2, b"id", b"user")),
    *each("MQTT-3.1.2-22", connect(0x42, b"id", b"password")),
    *each("MQTT-3.1.3-3", connect(2), connect(6, b"")),
    *each("MQTT-3.1.3-4", *(connect(2, bad) for bad in BAD_TEXTS)),
    *each("MQTT-3.1.3-10", *(connect(6, b"id", bad, b"") for bad in BAD_TEXTS)),
    *each("MQTT-3.1.3-11", *(connect(0x82, b"id", bad) for bad in BAD_TEXTS)),
    *each(
        "MQTT-3.1.4-1",
        packet(0x11, connect(2, b"id")[2:]),
        connect(2, b"id", b"more"),
    ),
    *each(
        "MQTT-3.1.0-1",
        encode(Publish("a", b"x")),
        packet(0x82, b"\x00\x01" + text(b"a") + b"\x00"),
        packet(0xA2, b"\x00\x01" + text(b"a")),
        *(packet(first, b"\x00\x01") for first in (0x40, 0x50, 0x62, 0x70, 0xB0)),
        *(packet(first, b"") for first in (0xC0, 0xD0, 0xE0)),
        packet(0x20, b"\x00\x00"),
    ),
]
LATER = [
    *each("MQTT-1.5.3-1", *(packet(0x30, text(bad)) for bad in BAD_TEXTS)),
    *each("MQTT-1.5.3-2", packet(0x30, text(b"a\x00")), packet(0x82, b"\x00\x01" + text(b"\x00") + b"\x00")),
    *each(
        "MQTT-2.2.2-2",
        *(packet(first, b"\x00\x01") for first in (0x41, 0x52, 0x60, 0x71)),
        *(packet(first, b"") for first in (0xC1, 0xE1)),
    ),
    *each(
        "MQTT-2.3.1-1",
        packet(0x82, b"\x00\x00" + text(b"a") + b"\x00"),
        packet(0xA2, b"\x00\x00" + text(b"a")),
        packet(0x32, text(b"a") + b"\x00\x00x"),
        packet(0x34, text(b"a") + b"\x00\x00x"),
    ),
    *each("MQTT-3.1.0-2", encode(Connect("id")), encode(Connect("other", clean_session=False))),
    *each("MQTT-3.3.1-2", packet(0x38, text(b"a"))),
    *each("MQTT-3.3.1-4", packet(0x36, text(b"a") + b"\x00\x01"), packet(0x3E, text(b"a") + b"\x00\x01")),
    *each("MQTT-3.3.2-1", packet(0x30, b""), packet(0x30, b"\x00"), packet(0x30, b"\x00\x05a")),
    *each("MQTT-3.3.2-2", *(packet(0x30, text(raw)) for raw in (b"#", b"a/+", b"a+b", b"a/#/b"))),
    *each("MQTT-3.6.1-1", *(packet(0x60 | flags, b"\x00\x01") for flags in range(16) if flags != 2)),
    *each(
        "MQTT-3.8.1-1", *(packet(0x80 | flags, b"\x00\x01\x00\x01a\x00") for flags in range(16) if flags != 2)
    ),
    *each("MQTT-3.8.3-1", *(packet(0x82, b"\x00\x01" + text(bad) + b"\x00") for bad in BAD_TEXTS)),
    *each("MQTT-3.8.3-3", packet(0x82, b"\x00\x01"), packet(0x82, b"\x00\x01\x00\x01a")),
    *each(
        "MQTT-3.8.3-4",
        *(packet(0x82, b"\x00\x01\x00\x01a" + bytes((qos,))) for qos in (3, 4, 0x80, 0x81, 0xFC)),
    ),
    *each(
        "MQTT-3.10.1-1", *(packet(0xA0 | flags, b"\x00\x01\x00\x01a") for flags in range(16) if flags != 2)
    ),
    *each(
        "MQTT-3.10.3-1",
        *(packet(0xA2, b"\x00\x01" + text(bad)) for bad in BAD_TEXTS),
        packet(0xA2, b"\x00\x01\x00"),
    ),
    *each("MQTT-3.10.3-2", packet(0xA2, b"\x00\x01")),
    *each("MQTT-3.14.1-1", *(packet(0xE0 | flags, b"") for flags in range(1, 16))),
    *each("MQTT-4.7.1-1", packet(0x30, text(b"+")), packet(0x32, text(b"a/#") + b"\x00\x01")),
    *each(
        "MQTT-4.7.1-2",
        *(packet(0x82, b"\x00\x01" + text(raw) + b"\x00") for raw in (b"a#", b"a/#/b", b"#/", b"a/b#")),
    ),
    *each(
        "MQTT-4.7.1-3",
        *(packet(0x82, b"\x00\x01" + text(raw) + b"\x00") for raw in (b"a+", b"+a", b"a/+b/c", b"++")),
    ),
    *each(
        "MQTT-4.7.3-1",
        packet(0x30, text(b"")),
        packet(0x82, b"\x00\x01\x00\x00\x00"),
        packet(0xA2, b"\x00\x01\x00\x00"),
    ),
    *each("MQTT-4.7.3-2", packet(0x30, text(b"a\x00b")), packet(0xA2, b"\x00\x01" + text(b"a\x00"))),
    *each(
        "MQTT-4.8.0-1",
        packet(0xF0, b""),
        packet(0x00, b""),
        packet(0x20, b"\x00\x00"),
        b"\x30\xff\xff\xff\xff\x01",
    ),
]


@pytest.mark.parametrize("raw", CONNECTS)
async def test_a_first_packet_that_is_no_good_ends_the_connection(house: Any, raw: bytes) -> None:
    wire = await house.dial()
    await wire.say(raw)
    assert await wire.hear() is None
    assert house.broker.clients() == []


@pytest.mark.parametrize("raw", LATER)
async def test_a_packet_that_is_no_good_ends_the_connection(house: Any, raw: bytes) -> None:
    heard: list[str] = []
    house.broker.subscribe("#", lambda topic, *_: heard.append(topic))
    wire = await house.client("client", will=Will("will", b"gone"))
    await wire.say(raw, Publish("later", b"x"))
    assert await wire.hear() is None
    await house.until(lambda: not house.broker.stats.clients)
    assert heard == ["will"]
