"""What the control socket answers about energy."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import asdict
from typing import Any

from hub.core.energy import Energy
from hub.core.history import Period

PREFIX = "energy."


def energy_commands(energy: Callable[[], Energy]) -> dict[str, Callable[..., Any]]:
    """Return the commands by name. Times are seconds since 1970."""

    async def report(since: float, until: float | None = None, period: Period = "day") -> Any:
        return asdict(await energy().report(since, until, period=period))

    async def standby(since: float, until: float | None = None) -> Any:
        return [asdict(one) for one in await energy().standby(since, until)]

    async def peaks(since: float, until: float | None = None, most: int = 10) -> Any:
        return [asdict(one) for one in await energy().peaks(since, until, most=most)]

    return {f"{PREFIX}report": report, f"{PREFIX}standby": standby, f"{PREFIX}peaks": peaks}
