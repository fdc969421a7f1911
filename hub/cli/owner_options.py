"""What the verbs of `hub registry`, `hub device` and `hub broker` share: who is meant, and their options."""

from __future__ import annotations

import getpass
import inspect
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Any, get_type_hints

import typer

from hub.cli.answers import Format, show
from hub.cli.register import tell
from hub.cli.run import DEFAULT_CONFIG, Config
from hub.core.errors import HubError
from hub.registry.owners import Kind

Shown = Annotated[Format, typer.Option("--format", help="text, yaml, json or json-rest.")]
Labels = Annotated[list[str] | None, typer.Option("--labels", help="KEY=VALUE, several with commas.")]
Aliases = Annotated[
    list[str] | None, typer.Option("--topic-aliases", help="ALIAS=TOPIC_PREFIX, several with commas.")
]
NewLabels = Annotated[list[str], typer.Option("--labels", help="KEY=VALUE, several with commas.")]
NewAliases = Annotated[
    list[str],
    typer.Option("--topic-aliases", "--aliases", help="ALIAS=TOPIC_PREFIX, several with commas."),
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
Given = Annotated[
    str | None,
    typer.Option("--password", help="Its password; others may see it in the list of processes."),
]
LabelKeys = Annotated[list[str], typer.Option("--labels", help="Keys of labels, several with commas.")]
AliasNames = Annotated[
    list[str], typer.Option("--topic-aliases", "--aliases", help="Aliases, several with commas.")
]
Limit = Annotated[int | None, typer.Option("--limit", help="How many at most.", min=1)]
AtOnce = Annotated[
    bool, typer.Option("--async", hidden=True, help="Taken for the original's sake: all is done at once.")
]

INDEFINITE = {"registry": "a registry", "device": "a device", "broker": "a broker"}
PLURAL = {"registry": "registries", "device": "devices", "broker": "brokers"}
# `yc` knows a command under these names, too.
_ALSO = {"get": ("describe", "show")}


@dataclass(frozen=True, slots=True)
class Target:
    """Whom a command is about, and how its answer is shown."""

    kind: Kind
    who: str
    registry: str | None
    config: Path
    format: Format

    @property
    def named(self) -> dict[str, Any]:
        return {"kind": self.kind, "who": self.who, "registry": self.registry}

    def tell(self, command: str, **arguments: Any) -> Any:
        """Do a command that all kinds have. Raises `HubError`."""
        return tell(self.config, command, by=person(), **self.named, **arguments)

    def show(self, command: str, **arguments: Any) -> None:
        """Do a command that all kinds have, and show its answer."""
        show(self.tell(command, **arguments), self.format)

    def show_own(self, command: str, **arguments: Any) -> None:
        """Do a command that only this kind has, and show its answer."""
        where = {"registry": self.registry} if self.kind == "device" else {}
        show(tell(self.config, command, by=person(), who=self.who, **where, **arguments), self.format)


def person() -> str:
    """Return who sits at the command line, for the audit."""
    try:
        return getpass.getuser()
    except (KeyError, OSError):  # a container may know no name for its user
        return "the command line"


def verb(app: typer.Typer, kind: Kind, name: str) -> Callable[[Callable[..., None]], Callable[..., None]]:
    """Add a verb about one thing. The function gets a `Target`, and its own options after that."""

    def add(function: Callable[..., None]) -> Callable[..., None]:
        hints = get_type_hints(function, include_extras=True)
        own = [
            parameter.replace(annotation=hints[parameter.name], kind=inspect.Parameter.KEYWORD_ONLY)
            for parameter in list(inspect.signature(function).parameters.values())[1:]
        ]

        def run(**given: Any) -> None:
            about = Target(
                kind,
                meant(kind, given.pop("who"), given.pop("id"), given.pop("called")),
                given.pop("registry", None),
                given.pop("config"),
                given.pop("format"),
            )
            given.pop("at_once")
            function(about, **given)

        parameters = [*_who(kind), *own, *_common()]
        run.__signature__ = inspect.Signature(parameters)  # type: ignore[attr-defined]
        run.__annotations__ = {parameter.name: parameter.annotation for parameter in parameters}
        run.__doc__ = function.__doc__
        app.command(name, help=run.__doc__)(run)
        for other in _ALSO.get(name, ()):
            app.command(other, help=run.__doc__, hidden=True)(run)
        return function

    return add


def without(function: Callable[..., None], *names: str) -> Callable[..., None]:
    """Return a function that lacks options which are not for its kind."""
    hints = get_type_hints(function, include_extras=True)
    given = inspect.signature(function).parameters.values()

    def run(*args: Any, **options: Any) -> None:
        function(*args, **options)

    parameters = [one.replace(annotation=hints[one.name]) for one in given if one.name not in names]
    run.__signature__ = inspect.Signature(parameters)  # type: ignore[attr-defined]
    run.__annotations__ = {one.name: one.annotation for one in parameters}
    run.__doc__ = function.__doc__
    return run


def _who(kind: Kind) -> list[inspect.Parameter]:
    who = Annotated[str | None, typer.Argument(metavar=f"[{kind.upper()}]", help="Its name or id.")]
    id = Annotated[str | None, typer.Option(f"--{kind}-id", "--id", help="Its id.")]
    called = Annotated[str | None, typer.Option(f"--{kind}-name", "--name", help="Its name.")]
    found = [_option("who", who, None), _option("id", id, None), _option("called", called, None)]
    return [*found, _option("registry", OfRegistry, None)] if kind == "device" else found


OfRegistry = Annotated[
    str | None,
    typer.Option("--registry-name", "--registry-id", help="The registry it is in, by name or id."),
]


def _common() -> list[inspect.Parameter]:
    return [
        _option("config", Config, DEFAULT_CONFIG),
        _option("format", Shown, "text"),
        _option("at_once", AtOnce, False),
    ]


def _option(name: str, annotation: Any, default: Any) -> inspect.Parameter:
    return inspect.Parameter(name, inspect.Parameter.KEYWORD_ONLY, annotation=annotation, default=default)


def meant(kind: Kind, *given: str | None) -> str:
    named = [one for one in given if one is not None]
    if len(named) != 1:
        raise HubError(f"say which {kind} you mean", remedy="Give its name or its id, once.")
    return named[0]


def pairs(given: list[str] | None) -> dict[str, str] | None:
    """Read `a=b,c=d`, given once or several times."""
    if given is None:
        return None
    found = [pair.partition("=") for text in given for pair in text.split(",") if pair]
    wrong = next((name for name, sign, _ in found if not sign), None)
    if wrong is not None:
        raise HubError(f"{wrong!r} says nothing of its value", remedy="Write it as NAME=VALUE.")
    return {name: value for name, _, value in found}


def split(given: list[str]) -> list[str]:
    return [name for text in given for name in text.split(",") if name]


def pem(path: Path | None) -> list[str]:
    if path is None:
        return []
    try:
        return [path.read_text(encoding="utf-8")]
    except (OSError, UnicodeDecodeError) as error:
        raise HubError(f"{path} can't be read: {error}") from error


def password(given: str | None, read: bool) -> str | None:
    """Return the password that was given, or ask for one: as an argument others would see it."""
    if given is not None or not read:
        return given
    if sys.stdin.isatty():
        return str(typer.prompt("Password", hide_input=True, confirmation_prompt=True))
    return sys.stdin.readline().rstrip("\r\n")
