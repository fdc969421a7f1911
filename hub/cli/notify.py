"""`hub notify`: send a message, to try a way to reach people."""

from __future__ import annotations

from typing import Annotated

import typer

from hub.cli.run import DEFAULT_CONFIG, Config, data_dir_of
from hub.control import ask


def notify(
    name: Annotated[str, typer.Argument(help="Who is told: anna stands for the service notify.anna.")],
    message: Annotated[str, typer.Argument(help="What is said.")] = "A message to try this way.",
    config: Config = DEFAULT_CONFIG,
    title: Annotated[str | None, typer.Option(help="The title above it.")] = None,
    urgent: Annotated[bool, typer.Option("--urgent", help="Also in quiet hours.")] = False,
) -> None:
    """Send a message to try a way to reach people."""
    data = {"message": message, "title": title, "data": {"urgent": urgent}}
    ask(data_dir_of(config), "service", domain="notify", name=name.removeprefix("notify."), data=data)
    typer.echo(f"notify.{name} took it.")
