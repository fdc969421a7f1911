"""`hub user`: what the users of the MQTT server need."""

from __future__ import annotations

import secrets
import sys
from typing import Annotated

import typer

from hub.core.errors import HubError
from hub.registry import hash_password

app = typer.Typer(name="user", help="Make what users of the MQTT server need.", no_args_is_help=True)


@app.command("hash")
def hash_one(
    generate: Annotated[
        bool, typer.Option("--generate", "-g", help="Make up a password, and show it once.")
    ] = False,
    stdin: Annotated[bool, typer.Option("--stdin", help="Read the password from standard input.")] = False,
) -> None:
    """Print the hash to write under `broker: users: password:` instead of a password.

    The password is asked for twice, or read from standard input if that is no terminal; it is never an
    argument, where others see it.
    """
    password = secrets.token_hex(10) if generate else _asked(stdin)
    if generate:
        typer.echo(f"password: {password}", err=True)
    typer.echo(hash_password(password))


def _asked(stdin: bool) -> str:
    if sys.stdin.isatty() and not stdin:
        return str(typer.prompt("Password", hide_input=True, confirmation_prompt=True))
    password = sys.stdin.readline().rstrip("\r\n")
    if not password:
        raise HubError("an empty password lets anybody in", remedy="Write one to standard input.")
    return password
