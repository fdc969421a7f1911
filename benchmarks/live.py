"""What do open pages cost? Twenty show every state while five hundred change each second.

The hub runs alone in a process of its own; its processor time is read with no page open and with twenty.
"""

from __future__ import annotations

import asyncio
import json
import multiprocessing
import resource
import socket
import sys
import tempfile
import time
from multiprocessing.connection import Connection
from pathlib import Path

from websockets.asyncio.client import connect

from hub.app import App
from hub.registry.accounts import Role, Scope

PAGES, CHANGES, ENTITIES, SECONDS = 20, 500, 300, 10


def main() -> None:
    pages = int(sys.argv[1]) if len(sys.argv) > 1 else PAGES
    ours, theirs = multiprocessing.Pipe()
    hub = multiprocessing.get_context("spawn").Process(target=_hub, args=(theirs,), daemon=True)
    hub.start()
    port, token = ours.recv()
    alone = _measure(ours)
    with_pages = asyncio.run(_with_pages(ours, port, token, pages))
    print(f"{CHANGES} changes a second of {ENTITIES} entities, {SECONDS} s each:")
    print(f"  no page:  {alone:5.1f} % of a core")
    print(f"  {pages} pages: {with_pages[0]:5.1f} %, {with_pages[1]:.1f} frames a second and page")
    print(f"  so {pages} pages add {with_pages[0] - alone:.1f} %")
    ours.send("stop")
    hub.join(10)


def _measure(hub: Connection) -> float:
    hub.send("run")
    used: float = hub.recv()
    return used


async def _with_pages(hub: Connection, port: int, token: str, pages: int) -> tuple[float, float]:
    frames = 0

    async def page() -> None:
        nonlocal frames
        headers = {"Authorization": f"Bearer {token}"}
        url = f"ws://127.0.0.1:{port}/api/live"
        async with connect(url, additional_headers=headers, compression=None) as open_page:
            await open_page.send(json.dumps({"id": 1, "subscribe": "states"}))
            async for _ in open_page:
                frames += 1

    tasks = [asyncio.create_task(page()) for _ in range(pages)]
    await asyncio.sleep(1)
    frames = 0
    used = await asyncio.to_thread(_measure, hub)
    told = frames / SECONDS / pages
    for task in tasks:
        task.cancel()
    await asyncio.gather(*tasks, return_exceptions=True)
    return used, told


def _hub(pipe: Connection) -> None:
    asyncio.run(_serve(pipe))


async def _serve(pipe: Connection) -> None:
    with tempfile.TemporaryDirectory() as folder, socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
        probe.close()
        file = Path(folder) / "config.yaml"
        file.write_text(f"web: {{port: {port}}}\nbroker:\n  listeners: [{{port: 0}}]\n")
        app = App(file, watch=False)
        await app.start()
        assert app._accounts is not None
        ann = await app._accounts.add("ann", "correct horse battery", Role.ADMIN)
        _, token = await app._accounts.make_token(ann, "benchmark", [Scope.ADMIN])
        pipe.send((port, token))
        while await asyncio.to_thread(pipe.recv) == "run":
            pipe.send(await _change(app))
        await app.stop()


async def _change(app: App) -> float:
    """Change states evenly for a while, and return how much of a core that took."""
    attributes = {"unit_of_measurement": "°C", "device_class": "temperature", "friendly_name": "A sensor"}
    began, used = time.perf_counter(), _processor()
    number = 0
    while time.perf_counter() - began < SECONDS:
        for _ in range(CHANGES // 50):
            number += 1
            app.house.states.set(f"sensor.number_{number % ENTITIES}", str(number), attributes)
        await asyncio.sleep(max(0.0, began + number / CHANGES - time.perf_counter()))
    return 100 * (_processor() - used) / (time.perf_counter() - began)


def _processor() -> float:
    used = resource.getrusage(resource.RUSAGE_SELF)
    return used.ru_utime + used.ru_stime


if __name__ == "__main__":
    main()
