"""The byte sequences of another server's test-suite hold here too, when they lie beside the repository."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest

from hub.broker.packets import Subscribe, Unsubscribe

SEQUENCES = Path(__file__).parents[3] / "shared" / "cases" / "mqtt_sequences"


def read_cases() -> list[Any]:
    cases = []
    for file in sorted(SEQUENCES.glob("*.json")):
        for group in json.loads(file.read_text()):
            defaults = {key: value for key, value in group.items() if key not in ("group", "tests")}
            for case in group["tests"]:
                whole = {**defaults, **case, "client_id": f"{group['group']} {case['name']}"}
                cases.append(pytest.param(whole, id=whole["client_id"].replace("::", ":")))
    return cases


CASES = read_cases()


def length(number: int) -> bytes:
    """A remaining length, also one that is too long on purpose."""
    out = bytearray()
    while True:
        number, byte = divmod(number, 128)
        out.append(byte | (128 if number else 0))
        if not number:
            return bytes(out)


def to_bytes(text: str) -> bytes:
    """Read the little language of the sequences."""
    out = b""
    for word in re.findall(r"'[^']*'|\S+", text):
        kind, rest = word[0], word[1:]
        if kind == "'":
            out += word[1:-1].encode()
        elif kind == "i":
            out += int(rest).to_bytes(1, "big")
        elif kind in "Hsmk":
            out += int(rest).to_bytes(2, "big")
        elif kind == "L":
            out += int(rest).to_bytes(4, "big")
        elif kind in "rv":
            out += length(int(rest))
        else:
            out += bytes.fromhex(word)
    return out


async def play(house: Any, wire: Any, step: dict[str, Any]) -> None:
    match step["type"]:
        case "send":
            await wire.say(to_bytes(step["payload"]))
        case "recv":
            wanted = to_bytes(step["payload"])
            assert (await wire.reader.readexactly(len(wanted))).hex() == wanted.hex()
        case "external_publish" | "publish":
            other = await house.client("external")
            payload = step.get("payload", "").encode()
            await other.publish(
                step["topic"], payload, qos=step.get("qos", 0), retain=step.get("retain", False), packet_id=1
            )
            await other.hear_until_pong()
        case "subscribe":
            await wire.say(Subscribe(1, ((step["topic"], step.get("qos", 0)),)))
            await wire.reader.readexactly(5)
        case "unsubscribe":
            await wire.say(Unsubscribe(1, (step["topic"],)))
            await wire.reader.readexactly(4)
        case kind:
            pytest.fail(f"a step of the unknown kind {kind}")


@pytest.mark.skipif(not CASES, reason="the sequences are not beside the repository")
@pytest.mark.parametrize("case", CASES)
async def test_holds_the_sequence(house: Any, case: dict[str, Any]) -> None:
    wire = await house.dial()
    if case.get("connect", True):
        await wire.log_in(case["client_id"], keep_alive=60)

    try:
        for step in case["msgs"]:
            await play(house, wire, step)
    except ConnectionError:
        assert case.get("expect_disconnect", True)

    if case.get("expect_disconnect", True):
        try:
            rest = await wire.reader.read()
        except ConnectionError:
            rest = b""
        assert rest == b""
    else:
        await wire.say(b"\xc0\x00")
        assert await wire.reader.readexactly(2) == b"\xd0\x00"


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("30 r14 s5 'topic'", b"\x30\x0e\x00\x05topic"),
        ("C00100", b"\xc0\x01\x00"),
        ("i7 m258 L1", b"\x07\x01\x02\x00\x00\x00\x01"),
        ("r268435456", b"\x80\x80\x80\x80\x01"),
    ],
)
def test_reads_the_little_language(text: str, wanted: bytes) -> None:
    assert to_bytes(text) == wanted
