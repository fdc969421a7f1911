"""`hub init`: write a configuration to begin with."""

from __future__ import annotations

import json
import os
import secrets
from collections.abc import Iterator
from pathlib import Path
from string import Template
from typing import Annotated
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import typer

from hub.core.errors import HubError
from hub.registry import hash_password

STARTER = Path(__file__).with_name("starter")
USUAL_ZONE = "UTC"
_IGNORED = "secrets.yaml\ndata/\n"


def init(
    folder: Annotated[Path, typer.Argument(metavar="DIR", help="Where to write it; made if need be.")],
    yes: Annotated[bool, typer.Option("--yes", "-y", help="Ask nothing, take what is usual.")] = False,
) -> None:
    """Write a commented configuration to begin with. Never overwrites anything."""
    names = {**{path.name: path for path in sorted(STARTER.glob("*.yaml"))}, ".gitignore": None}
    _refuse_to_overwrite(folder, list(names))
    answers = {"name": "Home", "time_zone": local_zone(), "user": "home"}
    if not yes:
        answers = {key: _ask(key, usual) for key, usual in answers.items()}
    password = secrets.token_hex(10)
    given = {**_quoted(answers), "password": hash_password(password)}
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    for name, source in names.items():
        text = Template(source.read_text(encoding="utf-8")).substitute(given) if source else _IGNORED
        write_new(folder / name, text)
    for line in _report(folder, list(names), answers["user"], password):
        typer.echo(line)


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
