"""`hub registry`, `hub device` and `hub broker`: the verbs and flags of `yc iot`."""

from __future__ import annotations

import sys
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated, Any

import typer

from hub.cli.register import Format, show, tell
from hub.cli.run import DEFAULT_CONFIG, Config
from hub.core.errors import HubError
from hub.registry.owners import Kind

Shown = Annotated[Format, typer.Option("--format", help="text, json or yaml.")]
Who = Annotated[str | None, typer.Argument(metavar="[NAME|ID]", help="Its name or id.")]
Labels = Annotated[list[str] | None, typer.Option("--labels", help="KEY=VALUE, several with commas.")]
Aliases = Annotated[
    list[str] | None, typer.Option("--topic-aliases", help="ALIAS=TOPIC_PREFIX, several with commas.")
]
Description = Annotated[str | None, typer.Option("--description", help="A word or two about it.")]
CertificateFile = Annotated[
    Path | None, typer.Option("--certificate-file", help="A PEM file with its certificate.")
]
Generate = Annotated[
    bool, typer.Option("--generate-password", "--generate", help="Make up a password, and show it once.")
]
Read = Annotated[
    bool,
    typer.Option("--read-password", "--read", help="Ask for a password, or read one from stdin."),
]
Names = Annotated[list[str], typer.Option("--labels", help="Keys of labels, several with commas.")]
AliasNames = Annotated[list[str], typer.Option("--aliases", help="Aliases, several with commas.")]
Fingerprint = Annotated[str, typer.Option("--fingerprint", help="The certificate's, or how it begins.")]
PasswordId = Annotated[str, typer.Option("--password-id", help="As `password list` shows it.")]
Folder = Annotated[Path, typer.Option("--out", help="The folder for the certificate and its key.")]

_HELP = {
    "list": "List all, with where each comes from.",
    "get": "Show one.",
    "create": "Create one.",
    "update": "Change it; labels and aliases take the place of all there were.",
    "delete": "Delete it; what uses it is disconnected at once.",
    "logs": "Show who came and went since the hub runs, and what was refused.",
    "add": "Add one.",
    "add-labels": "Add labels, or change those there are.",
    "remove-labels": "Take labels away.",
}
_INDEFINITE = {"registry": "a registry", "device": "a device", "broker": "a broker"}
_PLURAL = {"registry": "registries", "device": "devices", "broker": "brokers"}


def _id(kind: Kind) -> Any:
    return Annotated[str | None, typer.Option(f"--{kind}-id", "--id", help="Its id.")]


def _name(kind: Kind) -> Any:
    return Annotated[str | None, typer.Option(f"--{kind}-name", "--name", help="Its name.")]


def _registry(kind: Kind) -> Any:
    names = ("--registry-name", "--registry-id") if kind == "device" else ("--of-registry",)
    help = "The registry it is in, by name or id."
    return Annotated[str | None, typer.Option(*names, help=help, hidden=kind != "device")]


def _verb(app: typer.Typer, kind: Kind, name: str) -> Callable[[Any], Any]:
    """Add a verb; which options say who is meant depends on the kind."""
    options = {"id": _id(kind), "called": _name(kind), "registry": _registry(kind)}

    def add(function: Any) -> Any:
        function.__annotations__ |= {
            key: option for key, option in options.items() if key in function.__annotations__
        }
        return app.command(name, help=function.__doc__ or _HELP.get(name))(function)

    return add


def _meant(kind: Kind, *given: str | None) -> str:
    named = [one for one in given if one is not None]
    if len(named) != 1:
        raise HubError(f"say which {kind} you mean", remedy="Give its name or its id, once.")
    return named[0]


def _pairs(given: list[str] | None) -> dict[str, str] | None:
    """Read `a=b,c=d`, given once or several times."""
    if given is None:
        return None
    pairs = [pair.partition("=") for text in given for pair in text.split(",") if pair]
    wrong = next((name for name, sign, _ in pairs if not sign), None)
    if wrong is not None:
        raise HubError(f"{wrong!r} says nothing of its value", remedy="Write it as NAME=VALUE.")
    return {name: value for name, _, value in pairs}


def _split(given: list[str]) -> list[str]:
    return [name for text in given for name in text.split(",") if name]


def _pem(path: Path | None) -> list[str]:
    if path is None:
        return []
    try:
        return [path.read_text(encoding="utf-8")]
    except (OSError, UnicodeDecodeError) as error:
        raise HubError(f"{path} can't be read: {error}") from error


def _password(read: bool) -> str | None:
    """Ask for a password: as an argument others would see it."""
    if not read:
        return None
    if sys.stdin.isatty():
        return str(typer.prompt("Password", hide_input=True, confirmation_prompt=True))
    return sys.stdin.readline().rstrip("\r\n")


def _app(kind: Kind) -> typer.Typer:
    app = typer.Typer(name=kind, help=f"Create, show and change {_PLURAL[kind]}.", no_args_is_help=True)
    _add_things(app, kind)
    _add_changes(app, kind)
    app.add_typer(_certificates(kind))
    app.add_typer(_passwords(kind))
    return app


