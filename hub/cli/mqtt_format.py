"""Print MQTT messages as `mosquitto_sub -F` does."""

from __future__ import annotations

import base64
import json
import re
from collections.abc import Callable, Iterator
from datetime import datetime
from typing import Any

import typer

from hub.mqtt.console import Received

Part = Callable[[Received], bytes]

_SPECIFIER = re.compile(r"%([-0]*)(\d*)(?:\.(\d+))?(.)|@(.)|\\(.)|([%@\\])$", re.DOTALL)
_ESCAPES = {"\\": b"\\", "0": b"\0", "a": b"\a", "e": b"\x1b", "n": b"\n", "r": b"\r", "t": b"\t", "v": b"\v"}


class NotJson(Exception):
    """A payload that should be JSON is not."""


def compile_format(text: str) -> Part:
    """Return what turns a message into bytes. Raises `typer.BadParameter`.

    `%t` topic, `%p` payload, `%q` QoS, `%r` retained, `%l` length, `%m` message id, `%x` and `%X` payload in
    hex, `%j` all as JSON, `%J` likewise with the payload as JSON, `%I` and `%U` when it came (ISO 8601,
    seconds since 1970), `@Y` and such as in strftime; width and precision as in printf; `\\n` and such.
    """
    parts = list(_parts(text))
    return lambda message: b"".join(part(message) for part in parts)


def _parts(text: str) -> Iterator[Part]:
    at = 0
    for found in _SPECIFIER.finditer(text):
        yield _constant(text[at : found.start()].encode())
        at = found.end()
        yield _part(found)
    yield _constant(text[at:].encode())


def _part(found: re.Match[str]) -> Part:
    flags, width, precision, specifier, time, escape, lonely = found.groups()
    if lonely is not None:
        raise typer.BadParameter(f"the format ends in the middle of {lonely!r}")
    if escape is not None:
        if escape not in _ESCAPES:
            raise typer.BadParameter(f"\\{escape} means nothing in a format")
        return _constant(_ESCAPES[escape])
    if time is not None:
        return _time(time)
    if specifier == "%":
        return _constant(b"%")
    if specifier not in _SPECIFIERS:
        raise typer.BadParameter(f"%{specifier} means nothing in a format")
    return _sized(_SPECIFIERS[specifier], flags, int(width or 0), precision)


def _constant(text: bytes) -> Part:
    return lambda _: text


def _sized(value: Part, flags: str, width: int, precision: str | None) -> Part:
    def sized(message: Received) -> bytes:
        text = value(message)
        if precision is not None:
            text = text[: int(precision)]
        if "-" in flags:
            return text.ljust(width)
        return text.rjust(width, b"0" if "0" in flags else b" ")

    return sized


def _time(letter: str) -> Part:
    if letter == "@":
        return _constant(b"@")
    if letter == "N":
        return lambda message: f"{message.at.microsecond * 1000:09}".encode()
    return lambda message: message.at.strftime(f"%{letter}").encode()


def _iso(at: datetime) -> str:
    return at.strftime("%Y-%m-%dT%H:%M:%S.%f%z")


def _as_dict(message: Received) -> dict[str, Any]:
    return {
        "tst": _iso(message.at),
        "topic": message.topic,
        "qos": message.qos,
        "retain": int(message.retain),
        "payloadlen": len(message.payload),
        **({"mid": message.mid} if message.qos else {}),
    }


def _json(message: Received) -> bytes:
    data = _as_dict(message)
    data["payload"] = message.payload.decode(errors="replace")
    if data["payload"].encode() != message.payload:
        data["payload_base64"] = base64.b64encode(message.payload).decode()
    return _dumped(data)


def _json_in_json(message: Received) -> bytes:
    try:
        payload = json.loads(message.payload)
    except ValueError:
        raise NotJson(f"the payload on {message.topic} is not JSON") from None
    return _dumped({**_as_dict(message), "payload": payload})


def _dumped(data: Any) -> bytes:
    return json.dumps(data, ensure_ascii=False, separators=(",", ":")).encode()


_SPECIFIERS: dict[str, Part] = {
    "t": lambda message: message.topic.encode(),
    "p": lambda message: message.payload,
    "q": lambda message: b"%d" % message.qos,
    "r": lambda message: b"%d" % message.retain,
    "l": lambda message: b"%d" % len(message.payload),
    "m": lambda message: b"%d" % message.mid,
    "x": lambda message: message.payload.hex().encode(),
    "X": lambda message: message.payload.hex().upper().encode(),
    "j": _json,
    "J": _json_in_json,
    "I": lambda message: message.at.strftime("%Y-%m-%dT%H:%M:%S%z").encode(),
    "U": lambda message: f"{message.at.timestamp():.6f}000".encode(),
}

plain: Part = _SPECIFIERS["p"]


def verbose(message: Received) -> bytes:
    """Topic and payload, as `mosquitto_sub -v` prints them."""
    return message.topic.encode() + b" " + (message.payload or b"(null)")
