"""Encrypt a file with a password, piece by piece: scrypt makes the key, AES-GCM seals each piece.

The nonce of a piece is made of a prefix of the file, the piece's number and whether it is the last (the
STREAM construction of Hoang, Reyhanitabar, Rogaway and Vizár), so that pieces can't be left out, put in
another order, or taken from another file.
"""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from pathlib import Path
from typing import IO, Any

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.kdf.scrypt import Scrypt

from hub.core.errors import HubError

MAGIC = b"HEARTH-ENCRYPTED-BACKUP-1\n"
PIECE = 1 << 16
SHORTEST_PASSWORD = 8
_TAG = 16
# About 0.1 s and 64 MiB: what a guess costs.
_SCRYPT = {"n": 1 << 16, "r": 8, "p": 1}
_MOST = {"n": 1 << 20, "r": 32, "p": 16}
_LONGEST_HEADER = 1024
_PREFIX = 7
_DAMAGED = "the encrypted backup is damaged"


def is_encrypted(path: Path) -> bool:
    """Tell whether a file is an encrypted backup."""
    with path.open("rb") as file:
        return file.read(len(MAGIC)) == MAGIC


def encrypt(source: Path, target: Path, password: str) -> None:
    """Write `source` encrypted to `target`. Raises `HubError` for a password that is too short."""
    if len(password) < SHORTEST_PASSWORD:
        raise HubError(f"the password of a backup should have at least {SHORTEST_PASSWORD} characters")
    salt, prefix = os.urandom(16), os.urandom(_PREFIX)
    told = {**_SCRYPT, "salt": salt.hex(), "prefix": prefix.hex()}
    header = MAGIC + json.dumps(told).encode() + b"\n"
    box = AESGCM(_key(password, salt, _SCRYPT))
    with source.open("rb") as file, _private(target) as out:
        out.write(header)
        for number, (piece, last) in enumerate(_pieces(file, PIECE)):
            out.write(box.encrypt(_nonce(prefix, number, last), piece, header))
        out.flush()
        os.fsync(out.fileno())


def decrypt(source: Path, target: Path, password: str) -> None:
    """Write what `source` holds to `target`. Raises `HubError` for a wrong password or a damaged file."""
    with source.open("rb") as file:
        line = file.readline(len(MAGIC))
        told = file.readline(_LONGEST_HEADER)
        header = line + told
        salt, prefix, costs = _header(line, told)
        box = AESGCM(_key(password, salt, costs))
        with _private(target) as out:
            for number, (piece, last) in enumerate(_pieces(file, PIECE + _TAG)):
                try:
                    out.write(box.decrypt(_nonce(prefix, number, last), piece, header))
                except InvalidTag:
                    if number:
                        raise HubError(_DAMAGED) from None
                    raise HubError("the password is wrong, or the backup is damaged") from None


def _header(line: bytes, told: bytes) -> tuple[bytes, bytes, dict[str, int]]:
    try:
        data: dict[str, Any] = json.loads(told)
        costs = {name: int(data[name]) for name in _MOST}
        salt, prefix = bytes.fromhex(data["salt"]), bytes.fromhex(data["prefix"])
    except (ValueError, KeyError, TypeError) as error:
        raise HubError(_DAMAGED) from error
    dear = any(not 1 <= costs[name] <= most for name, most in _MOST.items())
    if line != MAGIC or dear or costs["n"] & (costs["n"] - 1) or len(prefix) != _PREFIX:
        raise HubError(_DAMAGED)
    return salt, prefix, costs


def _key(password: str, salt: bytes, costs: dict[str, int]) -> bytes:
    return Scrypt(salt=salt, length=32, **costs).derive(password.encode())


def _nonce(prefix: bytes, number: int, last: bool) -> bytes:
    return prefix + number.to_bytes(4, "big") + bytes([last])


def _pieces(file: IO[bytes], size: int) -> Iterator[tuple[bytes, bool]]:
    piece = file.read(size)
    while True:
        after = file.read(size)
        yield piece, not after
        if not after:
            return
        piece = after


def _private(path: Path) -> IO[bytes]:
    return os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb")
