"""Read times as people write them, and write them as people read them."""

from __future__ import annotations

import re
from datetime import datetime, timedelta
from typing import Annotated

import typer

from hub.core.clock import SystemClock
from hub.core.errors import HubError

_AGO = re.compile(r"(\d+(?:\.\d+)?)\s*(s|m|min|h|d|w|y)")
_SECONDS = {"s": 1, "m": 60, "min": 60, "h": 3600, "d": 86400, "w": 604800, "y": 31_557_600}
_HOW = "Write it as 2h, 7d, today, yesterday, 2024-05-06 or 2024-05-06T12:00."

Since = Annotated[
    str, typer.Option("--since", "-s", help="From when on: 2h, 7d, today, yesterday or 2024-05-06T12:00.")
]
Until = Annotated[str, typer.Option("--until", "-u", help="Up to when; written as --since.")]


def moment(text: str) -> float:
    """Return the time that `text` means, in seconds since 1970. Raises `HubError`."""
    now = SystemClock().now().astimezone()
    found = _AGO.fullmatch(text.strip())
    if found is not None:
        return now.timestamp() - float(found[1]) * _SECONDS[found[2]]
    today = now.replace(hour=0, minute=0, second=0, microsecond=0)
    words = {"now": now, "today": today, "yesterday": today - timedelta(days=1)}
    if text.strip() in words:
        return words[text.strip()].timestamp()
    try:
        return datetime.fromisoformat(text.strip()).astimezone().timestamp()
    except ValueError:
        raise HubError(f"{text!r} is no time", remedy=_HOW) from None


def shown(seconds: float, *, precise: bool = False) -> str:
    """Return a time as the clock on the wall shows it."""
    local = datetime.fromtimestamp(seconds).astimezone()
    text = local.strftime("%Y-%m-%d %H:%M:%S.%f" if precise else "%Y-%m-%d %H:%M:%S")
    return text[:-3] if precise else text
