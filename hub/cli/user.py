"""`hub user`: people who log in to the pages, and what the users of the MQTT server need."""

from __future__ import annotations

import secrets
from typing import Annotated

import typer

from hub.cli.asking import asked_password
from hub.cli.people import add_verbs
from hub.registry import hash_password

app = typer.Typer(
    name="user",
    help="People who log in to the pages and the API. Users of MQTT are others: they stand in the "
    "configuration, with what `hash` prints.",
    no_args_is_help=True,
)


@app.command("hash")
def hash_one(
    generate: Annotated[
        bool, typer.Option("--generate", "-g", help="Make up a password, and show it once.")
    ] = False,
    stdin: Annotated[bool, typer.Option("--stdin", help="Read the password from standard input.")] = False,
) -> None:
    """For MQTT: print the hash to write under `broker: users: password:` instead of a password.

    The password is asked for twice, or read from standard input if that is no terminal; it is never an
    argument, where others see it.
    """
    password = secrets.token_hex(10) if generate else asked_password(stdin)
    if generate:
        typer.echo(f"password: {password}", err=True)
    typer.echo(hash_password(password))


add_verbs(app)
