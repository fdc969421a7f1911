"""`hub entity`: rename, place, hide and switch off the house's entities."""

from __future__ import annotations

from typing import Annotated, Any

import typer

from hub.cli.rows import Json, show_rows
from hub.cli.run import DEFAULT_CONFIG, Config, data_dir_of
from hub.control import ask

app = typer.Typer(
    name="entity", help="Rename, place, hide and switch off the house's entities.", no_args_is_help=True
)
Who = Annotated[str, typer.Argument(metavar="ENTITY", help="Its entity id.")]
Icon = Annotated[str | None, typer.Argument(metavar="[ICON]", help="Such as mdi:lamp; none: its own.")]
Unit = Annotated[str | None, typer.Argument(metavar="[UNIT]", help="Such as °F; none: the house's.")]


@app.command("list")
def list_entities(
    config: Config = DEFAULT_CONFIG,
    domain: Annotated[str | None, typer.Option(help="Only those of a domain, such as light.")] = None,
    area: Annotated[str | None, typer.Option(help="Only those in an area.")] = None,
    disabled: Annotated[bool, typer.Option("--disabled", help="Only those that are switched off.")] = False,
    as_json: Json = False,
) -> None:
    """List all entities with their names, areas and states."""
    found = ask(data_dir_of(config), "entity.list")
    if domain is not None:
        found = [one for one in found if one["entity_id"].startswith(f"{domain}.")]
    if area is not None:
        found = [one for one in found if (one["area"] or "").casefold() == area.casefold()]
    if disabled:
        found = [one for one in found if one["disabled_by"]]
    columns = ("entity_id", "name", "state", "area", "device", "labels", "disabled_by", "hidden_by")
    show_rows(found, columns, as_json=as_json, nothing="There are none.")


def _change(config: Config, who: str, **changes: Any) -> None:
    one = ask(data_dir_of(config), "entity.change", who=who, **changes)
    parts = [one["entity_id"], f"{one['name']!r}"]
    parts += [f"in {one['area']}"] if one["area"] else []
    parts += [f"labels {', '.join(one['labels'])}"] if one["labels"] else []
    parts += ["switched off"] if one["disabled_by"] else []
    parts += ["hidden"] if one["hidden_by"] else []
    typer.echo("  ".join(parts))


@app.command("rename")
def rename_entity(
    who: Who,
    name: Annotated[str | None, typer.Argument(metavar="[NAME]", help="How people call it.")] = None,
    config: Config = DEFAULT_CONFIG,
    id: Annotated[str | None, typer.Option("--id", help="A new entity id.")] = None,
    reset: Annotated[bool, typer.Option("--reset", help="Go back to the device's own name.")] = False,
) -> None:
    """Give an entity another name, or with --id another entity id."""
    changes: dict[str, Any] = {}
    if name is not None or reset:
        changes["name"] = name
    if id is not None:
        changes["new_id"] = id
    if not changes:
        raise typer.BadParameter("give a name, --id or --reset")
    _change(config, who, **changes)


@app.command("place")
def place_entity(
    who: Who,
    area: Annotated[str | None, typer.Argument(metavar="[AREA]", help="None: that of its device.")] = None,
    config: Config = DEFAULT_CONFIG,
) -> None:
    """Put an entity into an area."""
    _change(config, who, area=area)


@app.command("icon")
def icon_of_entity(
    who: Who,
    icon: Annotated[
        str | None, typer.Argument(metavar="[ICON]", help="Such as mdi:lamp; none: its own.")
    ] = None,
    config: Config = DEFAULT_CONFIG,
) -> None:
    """Give an entity an icon."""
    _change(config, who, icon=icon)


@app.command("unit")
def unit_of_entity(
    who: Who,
    unit: Annotated[
        str | None, typer.Argument(metavar="[UNIT]", help="Such as °F; none: the house's.")
    ] = None,
    config: Config = DEFAULT_CONFIG,
) -> None:
    """Show a sensor in another unit."""
    _change(config, who, unit=unit)


@app.command("label")
def label_entity(
    who: Who,
    names: Annotated[
        list[str] | None, typer.Argument(metavar="[LABEL]...", help="All it is to have.")
    ] = None,
    config: Config = DEFAULT_CONFIG,
) -> None:
    """Give an entity these labels, and no others."""
    _change(config, who, labels=names or [])


@app.command("enable")
def enable_entity(who: Who, config: Config = DEFAULT_CONFIG) -> None:
    """Switch an entity on that was switched off."""
    _change(config, who, disabled=False)


@app.command("disable")
def disable_entity(who: Who, config: Config = DEFAULT_CONFIG) -> None:
    """Switch an entity off: it has no state, and listens to nothing."""
    _change(config, who, disabled=True)


@app.command("hide")
def hide_entity(who: Who, config: Config = DEFAULT_CONFIG) -> None:
    """Keep an entity out of people's sight; automations still use it."""
    _change(config, who, hidden=True)


@app.command("unhide")
def unhide_entity(who: Who, config: Config = DEFAULT_CONFIG) -> None:
    """Show an entity again."""
    _change(config, who, hidden=False)


@app.command("forget")
def forget_entity(who: Who, config: Config = DEFAULT_CONFIG) -> None:
    """Forget an entity that is not there any more."""
    ask(data_dir_of(config), "entity.forget", who=who)
    typer.echo(f"{who} is forgotten.")
