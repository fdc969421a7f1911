"""`hub user hash` makes of a password what can stand in a file."""

from __future__ import annotations

import pytest
from typer.testing import CliRunner

from hub.cli.app import app
from hub.core.errors import HubError
from hub.registry import Passwords, Secret


async def right(name: str, hash: str, password: str) -> bool:
    passwords = Passwords({name: Secret(hash)})
    try:
        return await passwords.check(name, password.encode())  # type: ignore[misc]  # a hash takes its time
    finally:
        passwords.close()


@pytest.mark.parametrize("words", [[], ["--stdin"]])
async def test_the_hash_lets_in_who_knows_the_password(words: list[str]) -> None:
    result = CliRunner().invoke(app, ["user", "hash", *words], input="open, sesame\n")

    assert result.stdout.startswith("$argon2id$")
    assert await right("ali", result.stdout.strip(), "open, sesame")


async def test_a_made_up_password_is_shown_beside_the_hash() -> None:
    result = CliRunner().invoke(app, ["user", "hash", "--generate"])

    assert await right("ali", result.stdout.strip(), result.stderr.removeprefix("password: ").strip())


def test_an_empty_password_is_refused() -> None:
    result = CliRunner().invoke(app, ["user", "hash"], input="\n")

    assert isinstance(result.exception, HubError)
