"""The WebSocket's commands that change registries, in Home Assistant's words."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from hub.web.house import area_about, device_about, entry_about, floor_about, label_about
from hub.web.websocket.connection import Bad, Command, Connection, field

_SAME = {"name": "name", "icon": "icon", "labels": "labels"}
_ENTITY = {**_SAME, "area_id": "area", "new_entity_id": "new_id"}
_DEVICE = {"name_by_user": "name", "area_id": "area", "labels": "labels"}
_AREA = {**_SAME, "floor_id": "floor", "aliases": "aliases"}
_FLOOR = {"name": "name", "icon": "icon", "level": "level", "aliases": "aliases"}
_LABEL = {"name": "name", "icon": "icon", "color": "color", "description": "description"}


def _changes(asked: Mapping[str, Any], words: Mapping[str, str]) -> dict[str, Any]:
    """Return what is to be changed, in our words."""
    changes = {ours: asked[theirs] for theirs, ours in words.items() if theirs in asked}
    for name in ("labels", "aliases"):
        if name in changes and not (
            isinstance(changes[name], list) and all(isinstance(one, str) for one in changes[name])
        ):
            raise Bad("invalid_format", f"{name!r} should be a list of texts")
    for name in changes.keys() - {"labels", "aliases", "level"}:
        if not isinstance(changes[name], str | None):
            raise Bad("invalid_format", f"{name!r} should be a text or null")
    return changes


def _switched(asked: Mapping[str, Any], name: str, changes: dict[str, Any]) -> None:
    """`disabled_by` and `hidden_by` are "user" or null."""
    if f"{name}_by" in asked:
        if asked[f"{name}_by"] not in (None, "user"):
            raise Bad("invalid_format", f"{name}_by should be 'user' or null")
        changes[name] = asked[f"{name}_by"] is not None


async def _update_entity(to: Connection, id: int, asked: dict[str, Any]) -> None:
    to.must_be_admin()
    changes = _changes(asked, _ENTITY)
    for name in ("disabled", "hidden"):
        _switched(asked, name, changes)
    options = field(asked, "options", dict, {})
    if "unit_of_measurement" in options:
        changes["unit"] = options["unit_of_measurement"]
    told = await to.parts.command("entity.change", who=field(asked, "entity_id", str), **changes)
    to.result(id, {"entity_entry": entry_about(to.house.registry.entries[told["entity_id"]])})


async def _remove_entity(to: Connection, id: int, asked: dict[str, Any]) -> None:
    to.must_be_admin()
    await to.parts.command("entity.forget", who=field(asked, "entity_id", str))
    to.result(id)


async def _update_device(to: Connection, id: int, asked: dict[str, Any]) -> None:
    to.must_be_admin()
    changes = _changes(asked, _DEVICE)
    _switched(asked, "disabled", changes)
    told = await to.parts.command("house.change_device", who=field(asked, "device_id", str), **changes)
    to.result(id, device_about(to.house.devices.entries[told["id"]]))


def _shelf(kind: str, words: Mapping[str, str], about: Callable[[Any], dict[str, Any]]) -> dict[str, Command]:
    """Return the commands for areas, floors or labels."""

    def entry(to: Connection, id: str) -> Any:
        entries: Mapping[str, Any] = getattr(to.house.areas, f"{kind}s")
        return entries[id]

    async def create(to: Connection, id: int, asked: dict[str, Any]) -> None:
        to.must_be_admin()
        given = _changes(asked, words)
        first = {name: given.pop(name) for name in tuple(given) if name not in ("aliases", "labels")}
        told = await to.parts.command(f"{kind}.create", **{"name": "", **first})
        if given:
            told = await to.parts.command(f"{kind}.change", who=told["id"], **given)
        to.result(id, about(entry(to, told["id"])))

    async def update(to: Connection, id: int, asked: dict[str, Any]) -> None:
        to.must_be_admin()
        who = field(asked, f"{kind}_id", str)
        words_here = {theirs: ours for theirs, ours in words.items() if theirs != f"{kind}_id"}
        told = await to.parts.command(f"{kind}.change", who=who, **_changes(asked, words_here))
        to.result(id, about(entry(to, told["id"])))

    async def delete(to: Connection, id: int, asked: dict[str, Any]) -> None:
        to.must_be_admin()
        await to.parts.command(f"{kind}.delete", who=field(asked, f"{kind}_id", str))
        to.result(id)

    path = f"config/{kind}_registry"
    return {f"{path}/create": create, f"{path}/update": update, f"{path}/delete": delete}


CHANGES: dict[str, Command] = {
    "config/entity_registry/update": _update_entity,
    "config/entity_registry/remove": _remove_entity,
    "config/device_registry/update": _update_device,
    **_shelf("area", _AREA, area_about),
    **_shelf("floor", _FLOOR, floor_about),
    **_shelf("label", _LABEL, label_about),
}
