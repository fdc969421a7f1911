"""Start the process of a plugin, measure it, hold it to its limits, and start it anew when it ends."""

from __future__ import annotations

import asyncio
import contextlib
import json
import logging
import os
import signal
import sys
from asyncio.subprocess import PIPE, STDOUT, Process
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any

from hub.apart.child import NOT_FIT
from hub.apart.launch import Launch
from hub.apart.meter import Share, Use
from hub.core.clock import Clock

log = logging.getLogger(__name__)
LOOPBACK = "127.0.0.1"
FIRST_WAIT, LONGEST_WAIT = 1.0, 60.0
STEADY = 60.0
"""Who ran so long begins anew with the shortest wait."""
LOOK_EVERY = 0.1
GRACE = 1.0
"""Seconds from being asked to end to being ended."""
LINES_A_MINUTE = 100
LONGEST_LINE = 1 << 14
# Nothing of the hub's own surroundings: what stands there may be secret.
_KEPT = ("PATH", "LANG", "LC_ALL", "TZ", "TMPDIR", "PYTHONPATH", "VIRTUAL_ENV")


@dataclass(slots=True)
class Standing:
    """How the process of a plugin is now."""

    state: str = "waits"
    """`runs`, `held` (it used up its share of the processor), `waits` (to be started anew) or `ended`."""
    pid: int | None = None
    restarts: int = 0
    memory: int = 0
    last_end: str = ""

    def told(self) -> dict[str, Any]:
        return {
            "state": self.state,
            "pid": self.pid,
            "restarts": self.restarts,
            "memory": self.memory,
            "last_end": self.last_end,
        }


class Supervisor:
    """The processes of all plugins that have one. `failed(name)` is told of each bad end."""

    def __init__(self, clock: Clock, environment: Mapping[str, str], failed: Callable[[str], None]) -> None:
        self._clock = clock
        self._environment = {name: environment[name] for name in _KEPT if name in environment}
        self._environment["PYTHONUNBUFFERED"] = "1"
        self._failed = failed
        self._lives: dict[str, asyncio.Task[None]] = {}
        self.standings: dict[str, Standing] = {}

    def begin(self, launches: Sequence[Launch], port: int) -> None:
        """Start each, and keep it running; the MQTT server listens for them at `port`."""
        for launch in launches:
            standing = self.standings[launch.name] = Standing()
            life = _Life(launch, port, self._clock, self._environment, standing, self._failed)
            self._lives[launch.name] = asyncio.get_running_loop().create_task(life.live(), name=launch.name)

    async def stop(self) -> None:
        """End all of them, those that do not listen by force."""
        for task in self._lives.values():
            task.cancel()
        await asyncio.gather(*self._lives.values(), return_exceptions=True)
        self._lives.clear()


