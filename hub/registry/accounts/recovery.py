"""Codes for a phone that is lost: each stands in once for a code of the second factor."""

from __future__ import annotations

import base64
import hashlib
import hmac
import secrets
from collections.abc import Iterable

COUNT = 10
_BYTES = 10


def new_codes() -> list[str]:
    """Return codes such as `abcd-efgh-ijkl-mnop`, of 80 bits each."""
    return [_in_groups(base64.b32encode(secrets.token_bytes(_BYTES)).decode().lower()) for _ in range(COUNT)]


def _in_groups(code: str) -> str:
    return "-".join(code[at : at + 4] for at in range(0, len(code), 4))


def digest_of(code: str) -> str:
    """Return what is kept of a code. It is too long to be guessed, so a plain hash is enough."""
    plain = "".join(sign for sign in code.lower() if sign.isalnum())
    return hashlib.sha256(plain.encode()).hexdigest()


def without(code: str, kept: Iterable[str]) -> tuple[str, ...] | None:
    """Return what is left when this code was used, None if it is none of them."""
    given, all_kept = digest_of(code), tuple(kept)
    left = tuple(one for one in all_kept if not hmac.compare_digest(one, given))
    return left if len(left) < len(all_kept) else None
