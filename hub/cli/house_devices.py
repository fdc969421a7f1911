"""The house's side of `hub device`: what its devices are called, and where they are."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any

import typer

from hub.cli.changing import Noun
from hub.cli.rows import Json, in_words, say, show_rows
from hub.cli.run import DEFAULT_CONFIG, Config, data_dir_of
from hub.control import ask
from hub.core.errors import HubError

_COLUMNS = ("name", "manufacturer", "model", "area", "labels", "via", "disabled_by")


def add_house_verbs(devices: typer.Typer) -> None:
    """Add to `hub device` what the house calls its devices, and where they are."""
    devices.command("show", help=show_devices.__doc__)(show_devices)
    noun = Noun(devices, "DEVICE", "Its name, id or identifier.", "house.change_device", _told)
    rename = "Give a device of the house another name; its entities are called after it."
    noun.value("rename", "name", "NAME", "None: its own name.", rename)
    noun.value("place", "area", "AREA", "None: in no area.", "Put a device of the house into an area.")
    noun.values("label", "labels", "LABEL", "Give a device of the house these labels, and no others.")
    noun.switch("enable", "Switch a device of the house on again, with its entities.", disabled=False)
    noun.switch("disable", "Switch a device of the house off, with its entities.", disabled=True)
    forget = "Forget a device of the house with its entities, and empty its announcements."
    noun.end("forget", "house.forget_device", "is forgotten", forget)


def _told(one: Mapping[str, Any]) -> str:
    where = f" in {one['area']}" if one["area"] else ""
    off = ", switched off" if one["disabled_by"] else ""
    return f"{one['name'] or one['id']}{where}: {len(one['entities'])} entities{off}"


def list_with(config: Config) -> bool:
    """List the house's devices after those of the register; tell whether a hub runs that has any."""
    try:
        found = ask(data_dir_of(config), "house.devices")
    except HubError:  # the register can be read without a hub that runs; the house can't
        return False
    if found:
        typer.echo("in the house:")
        show_rows(found, _COLUMNS, as_json=False, nothing="")
    return bool(found)


def show_devices(
    device: Annotated[str | None, typer.Argument(metavar="[DEVICE]", help="Only this one, in full.")] = None,
    config: Config = DEFAULT_CONFIG,
    as_json: Json = False,
) -> None:
    """Show the house's devices: what announced itself or stands in the YAML, with its entities."""
    found = ask(data_dir_of(config), "house.devices")
    if device is not None:
        wanted = device.casefold()
        found = [
            one
            for one in found
            if wanted in ((one["name"] or "").casefold(), one["id"], *map(str.casefold, one["identifiers"]))
        ]
    if device is not None and not as_json:
        for one in found:
            say("\n".join(f"{key.replace('_', ' ')}: {in_words(value)}" for key, value in one.items()))
        return
    show_rows(found, _COLUMNS, as_json=as_json, nothing="The house has no devices yet.")
