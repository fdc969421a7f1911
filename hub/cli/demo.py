"""`hub demo`: a simulated house in front of real automations, with nothing to plug in."""

from __future__ import annotations

import asyncio
import contextlib
import logging
import secrets
import shlex
import signal
import socket
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.live import Live
from rich.logging import RichHandler

from hub.app import App
from hub.cli import demo_chat, demo_faults
from hub.cli.demo_devices import run_devices
from hub.cli.demo_house import DemoHouse
from hub.cli.demo_things import World
from hub.cli.demo_view import Rate, Runs, Screen, line
from hub.cli.demo_wifi import wifi_things
from hub.cli.demo_zigbee import zigbee_things
from hub.cli.logs import set_up_logging
from hub.cli.run import run_in_loop

USUAL_PORT = 1883
FRAMES_A_SECOND = 4
_CONFIG = Path(__file__).with_name("demo.yaml")

app = typer.Typer(name="demo", invoke_without_command=True)
app.command("chat")(demo_chat.chat)
app.command("fault")(demo_faults.fault)


@app.callback()
def demo(
    context: typer.Context,
    port: Annotated[
        int, typer.Option(help="The MQTT port; 0 is 1883, or any other if that is taken.", min=0, max=65535)
    ] = 0,
    speed: Annotated[float, typer.Option(help="How much faster rooms warm and cool.", min=0.1, max=50)] = 1,
    plain: Annotated[bool, typer.Option("--plain", help="Print lines instead of a screen.")] = False,
    loop: Annotated[str, typer.Option(help="The event loop: auto, uvloop or asyncio.")] = "auto",
) -> None:
    """Show a simulated house: rooms, heaters and automations over real MQTT. Ctrl-C ends it."""
    if context.invoked_subcommand is not None:
        return
    with tempfile.TemporaryDirectory(prefix="hearth-demo-") as folder:
        demonstration = _Demo(Path(folder), port or _free_port(), speed=speed, plain=plain)
        run_in_loop(demonstration.run, loop)


class _Demo:
    """One demo: its hub, its devices, and what is shown of them."""

    def __init__(self, folder: Path, port: int, *, speed: float, plain: bool) -> None:
        self._port = port
        self._speed = speed
        self._passwords = {"demo": secrets.token_hex(8), "devices": secrets.token_hex(16)}
        self._config = _write_configuration(folder, port, self._passwords)
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
            await self._until(stopping, app)
        finally:
            await app.stop()
            demo_faults.forget_demo()
        self._console.print("The demo is over.")

    def _set_up_logging(self) -> None:
        set_up_logging(logging.WARNING)
        if not self._plain:
            logging.getLogger().handlers[:] = [RichHandler(console=self._console, show_path=False)]

    async def _until(self, stopping: asyncio.Event, app: App) -> None:
        """Show the house until it is to stop, or a device fails."""
        house, password = DemoHouse(speed=self._speed), self._passwords["devices"]
        world = World(house)
        things = [*zigbee_things(), *wifi_things()]
        demo_faults.offer_faults(app.house, world, {*world.rooms, *(thing.name for thing in things)})
        devices = asyncio.ensure_future(run_devices(house, world, self._port, password, app.house.clock))
        devices.add_done_callback(lambda _: stopping.set())
        try:
            await self._show(stopping, app)
        finally:
            devices.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await devices

    async def _show(self, stopping: asyncio.Event, app: App) -> None:
        rate = Rate(app.house.clock)
        app.house.mqtt.subscribe("#", rate.count)
        runs = Runs(app.household.engine)
        if self._plain:
            await self._print_lines(stopping, runs, rate)
            return
        screen = Screen(app.house, runs, rate, self._head())
        with Live(screen, console=self._console, auto_refresh=False, screen=False) as live:
            await _every_frame(stopping, live.refresh)

    async def _print_lines(self, stopping: asyncio.Event, runs: Runs, rate: Rate) -> None:
        def tell() -> None:
            for trace in runs.fresh():
                print(f"{line(trace)} ({rate.now()} messages a second)", flush=True)

        print(*self._head(), sep="\n", flush=True)
        await _every_frame(stopping, tell)

    def _head(self) -> list[str]:
        password = shlex.quote(self._passwords["demo"])
        return [
            f"A simulated house. Its MQTT server is on 127.0.0.1:{self._port}. Listen in, or take part:",
            f"  mosquitto_sub -p {self._port} -u demo -P {password} -v -t '#'",
            f"  mosquitto_pub -p {self._port} -u demo -P {password} -t heaters/bedroom/set -m ON",
            f"  hub automation trace bathroom_heater_on --config {self._config}",
            f"  hub entity list --config {self._config}",
            "  hub demo fault leak bathroom",
        ]


async def _every_frame(stopping: asyncio.Event, draw: Callable[[], None]) -> None:
    while not stopping.is_set():
        draw()
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(1 / FRAMES_A_SECOND):
                await stopping.wait()


def _write_configuration(folder: Path, port: int, passwords: dict[str, str]) -> Path:
    """Write the demo's configuration; nobody else may read the folder."""
    config = folder / "config.yaml"
    config.write_text(_CONFIG.read_text(encoding="utf-8").replace(f"port: {USUAL_PORT}", f"port: {port}"))
    lines = (f'{name}: "{password}"\n' for name, password in passwords.items())
    (folder / "secrets.yaml").write_text("".join(lines))
    return config


def _free_port() -> int:
    """Return the usual port if it is free, else any that is."""
    for port in (USUAL_PORT, 0):
        with socket.socket() as candidate:
            candidate.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                candidate.bind(("127.0.0.1", port))
            except OSError:
                continue
            return int(candidate.getsockname()[1])
    raise typer.BadParameter("no port is free")
