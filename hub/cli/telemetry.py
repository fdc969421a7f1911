"""`hub telemetry`: look at streams of samples."""

from __future__ import annotations

import asyncio
import csv
import json
import shutil
import sys
from pathlib import Path
from typing import Annotated, Any, Literal

import typer

from hub.cli import plot
from hub.cli.recorded import runs
from hub.cli.run import DEFAULT_CONFIG, Config, data_dir_of
from hub.cli.times import Since, Until, in_house, moment, shown
from hub.control import ask
from hub.core.clock import SystemClock
from hub.core.errors import NotFound
from hub.telemetry.desk import PREFIX
from hub.telemetry.recording import viewed
from hub.telemetry.store import FILE, TelemetryFile

Most = Annotated[int | None, typer.Option("--points", "-n", help="At most so many; peaks are kept.", min=4)]
Form = Annotated[Literal["plot", "csv", "json"], typer.Option("--format", "-f", help="How it is shown.")]
_HEIGHT = 15
_ALL = 10_000_000


def telemetry(
    name: Annotated[str | None, typer.Argument(help="Of this stream; without, list them.")] = None,
    since: Since = "10min",
    until: Until = "now",
    most: Annotated[
        int | None, typer.Option("--points", "-n", help="At most so many; peaks are kept.", min=4)
    ] = None,
    form: Form = "plot",
    config: Config = DEFAULT_CONFIG,
) -> None:
    """Show a stream of samples, in a running hub or in the files of one that is stopped."""
    data_dir = data_dir_of(config)
    if name is None:
        _list(data_dir)
        return
    in_house(config)
    begin, end = moment(since), moment(until)
    width = shutil.get_terminal_size().columns
    count = most or (width * 4 if form == "plot" else _ALL)
    if runs(data_dir):
        points = ask(data_dir, f"{PREFIX}view", name=name, since=begin, until=end, most=count)
    else:
        points = asyncio.run(_alone(data_dir, name, begin, end, count))
    _show(name, points, begin, end, width, form)


def _show(name: str, points: Any, begin: float, end: float, width: int, form: str) -> None:
    if form == "json":
        typer.echo(json.dumps(points))
    elif form == "csv":
        writer = csv.writer(sys.stdout)
        writer.writerow(("at", "value"))
        writer.writerows((shown(at, precise=True), "" if value is None else value) for at, value in points)
    elif not points:
        typer.echo(f"{name}: nothing was heard in this time")
    else:
        for line in plot.curve([(at, value) for at, value in points], begin, end, width, _HEIGHT):
            typer.echo(line)


def _list(data_dir: Path) -> None:
    if not runs(data_dir):
        names = asyncio.run(_names(data_dir)) if (data_dir / FILE).exists() else []
        typer.echo("\n".join(names) if names else "No stream is recorded yet.")
        return
    found = ask(data_dir, f"{PREFIX}streams")
    for one in found:
        alarms = ", ".join(alarm for alarm, active in one["alarms"].items() if active)
        last = "nothing yet" if one["last"] is None else f"{one['last']:.6g} {one['unit'] or ''}".strip()
        alarmed = f"  ALARM: {alarms}" if alarms else ""
        typer.echo(f"{one['name']}  {one['rate']:g}/s  {last}  {one['gaps']} gaps{alarmed}")
    if not found:
        typer.echo("There are no streams. Write one under `telemetry:` in the configuration.")


async def _alone(data_dir: Path, name: str, begin: float, end: float, most: int) -> Any:
    file = await TelemetryFile.open(data_dir / FILE, SystemClock())
    try:
        if name not in file.names():
            raise NotFound(f"no stream {name!r} is recorded", remedy="See `hub telemetry`.")
        return await viewed(file, name, begin, end, most)
    finally:
        await file.close()


async def _names(data_dir: Path) -> list[str]:
    file = await TelemetryFile.open(data_dir / FILE, SystemClock())
    try:
        return file.names()
    finally:
        await file.close()
