"""Read times as people write them, and write them as people read them: in the house's time zone.

A machine, and a container even more so, often has another zone than the house in it.
"""

from __future__ import annotations

import re
from contextvars import ContextVar
from datetime import datetime, timedelta
from pathlib import Path
from typing import Annotated
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import typer

from hub.cli.run import find_config
from hub.config.layout import lay_out
from hub.config.source import load
from hub.core.clock import SystemClock
from hub.core.errors import HubError

_AGO = re.compile(r"(\d+(?:\.\d+)?)\s*(s|m|min|h|d|w|y)")
_SECONDS = {"s": 1, "m": 60, "min": 60, "h": 3600, "d": 86400, "w": 604800, "y": 31_557_600}
_HOW = "Write it as 2h, 7d, today, yesterday, 2024-05-06 or 2024-05-06T12:00."

Since = Annotated[
    str, typer.Option("--since", "-s", help="From when on: 2h, 7d, today, yesterday or 2024-05-06T12:00.")
]
Until = Annotated[str, typer.Option("--until", "-u", help="Up to when; written as --since.")]


_zone: ContextVar[ZoneInfo | None] = ContextVar("_zone", default=None)


def in_house(config: Path) -> None:
    """Take the time zone of a configuration for what follows; the machine's if it names none."""
    sections = lay_out(load(find_config(config))).sections
    data = [section.data for name in ("homeassistant", "hub") if (section := sections.get(name)) is not None]
    named = next(
        (str(one["time_zone"]) for one in data if isinstance(one, dict) and "time_zone" in one), None
    )
    try:
        _zone.set(ZoneInfo(named) if named is not None else None)
    except (ValueError, ZoneInfoNotFoundError):  # `hub check` says so
        _zone.set(None)


def local(seconds: float) -> datetime:
    """Return a time as the clock on the wall has it."""
    return datetime.fromtimestamp(seconds).astimezone(_zone.get())


def moment(text: str) -> float:
    """Return the time that `text` means, in seconds since 1970. Raises `HubError`."""
    now = SystemClock().now().astimezone(_zone.get())
    found = _AGO.fullmatch(text.strip())
    if found is not None:
        return now.timestamp() - float(found[1]) * _SECONDS[found[2]]
    today = now.replace(hour=0, minute=0, second=0, microsecond=0)
    words = {"now": now, "today": today, "yesterday": today - timedelta(days=1)}
    if text.strip() in words:
        return words[text.strip()].timestamp()
    try:
        written = datetime.fromisoformat(text.strip())
        zone = _zone.get()
        return (written.replace(tzinfo=zone) if written.tzinfo is None else written).timestamp()
    except ValueError:
        raise HubError(f"{text!r} is no time", remedy=_HOW) from None


def shown(seconds: float, *, precise: bool = False) -> str:
    """Return a time as the clock on the wall shows it."""
    text = local(seconds).strftime("%Y-%m-%d %H:%M:%S.%f" if precise else "%Y-%m-%d %H:%M:%S")
    return text[:-3] if precise else text
