"""Check the password somebody shows against those of an owner: made-up ones in microseconds."""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Awaitable, Sequence

from hub.registry.credentials import Passwords, Secret
from hub.registry.owners import Owner, Password, Token


class Proofs:
    """Finds which of an owner's passwords was shown. `key` is what digests of made-up ones are made with."""

    def __init__(self, key: bytes) -> None:
        self._key = key
        self._chosen = Passwords({})

    def token(self, password: str) -> Token:
        """Return what to keep of a made-up password of 128 bits or more."""
        return Token(self._digest(password.encode()))

    def add(self, passwords: Sequence[Password]) -> None:
        for password in passwords:
            if isinstance(password.proof, Secret):
                self._chosen.set(password.id, password.proof)

    def remove(self, passwords: Sequence[Password]) -> None:
        for password in passwords:
            self._chosen.remove(password.id)

    def check(self, owner: Owner, shown: bytes) -> str | Awaitable[str | None] | None:
        """Return the id of the password that was shown, None if it is none of these; at once or later."""
        digest = self._digest(shown)
        hashed: list[str] = []
        for password in owner.passwords:
            if isinstance(password.proof, Token):
                if hmac.compare_digest(password.proof.digest, digest):
                    return password.id
            elif self._chosen.knows(password.id, shown):
                return password.id
            elif password.proof.hash is not None:
                hashed.append(password.id)
        return self._later(hashed, shown)

    async def _later(self, ids: Sequence[str], shown: bytes) -> str | None:
        # Without a hash of its own a wrong password costs one too: the time tells nothing.
        for id in ids or ("",):
            verdict = self._chosen.check(id, shown)
            if verdict if isinstance(verdict, bool) else await verdict:
                return id
        return None

    def close(self) -> None:
        self._chosen.close()

    def _digest(self, password: bytes) -> bytes:
        return hmac.digest(self._key, password, hashlib.sha256)
