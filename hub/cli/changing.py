"""Verbs of one shape: say who is meant, and what of it is to change; nothing takes the change back."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Annotated, Any

import typer

from hub.cli.run import DEFAULT_CONFIG, Config, data_dir_of
from hub.control import ask

# No postponed annotations in this file: typer reads those of functions that are made here.


@dataclass(frozen=True)
class Noun:
    """What can be changed: an entity, a device, an area. `told` says in a line how one is now."""

    app: typer.Typer
    metavar: str
    who: str
    """Who may be meant, for the help text."""
    command: str
    told: Callable[[Mapping[str, Any]], str]

    def change(self, config: Config, who: str, **changes: Any) -> None:
        typer.echo(self.told(ask(data_dir_of(config), self.command, who=who, **changes)))

    def value(self, name: str, field: str, metavar: str, about: str, help: str) -> None:
        """Add a verb that takes a text, or none to take it away."""

        def verb(
            who: str,
            value: Annotated[str | None, typer.Argument(metavar=f"[{metavar}]", help=about)] = None,
            config: Config = DEFAULT_CONFIG,
        ) -> None:
            self.change(config, who, **{field: value})

        self._add(name, verb, help)

    def name(self, name: str, metavar: str, help: str) -> None:
        """Add a verb that gives another name, which there must be."""

        def verb(
            who: str,
            value: Annotated[str, typer.Argument(metavar=metavar)],
            config: Config = DEFAULT_CONFIG,
        ) -> None:
            self.change(config, who, name=value)

        self._add(name, verb, help)

    def values(self, name: str, field: str, metavar: str, help: str) -> None:
        """Add a verb that takes all that it is to have."""

        def verb(
            who: str,
            values: Annotated[
                list[str] | None, typer.Argument(metavar=f"[{metavar}]...", help="All it is to have.")
            ] = None,
            config: Config = DEFAULT_CONFIG,
        ) -> None:
            self.change(config, who, **{field: values or []})

        self._add(name, verb, help)

    def switch(self, name: str, help: str, **changes: Any) -> None:
        """Add a verb that takes nothing more."""

        def verb(who: str, config: Config = DEFAULT_CONFIG) -> None:
            self.change(config, who, **changes)

        self._add(name, verb, help)

    def end(self, name: str, command: str, said: str, help: str) -> None:
        """Add a verb that removes it."""

        def verb(who: str, config: Config = DEFAULT_CONFIG) -> None:
            ask(data_dir_of(config), command, who=who)
            typer.echo(f"{who} {said}.")

        self._add(name, verb, help)

    def _add(self, name: str, verb: Callable[..., None], help: str) -> None:
        verb.__annotations__["who"] = Annotated[str, typer.Argument(metavar=self.metavar, help=self.who)]
        self.app.command(name, help=help)(verb)
