"""`hub plugin`: what is installed, and what each plugin brings."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.console import Console
from rich.table import Table

from hub.cli.run import DEFAULT_CONFIG, Config
from hub.loader import Plugin, load_plugins

app = typer.Typer(name="plugin", help="See what plugins there are and what they bring.", no_args_is_help=True)


@app.command("list")
def list_plugins(
    config: Config = DEFAULT_CONFIG,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False,
) -> None:
    """Show each plugin's version, what it offers, and why it is left out if it is."""
    folder = config if config.is_dir() else config.parent
    found = load_plugins(folder.absolute()).found
    if as_json:
        typer.echo(json.dumps([_record(plugin) for plugin in found], indent=2))
        return
    table = Table(box=None, pad_edge=False)
    for heading in ("plugin", "version", "state", "from", "offers"):
        table.add_column(heading, overflow="fold")
    for plugin in found:
        state = "loaded" if plugin.loaded else f"[red]left out[/red]: {plugin.error}"
        table.add_row(plugin.name, plugin.version, state, plugin.origin, _offers(plugin))
    Console(soft_wrap=not Console().is_terminal).print(table)


def _offers(plugin: Plugin) -> str:
    return "; ".join(f"{hook}: {', '.join(names)}" for hook, names in plugin.offers.items())


def _record(plugin: Plugin) -> dict[str, Any]:
    return {
        "name": plugin.name,
        "version": plugin.version,
        "description": plugin.description,
        "origin": plugin.origin,
        "path": str(plugin.path) if isinstance(plugin.path, Path) else None,
        "loaded": plugin.loaded,
        "error": plugin.error,
        "offers": plugin.offers,
    }
