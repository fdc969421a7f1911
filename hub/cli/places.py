"""`hub area`, `hub floor` and `hub label`: the places of the house, and labels for what is in them."""

from __future__ import annotations

from typing import Annotated

import typer

from hub.cli.rows import Json, show_rows
from hub.cli.run import DEFAULT_CONFIG, Config, data_dir_of
from hub.control import ask

areas = typer.Typer(name="area", help="Know the house's rooms and other areas.", no_args_is_help=True)
floors = typer.Typer(name="floor", help="Know the house's floors.", no_args_is_help=True)
labels = typer.Typer(
    name="label", help="Know the labels for entities, devices and areas.", no_args_is_help=True
)
Area = Annotated[str, typer.Argument(metavar="AREA", help="Its name, an alias or its id.")]
Aliases = Annotated[list[str] | None, typer.Argument(metavar="[ALIAS]...", help="All it is to have.")]
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


@areas.command("rename")
def rename_area(area: Area, name: Name, config: Config = DEFAULT_CONFIG) -> None:
    """Give an area another name; its id stays."""
    one = ask(data_dir_of(config), "area.change", who=area, name=name)
    typer.echo(f"{one['id']} is called {one['name']}.")


@areas.command("alias")
def alias_area(
    area: Area,
    aliases: Annotated[
        list[str] | None, typer.Argument(metavar="[ALIAS]...", help="All it is to have.")
    ] = None,
    config: Config = DEFAULT_CONFIG,
) -> None:
    """Let an area be called by these names, too."""
    one = ask(data_dir_of(config), "area.change", who=area, aliases=aliases or [])
    typer.echo(f"{one['name']}: {', '.join(one['aliases']) or 'no other names'}")


@areas.command("floor")
def floor_of_area(
    area: Area,
    floor: Annotated[str | None, typer.Argument(metavar="[FLOOR]", help="None: it is on no floor.")] = None,
    config: Config = DEFAULT_CONFIG,
) -> None:
    """Put an area on a floor."""
    one = ask(data_dir_of(config), "area.change", who=area, floor=floor)
    typer.echo(f"{one['name']} is on {one['floor'] or 'no floor'}.")


@areas.command("delete")
def delete_area(area: Area, config: Config = DEFAULT_CONFIG) -> None:
    """Remove an area; what was in it is in none."""
    ask(data_dir_of(config), "area.delete", who=area)
    typer.echo(f"{area} is gone.")


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


@floors.command("delete")
def delete_floor(name: Name, config: Config = DEFAULT_CONFIG) -> None:
    """Remove a floor; its areas stay."""
    ask(data_dir_of(config), "floor.delete", who=name)
    typer.echo(f"{name} is gone.")


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


@labels.command("delete")
def delete_label(name: Name, config: Config = DEFAULT_CONFIG) -> None:
    """Remove a label from everything."""
    ask(data_dir_of(config), "label.delete", who=name)
    typer.echo(f"{name} is gone.")
