"""Play an automation on a simulated clock, in a process of its own that may use little."""

from __future__ import annotations

import asyncio
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import orjson

from hub.core.errors import HubError

PATIENCE = 30.0
MOST = 4 << 20


async def try_out(config: Path, text: str, time: str, steps: Sequence[dict[str, Any]]) -> dict[str, Any]:
    """Return the runs, the messages and calls, and what was logged. Raises `HubError`."""
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "hub.testing.trial", str(config)),
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.DEVNULL,
        limit=MOST,
    )
    asked = orjson.dumps({"text": text, "time": time, "steps": list(steps)})
    try:
        async with asyncio.timeout(PATIENCE):
            told, _ = await process.communicate(asked)
    except TimeoutError:
        process.kill()
        await process.wait()
        raise HubError(
            f"this took longer than {PATIENCE:.0f} s", remedy="Is there a loop in it that never ends?"
        ) from None
    try:
        answer: dict[str, Any] = orjson.loads(told)
    except orjson.JSONDecodeError:
        raise HubError("the simulated house did not answer", remedy="See the hub's log.") from None
    if "error" in answer:
        raise HubError(answer["error"], remedy=answer.get("remedy", ""))
    return answer
