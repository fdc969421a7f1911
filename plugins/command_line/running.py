"""Run a program without a shell, in bounded time."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Sequence

from hub.api import HubError

LONGEST = 1 << 20


async def run_program(words: Sequence[str], seconds: float, given: str | None = None) -> tuple[int, str, str]:
    """Return a program's exit status, what it prints, and what it complains.

    `given` is what it reads. Raises `HubError` if it can't be run, or takes too long.
    """
    pipe = asyncio.subprocess.PIPE
    try:
        program = await asyncio.create_subprocess_exec(
            *words, stdin=asyncio.subprocess.DEVNULL if given is None else pipe, stdout=pipe,
            stderr=pipe, limit=LONGEST, start_new_session=True,
        )  # fmt: skip
    except (OSError, ValueError) as error:  # a word with a zero byte in it, too
        raise HubError(f"{words[0]} can't be run: {getattr(error, 'strerror', None) or error}") from error
    try:
        async with asyncio.timeout(seconds):
            told, complaint = await program.communicate(given.encode() if given is not None else None)
    except TimeoutError:
        raise HubError(f"{words[0]} was not done after {seconds:g} s") from None
    finally:
        if program.returncode is None:
            with contextlib.suppress(ProcessLookupError):
                program.kill()
            await program.wait()
    text = told[:LONGEST].decode(errors="replace").strip()
    return program.returncode or 0, text, complaint.decode(errors="replace")
