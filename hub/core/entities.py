"""Hold the living entities: they write their states and obey their domain's services."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from hub.core.cause import Cause
from hub.core.customize import Customize
from hub.core.errors import HubError
from hub.core.events import Event
from hub.core.registries import DeviceInfo, DeviceRegistry, EntityEntry, EntityRegistry
from hub.core.remembered import Remembered
from hub.core.services import ServiceCall
from hub.core.settings import Settings
from hub.core.slugs import slugify, unique
from hub.core.state import UNAVAILABLE, UNKNOWN, is_entity_id
from hub.core.states import States
from hub.core.units import converted, fits, shown_unit

Command = Callable[[ServiceCall], "Awaitable[None] | Mapping[str, Any] | None"]
"""Obey one service call; `call.fields` is what the service's schema made of the data.

What is done at once may give back what the service answers for this entity.
"""


@dataclass(frozen=True, slots=True)
class EntityInfo:
    """What a platform says of its entity.

    `name` None with a device means the device's name alone. `attributes` are those that do not depend
    on the state (the options of a select, the limits of a number); they stay while unavailable.
    `default_entity_id` (with domain) or `object_id` propose the id, else the full name does.
    """

    domain: str
    platform: str
    unique_id: str | None = None
    name: str | None = None
    default_entity_id: str | None = None
    object_id: str | None = None
    device: DeviceInfo | None = None
    device_class: str | None = None
    unit_of_measurement: str | None = None
    icon: str | None = None
    entity_picture: str | None = None
    entity_category: str | None = None
    enabled_by_default: bool = True
    force_update: bool = False
    assumed_state: bool = False
    attributes: Mapping[str, Any] = field(default_factory=dict)


class Entity:
    """One living entity. Made by `Entities.add`; `write` is the only way its state changes."""

    def __init__(
        self,
        owner: Entities,
        entity_id: str,
        info: EntityInfo,
        commands: Mapping[str, Command],
        full_name: str,
    ) -> None:
        self._owner = owner
        self.entity_id = entity_id
        self._commands = commands
        self.available = True
        self.enabled = True
        self.guard: Callable[[ServiceCall], None] | None = None
        self.asked: tuple[Cause | None, float] | None = None
        """Why it was last told to do something, and when (seconds since 1970)."""
        self.describe(info, full_name)
        self._state: str | None = None
        self._spoke = False
        self._extra: Mapping[str, Any] = {}
        self._written: Mapping[str, Any] | None = None

    @property
    def commands(self) -> Mapping[str, Command]:
        """What it obeys, by service."""
        return self._commands

    @commands.setter
    def commands(self, commands: Mapping[str, Command]) -> None:
        self._commands = commands
        self.describe(self.info, self.full_name)

    def describe(self, info: EntityInfo, full_name: str) -> None:
        """Take a new description (name, icon, class, unit); shown with the next write."""
        self.info = info
        self.full_name = full_name
        unit = self._owner.unit_for(self.entity_id, info)
        self._unit = unit if unit != info.unit_of_measurement else None
        entry = self._owner.registry.get(self.entity_id)
        shown = {
            "unit_of_measurement": unit,
            "device_class": info.device_class,
            "icon": (entry.icon if entry is not None else None) or info.icon,
            "entity_picture": info.entity_picture,
        }
        self._custom = self._owner.customized.of(self.entity_id)
        self.fixed = {
            **info.attributes,
            **self._features(info),
            **{name: value for name, value in shown.items() if value is not None},
            **({"assumed_state": True} if info.assumed_state else {}),
            "friendly_name": full_name,
            **self._custom,
        }
        self._written = None

    def _features(self, info: EntityInfo) -> dict[str, int]:
        """Say in bits what the entity can do, as dashboards and apps ask for it."""
        bits = self._owner.features.get(info.domain)
        if bits is None:
            return {}
        able: int = bits.get("", 0) | info.attributes.get("supported_features", 0)
        for service, bit in bits.items():
            if service in self.commands:
                able |= bit
        return {"supported_features": able}

    def shown(self, state: str) -> str:
        """Return a state as people see it: a measured value in their unit."""
        if self._unit is None:
            return state
        info = self.info
        return converted(state, info.device_class or "", info.unit_of_measurement or "", self._unit)

    def told(self, shown: str) -> str:
        """Return what the entity would write to be shown so."""
        if self._unit is None:
            return shown
        info = self.info
        return converted(shown, info.device_class or "", self._unit, info.unit_of_measurement or "")

    def write(
        self,
        state: str | None,
        attributes: Mapping[str, Any] | None = None,
        *,
        cause: Cause | None = None,
        force: bool = False,
    ) -> None:
        """Write the state (None is `unknown`); `attributes` None keeps the attributes as they were."""
        self._state = state
        if state is not None:
            self._spoke = True
        if attributes is not None and attributes != self._extra:
            self._extra = attributes
            self._written = None
        self.show(cause=cause, force=force)

    def set_available(self, available: bool, *, cause: Cause | None = None) -> None:
        """Show the entity as it is, or as `unavailable`."""
        if available != self.available:
            self.available = available
            self.show(cause=cause)

    def show(self, *, cause: Cause | None = None, force: bool = False) -> None:
        """Put what is known into the house's states."""
        if not self.enabled:
            return
        states = self._owner.states
        if cause is None:
            if self.asked is not None:
                cause = self._answer(*self.asked)
            if cause is None and self._owner.under_way is not None:
                cause = self._owner.under_way()
        if not self.available:
            states.set(self.entity_id, UNAVAILABLE, self.fixed, cause=cause)
            return
        if self._state is None and not self._spoke and self._owner.restores(self):
            return
        if self._written is None:
            self._written = {**self.fixed, **self._extra, **self._custom} if self._extra else self.fixed
        state = self._state if self._state is not None else UNKNOWN
        if self._unit is not None:
            state = self.shown(state)
        states.set(self.entity_id, state, self._written, cause=cause, force=force or self.info.force_update)

    def _answer(self, cause: Cause | None, asked: float) -> Cause | None:
        """Return the cause of the command that this change answers, None if it is too long ago."""
        now = self._owner.states.clock.timestamp()
        before = self._owner.states.get(self.entity_id)
        if cause is None or not self.available or self._state is None or before is None:
            return None
        if before.state == self._state or not 0 <= now - asked <= ANSWER_SECONDS:
            return None
        under_way = self._owner.under_way
        message = under_way().origin if under_way is not None else ""
        cause.answered((self.entity_id, self._state, now, message))
        return cause

    @property
    def state(self) -> str | None:
        """The state written last, None while unknown."""
        return self._state

    def remove(self, *, forget: bool = False) -> None:
        """Take the entity out of the house; with `forget` out of the registry too."""
        self._owner.drop(self, forget=forget)


