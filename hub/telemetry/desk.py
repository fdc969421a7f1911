"""What the control socket answers about streams."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from hub.core.telemetry import Telemetry

PREFIX = "telemetry."


def telemetry_commands(telemetry: Callable[[], Telemetry]) -> dict[str, Callable[..., Any]]:
    """Return the commands by name. Times are seconds since 1970."""

    async def streams() -> Any:
        return await telemetry().streams()

    async def view(name: str, since: float, until: float | None = None, most: int = 2000) -> Any:
        return await telemetry().view(name, since, until, most=most)

    return {f"{PREFIX}streams": streams, f"{PREFIX}view": view}
