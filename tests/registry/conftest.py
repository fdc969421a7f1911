"""A cheap hash of "correct horse", and a count of the hashes that are worked out."""

from __future__ import annotations

import argon2
import pytest

from hub.registry import credentials


@pytest.fixture(scope="session")
def cheap_hash() -> str:
    return argon2.PasswordHasher(time_cost=1, memory_cost=8, parallelism=1).hash("correct horse")


@pytest.fixture
def verified(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The hashes that were verified, in order."""
    seen: list[str] = []
    verify = credentials._matches

    def count(hash: str, password: bytes) -> bool:
        seen.append(hash)
        return verify(hash, password)

    monkeypatch.setattr(credentials, "_matches", count)
    return seen
