"""The section `zone:`: places as entities whose state is how many persons are there."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any, ClassVar

from pydantic import BaseModel, ConfigDict, Field, model_validator

from hub.api import Bool, Cause, Detach, EntityInfo, House, Integration, State, StateChanged, Text

HOME = "zone.home"
_NOWHERE = ("not_home", "unknown", "unavailable")
_Degrees = Annotated[float, Field(allow_inf_nan=False)]


class ZoneOptions(BaseModel):
    """One place: a circle with a name. A passive zone is for rules only."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    name: Text
    latitude: _Degrees = Field(ge=-90, le=90)
    longitude: _Degrees = Field(ge=-180, le=180)
    radius: float = Field(100.0, ge=0, allow_inf_nan=False)
    passive: Bool = False
    icon: str | None = None


class ZoneIntegration(Integration):
    """A list of zones. `zone.home` is always there: where the house is, unless a zone is called Home."""

    always: ClassVar[bool] = True
    uninvited: ClassVar[bool] = True

    zones: tuple[ZoneOptions, ...] = ()

    @model_validator(mode="before")
    @classmethod
    def _list(cls, data: Any) -> Any:
        return {"zones": [zone for zone in data if zone]} if isinstance(data, list) else data

    def start(self, house: House) -> Detach:
        return _Zones(house, self.zones).stop


class _Zones:
    """All zones, and who is where."""

    def __init__(self, house: House, options: tuple[ZoneOptions, ...]) -> None:
        self._zones = [_Zone(house, each) for each in options]
        if HOME not in house.states:
            self._zones.append(_Zone(house, _home(house), HOME))
        self._detach = house.bus.listen("state_changed", self._changed)

    def stop(self) -> None:
        self._detach()
        for zone in self._zones:
            zone.remove()

    def _changed(self, event: StateChanged) -> None:
        if event.entity_id.startswith("person."):
            for zone in self._zones:
                zone.look(event.entity_id, event.new, event.cause)


class _Zone:
    """One living zone and the persons in it."""

    def __init__(self, house: House, options: ZoneOptions, entity_id: str | None = None) -> None:
        told = options.model_dump(include={"latitude", "longitude", "radius", "passive"})
        info = EntityInfo(
            "zone",
            "zone",
            name=options.name,
            default_entity_id=entity_id,
            icon=options.icon,
            attributes={**told, "editable": entity_id is not None},
        )
        self._entity = house.entities.add(info)
        self._names = {options.name.casefold()}
        if self._entity.entity_id == HOME:
            self._names.add("home")
        persons = house.states.in_domain("person")
        self._persons = {state.entity_id for state in persons if self._has(state)}
        self._write(None)

    def remove(self) -> None:
        self._entity.remove()

    def look(self, person: str, state: State | None, cause: Cause | None) -> None:
        """Count a person in or out."""
        if self._has(state) is (person in self._persons):
            return
        self._persons ^= {person}
        self._write(cause)

    def _has(self, state: State | None) -> bool:
        return state is not None and state.state not in _NOWHERE and state.state.casefold() in self._names

    def _write(self, cause: Cause | None) -> None:
        attributes: Mapping[str, Any] = {"persons": sorted(self._persons)}
        self._entity.write(str(len(self._persons)), attributes, cause=cause)


def _home(house: House) -> ZoneOptions:
    settings = house.settings
    return ZoneOptions(
        name=settings.name,
        latitude=settings.latitude,
        longitude=settings.longitude,
        radius=settings.radius,
        icon="mdi:home",
    )
