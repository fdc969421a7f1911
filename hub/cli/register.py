"""Reach the register from the command line: in the hub that runs, or in the files of one that does not."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, Literal

import typer

from hub.app import prepare
from hub.cli.run import data_dir_of, find_config
from hub.configuration import read_files
from hub.control import ask
from hub.core.clock import SystemClock
from hub.core.errors import HubError
from hub.registry import Owner, Registrar
from hub.registry.desk import PREFIX, register_commands

Format = Literal["text", "json", "yaml"]


def tell(config: Path, command: str, **arguments: Any) -> Any:
    """Do a command and return its answer. Raises `HubError`."""
    data_dir = data_dir_of(config)
    if _runs(data_dir):
        return ask(data_dir, f"{PREFIX}{command}", **arguments)
    return asyncio.run(_alone(find_config(config), data_dir, command, arguments))


def _runs(data_dir: Path) -> bool:
    try:
        ask(data_dir, "status")
    except HubError:
        return False
    return True


async def _alone(config: Path, data_dir: Path, command: str, arguments: Mapping[str, Any]) -> Any:
    house, _ = prepare(config)
    declared = read_files(config, house).declared
    registrar = await Registrar.open(data_dir, SystemClock(), declared.all(Owner))
    try:
        return await register_commands(lambda: registrar)[f"{PREFIX}{command}"](**arguments)
    finally:
        await registrar.close()


def show(answer: Any, format: Format) -> None:
    """Print an answer: for people, or for programs."""
    if format == "json":
        typer.echo(json.dumps(answer, indent=2, ensure_ascii=False))
    elif format == "yaml":
        typer.echo("\n".join(_yaml(answer)))
    elif isinstance(answer, list):
        _table(answer)
    elif answer is not None:
        typer.echo("\n".join(_yaml(answer)))


def _yaml(value: Any, indent: str = "") -> Iterator[str]:
    """Yield the lines of a YAML text: block style, scalars as JSON writes them."""
    if isinstance(value, Mapping):
        for key, item in value.items():
            nested = isinstance(item, (Mapping, list)) and bool(item)
            yield f"{indent}{key}:" if nested else f"{indent}{key}: {_scalar(item)}"
            if nested:
                yield from _yaml(item, indent + "  ")
    elif isinstance(value, list):
        for item in value:
            first, *rest = _yaml(item, indent + "  ")
            yield f"{indent}- {first.strip()}"
            yield from rest
        if not value:
            yield f"{indent}[]"
    else:
        yield f"{indent}{_scalar(value)}"


def _scalar(value: Any) -> str:
    plain = isinstance(value, str) and value.replace("-", "").replace("_", "").isalnum()
    plain = plain and not value[0].isdigit() and value.lower() not in _WORDS
    return value if plain else json.dumps(value, ensure_ascii=False)


_WORDS = ("true", "false", "null", "yes", "no", "on", "off", "y", "n")


def _table(rows: list[dict[str, Any]]) -> None:
    columns = list(dict.fromkeys(key for row in rows for key in row if key != "certificate_data"))
    cells = [columns, *([_cell(row.get(column)) for column in columns] for row in rows)]
    widths = [max(len(row[at]) for row in cells) for at in range(len(columns))]
    for row in cells if rows else ():
        typer.echo("  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip())


def _cell(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, Mapping):
        return ",".join(f"{key}={item}" for key, item in value.items())
    return str(value)
