"""Draw a plot with characters: a curve for numbers, bands for states."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence

from hub.cli.times import local

# In one character there are two columns and four rows of dots.
_DOTS = ((0x01, 0x08), (0x02, 0x10), (0x04, 0x20), (0x40, 0x80))
_BLANK = 0x2800
_MOST_BANDS = 12
_LONGEST_STATE = 16

Point = tuple[float, float | None]


def curve(points: Sequence[Point], since: float, until: float, width: int, height: int) -> Iterator[str]:
    """Yield the lines of a plot; a point without a number is a gap."""
    values = [value for _, value in points if value is not None]
    low, high = min(values), max(values)
    if low == high:
        low, high = low - 0.5, high + 0.5
    labels = [_number(high - (high - low) * row / (height - 1), high - low) for row in range(height)]
    margin = max(map(len, labels))
    columns = max(10, width - margin - 2)
    grid = [[0] * columns for _ in range(height)]
    before: tuple[int, int] | None = None
    for at, value in points:
        if value is None:
            before = None
            continue
        x = _place(at, since, until, columns * 2)
        y = round((high - value) / (high - low) * (height * 4 - 1))
        for column, row in _line(before, (x, y)):
            grid[row // 4][column // 2] |= _DOTS[row % 4][column % 2]
        before = (x, y)
    for label, cells in zip(labels, grid, strict=True):
        yield f"{label:>{margin}} ┤{''.join(chr(_BLANK + dots) for dots in cells)}"
    yield from _axis(since, until, columns, margin)


def bands(points: Sequence[tuple[float, str]], since: float, until: float, width: int) -> Iterator[str]:
    """Yield a line for each state, with a bar where it was the one."""
    states = list(dict.fromkeys(state for _, state in points))
    shown = states[:_MOST_BANDS]
    margin = max(len(_short(state)) for state in shown)
    columns = max(10, width - margin - 2)
    for state in shown:
        line = [" "] * columns
        for (at, now), (end, _) in zip(points, [*points[1:], (until, "")], strict=True):
            if now == state:
                first, last = _place(at, since, until, columns), _place(end, since, until, columns)
                line[first : last + 1] = "█" * (last + 1 - first)
        yield f"{_short(state):>{margin}} ┤{''.join(line)}"
    if len(states) > len(shown):
        yield f"{'':>{margin}}  … and {len(states) - len(shown)} other states"
    yield from _axis(since, until, columns, margin)


def _place(at: float, since: float, until: float, columns: int) -> int:
    share = (at - since) / (until - since) if until > since else 0.0
    return min(columns - 1, max(0, int(share * columns)))


def _line(start: tuple[int, int] | None, end: tuple[int, int]) -> Iterator[tuple[int, int]]:
    """Yield the dots from one point to the next."""
    if start is None:
        yield end
        return
    steps = max(abs(end[0] - start[0]), abs(end[1] - start[1]), 1)
    for step in range(steps + 1):
        share = step / steps
        yield (
            round(start[0] + (end[0] - start[0]) * share),
            round(start[1] + (end[1] - start[1]) * share),
        )


def _axis(since: float, until: float, columns: int, margin: int) -> Iterator[str]:
    yield f"{'':>{margin}} └{'─' * columns}"
    span = until - since
    form = "%d %b %H:%M" if span > 2 * 86400 else "%a %H:%M" if span > 600 else "%H:%M:%S"
    first, last = (local(at).strftime(form) for at in (since, until))
    yield f"{'':>{margin}}  {first}{last:>{max(1, columns - len(first))}}"


def _number(value: float, span: float) -> str:
    places = min(6, max(0, 2 - math.floor(math.log10(span)))) if span > 0 else 2
    return f"{value:.{places}f}"


def _short(state: str) -> str:
    return state if len(state) <= _LONGEST_STATE else f"{state[: _LONGEST_STATE - 1]}…"
