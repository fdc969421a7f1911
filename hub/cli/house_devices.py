"""The house's side of `hub device`: what its devices are called, and where they are."""

from __future__ import annotations

from typing import Annotated, Any

import typer

from hub.cli.rows import Json, in_words, show_rows
from hub.cli.run import DEFAULT_CONFIG, Config, data_dir_of
from hub.control import ask

Device = Annotated[str, typer.Argument(metavar="DEVICE", help="Its name, id or identifier.")]


def add_house_verbs(devices: typer.Typer) -> None:
    """Add to `hub device` what the house calls its devices, and where they are."""
    for name, verb in (
        ("show", show_devices),
        ("rename", rename_device),
        ("place", place_device),
        ("label", label_device),
        ("enable", enable_device),
        ("disable", disable_device),
        ("forget", forget_device),
    ):
        devices.command(name, help=verb.__doc__)(verb)


def _change_device(config: Config, who: str, **changes: Any) -> None:
    one = ask(data_dir_of(config), "house.change_device", who=who, **changes)
    where = f" in {one['area']}" if one["area"] else ""
    off = ", switched off" if one["disabled_by"] else ""
    typer.echo(f"{one['name'] or one['id']}{where}: {len(one['entities'])} entities{off}")


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
            typer.echo("\n".join(f"{key.replace('_', ' ')}: {in_words(value)}" for key, value in one.items()))
        return
    columns = ("name", "manufacturer", "model", "area", "labels", "via", "disabled_by")
    show_rows(found, columns, as_json=as_json, nothing="The house has no devices yet.")


def rename_device(
    device: Device,
    name: Annotated[str | None, typer.Argument(metavar="[NAME]", help="None: its own name.")] = None,
    config: Config = DEFAULT_CONFIG,
) -> None:
    """Give a device of the house another name; its entities are called after it."""
    _change_device(config, device, name=name)


def place_device(
    device: Device,
    area: Annotated[str | None, typer.Argument(metavar="[AREA]", help="None: in no area.")] = None,
    config: Config = DEFAULT_CONFIG,
) -> None:
    """Put a device of the house into an area."""
    _change_device(config, device, area=area)


def label_device(
    device: Device,
    names: Annotated[
        list[str] | None, typer.Argument(metavar="[LABEL]...", help="All it is to have.")
    ] = None,
    config: Config = DEFAULT_CONFIG,
) -> None:
    """Give a device of the house these labels, and no others."""
    _change_device(config, device, labels=names or [])


def enable_device(device: Device, config: Config = DEFAULT_CONFIG) -> None:
    """Switch a device of the house on again, with its entities."""
    _change_device(config, device, disabled=False)


def disable_device(device: Device, config: Config = DEFAULT_CONFIG) -> None:
    """Switch a device of the house off, with its entities."""
    _change_device(config, device, disabled=True)


def forget_device(device: Device, config: Config = DEFAULT_CONFIG) -> None:
    """Forget a device of the house with its entities, and empty its announcements."""
    ask(data_dir_of(config), "house.forget_device", who=device)
    typer.echo(f"{device} is forgotten.")
