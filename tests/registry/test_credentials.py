"""Passwords: right or wrong, in the same time, never in clear."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable

import pytest

from hub.core.errors import HubError
from hub.registry import Passwords, Secret, hash_password


async def settled(verdict: bool | Awaitable[bool]) -> bool:
    return verdict if isinstance(verdict, bool) else await verdict


async def test_a_plain_password_is_checked_at_once() -> None:
    passwords = Passwords({"ann": Secret("correct horse")})

    assert passwords.check("ann", b"correct horse") is True
    assert passwords.check("ann", b"battery staple") is False


@pytest.mark.parametrize("password", [None, b"", b"correct hors", b"correct horse\x00", b"\xff\xfe"])
async def test_a_password_that_is_wrong_in_any_way_is_refused(
    password: bytes | None, cheap_hash: str
) -> None:
    passwords = Passwords({"ann": Secret(cheap_hash), "bob": Secret("correct horse")})

    assert await settled(passwords.check("ann", password)) is False
    assert await settled(passwords.check("bob", password)) is False
    passwords.close()


async def test_a_hash_is_worked_out_once_and_remembered(cheap_hash: str, verified: list[str]) -> None:
    passwords = Passwords({"ann": Secret(cheap_hash)})

    assert await settled(passwords.check("ann", b"correct horse")) is True
    assert passwords.check("ann", b"correct horse") is True
    assert verified == [cheap_hash]
    passwords.close()


async def test_many_who_ask_the_same_at_once_wait_for_one_hash(cheap_hash: str, verified: list[str]) -> None:
    passwords = Passwords({"ann": Secret(cheap_hash)})

    answers = await asyncio.gather(*(settled(passwords.check("ann", b"correct horse")) for _ in range(50)))

    assert all(answers)
    assert len(verified) == 1
    passwords.close()


async def test_a_wrong_password_is_not_remembered_as_right(cheap_hash: str) -> None:
    passwords = Passwords({"ann": Secret(cheap_hash)})

    assert await settled(passwords.check("ann", b"correct horse")) is True
    assert await settled(passwords.check("ann", b"wrong")) is False
    assert passwords.check("ann", b"correct horse") is True
    passwords.close()


@pytest.mark.parametrize("name", ["ann", "bob", "nobody"])
async def test_whoever_is_refused_costs_one_hash(name: str, cheap_hash: str, verified: list[str]) -> None:
    passwords = Passwords({"ann": Secret(cheap_hash), "bob": Secret("plain")})

    assert await settled(passwords.check(name, b"wrong")) is False

    assert len(verified) == 1
    passwords.close()


async def test_the_password_behind_the_decoy_hash_lets_nobody_else_in(cheap_hash: str) -> None:
    passwords = Passwords({"ann": Secret(cheap_hash), "bob": Secret("plain")})

    assert await settled(passwords.check("nobody", b"correct horse")) is False
    assert await settled(passwords.check("bob", b"correct horse")) is False
    passwords.close()


async def test_one_who_gives_up_waiting_does_not_refuse_the_others(cheap_hash: str) -> None:
    passwords = Passwords({"ann": Secret(cheap_hash)})
    first = asyncio.create_task(settled(passwords.check("ann", b"correct horse")))
    second = asyncio.create_task(settled(passwords.check("ann", b"correct horse")))
    await asyncio.sleep(0)

    first.cancel()

    assert await second is True
    passwords.close()


def test_a_made_hash_is_an_argon2id_hash_of_the_password() -> None:
    made = hash_password("correct horse")

    assert made.startswith("$argon2id$")
    assert Secret(made).hash == made


def test_a_secret_does_not_show_what_it_is() -> None:
    secret = Secret("correct horse")

    assert "horse" not in repr(secret)
    assert not any("horse" in repr(getattr(secret, name)) for name in secret.__slots__)


def test_secrets_of_the_same_password_are_equal() -> None:
    assert Secret("a") == Secret("a")
    assert hash(Secret("a")) == hash(Secret("a"))
    assert Secret("a") != Secret("b")


def test_a_hash_that_cannot_be_read_is_refused() -> None:
    with pytest.raises(HubError, match=r"can't be read.*hub user hash"):
        Secret("$argon2id$v=19$m=1")
