"""`hub init`: write a configuration to begin with."""

from __future__ import annotations

import getpass
import json
import os
import secrets
import sys
from collections.abc import Iterator
from pathlib import Path
from string import Template
from typing import Annotated
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import typer

from hub.cli.asking import asked_password
from hub.cli.people import tell
from hub.core.errors import HubError
from hub.registry import hash_password
from hub.registry.accounts.account import Role, check_name, check_password

STARTER = Path(__file__).with_name("starter")
USUAL_ZONE = "UTC"
_IGNORED = "secrets.yaml\ndata/\n"


def init(
    folder: Annotated[Path, typer.Argument(metavar="DIR", help="Where to write it; made if need be.")],
    yes: Annotated[bool, typer.Option("--yes", "-y", help="Ask nothing, take what is usual.")] = False,
    admin: Annotated[
        str | None, typer.Option("--admin", metavar="NAME", help="Make the first admin of the pages.")
    ] = None,
    password_file: Annotated[
        Path | None,
        typer.Option("--password-file", help="The file whose first line is the admin's password."),
    ] = None,
    password_stdin: Annotated[
        bool, typer.Option("--password-stdin", help="Read the admin's password from standard input.")
    ] = False,
) -> None:
    """Write a commented configuration to begin with, and make the first admin. Never overwrites anything."""
    names = {**{path.name: path for path in sorted(STARTER.glob("*.yaml"))}, ".gitignore": None}
    _refuse_to_overwrite(folder, list(names))
    answers = {"name": "Home", "time_zone": local_zone(), "user": "home"}
    if not yes:
        answers = {key: _ask(key, usual) for key, usual in answers.items()}
    person = _first_admin(admin, password_file, from_stdin=password_stdin, quiet=yes)
    password = secrets.token_hex(10)
    given = {**_quoted(answers), "password": hash_password(password)}
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    for name, source in names.items():
        text = Template(source.read_text(encoding="utf-8")).substitute(given) if source else _IGNORED
        write_new(folder / name, text)
    if person is not None:
        name, secret = person
        tell(folder / "config.yaml", "create", name=name, role=str(Role.ADMIN), password=secret)
    for line in _report(folder, list(names), answers["user"], password):
        typer.echo(line)
    typer.echo(_about_admin(person[0] if person is not None else None))


def _first_admin(
    name: str | None, file: Path | None, *, from_stdin: bool, quiet: bool
) -> tuple[str, str] | None:
    """Return name and password of the first admin; None leaves it to the link that `hub run` prints."""
    asking = sys.stdin.isatty() and not quiet
    if name is None and (file is not None or from_stdin):
        raise HubError("a password, but for whom?", remedy="Say it with --admin NAME.")
    if name is None and asking:
        name = str(
            typer.prompt("Who looks after it (the first admin of the pages)", default=getpass.getuser())
        )
    if name is None:
        return None
    check_name(name)
    if file is None and asking and not from_stdin:
        return name, _asked_password(name)
    secret = _password_in(file) if file is not None else asked_password(stdin=True)
    return name, check_password(secret, name)


def _asked_password(name: str) -> str:
    """Ask until it is one that is not guessed easily: nobody should have to begin again."""

    def checked(text: str) -> str:
        try:
            return check_password(text, name)
        except HubError as error:
            raise typer.BadParameter(str(error)) from None

    return str(typer.prompt("Password", hide_input=True, confirmation_prompt=True, value_proc=checked))


def _password_in(file: Path) -> str:
    try:
        return file.read_text(encoding="utf-8").partition("\n")[0].rstrip("\r")
    except (OSError, UnicodeDecodeError) as error:
        raise HubError(f"{file} can't be read: {error}", remedy="Name a file with a line of text.") from None


def _about_admin(name: str | None) -> str:
    if name is not None:
        return f"Then open http://127.0.0.1:8123 and log in as {name}."
    return "It then prints a link that makes the first admin of the pages, once."


def write_new(path: Path, text: str) -> None:
    """Write a file that is not there yet, for its owner only."""
    try:
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        raise HubError(f"{path} is already there", remedy="Nothing is overwritten; move it away.") from None
    with open(descriptor, "w", encoding="utf-8") as file:
        file.write(text)


def local_zone() -> str:
    """Return the name of this machine's time zone, as far as it can be told."""
    for name in _zone_names():
        try:
            ZoneInfo(name)
        except (ZoneInfoNotFoundError, ValueError, OSError):
            continue
        return name
    return USUAL_ZONE


def _zone_names() -> Iterator[str]:
    yield os.environ.get("TZ", "").removeprefix(":")
    yield os.path.realpath("/etc/localtime").partition("zoneinfo/")[2]
    try:
        yield Path("/etc/timezone").read_text(encoding="utf-8").strip()
    except OSError:
        return


def _refuse_to_overwrite(folder: Path, names: list[str]) -> None:
    there = [name for name in names if os.path.lexists(folder / name)]
    if there:
        raise HubError(
            f"{folder} already has {', '.join(there)}", remedy="Nothing is overwritten; name another folder."
        )


_QUESTIONS = {
    "name": "What is the house called",
    "time_zone": "In which time zone is it",
    "user": "Under which name do you log in to its MQTT server",
}


def _ask(key: str, usual: str) -> str:
    return str(typer.prompt(_QUESTIONS[key], default=usual, value_proc=_zone if key == "time_zone" else None))


def _zone(text: str) -> str:
    try:
        ZoneInfo(text)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        raise typer.BadParameter(f"no time zone is called {text!r}; write it as Europe/Berlin") from None
    return text


def _quoted(answers: dict[str, str]) -> dict[str, str]:
    """Return the answers as YAML texts, whatever somebody may have typed."""
    return {key: json.dumps(text, ensure_ascii=False) for key, text in answers.items()}


def _report(folder: Path, names: list[str], user: str, password: str) -> Iterator[str]:
    yield f"{folder} has now {', '.join(names)}."
    yield f"The MQTT user is {user}, the password {password}"
    yield "It is shown this once and kept as a hash only, so write it down."
    yield "Next:"
    yield f"  hub check --config {folder / 'config.yaml'}"
    yield f"  hub run --config {folder / 'config.yaml'}"
