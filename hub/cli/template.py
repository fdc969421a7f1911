"""`hub template`: see what a template gives, with the states of the house as they are now."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Annotated, Any

import typer

from hub.cli.run import DEFAULT_CONFIG, Config, data_dir_of
from hub.control import ask
from hub.core.errors import HubError
from hub.rendering import render


def template(
    expression: Annotated[str, typer.Argument(metavar="TEMPLATE", help="Such as '{{ now().hour + 1 }}'.")],
    config: Config = DEFAULT_CONFIG,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False,
) -> None:
    """Render a template and say of which type its result is.

    If the hub runs, the template sees its states; else it sees an empty house. It is rendered in a process
    of its own, which may use little time and memory: it can neither harm the hub nor hold it up.
    """
    found = _state_of_the_house(config)
    if not found:
        typer.echo("No hub runs with this configuration: the template sees no entities.", err=True)
    path = config / "config.yaml" if config.is_dir() else config
    answer = render({"template": expression, "config": str(path.absolute()), **found})
    if "error" in answer:
        raise HubError(answer["error"], remedy=answer["remedy"])
    if as_json:
        typer.echo(json.dumps({"result": answer["result"], "type": answer["type"]}, ensure_ascii=False))
        return
    typer.echo(answer["text"])
    typer.echo(f"type: {answer['type']}", err=True)


def _state_of_the_house(config: Path) -> dict[str, Any]:
    """Return the running hub's states and settings; nothing if none runs."""
    if not any(path.is_file() for path in (config, config / "config.yaml", config / "configuration.yaml")):
        return {}
    try:
        found: dict[str, Any] = ask(data_dir_of(config), "states")
    except HubError:
        return {}
    return found
