"""`hub history`, `hub statistics`, `hub logbook`: ask what was."""

from __future__ import annotations

import json
import shutil
import sys
from pathlib import Path
from typing import Annotated, Any, Literal

import typer
from rich.console import Console
from rich.markup import escape
from rich.table import Table

from hub.cli import plot
from hub.cli.recorded import Reader, tell
from hub.cli.rows import harmless, say
from hub.cli.run import DEFAULT_CONFIG, Config
from hub.cli.times import Since, Until, in_house, moment, shown
from hub.core.history import Period
from hub.storage.export import exporter
from hub.storage.sampling import number

Format = Literal["text", "csv", "jsonl", "parquet"]
Significant = Annotated[bool, typer.Option("--significant", help="Leave out what only adds detail.")]
Last = Annotated[int, typer.Option("--last", "-n", help="At most so many lines, the newest.", min=1)]
Json = Annotated[bool, typer.Option("--json", help="Print JSON.")]
_PLOT_HEIGHT = 15
_COLUMNS = ("mean", "min", "max", "last", "sum", "change")


def history(
    entity_ids: Annotated[
        list[str] | None, typer.Argument(metavar="[ENTITY]...", help="Of these; without, list all recorded.")
    ] = None,
    since: Since = "24h",
    until: Until = "now",
    as_plot: Annotated[bool, typer.Option("--plot", help="Draw it in the terminal.")] = False,
    most: Annotated[
        int | None, typer.Option("--points", "-n", help="At most so many; peaks are kept.", min=2)
    ] = None,
    significant: Annotated[
        bool, typer.Option("--significant", help="Leave out what only adds detail.")
    ] = False,
    form: Annotated[Format, typer.Option("--format", "-f", help="How it is written.")] = "text",
    output: Annotated[Path | None, typer.Option("--output", "-o", help="Write into this file.")] = None,
    config: Config = DEFAULT_CONFIG,
) -> None:
    """Show what entities were, in a running hub or in the files of one that is stopped."""
    if not entity_ids:
        _list(config)
        return
    in_house(config)
    begin, end = moment(since), moment(until)
    if form != "text":
        _export(config, entity_ids, begin, end, form, output)
        return
    if as_plot:
        width = shutil.get_terminal_size().columns
        found = tell(config, "states", entity_ids=entity_ids, since=begin, until=end, most=width * 4)
        for entity_id in entity_ids:
            _plot(entity_id, found[entity_id], begin, end, width)
        return
    if most is None and not significant:
        _print_all(config, entity_ids, begin, end)
        return
    found = tell(
        config, "states", entity_ids=entity_ids, since=begin, until=end, most=most, significant=significant
    )
    for entity_id in entity_ids:
        _print(entity_id, found[entity_id])
        if not found[entity_id]:
            typer.echo(f"{entity_id}: nothing was recorded in this time")


def _print_all(config: Path, entity_ids: list[str], begin: float, end: float) -> None:
    with Reader(config) as reader:
        for entity_id in entity_ids:
            was = reader.tell("states", entity_ids=[entity_id], since=begin, until=begin)[entity_id]
            _print(entity_id, was)
            count = len(was)
            for page in reader.pages(entity_id, begin, end):
                _print(entity_id, page)
                count += len(page)
            if not count:
                typer.echo(f"{entity_id}: nothing was recorded in this time")


def _print(entity_id: str, states: list[dict[str, Any]]) -> None:
    for one in states:
        say(f"{shown(one['at'], precise=True)}  {entity_id}  {one['state']}")


def _list(config: Path) -> None:
    known = tell(config, "entities")
    for entity_id in known:
        typer.echo(entity_id)
    if not known:
        typer.echo("Nothing is recorded yet. It begins when the hub runs.")


def _plot(entity_id: str, found: list[dict[str, Any]], begin: float, end: float, width: int) -> None:
    typer.echo(entity_id)
    if not found:
        typer.echo("  nothing was recorded in this time")
        return
    points = [(one["at"], number(one["state"])) for one in found]
    if sum(value is not None for _, value in points) * 2 >= len(points):
        last = next(value for _, value in reversed(points) if value is not None)
        if points[-1][1] is not None:
            points.append((end, last))
        lines = plot.curve(points, begin, end, width, _PLOT_HEIGHT)
    else:
        lines = plot.bands([(one["at"], one["state"]) for one in found], begin, end, width)
    for line in lines:
        typer.echo(line)


def _export(
    config: Path, entity_ids: list[str], begin: float, end: float, form: Any, output: Path | None
) -> None:
    with open(output, "wb") if output is not None else sys.stdout.buffer as file:
        writer = exporter(form, file.write)
        with Reader(config) as reader:
            for entity_id in entity_ids:
                for page in reader.pages(entity_id, begin, end):
                    writer.page(entity_id, page)
        writer.end()
    if output is not None:
        typer.echo(f"{output}: {writer.count} states", err=True)


def statistics(
    entity_ids: Annotated[list[str], typer.Argument(metavar="ENTITY...", help="Of these.")],
    since: Since = "24h",
    until: Until = "now",
    period: Annotated[Period, typer.Option("--period", "-p", help="Taken together over.")] = "hour",
    config: Config = DEFAULT_CONFIG,
    as_json: Json = False,
) -> None:
    """Show means, extremes and sums over periods. Hours, days, weeks and months are kept for ever."""
    in_house(config)
    found = tell(
        config,
        "statistics",
        entity_ids=entity_ids,
        since=moment(since),
        until=moment(until),
        period=period,
    )
    if as_json:
        typer.echo(json.dumps(found, indent=2))
        return
    for entity_id in entity_ids:
        if not found[entity_id]:
            typer.echo(
                f"{entity_id}: no statistics in this time. They are made of numbers, after five minutes."
            )
            continue
        table = Table(box=None, pad_edge=False, title=entity_id, title_justify="left")
        table.add_column("from")
        for heading in _COLUMNS:
            table.add_column(heading, justify="right")
        for one in found[entity_id]:
            cells = [one[name] for name in ("mean", "min", "max", "last", "sum", "change")]
            table.add_row(
                shown(one["start"])[:16], *("" if cell is None else f"{cell:.6g}" for cell in cells)
            )
        Console().print(table)


def logbook(
    entity_ids: Annotated[
        list[str] | None, typer.Argument(metavar="[ENTITY]...", help="Only of these.")
    ] = None,
    since: Since = "24h",
    until: Until = "now",
    most: Annotated[
        int, typer.Option("--last", "-n", help="At most so many lines, the newest.", min=1)
    ] = 100,
    config: Config = DEFAULT_CONFIG,
    as_json: Json = False,
) -> None:
    """Tell what happened and because of what."""
    in_house(config)
    lines = tell(
        config,
        "logbook",
        since=moment(since),
        until=moment(until) + 1,
        entity_ids=entity_ids or [],
        most=most,
    )
    if as_json:
        typer.echo(json.dumps(lines, indent=2, ensure_ascii=False))
        return
    console = Console(highlight=False, soft_wrap=True)
    for line in lines:
        by = f" [dim]({escape(harmless(line['by']))})[/dim]" if line["by"] else ""
        console.print(f"[dim]{shown(line['at'])}[/dim]  {escape(harmless(line['text']))}{by}")
    if not lines:
        typer.echo("Nothing happened in this time.")
