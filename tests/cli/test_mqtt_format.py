"""Messages are printed as `mosquitto_sub -F` prints them."""

from __future__ import annotations

import json
from datetime import UTC, datetime

import pytest
import typer

from hub.cli.mqtt_format import NotJson, compile_format, plain, verbose
from hub.mqtt.console import Received

AT = datetime(2025, 3, 1, 9, 5, 7, 123456, UTC)
MESSAGE = Received("home/lamp", b'{"on": true}', 1, True, 7, AT)


def message(payload: bytes) -> Received:
    return Received("a", payload, 0, False, 0, AT)


@pytest.mark.parametrize(
    ("format", "printed"),
    [
        ("%t %p", b'home/lamp {"on": true}'),
        ("%q%r %l %m", b"11 12 7"),
        ("100 %%", b"100 %"),
        ("%x", b'{"on": true}'.hex().encode()),
        ("%X", b'{"on": true}'.hex().upper().encode()),
        ("%12t|%-12t|%05l|%.4t", b"   home/lamp|home/lamp   |00012|home"),
        (r"%t\t%q\n\\", b"home/lamp\t1\n\\"),
        ("@Y-@m-@d @H:@M:@S.@N @@", b"2025-03-01 09:05:07.123456000 @"),
        ("%I", b"2025-03-01T09:05:07+0000"),
        ("%U", b"1740819907.123456000"),
        ("", b""),
    ],
)
def test_specifiers_are_replaced(format: str, printed: bytes) -> None:
    assert compile_format(format)(MESSAGE) == printed


@pytest.mark.parametrize("format", ["%y", r"\q", "%", "x@", "\\", "%-5"])
def test_what_means_nothing_is_refused(format: str) -> None:
    with pytest.raises(typer.BadParameter):
        compile_format(format)


def test_all_of_a_message_as_json() -> None:
    assert json.loads(compile_format("%j")(MESSAGE)) == {
        "tst": "2025-03-01T09:05:07.123456+0000",
        "topic": "home/lamp",
        "qos": 1,
        "retain": 1,
        "payloadlen": 12,
        "mid": 7,
        "payload": '{"on": true}',
    }


def test_json_in_json() -> None:
    assert json.loads(compile_format("%J")(MESSAGE))["payload"] == {"on": True}
    with pytest.raises(NotJson):
        compile_format("%J")(message(b"21 degrees"))


def test_bytes_that_are_no_text_are_not_lost_in_json() -> None:
    told = json.loads(compile_format("%j")(message(b"\xff\x00")))

    assert told["payload_base64"] == "/wA="


def test_without_a_format_the_payload_is_printed_as_it_is() -> None:
    assert plain(message(b"\xff\x00")) == b"\xff\x00"
    assert verbose(MESSAGE) == b'home/lamp {"on": true}'
    assert verbose(message(b"")) == b"a (null)"
