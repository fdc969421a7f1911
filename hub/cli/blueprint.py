"""`hub blueprint`: automations and scripts of others with gaps to fill, kept beside the configuration."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.markup import escape
from rich.table import Table

from hub.cli.run import DEFAULT_CONFIG, Config
from hub.config.blueprint import DOMAINS, Blueprint, read_blueprint
from hub.config.blueprints import FOLDER, names
from hub.config.problems import as_text
from hub.core.errors import HubError

app = typer.Typer(name="blueprint", help="Keep blueprints, and see what they ask for.", no_args_is_help=True)
_UNSAFE = re.compile(r"[^\w-]+")
_GITHUB = re.compile(r"github(?:usercontent)?\.com/([\w-]+)")
_NOBODY = "imported"


@app.command("list")
def list_blueprints(config: Config = DEFAULT_CONFIG) -> None:
    """Show the blueprints below the configuration's folder and the inputs that each has."""
    root = _folder(config)
    table = Table(box=None, pad_edge=False)
    for heading in ("for", "path", "name", "inputs (? may be left out)"):
        table.add_column(heading, overflow="fold")
    for domain in DOMAINS:
        for name in names(root, domain):
            blueprint = read_blueprint(root / FOLDER / domain / name, root)
            table.add_row(domain, escape(name), escape(blueprint.name), escape(_inputs(blueprint)))
    if not table.rows:
        typer.echo(f"There are no blueprints in {root / FOLDER}. Save one with `hub blueprint import FILE`.")
        return
    Console(soft_wrap=not Console().is_terminal).print(table)


@app.command("import")
def import_blueprint(
    file: Annotated[Path, typer.Argument(help="A blueprint that you saved.", exists=True, dir_okay=False)],
    config: Config = DEFAULT_CONFIG,
    author: Annotated[str, typer.Option("--author", help="The folder to put it in.")] = "",
    force: Annotated[bool, typer.Option("--force", help="Replace the one that is there.")] = False,
) -> None:
    """Check a blueprint and put it where `use_blueprint: path:` finds it."""
    file = file.absolute()
    blueprint = read_blueprint(file, file.parent)
    if any(problem.is_error for problem in blueprint.problems):
        typer.echo(as_text(blueprint.problems), err=True)
        raise typer.Exit(1)
    name = f"{_author(author, blueprint)}/{_UNSAFE.sub('_', file.stem).strip('_') or 'blueprint'}.yaml"
    target = _folder(config) / FOLDER / blueprint.domain / name
    if target.exists() and not force:
        raise HubError(f"{target} is already there", remedy="Replace it with --force.")
    target.parent.mkdir(parents=True, exist_ok=True)
    target.write_bytes(file.read_bytes())
    typer.echo(f"{target} is there now. Use it so:")
    typer.echo(f"\n{blueprint.domain}:")
    for line in _usage(blueprint, name):
        typer.echo(f"  {line}")


def _folder(config: Path) -> Path:
    return (config if config.is_dir() else config.parent).absolute()


def _inputs(blueprint: Blueprint) -> str:
    if blueprint.problems:
        return f"{len(blueprint.problems)} mistakes: {blueprint.problems[0]}"
    return ", ".join(f"{name}?" if gap.has_default else name for name, gap in blueprint.gaps.items())


def _author(given: str, blueprint: Blueprint) -> str:
    found = _GITHUB.search(blueprint.source_url)
    author = given or (found[1] if found else "") or blueprint.author or _NOBODY
    return _UNSAFE.sub("_", author).strip("_") or _NOBODY


def _usage(blueprint: Blueprint, name: str) -> list[str]:
    first = "my_script:" if blueprint.domain == "script" else f"- alias: {blueprint.name}"
    lines = [first, "  use_blueprint:", f"    path: {name}"]
    needed = [gap for gap in blueprint.gaps.values() if not gap.has_default]
    if needed:
        lines += ["    input:", *(f"      {gap.name}: # {gap.selector[0] or 'anything'}" for gap in needed)]
    return lines
