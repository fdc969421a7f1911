"""`hub entity`: rename, place, hide and switch off the house's entities."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any

import typer

from hub.cli.changing import Noun
from hub.cli.rows import Json, show_rows
from hub.cli.run import DEFAULT_CONFIG, Config, data_dir_of
from hub.control import ask

app = typer.Typer(
    name="entity", help="Rename, place, hide and switch off the house's entities.", no_args_is_help=True
)
Who = Annotated[str, typer.Argument(metavar="ENTITY", help="Its entity id.")]


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


def _told(one: Mapping[str, Any]) -> str:
    parts = [one["entity_id"], f"{one['name']!r}"]
    parts += [f"in {one['area']}"] if one["area"] else []
    parts += [f"labels {', '.join(one['labels'])}"] if one["labels"] else []
    parts += ["switched off"] if one["disabled_by"] else []
    parts += ["hidden"] if one["hidden_by"] else []
    return "  ".join(parts)


_ENTITY = Noun(app, "ENTITY", "Its entity id.", "entity.change", _told)


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
    _ENTITY.change(config, who, **changes)


_ENTITY.value("place", "area", "AREA", "None: that of its device.", "Put an entity into an area.")
_ENTITY.value("icon", "icon", "ICON", "Such as mdi:lamp; none: its own.", "Give an entity an icon.")
_ENTITY.value("unit", "unit", "UNIT", "Such as °F; none: the house's.", "Show a sensor in another unit.")
_ENTITY.values("label", "labels", "LABEL", "Give an entity these labels, and no others.")
_ENTITY.switch("enable", "Switch an entity on that was switched off.", disabled=False)
_ENTITY.switch("disable", "Switch an entity off: it has no state, and listens to nothing.", disabled=True)
_ENTITY.switch("hide", "Keep an entity out of people's sight; automations still use it.", hidden=True)
_ENTITY.switch("unhide", "Show an entity again.", hidden=False)
_ENTITY.end("forget", "entity.forget", "is forgotten", "Forget an entity that is not there any more.")
