"""The service manager hears how the hub does, and a loop that stands still is noticed and named."""

from __future__ import annotations

import asyncio
import logging
import socket
import threading
import types
from pathlib import Path
from typing import Any

import pytest

from hub.app import App
from hub.core.clock import SimulatedClock, SystemClock
from hub.notifier import Notifier
from hub.watchdog import Watchdog
from tests.test_app import write  # noqa: F401  # a fixture

BLOCKING = """
def blocks(until):
    while not until.is_set():
        pass
"""


@pytest.fixture
def manager(tmp_path: Path) -> Any:
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as way:
        way.bind(str(tmp_path / "notify"))
        way.setblocking(False)
        yield way


def told(manager: socket.socket) -> list[dict[str, str]]:
    heard = []
    while True:
        try:
            lines = manager.recv(4096).decode().splitlines()
        except BlockingIOError:
            return heard
        heard.append(dict(line.split("=", 1) for line in lines))


async def test_tells_when_it_is_ready_reloads_and_stops(write: Any, manager: socket.socket) -> None:  # noqa: F811
    app = App(write(), watch=False, notifier=Notifier(manager.getsockname(), watchdog=60))
    await app.start()
    app.reload()
    await app.stop()

    kinds = [next(iter(message)) for message in told(manager)]
    assert kinds == ["WATCHDOG", "READY", "RELOADING", "READY", "STOPPING"]


def test_signs_of_life_come_twice_as_often_as_asked(manager: socket.socket) -> None:
    clock = SimulatedClock(SystemClock().now())
    stop = Notifier(manager.getsockname(), watchdog=30).keep_alive(clock)
    start = clock.monotonic()
    while clock.monotonic() < start + 60:
        clock.run_next(clock.next_due())  # type: ignore[arg-type]
    stop()

    assert told(manager) == [{"WATCHDOG": "1"}] * 5
    assert clock.next_due() is None


async def test_a_loop_that_stands_is_named_with_the_plugin_and_where() -> None:
    module = types.ModuleType("plugins.stuck.deep")
    exec(compile(BLOCKING, "plugins/stuck/deep.py", "exec"), module.__dict__)
    said, loop, went_on = threading.Event(), asyncio.get_running_loop(), asyncio.Event()
    messages: list[str] = []

    def hear(record: logging.LogRecord) -> bool:
        messages.append(record.getMessage())
        said.set()
        if "goes on" in record.getMessage():
            loop.call_soon_threadsafe(went_on.set)
        return True

    logging.getLogger("hub.watchdog").addFilter(hear)

    stop = Watchdog(SystemClock(), {"plugins.stuck": "stuck"}, patience=0.3).watch()
    await asyncio.sleep(0)
    module.blocks(said)
    await went_on.wait()
    stop()
    logging.getLogger("hub.watchdog").removeFilter(hear)

    first, second = messages
    assert "plugin stuck keeps it busy" in first
    assert 'plugins/stuck/deep.py", line 3, in blocks' in first
    assert "the event loop goes on" in second
