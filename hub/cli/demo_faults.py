"""`hub demo fault`: let something of the demo's house fail, or mend it."""

from __future__ import annotations

import os
import tempfile
from pathlib import Path
from typing import Annotated

import typer

from hub.cli.demo_things import World
from hub.cli.run import data_dir_of
from hub.control import ask
from hub.core.errors import HubError
from hub.core.ports import House
from hub.core.services import ServiceCall

KINDS = {
    "sensor_dead": "a sensor says nothing any more, as if its battery were empty",
    "offline": "a device says that it is gone",
    "low_battery": "a battery is nearly empty",
    "leak": "there is water on the floor",
    "smoke": "there is smoke",
    "door_open": "a door or a window stays open",
    "heater_stuck": "a radiator heats, whatever it is told",
    "stuck": "a cover does not move",
}


def fault(
    kind: Annotated[str | None, typer.Argument(metavar="[KIND]", help="What fails; none lists them.")] = None,
    place: Annotated[str, typer.Argument(metavar="[PLACE]", help="A room or a device: living_room.")] = "",
    clear: Annotated[bool, typer.Option("--clear", help="Mend it; without KIND mend everything.")] = False,
    config: Annotated[
        Path | None, typer.Option(help="The demo's configuration; usually it is found by itself.")
    ] = None,
) -> None:
    """Let something of the demo's house fail, in the demo that runs in another terminal."""
    if kind is None and not clear:
        for name, text in KINDS.items():
            typer.echo(f"{name:14} {text}")
        return
    data = {"kind": kind or "", "place": place, "clear": clear}
    answer = ask(
        data_dir_of(config or running_demo()),
        "service",
        domain="demo",
        name="fault",
        data=data,
        response=True,
    )
    faults = [f"{one['kind']} {one['place']}" for one in answer["faults"]]
    typer.echo(f"faults now: {', '.join(faults) or 'none'}")


def offer_faults(house: House, world: World, places: set[str]) -> None:
    """Let `demo.fault` be called."""

    def handle(call: ServiceCall) -> dict[str, object]:
        kind, place = str(call.data.get("kind", "")), str(call.data.get("place", ""))
        if call.data.get("clear"):
            world.faults = {
                one for one in world.faults if (kind and one[0] != kind) or (place and one[1] != place)
            }
        else:
            _check(kind, place, places)
            world.faults.add((kind, place))
        return {"faults": [{"kind": one, "place": where} for one, where in sorted(world.faults)]}

    house.services.register(
        "demo", "fault", handle, response="optional", description="Let something of the demo fail."
    )


def _check(kind: str, place: str, places: set[str]) -> None:
    if kind not in KINDS:
        raise HubError(f"no fault is called {kind!r}", remedy=f"There are: {', '.join(KINDS)}.")
    if place not in places:
        raise HubError(f"there is no {place!r}", remedy=f"There are: {', '.join(sorted(places))}.")


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


def forget_demo() -> None:
    _pointer().unlink(missing_ok=True)


def _pointer() -> Path:
    return Path(tempfile.gettempdir()) / f"hearth-demo-{os.getuid()}"
