"""Ask for a password. It is never an argument, where others see it."""

from __future__ import annotations

import sys

import typer

from hub.core.errors import HubError


def asked_password(stdin: bool) -> str:
    """Ask twice at a terminal, else read standard input. Raises `HubError` if nothing is there."""
    if sys.stdin.isatty() and not stdin:
        return str(typer.prompt("Password", hide_input=True, confirmation_prompt=True))
    password = sys.stdin.readline().rstrip("\r\n")
    if not password:
        raise HubError("an empty password lets anybody in", remedy="Write one to standard input.")
    return password