_BY_PEOPLE = frozenset({"entity_id", "name", "icon", "unit_by_user", "disabled_by"})
RESTORED = "restored"
"""The attribute of a state from before this start."""
# Their states are moments: that one comes back would mean that it came again.
_MOMENTS = ("button", "event", "scene")
# What an entity shows so long after a command is taken as its answer, as Home Assistant does.
ANSWER_SECONDS = 5.0


class Entities:
    """The living entities by id."""

    def __init__(
        self,
        states: States,
        registry: EntityRegistry,
        devices: DeviceRegistry,
        settings: Settings | None = None,
    ) -> None:
        self.states = states
        self.registry = registry
        self.devices = devices
        self._settings = settings or Settings()
        registry.listen(self._entry_changed)
        devices.listen(self._device_changed)
        self._living: dict[str, Entity] = {}
        self.customized = Customize()
        self.features: dict[str, Mapping[str, int]] = {}
        """What a service of a domain counts in `supported_features`."""
        self.recall: Callable[[str], Remembered | None] | None = None
        """What an entity was before this start; None if nothing is put back."""
        self.quiet = False
        """Whether putting back is told to nobody: once automations listen, nothing happened by it."""
        self.under_way: Callable[[], Cause] | None = None
        """Gives the cause of what entities show while a message is delivered."""

    def get(self, entity_id: str) -> Entity | None:
        return self._living.get(entity_id)

    def __iter__(self) -> Any:
        return iter(list(self._living.values()))

    def __len__(self) -> int:
        return len(self._living)

    def add(self, info: EntityInfo, commands: Mapping[str, Command] | None = None) -> Entity:
        """Let an entity live, under the id it had before if its unique id is known.

        It shows nothing until it first writes. Raises `HubError` if its unique id already lives.
        """
        device = self.devices.add(info.device) if info.device is not None else None
        full_name = _full_name(info, device.shown_name if device else None)
        entry = None
        if info.unique_id is not None:
            entry = self.registry.find(info.domain, info.platform, info.unique_id)
            if entry is not None and entry.entity_id in self._living:
                raise HubError(
                    f"the unique id {info.unique_id!r} is already used by {entry.entity_id}",
                    remedy="Give each entity a unique_id of its own.",
                )
        entity_id = entry.entity_id if entry else self._choose_id(info, full_name)
        if info.unique_id is not None:
            entry = self._enter(entry, entity_id, info, device.id if device else None)
        if entry is not None and entry.name:
            full_name = entry.name
        entity = Entity(self, entity_id, info, commands or {}, full_name)
        entity.enabled = entry is None or entry.disabled_by is None
        self._living[entity_id] = entity
        return entity

    def customize(self, customized: Customize) -> None:
        """Lay these attributes over those of entities, from now on and of those that live."""
        if customized == self.customized:
            return
        self.customized = customized
        for entity in self._living.values():
            entity.describe(entity.info, entity.full_name)
            if entity.entity_id in self.states:
                entity.show()

    def restores(self, entity: Entity) -> bool:
        """Show what an entity was, marked `restored`, until its device speaks; False if that is not known."""
        told = self.recall(entity.entity_id) if self.recall is not None else None
        if told is None or told.state in (UNAVAILABLE, UNKNOWN) or entity.info.domain in _MOMENTS:
            return False
        attributes = {**told.attributes, **entity.fixed, RESTORED: True}
        before = self.states.get(entity.entity_id)
        if before is not None and self.quiet:
            return bool(before.attributes.get(RESTORED))
        if before is None or not before.attributes.get(RESTORED):
            self.states.restore(entity.entity_id, told.state, attributes, told.saved, quiet=self.quiet)
        return True

    def redescribe(self, entity: Entity, info: EntityInfo) -> None:
        """Change the description of a living entity; its id stays."""
        device = self.devices.add(info.device) if info.device is not None else None
        entry = self.registry.get(entity.entity_id)
        if entry is not None and info.unique_id is not None:
            entry = self._enter(entry, entity.entity_id, info, device.id if device else None)
        name = entry.name if entry is not None and entry.name else None
        entity.describe(info, name or _full_name(info, device.shown_name if device else None))

    def unit_for(self, entity_id: str, info: EntityInfo) -> str | None:
        """Return the unit that people see: the one they chose, that of the house, or the entity's own."""
        unit, device_class = info.unit_of_measurement, info.device_class
        if unit is None or info.domain != "sensor":
            return unit
        entry = self.registry.get(entity_id)
        chosen = entry.unit_by_user if entry is not None else None
        if chosen is not None and fits(device_class, unit, chosen):
            return chosen
        named = info.unique_id is not None
        return shown_unit(device_class, unit, self._settings.unit_system, named=named)

    def _entry_changed(self, event: Event) -> None:
        """Follow what people changed of a living entity: its id, its name, whether it is switched off."""
        data = event.data
        if data["action"] != "update" or _BY_PEOPLE.isdisjoint(data["changes"]):
            return
        before = data.get("old_entity_id", data["entity_id"])
        entity = self._living.get(before)
        entry = self.registry.get(data["entity_id"])
        if entity is None or entry is None:
            return
        if before != entry.entity_id:
            del self._living[before]
            self._living[entry.entity_id] = entity
            entity.entity_id = entry.entity_id
            self.states.remove(before)
        entity.enabled = entry.disabled_by is None
        if not entity.enabled:
            self.states.remove(entity.entity_id)
        self._rename(entity)

    def _device_changed(self, event: Event) -> None:
        if event.data["action"] != "update":
            return
        for entry in self.registry.of_device(event.data["device_id"]):
            entity = self._living.get(entry.entity_id)
            if entity is not None and entity.full_name != self._name_of(entity):
                self._rename(entity)

    def _rename(self, entity: Entity) -> None:
        entity.describe(entity.info, self._name_of(entity))
        entity.show()

    def _name_of(self, entity: Entity) -> str:
        entry = self.registry.get(entity.entity_id)
        if entry is not None and entry.name:
            return entry.name
        device_id = entry.device_id if entry is not None else None
        device = self.devices.get(device_id) if device_id is not None else None
        return _full_name(entity.info, device.shown_name if device is not None else None)

    def drop(self, entity: Entity, *, forget: bool) -> None:
        if self._living.get(entity.entity_id) is entity:
            del self._living[entity.entity_id]
        self.states.remove(entity.entity_id)
        if forget:
            self.registry.remove(entity.entity_id)

    def _choose_id(self, info: EntityInfo, full_name: str) -> str:
        wanted = info.default_entity_id
        if wanted is None or not is_entity_id(wanted):
            name = info.object_id or (wanted.partition(".")[2] if wanted else "")
            fallback = f"{info.platform}_{info.unique_id or info.domain}"
            if not name and (info.name or info.device is not None or info.unique_id is None):
                name = full_name
            wanted = f"{info.domain}.{slugify(name) or slugify(fallback)}"
        return unique(wanted, self._taken)

    def _taken(self, entity_id: str) -> bool:
        return entity_id in self._living or entity_id in self.registry.entries or entity_id in self.states

    def _enter(
        self, entry: EntityEntry | None, entity_id: str, info: EntityInfo, device_id: str | None
    ) -> EntityEntry:
        told = {
            "device_id": device_id,
            "original_name": info.name,
            "original_icon": info.icon,
            "entity_category": info.entity_category,
            "device_class": info.device_class,
            "unit_of_measurement": info.unit_of_measurement,
        }
        if entry is not None:
            return self.registry.update(entry.entity_id, **told)
        new = EntityEntry(entity_id, info.platform, info.unique_id or "")
        new = replace(new, **told)  # type: ignore[arg-type]  # names are those of EntityEntry
        if not info.enabled_by_default:
            new.disabled_by = "integration"
        return self.registry.add(new)


def _full_name(info: EntityInfo, device_name: str | None) -> str:
    if device_name and info.name:
        return f"{device_name} {info.name}"
    return info.name or device_name or f"{info.platform} {info.domain}".replace("_", " ")
