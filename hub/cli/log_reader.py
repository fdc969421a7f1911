"""`hub logs`: what the hub logged, now and before."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path
from typing import Annotated, Literal

import typer
from watchfiles import watch

from hub.cli.rows import say
from hub.cli.run import DEFAULT_CONFIG, Config, data_dir_of
from hub.core.clock import SystemClock
from hub.core.errors import HubError
from hub.logfile import NAME, Line, parse, read_log

_LEVELS = ("debug", "info", "warning", "error", "critical")

Level = Literal["debug", "info", "warning", "error"]


def logs(
    config: Config = DEFAULT_CONFIG,
    lines: Annotated[int, typer.Option("--lines", "-n", help="How many, newest last.", min=0)] = 50,
    level: Annotated[Level, typer.Option(help="Only this and what is worse.")] = "info",
    since: Annotated[
        str | None, typer.Option(help="Only what is newer: a time, or a span such as 2h, 30min, 7d.")
    ] = None,
    search: Annotated[str | None, typer.Option("--search", "-s", help="Only lines with these words.")] = None,
    follow: Annotated[bool, typer.Option("--follow", "-f", help="Go on with what is logged next.")] = False,
) -> None:
    """Show the hub's log, also of one that does not run. It is kept in the data folder as hub.log."""
    folder = data_dir_of(config)
    if not (folder / NAME).exists():
        raise HubError(f"there is no log in {folder}", remedy="It is written by `hub run`.")
    start = moment(since) if since else None

    def wanted(line: Line) -> bool:
        return (
            _LEVELS.index(line.level) >= _LEVELS.index(level)
            and (start is None or line.time >= start)
            and (search is None or search.lower() in line.text.lower())
        )

    after = (folder / NAME).stat().st_size
    for line in deque((line for line in read_log(folder) if wanted(line)), maxlen=lines):
        _print(line)
    if follow:
        for line in _grown(folder / NAME, after):
            if wanted(line):
                _print(line)


def moment(text: str) -> datetime:
    """Return the time that is meant: `2h` ago, or a time in ISO 8601 (local if it has no zone)."""
    units = {"s": 1, "min": 60, "m": 60, "h": 3600, "d": 86_400, "w": 604_800}
    number = text.rstrip("abcdefghijklmnopqrstuvwxyz ")
    unit = text[len(number) :].strip()
    if unit in units and number.replace(".", "", 1).isdigit():
        return SystemClock().now() - timedelta(seconds=float(number) * units[unit])
    try:
        return datetime.fromisoformat(text).astimezone()
    except ValueError:
        raise HubError(f"{text!r} is no time", remedy="Write 2h, 30min, 7d, or 2026-05-06T12:00.") from None


def _grown(path: Path, at: int) -> Iterator[Line]:
    """Yield what is added to a file from the byte `at` on, also after it was rotated; for ever."""
    rest = ""
    # It looks once a second, too: a network's file system tells nobody of changes.
    for _ in watch(path.parent, debounce=100, rust_timeout=1_000, yield_on_timeout=True):
        try:
            size = path.stat().st_size
            if size < at:
                at, rest = 0, ""
            with path.open("rb") as file:
                file.seek(at)
                data = file.read()
        except FileNotFoundError:  # just being rotated
            continue
        at += len(data)
        *whole, rest = (rest + data.decode("utf-8", "replace")).split("\n")
        yield from (line for text in whole if (line := parse(text)) is not None)


def _print(line: Line) -> None:
    say(f"{line.time.astimezone():%Y-%m-%d %H:%M:%S} {line.level.upper():7} {line.text}")
