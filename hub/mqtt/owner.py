"""Let the owner of the hub in at its MQTT server: who can ask on the control socket needs no password.

`hub mqtt pub` and `sub` ask there for a pass: a name and a password for one log-in, soon.
"""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Awaitable
from dataclasses import dataclass, field

from hub.broker import Access, Authenticator, Credentials, FullAccess
from hub.core.clock import Clock

NAME = "$owner"
"""No user can be called so."""
GOOD_FOR = 30.0
MOST = 100


@dataclass(frozen=True, slots=True)
class Pass:
    username: str
    password: str = field(repr=False)


class OwnerDoor:
    """An authenticator in front of another one. It knows passes, and asks the other about everybody else."""

    def __init__(self, others: Authenticator, clock: Clock) -> None:
        self._others = others
        self._clock = clock
        self._good: dict[bytes, float] = {}

    def issue(self) -> Pass:
        """Make a pass."""
        password = secrets.token_urlsafe(32)
        while len(self._good) >= MOST:
            self._good.pop(next(iter(self._good)))
        self._good[_digest(password.encode())] = self._clock.monotonic() + GOOD_FOR
        return Pass(NAME, password)

    def authenticate(self, credentials: Credentials) -> Access | Awaitable[Access | None] | None:
        if credentials.username != NAME:
            return self._others.authenticate(credentials)
        # A digest is looked up, so the time that this takes tells nothing about a pass.
        until = self._good.pop(_digest(credentials.password or b""), None)
        if until is None or until < self._clock.monotonic():
            return None
        return FullAccess(NAME)


def _digest(password: bytes) -> bytes:
    return hashlib.sha256(password).digest()
