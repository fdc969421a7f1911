"""`hub area`, `hub floor` and `hub label`: the places of the house, and labels for what is in them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any

import typer

from hub.cli.changing import Noun
from hub.cli.rows import Json, show_rows
from hub.cli.run import DEFAULT_CONFIG, Config, data_dir_of
from hub.control import ask

areas = typer.Typer(name="area", help="Know the house's rooms and other areas.", no_args_is_help=True)
floors = typer.Typer(name="floor", help="Know the house's floors.", no_args_is_help=True)
labels = typer.Typer(
    name="label", help="Know the labels for entities, devices and areas.", no_args_is_help=True
)
_WHO = "Its name, an alias or its id."
Name = Annotated[str, typer.Argument(metavar="NAME")]
Icon = Annotated[str | None, typer.Option(help="Such as mdi:sofa.")]


@areas.command("list")
def list_areas(config: Config = DEFAULT_CONFIG, as_json: Json = False) -> None:
    """List the areas."""
    found = ask(data_dir_of(config), "area.list")
    nothing = "There are no areas yet. Make one with: hub area create 'Living room'"
    columns = ("name", "id", "floor", "devices", "aliases", "labels")
    show_rows(found, columns, as_json=as_json, nothing=nothing)


@areas.command("create")
def create_area(
    name: Name,
    config: Config = DEFAULT_CONFIG,
    floor: Annotated[str | None, typer.Option(help="The floor it is on.")] = None,
    icon: Icon = None,
) -> None:
    """Make an area."""
    one = ask(data_dir_of(config), "area.create", name=name, floor=floor, icon=icon)
    typer.echo(f"{one['name']} is there; its id is {one['id']}.")


def _about_area(one: Mapping[str, Any]) -> str:
    parts = [f"{one['id']} is called {one['name']}"]
    parts += [f"on {one['floor']}"] if one["floor"] else []
    parts += [f"also {', '.join(one['aliases'])}"] if one["aliases"] else []
    parts += [f"labels {', '.join(one['labels'])}"] if one["labels"] else []
    return ", ".join(parts)


_AREA = Noun(areas, "AREA", _WHO, "area.change", _about_area)
_AREA.name("rename", "NAME", "Give an area another name; its id stays.")
_AREA.values("alias", "aliases", "ALIAS", "Let an area be called by these names, too.")
_AREA.value("floor", "floor", "FLOOR", "None: it is on no floor.", "Put an area on a floor.")
_AREA.value("icon", "icon", "ICON", "Such as mdi:sofa; none: no icon.", "Give an area an icon.")
_AREA.values("label", "labels", "LABEL", "Give an area these labels, and no others.")
_AREA.end("delete", "area.delete", "is gone", "Remove an area; what was in it is in none.")


@floors.command("list")
def list_floors(config: Config = DEFAULT_CONFIG, as_json: Json = False) -> None:
    """List the floors."""
    found = ask(data_dir_of(config), "floor.list")
    show_rows(found, ("name", "id", "level"), as_json=as_json, nothing="There are no floors yet.")


@floors.command("create")
def create_floor(
    name: Name,
    config: Config = DEFAULT_CONFIG,
    level: Annotated[int | None, typer.Option(help="0 is the ground floor.")] = None,
    icon: Icon = None,
) -> None:
    """Make a floor."""
    one = ask(data_dir_of(config), "floor.create", name=name, level=level, icon=icon)
    typer.echo(f"{one['name']} is there; its id is {one['id']}.")


def _about_floor(one: Mapping[str, Any]) -> str:
    also = f", also {', '.join(one['aliases'])}" if one["aliases"] else ""
    return f"{one['id']} is called {one['name']}{also}"


_FLOOR = Noun(floors, "FLOOR", _WHO, "floor.change", _about_floor)
_FLOOR.name("rename", "NAME", "Give a floor another name; its id stays.")
_FLOOR.values("alias", "aliases", "ALIAS", "Let a floor be called by these names, too.")
_FLOOR.value("icon", "icon", "ICON", "Such as mdi:home-floor-1; none: no icon.", "Give a floor an icon.")
_FLOOR.end("delete", "floor.delete", "is gone", "Remove a floor; its areas stay.")


@labels.command("list")
def list_labels(config: Config = DEFAULT_CONFIG, as_json: Json = False) -> None:
    """List the labels."""
    found = ask(data_dir_of(config), "label.list")
    show_rows(found, ("name", "id", "description"), as_json=as_json, nothing="There are no labels yet.")


@labels.command("create")
def create_label(
    name: Name,
    config: Config = DEFAULT_CONFIG,
    description: Annotated[str | None, typer.Option(help="A word or two about it.")] = None,
    color: Annotated[str | None, typer.Option(help="Its colour.")] = None,
    icon: Icon = None,
) -> None:
    """Make a label."""
    told = {"name": name, "description": description, "color": color, "icon": icon}
    one = ask(data_dir_of(config), "label.create", **told)
    typer.echo(f"{one['name']} is there; its id is {one['id']}.")


_LABEL = Noun(
    labels, "LABEL", "Its name or id.", "label.change", lambda one: f"{one['id']} is called {one['name']}"
)
_LABEL.name("rename", "NAME", "Give a label another name; its id stays.")
_LABEL.value("icon", "icon", "ICON", "Such as mdi:leaf; none: no icon.", "Give a label an icon.")
_LABEL.value("color", "color", "COLOUR", "Such as blue; none: no colour.", "Give a label a colour.")
_LABEL.value("describe", "description", "TEXT", "None: nothing.", "Say what a label is for.")
_LABEL.end("delete", "label.delete", "is gone", "Remove a label from everything.")
