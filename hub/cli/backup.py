"""`hub backup`: make backups, look at them, and put one back."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.console import Console
from rich.table import Table

from hub.building import all_schemas
from hub.cli.asking import asked_password
from hub.cli.recorded import runs
from hub.cli.run import DEFAULT_CONFIG, Config, data_dir_of, find_config
from hub.config.layout import lay_out
from hub.config.scalars import plain
from hub.config.source import load
from hub.control import ask
from hub.core.clock import SystemClock
from hub.core.errors import HubError
from hub.loader import load_plugins
from hub.storage.backup.cipher import is_encrypted
from hub.storage.backup.desk import PREFIX, backup_commands
from hub.storage.backup.making import Source
from hub.storage.backup.opening import extract, opened, verify
from hub.storage.backup.restoring import restore
from hub.storage.backup.shelf import Shelf

app = typer.Typer(name="backup", help="Make backups, look at them, and put one back.", no_args_is_help=True)
Json = Annotated[bool, typer.Option("--json", help="Print JSON.")]
Stdin = Annotated[bool, typer.Option("--password-stdin", help="Read the password from standard input.")]
Output = Annotated[Path | None, typer.Option("--output", "-o", help="Move it to this file or folder.")]
Which = Annotated[str, typer.Argument(metavar="BACKUP", help="A name that `list` shows, or a file.")]


@app.command("create")
def create(
    config: Config = DEFAULT_CONFIG,
    history: Annotated[
        bool, typer.Option("--history/--no-history", help="With history and streams of samples.")
    ] = True,
    encrypt: Annotated[bool, typer.Option("--encrypt", "-e", help="Ask for a password.")] = False,
    stdin: Stdin = False,
    output: Annotated[
        Path | None, typer.Option("--output", "-o", help="Move it to this file or folder.")
    ] = None,
    as_json: Json = False,
) -> None:
    """Make a backup, of a hub that runs or of one that is stopped, and look at it."""
    password = asked_password(stdin) if encrypt or stdin else None
    made = _tell(config, "create", history=history, password=password)
    if output is not None:
        made = {**made, "path": str(_moved(Path(made["path"]), output))}
    if as_json:
        typer.echo(json.dumps(made, indent=2))
        return
    what = "with history" if made["history"] else "without history"
    sealed = ", encrypted" if made["encrypted"] else ""
    typer.echo(f"{made['path']}: {made['files']} files {what}, {_size(made['bytes'])}{sealed}, verified")
    if history and not made["history"]:
        typer.echo("There is no history in the data folder. If `db_url:` keeps it elsewhere, save it there.")


@app.command("list")
def list_backups(config: Config = DEFAULT_CONFIG, as_json: Json = False) -> None:
    """List the backups of this house, the newest first."""
    found = _tell(config, "list")
    if as_json:
        typer.echo(json.dumps(found, indent=2))
        return
    if not found:
        typer.echo("There are no backups yet. Make one with `hub backup create`.")
        return
    table = Table(box=None, pad_edge=False)
    table.add_column("name", no_wrap=True, min_width=max(len(one["name"]) for one in found))
    for heading in ("made", "size", "version"):
        table.add_column(heading, no_wrap=True)
    table.add_column("contents")
    for one in found:
        table.add_row(
            one["name"],
            one.get("created", "-")[:16].replace("T", " "),
            _size(one["bytes"]),
            one.get("version", "-"),
            _contents(one),
        )
    Console().print(table)


@app.command("verify")
def verify_one(
    backup: Which, config: Config = DEFAULT_CONFIG, stdin: Stdin = False, as_json: Json = False
) -> None:
    """Look at every file of a backup, and open its databases."""
    path = _path(backup, config)
    manifest = verify(path, _password(path, stdin), _schemas())
    if as_json:
        typer.echo(manifest.model_dump_json(indent=2))
        return
    typer.echo(
        f"{path.name} is whole: made {manifest.created} by Hearth {manifest.version}, "
        f"{len(manifest.files)} files, {_size(manifest.size)}"
    )


@app.command("extract")
def extract_one(
    backup: Which,
    folder: Annotated[Path, typer.Argument(help="A folder that is not there yet.")],
    config: Config = DEFAULT_CONFIG,
    stdin: Stdin = False,
) -> None:
    """Unpack a backup into a folder, to look into it."""
    path = _path(backup, config)
    if folder.exists():
        raise HubError(f"{folder} is there already", remedy="Name a folder that is not there yet.")
    with opened(path, _password(path, stdin)) as (manifest, archive):
        folder.mkdir(parents=True, mode=0o700)
        extract(manifest, archive, folder, _schemas())
    typer.echo(f"{folder}: {len(manifest.files)} files")


@app.command("restore")
def restore_one(
    backup: Which,
    config: Config = DEFAULT_CONFIG,
    stdin: Stdin = False,
    yes: Annotated[bool, typer.Option("--yes", "-y", help="Do not ask.")] = False,
) -> None:
    """Put a backup back: all of it or nothing. What was there before is kept aside.

    The hub must be stopped. --config names the configuration, or the folder to restore into.
    """
    folder = config if config.is_dir() else config.absolute().parent
    path = _path(backup, config)
    if any(runs(data_dir) for data_dir in _data_dirs(folder, config)):
        raise HubError("the hub runs", remedy="Stop it, and restore then.")
    if not yes:
        typer.confirm(f"Put {path.name} back into {folder.absolute()}?", abort=True)
    manifest, aside = restore(
        path, folder.absolute(), SystemClock().now(), password=_password(path, stdin), schemas=_schemas()
    )
    typer.echo(f"{len(manifest.files)} files are back as they were at {manifest.created}")
    if aside.is_dir():
        typer.echo(f"what was there before is kept in {aside}")


def source_of(config: Path) -> Source:
    """Return the house of a configuration file, as its files."""
    document = load(config)
    sections = lay_out(document).sections
    data, recorder = (
        section.data if (section := sections.get(name)) is not None and isinstance(section.data, dict) else {}
        for name in ("hub", "recorder")
    )
    return Source(
        config,
        config.parent / str(data.get("data_dir", "data")),
        str(data.get("name", "Home")),
        tuple(Path(file) for file in document.files),
        str(plain(recorder.get("db_url") or "")),
    )


def _tell(config: Path, command: str, **arguments: Any) -> Any:
    data_dir = data_dir_of(config)
    if runs(data_dir):
        return ask(data_dir, f"{PREFIX}{command}", **arguments)
    path = find_config(config)
    shelf = Shelf(lambda: source_of(path), SystemClock(), _schemas())
    return asyncio.run(backup_commands(lambda: shelf)[f"{PREFIX}{command}"](**arguments))


def _schemas() -> Mapping[str, int]:
    return all_schemas(load_plugins().catalogs.stores)


def _path(backup: str, config: Path) -> Path:
    """Find a backup: a file, or one of those in the house's own folder."""
    path = Path(backup)
    if path.is_file():
        return path
    if config.is_dir() or config.is_file() or config == DEFAULT_CONFIG:
        there = data_dir_of(config) / "backups" / backup
        if there.is_file():
            return there
    raise HubError(f"there is no backup {backup}", remedy="See `hub backup list`.")


def _data_dirs(folder: Path, config: Path) -> list[Path]:
    found = {folder / "data"}
    if config.is_file() or (config.is_dir() and any(config.glob("config*.yaml"))):
        found.add(data_dir_of(config))
    return sorted(found)


def _password(path: Path, stdin: bool) -> str | None:
    if not is_encrypted(path):
        return None
    return (
        typer.get_text_stream("stdin").readline().rstrip("\n")
        if stdin
        else typer.prompt("Password", hide_input=True)
    )


def _moved(made: Path, output: Path) -> Path:
    target = output / made.name if output.is_dir() else output
    if target.exists():
        raise HubError(f"{target} is there already", remedy=f"The backup is kept as {made}.")
    made.rename(target)
    return target


def _contents(one: Mapping[str, Any]) -> str:
    if one.get("problem"):
        return str(one["problem"])
    words = ["encrypted" if one.get("encrypted") else "", "history" if one.get("history") else ""]
    return ", ".join(word for word in words if word)


def _size(count: int) -> str:
    size = float(count)
    for unit in ("B", "KiB", "MiB"):
        if size < 1024:
            return f"{size:.0f} {unit}" if unit == "B" else f"{size:.1f} {unit}"
        size /= 1024
    return f"{size:.1f} GiB"
