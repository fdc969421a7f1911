"""`hub demo fault`: let something of the simulated house fail, or mend it."""

from __future__ import annotations

import os
import tempfile
from pathlib import Path
from typing import Annotated, Any

import typer

from hub.cli.run import data_dir_of
from hub.control import ask
from hub.core.errors import HubError


def fault(
    kind: Annotated[str | None, typer.Argument(metavar="[KIND]", help="What fails; none lists them.")] = None,
    place: Annotated[str, typer.Argument(metavar="[PLACE]", help="A room or a device: living_room.")] = "",
    clear: Annotated[bool, typer.Option("--clear", help="Mend it; without KIND mend everything.")] = False,
    config: Annotated[
        Path | None, typer.Option(help="The demo's configuration; usually it is found by itself.")
    ] = None,
) -> None:
    """Let something of the simulated house fail, in the demo that runs in another terminal."""
    data_dir = data_dir_of(config or running_demo())
    data = {"kind": kind or "", "place": place, "clear": clear}
    answer = ask(data_dir, "service", domain="demo", name="fault", data=data, response=True)
    if kind is None and not clear:
        _list(answer["kinds"])
    faults = [f"{one['kind']} {one['place']}" for one in answer["faults"]]
    typer.echo(f"faults now: {', '.join(faults) or 'none'}")


def _list(kinds: dict[str, Any]) -> None:
    for name, one in kinds.items():
        typer.echo(f"{name}: {one['about']}")
        typer.echo(f"    {' '.join(one['places'])}")


def running_demo() -> Path:
    """Return the configuration of the demo that this user runs. Raises `HubError` if there is none."""
    try:
        return Path(_pointer().read_text(encoding="utf-8"))
    except OSError:
        raise HubError("no demo runs", remedy="Start one in another terminal: hub demo") from None


def announce_demo(config: Path) -> None:
    """Let `hub demo fault` find the demo that begins."""
    pointer = _pointer()
    pointer.unlink(missing_ok=True)
    # Never through a link that somebody else put there.
    descriptor = os.open(pointer, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "w", encoding="utf-8") as file:
        file.write(str(config))


def forget_demo(config: Path) -> None:
    """Let nobody look for the demo that ends, unless another one is found there by now."""
    if _pointer().is_file() and running_demo() == config:
        _pointer().unlink(missing_ok=True)


def _pointer() -> Path:
    return Path(tempfile.gettempdir()) / f"hearth-demo-{os.getuid()}"
