"""Check passwords: off the loop, in the same time for everybody who is refused, and never kept in clear."""

from __future__ import annotations

import asyncio
import base64
import hashlib
import hmac
import os
import secrets
from collections.abc import Awaitable, Mapping
from concurrent.futures import ThreadPoolExecutor

import argon2
from argon2.exceptions import Argon2Error, InvalidHashError

from hub.core.errors import HubError

ARGON2ID = "$argon2id$"
PBKDF2 = "$7$"
"""How Mosquitto marks PBKDF2-HMAC-SHA512 in its password files: `$7$iterations$salt$key`, both in Base64."""
_MOST_ITERATIONS = 10_000_000
_SHORTEST_KEY = 32
THREADS = max(2, min(8, os.cpu_count() or 2))
# Marks of one start of the program: what is derived with it means nothing outside.
_KEY = secrets.token_bytes(32)
_hasher = argon2.PasswordHasher()
# OWASP's second choice: less memory and time. The passwords of devices are long, and all devices come back at
# once: 500 of them within ten seconds on two cores.
_device_hasher = argon2.PasswordHasher(time_cost=2, memory_cost=19_456, parallelism=1)


def hash_password(text: str) -> str:
    """Return what to write in the configuration instead of a password. Takes a tenth of a second or two."""
    return _hasher.hash(text)


def hash_device_password(text: str) -> str:
    """Return what to keep of a password that a device is given: it costs less to check than a person's."""
    return _device_hasher.hash(text)


def _digest(password: bytes) -> bytes:
    return hmac.digest(_KEY, password, hashlib.sha256)


class Secret:
    """A password as it is kept: its hash, or a digest that only this run of the program can make."""

    __slots__ = ("_digest", "hash")

    def __init__(self, text: str) -> None:
        """Take a password, or the hash of one: argon2id, or PBKDF2 as Mosquitto writes it.

        Raises `HubError` for a hash that can't be read.
        """
        self.hash: str | None = None
        self._digest: bytes | None = None
        if text.startswith(ARGON2ID):
            self.hash = _checked(text)
        elif text.startswith(PBKDF2):
            _pbkdf2_of(text)
            self.hash = text
        else:
            self._digest = _digest(text.encode())

    @property
    def mark(self) -> str:
        """What tells it from other secrets, while this run of the program lasts; it is no secret itself."""
        return self.hash or (self._digest or b"").hex()

    def is_digest(self, digest: bytes) -> bool:
        """Compare with a digest in constant time; False for a secret that is only known by its hash."""
        return hmac.compare_digest(self._digest or b"", digest)

    def __repr__(self) -> str:
        return "Secret(…)"

    def __eq__(self, other: object) -> bool:
        return (
            isinstance(other, Secret)
            and self.hash == other.hash
            and hmac.compare_digest(self._digest or b"", other._digest or b"")
        )

    def __hash__(self) -> int:
        return hash((self.hash, self._digest))


def _checked(text: str) -> str:
    try:
        argon2.extract_parameters(text)
    except InvalidHashError:
        raise HubError(
            "this argon2id hash can't be read", remedy="Make a new one with `hub user hash`."
        ) from None
    return text


def _pbkdf2_of(text: str) -> tuple[int, bytes, bytes]:
    """Return iterations, salt and key of a hash as Mosquitto writes it. Raises `HubError`."""
    try:
        _, _, iterations, salt, key = text.split("$")
        parts = int(iterations), base64.b64decode(salt, validate=True), base64.b64decode(key, validate=True)
    except ValueError:
        parts = 0, b"", b""
    if not (0 < parts[0] <= _MOST_ITERATIONS and parts[1] and len(parts[2]) >= _SHORTEST_KEY):
        raise HubError("this PBKDF2 hash can't be read", remedy="Make a new one with `hub user hash`.")
    return parts


class Passwords:
    """The passwords of users by name.

    A hash is worked out in one of two threads, once for all who ask the same at the same time, and never
    again for a password that was right: when all devices come back at once, each costs microseconds.
    """

    def __init__(self, secrets: Mapping[str, Secret]) -> None:
        self._secrets: dict[str, Secret] = {}
        self._known: dict[str, bytes] = {}
        self._asking: dict[tuple[str, bytes], asyncio.Future[bool]] = {}
        # Who is refused pays for a hash, also an unknown user and one whose password is no hash: the time
        # that it takes must not tell which names there are.
        self._decoy: str | None = None
        self._pool: ThreadPoolExecutor | None = None
        for name, secret in secrets.items():
            self.set(name, secret)

    def set(self, name: str, secret: Secret) -> None:
        """Give a name its password, in the place of the one it had."""
        if self._secrets.get(name) == secret:  # what was verified stays so
            return
        self.remove(name)
        self._secrets[name] = secret
        if secret.hash is not None and self._pool is None:
            self._decoy = secret.hash
            self._pool = ThreadPoolExecutor(THREADS, thread_name_prefix="argon2")

    def remove(self, name: str) -> None:
        """Forget the password of a name."""
        self._secrets.pop(name, None)
        self._known.pop(name, None)

    def knows(self, name: str, password: bytes) -> bool:
        """Tell whether this is the user's password, as far as that can be told in microseconds."""
        return self._knows(name, password, _digest(password))

    def _knows(self, name: str, password: bytes | None, digest: bytes) -> bool:
        known = self._known.get(name)
        if known is not None and hmac.compare_digest(known, digest):
            return True
        secret = self._secrets.get(name)
        return secret is not None and password is not None and secret.is_digest(digest)

    def check(self, name: str, password: bytes | None) -> bool | Awaitable[bool]:
        """Tell whether this is the user's password, at once or later."""
        digest = _digest(password or b"")
        right = self._knows(name, password, digest)
        if right or self._pool is None:
            return right
        return self._ask(name, password or b"", digest)

    def close(self) -> None:
        """Let go of the threads."""
        if self._pool is not None:
            self._pool.shutdown(wait=False, cancel_futures=True)

    async def _ask(self, name: str, password: bytes, digest: bytes) -> bool:
        asking = self._asking.get((name, digest))
        if asking is None:
            asking = self._asking[name, digest] = asyncio.ensure_future(self._verify(name, password, digest))
            asking.add_done_callback(lambda _: self._asking.pop((name, digest), None))
        return await asyncio.shield(asking)  # one who gives up must not refuse the others

    async def _verify(self, name: str, password: bytes, digest: bytes) -> bool:
        secret = self._secrets.get(name)
        mine = secret.hash if secret is not None else None
        hash = mine or self._decoy or ""
        right = await asyncio.get_running_loop().run_in_executor(self._pool, _matches, hash, password)
        if mine is None or not right or not password or self._secrets.get(name) is not secret:
            return False
        self._known[name] = digest
        return True


def _matches(hash: str, password: bytes) -> bool:
    if hash.startswith(PBKDF2):
        iterations, salt, key = _pbkdf2_of(hash)
        return hmac.compare_digest(hashlib.pbkdf2_hmac("sha512", password, salt, iterations, len(key)), key)
    try:
        return _hasher.verify(hash, password)
    except Argon2Error:
        return False
