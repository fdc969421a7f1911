"""Run a program without a shell, in bounded time, and return what it prints."""

from __future__ import annotations

import asyncio
import contextlib

from hub.api import HubError

LONGEST = 1 << 20


async def output_of(words: tuple[str, ...], seconds: float) -> str:
    """Return what a program prints; raises `HubError` if it fails, or takes too long."""
    try:
        program = await asyncio.create_subprocess_exec(
            *words, stdin=asyncio.subprocess.DEVNULL, stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.PIPE, limit=LONGEST, start_new_session=True,
        )  # fmt: skip
    except OSError as error:
        raise HubError(f"{words[0]} can't be run: {error.strerror}") from error
    try:
        async with asyncio.timeout(seconds):
            told, complaint = await program.communicate()
    except TimeoutError:
        raise HubError(f"{words[0]} was not done after {seconds:g} s") from None
    finally:
        if program.returncode is None:
            with contextlib.suppress(ProcessLookupError):
                program.kill()
            await program.wait()
    if program.returncode:
        first = complaint.decode(errors="replace").strip().partition("\n")[0]
        raise HubError(f"{words[0]} failed with {program.returncode}{f': {first}' if first else ''}")
    return told[:LONGEST].decode(errors="replace").strip()
