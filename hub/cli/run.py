"""`hub run`: run the house until it is told to stop."""

from __future__ import annotations

import asyncio
import json
import logging
import os
import shutil
import sys
from collections.abc import Callable, Coroutine
from pathlib import Path
from typing import Annotated, Any

import typer

from hub.cli.logs import Form, set_up_logging
from hub.config.layout import lay_out
from hub.config.problems import as_text
from hub.config.source import FILE_NAMES, load
from hub.control import ask
from hub.core.clock import SystemClock
from hub.core.errors import HubError
from hub.crashes import Crashes
from hub.notifier import Notifier

log = logging.getLogger("hub")

Config = Annotated[
    Path,
    typer.Option(
        "--config", "-c", envvar="HUB_CONFIG", help="The configuration file, or the folder it is in."
    ),
]
DEFAULT_CONFIG = Path("config.yaml")


def run(
    config: Config = DEFAULT_CONFIG,
    verbose: Annotated[bool, typer.Option("--verbose", "-v", help="Log more.")] = False,
    loop: Annotated[str, typer.Option(help="The event loop: auto, uvloop or asyncio.")] = "auto",
    log_format: Annotated[
        Form, typer.Option(help="How to log here: auto is journal under systemd, else text.")
    ] = "auto",
    dev_plugin: Annotated[
        list[Path] | None,
        typer.Option(help="A plugin that you write, where it lies: loaded anew when you save. Repeatable."),
    ] = None,
    safe_mode: Annotated[
        bool | None,
        typer.Option(
            "--safe-mode/--no-safe-mode",
            help="Load no plugins but those that come with the hub: by itself after three crashes in a row.",
        ),
    ] = None,
) -> None:
    """Run the hub: its MQTT server, its entities and its automations."""
    # Only now: other verbs need none of it.
    from hub.app import App, BadConfiguration
    from hub.loader import wants_others

    set_up_logging(logging.DEBUG if verbose else logging.INFO, log_format)
    path = find_config(config)
    notifier = _notifier()
    crashes = Crashes(data_dir_of(path), SystemClock()) if wants_others(path) else None
    safe = safe_mode if safe_mode is not None else crashes is not None and crashes.too_many
    if safe and safe_mode is None:
        log.error("the hub crashed three times in ten minutes: it runs in safe mode, without others' plugins")

    async def main() -> None:
        if crashes is not None:
            crashes.began()
        app = App(
            path,
            command=_own_name(),
            notifier=notifier,
            safe=safe,
            develop=dev_plugin or (),
            environment=os.environ,
        )
        try:
            await app.run()
        except HubError:  # a mistake of the user's is no crash
            _ended(crashes)
            raise
        _ended(crashes)
        if app.left_behind:
            # A thread that goes on would keep the process for ever. What was acknowledged is in the files.
            logging.shutdown()
            os._exit(0)

    try:
        run_in_loop(main, loop)
    except BadConfiguration as error:
        typer.echo(as_text(error.problems), err=True)
        typer.echo(f"hub: {error}", err=True)
        raise typer.Exit(1) from error


def reload(config: Config = DEFAULT_CONFIG) -> None:
    """Let the running hub take over what changed in its files.

    It does so by itself when a file is saved. With a mistake in the files nothing changes.
    """
    told = ask(data_dir_of(config), "reload")
    typer.echo(f"automations: {told['automations']}")
    typer.echo(f"scripts: {told['scripts']}")
    typer.echo(f"other sections: {told['sections']}")
    if told["restart"]:
        typer.echo(f"start the hub again for the changes under {', '.join(told['restart'])}")


def status(
    config: Config = DEFAULT_CONFIG,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False,
    quiet: Annotated[
        bool, typer.Option("--quiet", "-q", help="Print nothing; only the exit status.")
    ] = False,
) -> None:
    """Say whether the hub runs, and what is in it. Fails if it does not."""
    told = ask(data_dir_of(config), "status")
    if as_json:
        typer.echo(json.dumps(told, indent=2))
    elif not quiet:
        typer.echo(f"Hearth {told['version']} runs {told['config']}")
        for line in told["mqtt"]:
            typer.echo(f"MQTT: {line}")
        typer.echo(
            f"{told['devices']} devices, {told['entities']} entities, {told['automations']} automations"
        )


def data_dir_of(config: Path) -> Path:
    """Return where the hub of this configuration keeps its data."""
    path = find_config(config)
    section = lay_out(load(path)).sections.get("hub")
    data = section.data if section is not None and isinstance(section.data, dict) else {}
    return path.parent / str(data.get("data_dir", "data"))


def _ended(crashes: Crashes | None) -> None:
    if crashes is not None:
        crashes.ended()


def _notifier() -> Notifier:
    """Return the way to the service manager that started this process, if one did."""
    seconds = os.environ.get("WATCHDOG_USEC", "")
    for_us = os.environ.get("WATCHDOG_PID", str(os.getpid())) == str(os.getpid())
    return Notifier(
        os.environ.get("NOTIFY_SOCKET"), int(seconds) / 1e6 if seconds.isdigit() and for_us else None
    )


def _own_name() -> str:
    """Return how this command is called from here: `hub`, or where it lies if it is not on the PATH."""
    name = Path(sys.argv[0])
    return "hub" if name.name != "hub" or shutil.which("hub") == str(name) else str(name)


def find_config(path: Path) -> Path:
    """Return the configuration file that `path` means; a folder means the one in it."""
    if path.is_dir():
        found = next((path / name for name in FILE_NAMES if (path / name).is_file()), None)
        path = found or path / FILE_NAMES[0]
    elif not path.exists() and path == DEFAULT_CONFIG and Path(FILE_NAMES[1]).is_file():
        path = Path(FILE_NAMES[1])
    if not path.is_file():
        typer.echo(
            f"hub: there is no {path}. Make one with `hub init {path.parent}`, or name it with --config.",
            err=True,
        )
        raise typer.Exit(1)
    return path.absolute()


def run_in_loop(main: Callable[[], Coroutine[Any, Any, None]], loop: str = "auto") -> None:
    """Run `main` on uvloop where there is one, else on asyncio's own loop."""
    factory = _uvloop() if loop in ("auto", "uvloop") else None
    if loop == "uvloop" and factory is None:
        typer.echo(
            "hub: uvloop is not installed. Install hearth-hub[speed], or take --loop asyncio.", err=True
        )
        raise typer.Exit(1)
    with asyncio.Runner(loop_factory=factory) as runner:
        runner.run(main())


def _uvloop() -> Callable[[], asyncio.AbstractEventLoop] | None:
    try:
        import uvloop
    except ImportError:
        return None
    return uvloop.new_event_loop
