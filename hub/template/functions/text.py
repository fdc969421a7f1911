"""Work with texts: slugs, codes, hashes, ordinals."""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Callable
from typing import Any
from urllib.parse import urlencode

from hub.core.slugs import slugify
from hub.template.functions.version import Version
from hub.template.sources import Sources
from hub.template.table import CALL, FILTER, TEST, Function

_SUFFIXES = {1: "st", 2: "nd", 3: "rd"}


class TextFunctions:
    """Functions that first make a text of what they are given."""

    def __init__(self, sources: Sources) -> None:
        self._shown = sources.budget.shown

    def ordinal(self, value: Any) -> str:
        text = self._shown(value)
        suffix = "th" if int(text[-2:]) % 100 in (11, 12, 13) else _SUFFIXES.get(int(text[-1]), "th")
        return f"{text}{suffix}"

    def slugify(self, value: Any, separator: str = "_") -> str:
        return slugify(self._shown(value), separator)


def base64_encode(value: str | bytes) -> str:
    return base64.b64encode(value.encode() if isinstance(value, str) else value).decode()


def base64_decode(value: str, encoding: str | None = "utf-8") -> str | bytes:
    """Decode to text, or to bytes where `encoding` is None."""
    decoded = base64.b64decode(value)
    return decoded if encoding is None else decoded.decode(encoding)


def url_encode(value: Any) -> bytes:
    return urlencode(value).encode()


def _hash(name: str) -> Function:
    make: Callable[..., Any] = getattr(hashlib, name)

    def function(value: str) -> str:
        # To compare and to shorten, never to keep a secret: md5 and sha1 will do.
        return str(make(value.encode(), usedforsecurity=False).hexdigest())

    return Function(name, function)


def functions(sources: Sources) -> list[Function]:
    house = TextFunctions(sources)
    return [
        Function("ordinal", house.ordinal, FILTER),
        Function("slugify", house.slugify),
        Function("urlencode", url_encode, CALL),
        Function("base64_encode", base64_encode, FILTER),
        Function("base64_decode", base64_decode, FILTER),
        *(_hash(name) for name in ("md5", "sha1", "sha256", "sha512")),
        Function("ord", ord, FILTER),
        Function("version", Version),
        Function("string_like", lambda value: isinstance(value, (str, bytes, bytearray)), TEST),
    ]
