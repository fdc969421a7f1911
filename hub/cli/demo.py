"""`hub demo`: a simulated house in front of real automations, with nothing to plug in."""

from __future__ import annotations

import asyncio
import contextlib
import json
import logging
import secrets
import shlex
import signal
import socket
import tempfile
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.console import Console
from rich.live import Live
from rich.logging import RichHandler

from hub.app import App
from hub.cli import demo_chat, demo_faults
from hub.cli.demo_view import Rate, Runs, Screen, line
from hub.cli.logs import set_up_logging
from hub.cli.run import run_in_loop
from hub.config.source import load
from hub.core.errors import HubError
from hub.loader import load_plugins

USUAL_PORT, USUAL_WEB_PORT = 1883, 8123
FRAMES_A_SECOND = 4

app = typer.Typer(name="demo", invoke_without_command=True)
app.command("chat")(demo_chat.chat)
app.command("fault")(demo_faults.fault)


@app.callback()
def demo(
    context: typer.Context,
    port: Annotated[
        int, typer.Option(help="The MQTT port; 0 is 1883, or any other if that is taken.", min=0, max=65535)
    ] = 0,
    web_port: Annotated[
        int, typer.Option(help="The port of the pages; 0 is 8123, or any other.", min=0, max=65535)
    ] = 0,
    folder: Annotated[
        Path | None,
        typer.Option(help="Where to keep the house: its YAML to play with, its history. Else nothing stays."),
    ] = None,
    speed: Annotated[float, typer.Option(help="How much faster rooms warm and cool.", min=0.1, max=50)] = 1,
    plain: Annotated[bool, typer.Option("--plain", help="Print lines instead of a screen.")] = False,
    loop: Annotated[str, typer.Option(help="The event loop: auto, uvloop or asyncio.")] = "auto",
) -> None:
    """Show a simulated house: rooms, heaters, devices and automations over real MQTT. Ctrl-C ends it."""
    if context.invoked_subcommand is not None:
        return
    with contextlib.ExitStack() as stack:
        if folder is None:
            folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="hearth-demo-")))
        told = _write_house(folder, port, web_port, speed)
        run_in_loop(_Demo(folder / "config.yaml", told, plain=plain).run, loop)


class _Demo:
    """One demo: its hub, and what is shown of it."""

    def __init__(self, config: Path, told: Mapping[str, Any], *, plain: bool) -> None:
        self._told = told
        self._config = config
        self._console = Console()
        self._plain = plain or not self._console.is_terminal

    async def run(self) -> None:
        self._set_up_logging()
        stopping = asyncio.Event()
        for number in (signal.SIGINT, signal.SIGTERM):
            asyncio.get_running_loop().add_signal_handler(number, stopping.set)
        app = App(self._config)
        try:
            await app.start()
            demo_faults.announce_demo(self._config)
            await self._show(stopping, app)
        finally:
            await app.stop()
            demo_faults.forget_demo(self._config)
        self._console.print("The demo is over.")

    def _set_up_logging(self) -> None:
        set_up_logging(logging.WARNING)
        if not self._plain:
            logging.getLogger().handlers[:] = [RichHandler(console=self._console, show_path=False)]

    async def _show(self, stopping: asyncio.Event, app: App) -> None:
        rate = Rate(app.house.clock)
        app.house.mqtt.subscribe("#", rate.count)
        runs = Runs(app.household.engine)
        head = self._head(app)
        if self._plain:
            await _print_lines(stopping, runs, rate, head)
            return
        screen = Screen(app.house, runs, rate, head)
        with Live(screen, console=self._console, auto_refresh=False, screen=False) as live:
            await _every_frame(stopping, live.refresh)

    def _head(self, app: App) -> list[str]:
        port, password = self._told["mqtt_port"], shlex.quote(str(self._told["demo"]))
        config = shlex.quote(str(self._config))
        return [
            *(app.pages.lines() if app.pages is not None else ()),
            f"A simulated house. Its MQTT server is on 127.0.0.1:{port}. Listen in, or take part:",
            f"  mosquitto_sub -p {port} -u demo -P {password} -v -t '#'",
            f"  mosquitto_pub -p {port} -u demo -P {password} -t heaters/bedroom/set -m ON",
            f"  hub automation trace bathroom_heater_on --config {config}",
            f"  hub entity list --config {config}",
            "  hub demo fault leak bathroom",
        ]


async def _print_lines(stopping: asyncio.Event, runs: Runs, rate: Rate, head: list[str]) -> None:
    def tell() -> None:
        for trace in runs.fresh():
            print(f"{line(trace)} ({rate.now()} messages a second)", flush=True)

    print(*head, sep="\n", flush=True)
    await _every_frame(stopping, tell)


async def _every_frame(stopping: asyncio.Event, draw: Callable[[], None]) -> None:
    while not stopping.is_set():
        draw()
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(1 / FRAMES_A_SECOND):
                await stopping.wait()


def _write_house(folder: Path, port: int, web_port: int, speed: float) -> dict[str, Any]:
    """Write what `hub demo` decides, and the house unless it is there; return what was decided.

    Nobody else may read the folder.
    """
    kind = load_plugins(folder, installed=False).catalogs.integrations.get("demo")
    if kind is None:
        raise HubError(
            "the simulated house is not here: no plugin offers `demo:`",
            remedy="It is the folder demo of the hub's own plugins; install the hub again to have it.",
        )
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    config, kept = folder / "config.yaml", folder / "secrets.yaml"
    read = load(kept).data if kept.is_file() else {}
    before = read if isinstance(read, dict) else {}
    if config.exists() and "mqtt_port" not in before:
        raise HubError(f"{folder} is another house", remedy="Name a folder that is empty, or not there yet.")
    told: dict[str, Any] = {
        "demo": before.get("demo") or secrets.token_hex(8),
        "devices": before.get("devices") or secrets.token_hex(16),
        "mqtt_port": port or _free_port(USUAL_PORT),
        "web_port": web_port or _free_port(USUAL_WEB_PORT),
        "speed": speed,
    }
    kept.touch(mode=0o600)
    kept.write_text("".join(f"{name}: {json.dumps(value)}\n" for name, value in told.items()))
    if not config.exists():
        config.write_text(kind.house_file.read_text(encoding="utf-8"), encoding="utf-8")
    return told


def _free_port(usual: int) -> int:
    """Return the usual port if it is free, else any that is."""
    for port in (usual, 0):
        with socket.socket() as candidate:
            candidate.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                candidate.bind(("127.0.0.1", port))
            except OSError:
                continue
            return int(candidate.getsockname()[1])
    raise typer.BadParameter("no port is free")
