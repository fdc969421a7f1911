"""Show plain data as text, as a table or as JSON, and take arguments that several commands share.

Names, states and payloads come from strangers: they are neither markup nor orders to the terminal.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
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
    headings = [column.replace("_", " ") for column in columns]
    show_table(headings, ([in_words(one[column]) for column in columns] for one in found))


def show_table(headings: Iterable[str], rows: Iterable[Iterable[str]]) -> None:
    """Print a table; into a file or a pipe as wide as it is, so that no name is cut."""
    table = Table(box=None, pad_edge=False)
    for heading in headings:
        table.add_column(heading, overflow="fold")
    for row in rows:
        table.add_row(*(escape(harmless(text)) for text in row))
    console = Console()
    (console if console.is_terminal else Console(width=_WIDE)).print(table)


def say(text: str) -> None:
    """Print text of one or more lines."""
    typer.echo("\n".join(map(harmless, text.split("\n"))))


def harmless(text: str) -> str:
    """Return a line without what orders a terminal about."""
    return "".join(sign if sign.isprintable() else repr(sign)[1:-1] for sign in text)


def in_words(value: Any) -> str:
    if isinstance(value, list):
        return ", ".join(map(str, value))
    return "" if value is None else str(value)
