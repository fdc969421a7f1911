"""What people change of their entities, devices, areas, floors and labels."""

from __future__ import annotations

from typing import Annotated, Any

from pydantic import BaseModel, ConfigDict, Field

from hub.web.answers import Json
from hub.web.need import ADMIN, http
from hub.web.parts import Parts

_TAGS = {"tags": ["house"]}
_Text = Annotated[str, Field(max_length=200)]
_Texts = Annotated[list[_Text], Field(max_length=100)]


class _Changes(BaseModel):
    """What is not given stays; null takes it away, so that the device's own counts again."""

    model_config = ConfigDict(extra="forbid")

    def given(self) -> dict[str, Any]:
        return self.model_dump(exclude_unset=True)


class ChangedEntity(_Changes):
    """Name, icon and place of an entity, its unit, whether it is switched off or hidden, or another id."""

    name: _Text | None = None
    icon: _Text | None = None
    area: _Text | None = None
    labels: _Texts = []
    unit: _Text | None = None
    disabled: bool = False
    hidden: bool = False
    new_id: _Text = ""


class ChangedDevice(_Changes):
    """Name, place and labels of a device, and whether it is switched off. Areas by id, name or alias."""

    name_by_user: _Text | None = None
    area_id: _Text | None = None
    labels: _Texts = []
    disabled: bool = False

    def given(self) -> dict[str, Any]:
        words = {"name_by_user": "name", "area_id": "area"}
        return {words.get(name, name): value for name, value in super().given().items()}


class ChangedArea(_Changes):
    """An area; `floor` and `labels` by id or name."""

    name: _Text = ""
    floor: _Text | None = None
    icon: _Text | None = None
    aliases: _Texts = []
    labels: _Texts = []


class NewArea(_Changes):
    name: _Text
    floor: _Text | None = None
    icon: _Text | None = None


class ChangedFloor(_Changes):
    """A floor; level 0 is the ground floor."""

    name: _Text = ""
    level: Annotated[int, Field(ge=-100, le=1000)] | None = None
    icon: _Text | None = None
    aliases: _Texts = []


class NewFloor(_Changes):
    name: _Text
    level: Annotated[int, Field(ge=-100, le=1000)] | None = None
    icon: _Text | None = None


class ChangedLabel(_Changes):
    name: _Text = ""
    description: _Text | None = None
    color: _Text | None = None
    icon: _Text | None = None


class NewLabel(ChangedLabel):
    name: _Text


class NamingApi:
    """The same changes as `hub entity`, `hub device`, `hub area`, `hub floor` and `hub label`, for admins."""

    def __init__(self, parts: Parts) -> None:
        self._parts = parts

    async def _do(self, command: str, **given: Any) -> Any:
        return Json(await self._parts.command(command, **given) or {})

    @http("PATCH", "/api/entities/{entity_id}", ADMIN, summary="Change an entity", **_TAGS)
    async def change_entity(self, entity_id: str, given: ChangedEntity) -> Any:
        return await self._do("entity.change", who=entity_id, **given.given())

    @http("DELETE", "/api/entities/{entity_id}", ADMIN, summary="Forget an entity that is gone", **_TAGS)
    async def forget_entity(self, entity_id: str) -> Any:
        return await self._do("entity.forget", who=entity_id)

    @http("PATCH", "/api/devices/{device_id}", ADMIN, summary="Name a device, and say where it is", **_TAGS)
    async def change_device(self, device_id: str, given: ChangedDevice) -> Any:
        return await self._do("house.change_device", who=device_id, **given.given())

    @http("DELETE", "/api/devices/{device_id}", ADMIN, summary="Forget a device with its entities", **_TAGS)
    async def forget_device(self, device_id: str) -> Any:
        """Announcements of a device that announces itself are emptied, so that it stays away."""
        return await self._do("house.forget_device", who=device_id)

    @http("POST", "/api/areas", ADMIN, summary="Make an area", **_TAGS)
    async def create_area(self, given: NewArea) -> Any:
        return await self._do("area.create", **given.given())

    @http("PATCH", "/api/areas/{area_id}", ADMIN, summary="Change an area", **_TAGS)
    async def change_area(self, area_id: str, given: ChangedArea) -> Any:
        return await self._do("area.change", who=area_id, **given.given())

    @http("DELETE", "/api/areas/{area_id}", ADMIN, summary="Remove an area", **_TAGS)
    async def delete_area(self, area_id: str) -> Any:
        return await self._do("area.delete", who=area_id)

    @http("POST", "/api/floors", ADMIN, summary="Make a floor", **_TAGS)
    async def create_floor(self, given: NewFloor) -> Any:
        return await self._do("floor.create", **given.given())

    @http("PATCH", "/api/floors/{floor_id}", ADMIN, summary="Change a floor", **_TAGS)
    async def change_floor(self, floor_id: str, given: ChangedFloor) -> Any:
        return await self._do("floor.change", who=floor_id, **given.given())

    @http("DELETE", "/api/floors/{floor_id}", ADMIN, summary="Remove a floor; its areas stay", **_TAGS)
    async def delete_floor(self, floor_id: str) -> Any:
        return await self._do("floor.delete", who=floor_id)

    @http("POST", "/api/labels", ADMIN, summary="Make a label", **_TAGS)
    async def create_label(self, given: NewLabel) -> Any:
        return await self._do("label.create", **given.given())

    @http("PATCH", "/api/labels/{label_id}", ADMIN, summary="Change a label", **_TAGS)
    async def change_label(self, label_id: str, given: ChangedLabel) -> Any:
        return await self._do("label.change", who=label_id, **given.given())

    @http("DELETE", "/api/labels/{label_id}", ADMIN, summary="Remove a label from everything", **_TAGS)
    async def delete_label(self, label_id: str) -> Any:
        return await self._do("label.delete", who=label_id)