def _add_things(app: typer.Typer, kind: Kind) -> None:
    @_verb(app, kind, "list")
    def list_all(
        registry: str | None = None, config: Config = DEFAULT_CONFIG, format: Shown = "text"
    ) -> None:
        show(tell(config, "list_all", kind=kind, registry=registry), format)

    @_verb(app, kind, "get")
    def get(
        who: Who = None,
        id: str | None = None,
        called: str | None = None,
        registry: str | None = None,
        config: Config = DEFAULT_CONFIG,
        format: Shown = "text",
    ) -> None:
        show(tell(config, "get", kind=kind, who=_meant(kind, who, id, called), registry=registry), format)

    @_verb(app, kind, "create")
    def create(
        name: Annotated[str | None, typer.Argument(metavar="[NAME]", help="Its name.")] = None,
        called: str | None = None,
        registry: str | None = None,
        description: Description = None,
        labels: Labels = None,
        aliases: Aliases = None,
        certificate: CertificateFile = None,
        generate: Generate = False,
        read: Read = False,
        config: Config = DEFAULT_CONFIG,
        format: Shown = "text",
    ) -> None:
        arguments: dict[str, Any] = {"description": description or "", "labels": _pairs(labels)}
        arguments |= {"certificates": _pem(certificate), "aliases": _pairs(aliases), "registry": registry}
        arguments |= {"password": _password(read), "generate_password": generate}
        show(tell(config, "create", kind=kind, name=_meant(kind, name, called), **arguments), format)

    @_verb(app, kind, "logs")
    def logs(
        who: Who = None,
        id: str | None = None,
        called: str | None = None,
        registry: str | None = None,
        limit: Annotated[int, typer.Option("--limit", help="How many lines.", min=1)] = 100,
        since: Annotated[datetime | None, typer.Option("--since", help="The earliest moment, UTC.")] = None,
        config: Config = DEFAULT_CONFIG,
        format: Shown = "text",
    ) -> None:
        meant = {"kind": kind, "who": _meant(kind, who, id, called), "registry": registry}
        earliest = None if since is None else since.replace(tzinfo=since.tzinfo or UTC).isoformat()
        show(tell(config, "logs", **meant, limit=limit, since=earliest), format)

    @_verb(app, kind, "delete")
    def delete(
        who: Who = None,
        id: str | None = None,
        called: str | None = None,
        registry: str | None = None,
        config: Config = DEFAULT_CONFIG,
    ) -> None:
        tell(config, "delete", kind=kind, who=_meant(kind, who, id, called), registry=registry)


def _add_changes(app: typer.Typer, kind: Kind) -> None:
    @_verb(app, kind, "update")
    def update(
        who: Who = None,
        id: str | None = None,
        called: str | None = None,
        registry: str | None = None,
        new_name: Annotated[str | None, typer.Option("--new-name", help="Its new name.")] = None,
        description: Description = None,
        labels: Labels = None,
        aliases: Aliases = None,
        config: Config = DEFAULT_CONFIG,
        format: Shown = "text",
    ) -> None:
        meant = {"kind": kind, "who": _meant(kind, who, id, called), "registry": registry}
        changes: dict[str, Any] = {"labels": _pairs(labels), "aliases": _pairs(aliases)}
        show(tell(config, "update", **meant, **changes, name=new_name, description=description), format)

    @_verb(app, kind, "add-labels")
    def add_labels(
        labels: Labels,
        who: Who = None,
        id: str | None = None,
        called: str | None = None,
        registry: str | None = None,
        config: Config = DEFAULT_CONFIG,
        format: Shown = "text",
    ) -> None:
        meant = {"kind": kind, "who": _meant(kind, who, id, called), "registry": registry}
        show(tell(config, "add_labels", **meant, labels=_pairs(labels)), format)

    @_verb(app, kind, "remove-labels")
    def remove_labels(
        labels: Names,
        who: Who = None,
        id: str | None = None,
        called: str | None = None,
        registry: str | None = None,
        config: Config = DEFAULT_CONFIG,
        format: Shown = "text",
    ) -> None:
        meant = {"kind": kind, "who": _meant(kind, who, id, called), "registry": registry}
        show(tell(config, "remove_labels", **meant, labels=_split(labels)), format)


