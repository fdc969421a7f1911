"""`hub import mosquitto`: take over the users of a Mosquitto, with their passwords and rights."""

from __future__ import annotations

import json
import secrets
from collections.abc import Iterator
from pathlib import Path
from typing import Annotated

import typer

from hub.cli.init import write_new
from hub.cli.mosquitto_files import Found, Given, read_acl, read_passwords
from hub.core.errors import HubError
from hub.registry import hash_password


def import_mosquitto(
    passwords: Annotated[Path, typer.Argument(help="The file that mosquitto_passwd writes.")],
    acl: Annotated[Path | None, typer.Option("--acl", help="The file of `acl_file`.")] = None,
    output: Annotated[
        Path | None, typer.Option("--output", "-o", help="Where to write the YAML; it must not be there yet.")
    ] = None,
    new_passwords: Annotated[
        Path, typer.Option("--new-passwords", help="Where passwords go whose hash is of an old kind.")
    ] = Path("new-passwords.csv"),
) -> None:
    """Write the users of a Mosquitto as `broker: users:`. Their passwords go on working.

    Without an ACL file Mosquitto lets each user do everything, and so does what is written.
    """
    found = Found()
    read_passwords(_text(passwords), passwords.name, found)
    if acl is not None:
        read_acl(_text(acl), acl.name, found)
    for user in found.users.keys() - found.passwords.keys():
        found.problems.append(f"{user} has rights but no password: left out")
    made = {user: secrets.token_hex(10) for user, hash in found.passwords.items() if hash is None}
    text = "\n".join(_yaml(found, made, open_to_all=acl is None)) + "\n"
    if made:
        rows = "".join(f"{user},{password}\n" for user, password in made.items())
        write_new(new_passwords, f"username,password\n{rows}")
        typer.echo(f"{len(made)} new passwords are in {new_passwords}", err=True)
    if output is not None:
        write_new(output, text)
        typer.echo(
            f"{output} has {len(found.passwords)} users. Use it as: broker: !include {output.name}", err=True
        )
    else:
        typer.echo(text, nl=False)
    for problem in found.problems:
        typer.echo(problem, err=True)


def _yaml(found: Found, made: dict[str, str], *, open_to_all: bool) -> Iterator[str]:
    """Yield the lines of a `broker:` section, without its key. JSON's texts are YAML's, too."""
    yield "users:"
    for user, hash in sorted(found.passwords.items()):
        yield f"  - name: {json.dumps(user, ensure_ascii=False)}"
        yield f"    password: {hash or hash_password(made[user])}"
        rights = _together(found.users.get(user, Given()), found.everybody)
        if open_to_all:
            rights = Given(["#"], ["#"])
        for filter in dict.fromkeys(rights.hold_back()):
            found.problems.append(
                f"{user}: `{filter}` would allow what a `deny` forbids, so it is left out: "
                f"list what {user} needs"
            )
        yield from _rights(rights, "    ")
    if found.nameless.publish or found.nameless.subscribe:
        yield "# Clients without a name may do this, once a listener has `anonymous: true`:"
        yield "# anonymous:"
        yield from _rights(found.nameless, "#   ")


def _rights(given: Given, indent: str) -> Iterator[str]:
    for key, filters in (("publish", given.publish), ("subscribe", given.subscribe)):
        if filters:
            yield f"{indent}{key}: {json.dumps(filters, ensure_ascii=False)}"


def _together(*parts: Given) -> Given:
    return Given(
        list(dict.fromkeys(filter for part in parts for filter in part.publish)),
        list(dict.fromkeys(filter for part in parts for filter in part.subscribe)),
        [filter for part in parts for filter in part.denied],
    )


def _text(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise HubError(f"{path} can't be read: {error}") from error