class _Life:
    """One plugin from the hub's start to its end, over as many processes as it takes."""

    def __init__(
        self,
        launch: Launch,
        port: int,
        clock: Clock,
        environment: Mapping[str, str],
        standing: Standing,
        failed: Callable[[str], None],
    ) -> None:
        self._launch, self._port, self._clock = launch, port, clock
        self._environment = environment
        self._standing = standing
        self._failed = failed
        self._last_line = ""
        self._why = ""
        """Why it was ended by us, if it was."""

    async def live(self) -> None:
        wait = FIRST_WAIT
        while True:
            began = self._clock.monotonic()
            code = await self._once()
            if code in (0, NOT_FIT) and not self._why:
                self._ended(code)
                return
            if self._clock.monotonic() - began > STEADY:
                wait = FIRST_WAIT
            self._standing.last_end = self._why or self._words(code)
            self._standing.restarts += 1
            name, end = self._launch.name, self._standing.last_end
            log.error("plugin %s: its process ended: %s; it is started again in %g s", name, end, wait)
            self._failed(name)
            await asyncio.sleep(wait)
            wait = min(wait * 2, LONGEST_WAIT)

    def _ended(self, code: int) -> None:
        self._standing.state = "ended"
        if code:
            self._standing.last_end = self._last_line
            log.error("plugin %s can't run in a process of its own: %s", self._launch.name, self._last_line)
            self._failed(self._launch.name)
        else:
            log.info("plugin %s is done", self._launch.name)

    def _words(self, code: int) -> str:
        how = f"signal {signal.Signals(-code).name}" if code < 0 else f"status {code}"
        return f"{self._last_line} ({how})" if self._last_line else how

    async def _once(self) -> int:
        """Start the process, and return how it ended; cancelled, it ends the process."""
        self._last_line = self._why = ""
        command = [sys.executable, "-m", "hub.apart.child"]
        process = await asyncio.create_subprocess_exec(
            *command, stdin=PIPE, stdout=PIPE, stderr=STDOUT,
            env=self._environment, start_new_session=True, limit=LONGEST_LINE,
        )  # fmt: skip
        self._standing.state, self._standing.pid = "runs", process.pid
        loop = asyncio.get_running_loop()
        hearing, watching = loop.create_task(self._hear(process)), loop.create_task(self._watch(process))
        watching.add_done_callback(partial(self._unwatched, process))
        try:
            assert process.stdin is not None
            with contextlib.suppress(ConnectionError):
                process.stdin.write(self._told())
                await process.stdin.drain()
            code = await process.wait()
            await asyncio.wait([hearing], timeout=GRACE)  # what it said last says why
        finally:
            hearing.cancel()
            watching.cancel()
            await self._end(process)
            self._standing.state, self._standing.pid = "waits", None
        return code

    def _unwatched(self, process: Process, watching: asyncio.Task[None]) -> None:
        """A process that can't be measured is held to nothing: it does not go on."""
        error = None if watching.cancelled() else watching.exception()
        if error is not None:
            self._why = f"it can't be watched: {error}"
            _signal(process, signal.SIGKILL)

    def _told(self) -> bytes:
        launch = self._launch
        server = {"host": LOOPBACK, "port": self._port, "username": launch.user, "password": launch.password}
        told = {
            "module": launch.module,
            "folder": str(launch.folder) if launch.folder is not None else None,
            "server": server,
            "memory": launch.options.memory,
            "config": launch.options.config,
        }
        return json.dumps(told).encode() + b"\n"

    async def _hear(self, process: Process) -> None:
        """Put what it prints into the log, as long as that is not too much."""
        assert process.stdout is not None
        minute, lines = self._clock.monotonic(), 0
        while True:
            try:
                line = await process.stdout.readline()
            except ValueError:  # longer than anybody reads
                continue
            if not line:
                return
            now = self._clock.monotonic()
            if now - minute > 60:
                minute, lines = now, 0
            lines += 1
            text = line.decode(errors="replace").rstrip()
            self._last_line = text or self._last_line
            if lines <= LINES_A_MINUTE:
                log.info("plugin %s: %s", self._launch.name, text)
            elif lines == LINES_A_MINUTE + 1:
                log.warning(
                    "plugin %s prints too much; the rest of this minute is dropped", self._launch.name
                )

    async def _watch(self, process: Process) -> None:
        """Measure it: too much memory ends it, too much of the processor makes it pause."""
        options = self._launch.options
        share = Share(options.cpu)
        told = False
        while (use := Use.of(process.pid)) is not None:
            self._standing.memory = use.memory
            if use.memory > options.memory:
                self._why = f"it used {use.memory >> 20} MiB of memory, and may have {options.memory >> 20}"
                _signal(process, signal.SIGKILL)
                return
            was = share.paused
            if share.look(self._clock.monotonic(), use.processor) != was:
                _signal(process, signal.SIGCONT if was else signal.SIGSTOP)
                self._standing.state = "runs" if was else "held"
                if not told and not was:
                    told = True
                    log.warning(
                        "plugin %s uses all of its processor time: it is held at %g %% of a core",
                        self._launch.name,
                        options.cpu * 100,
                    )
            await asyncio.sleep(LOOK_EVERY)

    async def _end(self, process: Process) -> None:
        """Ask it to end, and those that it started; after a while do not ask."""
        if process.returncode is None:
            _signal(process, signal.SIGCONT)
            _signal(process, signal.SIGTERM)
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(GRACE):
                    await process.wait()
        _signal(process, signal.SIGKILL)
        if process.returncode is None:
            await process.wait()


def _signal(process: Process, number: int) -> None:
    """Send a signal to the process and all that it started."""
    with contextlib.suppress(ProcessLookupError, PermissionError):
        os.killpg(process.pid, number)
