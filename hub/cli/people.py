"""`hub user add|list|…`: people who log in to the pages, of a hub that runs or of one that does not."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Any

import typer

from hub.cli.answers import Format, show
from hub.cli.asking import asked_password
from hub.cli.register import runs
from hub.cli.run import DEFAULT_CONFIG, Config, data_dir_of
from hub.control import ask
from hub.core.clock import SystemClock
from hub.core.errors import HubError
from hub.registry.accounts import AccountDesk, Accounts, account_commands
from hub.registry.accounts.desk import PREFIX

Name = Annotated[str, typer.Argument(metavar="NAME", help="The user's name.")]
RoleOption = Annotated[
    str, typer.Option("--role", help="guest, viewer, operator or admin, in the whole house.")
]
Grants = Annotated[
    list[str] | None,
    typer.Option("--grant", help="AREA=ROLE: more in one area, by the area's id; may be repeated."),
]
Generate = Annotated[bool, typer.Option("--generate", "-g", help="Make up a password, and show it once.")]
Stdin = Annotated[bool, typer.Option("--stdin", help="Read the password from standard input.")]
Shown = Annotated[Format, typer.Option("--format", help="text, json or yaml.")]


def add_verbs(app: typer.Typer) -> None:
    """Add the verbs about people to `hub user`."""
    app.command("add")(add)
    app.command("list")(list_all)
    app.command("remove")(remove)
    app.command("password")(password)
    app.command("role")(role)
    app.command("totp")(totp)
    app.command("sessions")(sessions)
    tokens = typer.Typer(name="token", help="Long-lived tokens for programs.", no_args_is_help=True)
    tokens.command("create")(create_token)
    tokens.command("list")(list_tokens)
    tokens.command("revoke")(revoke)
    app.add_typer(tokens)


def add(
    name: Name,
    role: RoleOption = "viewer",
    grant: Grants = None,
    generate: Generate = False,
    stdin: Stdin = False,
    config: Config = DEFAULT_CONFIG,
    format: Shown = "text",
) -> None:
    """Add somebody who may log in to the pages and the API."""
    given = None if generate else asked_password(stdin)
    made = tell(config, "create", name=name, role=role, password=given, grants=_pairs(grant))
    show(made, format)


def list_all(config: Config = DEFAULT_CONFIG, format: Shown = "text") -> None:
    """List all who may log in to the pages. Those who may log in to MQTT stand in the configuration."""
    found = tell(config, "list_all")
    if format == "text" and not found:
        typer.echo("There is nobody yet: `hub user add NAME --role admin` adds the first.")
        return
    show(found, format)


def remove(name: Name, config: Config = DEFAULT_CONFIG) -> None:
    """Delete somebody; their sessions and tokens end at once."""
    tell(config, "remove", who=name)
    typer.echo(f"{name} is deleted.")


def password(
    name: Name, generate: Generate = False, stdin: Stdin = False, config: Config = DEFAULT_CONFIG
) -> None:
    """Give somebody another password; their sessions end at once, their tokens stay."""
    given = None if generate else asked_password(stdin)
    answer = tell(config, "set_password", who=name, password=given)
    typer.echo(f"{name} has another password{': ' + answer['password'] if generate else ''}.")


def role(
    name: Name,
    role: Annotated[str, typer.Argument(metavar="ROLE", help="guest, viewer, operator or admin.")],
    grant: Grants = None,
    config: Config = DEFAULT_CONFIG,
    format: Shown = "text",
) -> None:
    """Give somebody another role; with --grant all roles in areas are replaced."""
    grants = None if grant is None else _pairs(grant)
    show(tell(config, "set_role", who=name, role=role, grants=grants), format)


def totp(
    name: Name,
    off: Annotated[
        bool, typer.Option("--off", help="Ask for no codes any more, for a phone that is lost.")
    ] = False,
    config: Config = DEFAULT_CONFIG,
) -> None:
    """Let somebody log in with a second factor: codes of an authenticator app (TOTP)."""
    if off:
        tell(config, "remove_totp", who=name)
        typer.echo(f"{name} logs in without codes.")
        return
    proposed = tell(config, "propose_totp", who=name)
    typer.echo("Type this into the app, or make a QR code of the address:")
    typer.echo(f"  {proposed['secret']}")
    typer.echo(f"  {proposed['address']}")
    code = str(typer.prompt("The code that it shows"))
    told = tell(config, "confirm_totp", who=name, secret=proposed["secret"], code=code)
    typer.echo(f"{name} logs in with codes from now on. Keep these for a lost phone; each is good once:")
    typer.echo("\n".join(f"  {one}" for one in told["codes"]))


def sessions(
    name: Annotated[str | None, typer.Argument(metavar="[NAME]", help="Only this user's.")] = None,
    config: Config = DEFAULT_CONFIG,
    format: Shown = "text",
) -> None:
    """List where people are logged in. `hub user token revoke ID` ends a session, too."""
    show([one for one in tell(config, "list_proofs", who=name) if one["kind"] == "session"], format)


def create_token(
    name: Name,
    title: Annotated[str, typer.Option("--name", help="What it is for.")],
    scope: Annotated[
        list[str],
        typer.Option(
            "--scope",
            help="viewer, operator, admin, iot.viewer, iot.editor, iot.admin, iot.devices.writer or "
            "iot.registries.writer; may be repeated.",
        ),
    ],
    days: Annotated[
        int | None, typer.Option(help="How long it is good; without it, until it is revoked.")
    ] = None,
    config: Config = DEFAULT_CONFIG,
    format: Shown = "text",
) -> None:
    """Make a token for a program that acts as somebody. It is shown this once."""
    show(tell(config, "make_token", who=name, name=title, scopes=scope, days=days), format)


def list_tokens(
    name: Annotated[str | None, typer.Argument(metavar="[NAME]", help="Only this user's.")] = None,
    config: Config = DEFAULT_CONFIG,
    format: Shown = "text",
) -> None:
    """List tokens, with what they are for and when they were used last."""
    show([one for one in tell(config, "list_proofs", who=name) if one["kind"] == "token"], format)


def revoke(
    id: Annotated[str, typer.Argument(metavar="ID", help="As the lists show it.")],
    config: Config = DEFAULT_CONFIG,
) -> None:
    """End a token or a session, at once."""
    tell(config, "end_proof", id=id)
    typer.echo(f"{id} is over.")


def tell(config: Path, command: str, **arguments: Any) -> Any:
    """Do a command and return its answer. Raises `HubError`."""
    data_dir = data_dir_of(config)
    if runs(data_dir):
        return ask(data_dir, f"{PREFIX}{command}", **arguments)
    return asyncio.run(_alone(data_dir, command, arguments))


async def _alone(data_dir: Path, command: str, arguments: Mapping[str, Any]) -> Any:
    clock = SystemClock()
    accounts = await Accounts.open(data_dir, clock)

    async def desk() -> AccountDesk:
        return AccountDesk(accounts, clock)

    try:
        return await account_commands(desk)[f"{PREFIX}{command}"](**arguments)
    finally:
        await accounts.close()


def _pairs(given: list[str] | None) -> dict[str, str]:
    return dict(_pair(text) for text in given or ())


def _pair(text: str) -> tuple[str, str]:
    area, sign, role = text.partition("=")
    if not sign or not area:
        raise HubError(f"{text!r} is no grant", remedy="Write it as AREA=ROLE, such as kitchen=operator.")
    return area, role
