"""What shows who somebody is after the log-in: the session of a browser, or a long-lived token.

Both are 256 random bits; of both only a digest is kept.
"""

from __future__ import annotations

import hashlib
import hmac
import secrets
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from hub.registry.accounts.account import Scope

IDLE = timedelta(days=14)
LONGEST = timedelta(days=90)
PREFIX = "hearth_"


def new_secret() -> str:
    return PREFIX + secrets.token_urlsafe(32)


def digest_of(secret: str) -> bytes:
    # There is nothing to guess in 256 random bits, so a fast digest is enough.
    return hashlib.sha256(secret.encode()).digest()


def csrf_of(secret: str) -> str:
    """Return what a page must show with each change: strangers' pages send the cookie, but can't read it."""
    return hmac.new(secret.encode(), b"csrf", hashlib.sha256).hexdigest()


@dataclass(frozen=True, slots=True, kw_only=True)
class Session:
    """A browser that somebody logged in with."""

    id: str
    digest: bytes = field(repr=False)
    account_id: str
    created_at: datetime
    seen_at: datetime
    address: str = ""
    agent: str = ""

    def ends_at(self) -> datetime:
        return min(self.seen_at + IDLE, self.created_at + LONGEST)


@dataclass(frozen=True, slots=True, kw_only=True)
class Token:
    """A long-lived token for programs, good for its scopes only."""

    id: str
    digest: bytes = field(repr=False)
    account_id: str
    name: str
    scopes: tuple[Scope, ...]
    created_at: datetime
    seen_at: datetime | None = None
    expires_at: datetime | None = None

    def ends_at(self) -> datetime | None:
        return self.expires_at


Proof = Session | Token