def _certificates(kind: Kind) -> typer.Typer:
    app = typer.Typer(
        name="certificate", help=f"The certificates of {_INDEFINITE[kind]}.", no_args_is_help=True
    )

    @_verb(app, kind, "list")
    def list_all(
        who: Who = None,
        id: str | None = None,
        called: str | None = None,
        registry: str | None = None,
        config: Config = DEFAULT_CONFIG,
        format: Shown = "text",
    ) -> None:
        meant = {"kind": kind, "who": _meant(kind, who, id, called), "registry": registry}
        show(tell(config, "list_certificates", **meant), format)

    @_verb(app, kind, "add")
    def add(
        certificate: Annotated[Path, typer.Option("--certificate-file", help="A PEM file.")],
        who: Who = None,
        id: str | None = None,
        called: str | None = None,
        registry: str | None = None,
        config: Config = DEFAULT_CONFIG,
        format: Shown = "text",
    ) -> None:
        meant = {"kind": kind, "who": _meant(kind, who, id, called), "registry": registry}
        (pem,) = _pem(certificate)
        show(tell(config, "add_certificate", **meant, certificate=pem), format)

    @_verb(app, kind, "issue")
    def issue(
        who: Who = None,
        id: str | None = None,
        called: str | None = None,
        registry: str | None = None,
        out: Folder = Path(),
        config: Config = DEFAULT_CONFIG,
    ) -> None:
        """Issue a certificate of the hub's own authority, and write it and its key into a folder."""
        meant = {"kind": kind, "who": _meant(kind, who, id, called), "registry": registry}
        issued = tell(config, "issue_certificate", **meant)
        for name, text in (("crt", issued["certificate"]), ("key", issued["key"])):
            path = out / f"{meant['who']}.{name}".replace("/", "-")
            path.touch(mode=0o600)
            path.write_text(text, encoding="ascii")
            typer.echo(str(path))

    @_verb(app, kind, "delete")
    def delete(
        fingerprint: Fingerprint,
        who: Who = None,
        id: str | None = None,
        called: str | None = None,
        registry: str | None = None,
        config: Config = DEFAULT_CONFIG,
    ) -> None:
        meant = {"kind": kind, "who": _meant(kind, who, id, called), "registry": registry}
        tell(config, "delete_certificate", **meant, fingerprint=fingerprint)

    return app


def _passwords(kind: Kind) -> typer.Typer:
    app = typer.Typer(name="password", help=f"The passwords of {_INDEFINITE[kind]}.", no_args_is_help=True)

    @_verb(app, kind, "list")
    def list_all(
        who: Who = None,
        id: str | None = None,
        called: str | None = None,
        registry: str | None = None,
        config: Config = DEFAULT_CONFIG,
        format: Shown = "text",
    ) -> None:
        meant = {"kind": kind, "who": _meant(kind, who, id, called), "registry": registry}
        show(tell(config, "list_passwords", **meant), format)

    @_verb(app, kind, "add")
    def add(
        who: Who = None,
        id: str | None = None,
        called: str | None = None,
        registry: str | None = None,
        generate: Generate = False,
        read: Read = False,
        config: Config = DEFAULT_CONFIG,
        format: Shown = "text",
    ) -> None:
        """Add a password: asked for or read from standard input, or made up and shown once."""
        meant = {"kind": kind, "who": _meant(kind, who, id, called), "registry": registry}
        password = _password(read or not generate)
        show(tell(config, "add_password", **meant, password=password), format)

    @_verb(app, kind, "delete")
    def delete(
        password_id: PasswordId,
        who: Who = None,
        id: str | None = None,
        called: str | None = None,
        registry: str | None = None,
        config: Config = DEFAULT_CONFIG,
    ) -> None:
        meant = {"kind": kind, "who": _meant(kind, who, id, called), "registry": registry}
        tell(config, "delete_password", **meant, password_id=password_id)

    return app


registries = _app("registry")
devices = _app("device")
brokers = _app("broker")


@_verb(registries, "registry", "enable")
def enable(
    who: Who = None,
    id: str | None = None,
    called: str | None = None,
    config: Config = DEFAULT_CONFIG,
    format: Shown = "text",
) -> None:
    """Let a registry and its devices in again."""
    show(tell(config, "enable", who=_meant("registry", who, id, called), enabled=True), format)


@_verb(registries, "registry", "disable")
def disable(
    who: Who = None,
    id: str | None = None,
    called: str | None = None,
    config: Config = DEFAULT_CONFIG,
    format: Shown = "text",
) -> None:
    """End the connections of a registry and its devices, and let none in."""
    show(tell(config, "enable", who=_meant("registry", who, id, called), enabled=False), format)


@_verb(registries, "registry", "list-device-topic-aliases")
def list_aliases(
    who: Who = None,
    id: str | None = None,
    called: str | None = None,
    config: Config = DEFAULT_CONFIG,
    format: Shown = "text",
) -> None:
    """Show the aliases of all devices of a registry."""
    show(tell(config, "list_aliases", who=_meant("registry", who, id, called)), format)


@_verb(devices, "device", "add-topic-aliases")
def add_aliases(
    aliases: Aliases,
    who: Who = None,
    id: str | None = None,
    called: str | None = None,
    registry: str | None = None,
    config: Config = DEFAULT_CONFIG,
    format: Shown = "text",
) -> None:
    """Add aliases to those of a device."""
    meant = {"who": _meant("device", who, id, called), "registry": registry}
    show(tell(config, "add_aliases", **meant, aliases=_pairs(aliases)), format)


@_verb(devices, "device", "remove-topic-aliases")
def remove_aliases(
    aliases: AliasNames,
    who: Who = None,
    id: str | None = None,
    called: str | None = None,
    registry: str | None = None,
    config: Config = DEFAULT_CONFIG,
    format: Shown = "text",
) -> None:
    """Take aliases away from a device."""
    meant = {"who": _meant("device", who, id, called), "registry": registry}
    show(tell(config, "remove_aliases", **meant, aliases=_split(aliases)), format)
