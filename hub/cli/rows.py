"""Show rows of plain data as a table or as JSON, and take arguments that several commands share."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Annotated, Any

import typer
from rich.console import Console
from rich.markup import escape
from rich.table import Table

Json = Annotated[bool, typer.Option("--json", help="Print JSON.")]
_WIDE = 400
Labels = Annotated[list[str] | None, typer.Argument(metavar="[LABEL]...", help="All it is to have.")]


def show_rows(
    found: Sequence[dict[str, Any]], columns: Sequence[str], *, as_json: bool, nothing: str
) -> None:
    """Print rows; `nothing` is said where there are none."""
    if as_json:
        typer.echo(json.dumps(found, indent=2))
        return
    if not found:
        typer.echo(nothing)
        return
    table = Table(box=None, pad_edge=False)
    for column in columns:
        table.add_column(column.replace("_", " "))
    for one in found:
        table.add_row(*(escape(in_words(one[column])) for column in columns))
    print_table(table)


def print_table(table: Table) -> None:
    """Print a table; into a file or a pipe as wide as it is, so that no name is cut."""
    console = Console()
    (console if console.is_terminal else Console(width=_WIDE)).print(table)


def in_words(value: Any) -> str:
    if isinstance(value, list):
        return ", ".join(map(str, value))
    return "" if value is None else str(value)
