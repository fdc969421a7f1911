"""Keep the entities that discovery messages announce: made, changed in place, taken back."""

from __future__ import annotations

import logging
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import orjson

from hub.api import Detach, DeviceEntry, Event, House, HubError, Message, Parsing
from plugins.mqtt.announcement import DEVICE, Announced, Place, Unreadable, asks_migration, read
from plugins.mqtt.approval import Approval, device_key
from plugins.mqtt.ears import Ear, EarOptions
from plugins.mqtt.feed import Feed
from plugins.mqtt.inbox import Inbox
from plugins.mqtt.options import EntityOptions
from plugins.mqtt.platforms import parse
from plugins.mqtt.problems import Problems
from plugins.mqtt.residents import Resident, Residents

log = logging.getLogger(__name__)

_DEVICES = "device_registry_updated"


@dataclass(slots=True)
class Found:
    """One discovered thing and the message that announced it."""

    announced: Announced
    topic: str
    thing: Resident | Ear
    device_id: str | None = None

    @property
    def device(self) -> str:
        """What stands for its device."""
        return device_key(self.thing.options, self.topic)

    @property
    def shown(self) -> bool:
        """Whether the thing is there for people: not an entity that is switched off."""
        return not isinstance(self.thing, Resident) or self.thing.live.entity.enabled


@dataclass(frozen=True, slots=True)
class Held:
    """One thing whose device waits for people to let it in."""

    announced: Announced
    message: Message
    options: EntityOptions | EarOptions

    @property
    def device(self) -> str:
        return device_key(self.options, self.message.topic)

    @property
    def name(self) -> str:
        device = self.options.device
        named = device.name if device is not None else getattr(self.options, "name", None)
        return named or self.device


class Discoverer:
    """The books of discovery: one entry for each (component, id), whichever topic it came on.

    Messages are handled one after the other, as they come.
    """

    def __init__(
        self, house: House, prefix: str, *, approve: bool = False, own_node: str | None = None
    ) -> None:
        self._house = house
        self._prefix = prefix
        self._own_node = own_node
        self._approval = Approval(house, asked=approve)
        self._held: dict[tuple[str, str], Held] = {}
        self._inbox = Inbox(house.clock, self._use)
        self._context = Parsing(house.kinds, house.templates).context()
        self._found: dict[tuple[str, str], Found] = {}
        self._buried: dict[tuple[str, str], str] = {}
        self._feed = Feed(house.mqtt, house)
        self._residents = Residents(house, self._feed, self._removed_by_people)
        self._detach: Detach = house.bus.listen(_DEVICES, self._device_changed)
        self.problems = Problems(house)

    def received(self, message: Message) -> None:
        """Take in one discovery message."""
        self._inbox.put(message)

    def _use(self, message: Message) -> Iterator[None]:
        try:
            place = Place.of(message.topic, self._prefix)
            if place.node is not None and place.node == self._own_node:
                return
            announced = self._read(place, message.payload)
        except Unreadable as error:
            self.problems.tell(message, str(error), level=logging.WARNING)
            return
        self.problems.solved(message.topic)
        for each in announced:
            try:
                self._take(each, message)
            except Exception:  # one thing's bug must not stop what comes after it
                log.exception("discovery on %s failed", message.topic)
            yield

    def announce(self, component: str, id: str, options: Mapping[str, Any] | None) -> None:
        """Take in what another plugin learnt of a device; None takes it back."""
        message = Message(id, b"" if options is None else orjson.dumps(options))
        self.problems.solved(id)
        try:
            (announced,) = read(Place(component, None, id), message.payload, self._context)
        except Unreadable as error:
            self.problems.tell(message, str(error))
            return
        self._take(announced, message)

    @property
    def found(self) -> list[Found]:
        return list(self._found.values())

    @property
    def held(self) -> list[Held]:
        return list(self._held.values())

    def decided(self, device: str) -> str:
        return self._approval.decided(device) or "held"

    def stop(self) -> None:
        self._inbox.stop()
        self._detach()
        for found in self._found.values():
            if isinstance(found.thing, Ear):
                found.thing.stop()
        self._residents.stop()

    def _read(self, place: Place, payload: bytes) -> list[Announced]:
        announced = read(place, payload, self._context)
        if place.component != DEVICE or announced:
            return announced
        migrating = bool(payload) and asks_migration(payload)
        announcements = [found.announced for found in self.found] + [held.announced for held in self.held]
        known = [each.key for each in announcements if each.group == place.group]
        return [Announced(component, id, place.group, None, migrating) for component, id in known]

    # --- one thing -----------------------------------------------------------------------------------

    def _take(self, announced: Announced, message: Message) -> None:
        found = self._found.get(announced.key)
        if found is not None and found.topic != message.topic:
            self._refuse_other_topic(found, announced, message)
        elif announced.options is None:
            self._held.pop(announced.key, None)
            if found is not None:
                self._take_back(found, announced)
        elif found is None:
            self._add(announced, message)
        elif found.announced.options != announced.options:
            self._change(found, announced, message)

    def _refuse_other_topic(self, found: Found, announced: Announced, message: Message) -> None:
        if announced.options is None:
            return
        text = f"{' '.join(announced.key)} was announced on {found.topic} before; that one has to be emptied"
        self.problems.tell(message, text, level=logging.WARNING, options=announced.options)

    def _add(self, announced: Announced, message: Message) -> None:
        assert announced.options is not None
        try:
            options, unknown = parse(announced.component, self._as_before(announced), self._context)
            held = Held(announced, message, options)
            if self._approval.holds(held.device, options.device):
                self._hold(held)
                return
            self._settle(held)
        except HubError as error:
            self.problems.tell(message, f"{announced.component}: {error}", options=announced.options)
            return
        self.problems.ignored(message.topic, announced, unknown)

    def _settle(self, held: Held) -> None:
        thing = self._begin(held.options)
        found = Found(held.announced, held.message.topic, thing, self._device_of(thing))
        self._found[held.announced.key] = found

    # --- let in, or not ------------------------------------------------------------------------------

    def _hold(self, held: Held) -> None:
        if held.announced.key not in self._held:
            log.info("discovery on %s: %s waits to be let in", held.message.topic, held.name)
        self._held[held.announced.key] = held
        self._approval.tell(held.device, held.name)

    def approve(self, device: str) -> None:
        """Let a device in, with all that waits of it."""
        self._approval.decide(device, "approved")
        for held in [held for held in self._held.values() if held.device == device]:
            del self._held[held.announced.key]
            try:
                self._settle(held)
            except HubError as error:
                options = held.announced.options
                self.problems.tell(held.message, f"{held.announced.component}: {error}", options=options)

    def reject(self, device: str) -> None:
        """Keep a device out; what is there of it goes."""
        self._approval.decide(device, "rejected")
        mine = [found for found in self._found.values() if found.device == device]
        for found in mine:
            message = Message(found.topic, b"", retain=True)
            self._held[found.announced.key] = Held(found.announced, message, found.thing.options)
        self._drop(mine)
        for device_id in {found.device_id for found in mine if found.device_id is not None}:
            self._house.devices.remove(device_id)

    def remove(self, device: str) -> list[str]:
        """Take a device away and empty the topics of its announcements; returns them."""
        mine = [found for found in self._found.values() if found.device == device]
        held = [held for held in self._held.values() if held.device == device]
        self._drop(mine)
        for each in held:
            del self._held[each.announced.key]
        topics = list(dict.fromkeys([f.topic for f in mine] + [h.message.topic for h in held]))
        for topic in topics:
            self._empty(topic)
        for device_id in {found.device_id for found in mine if found.device_id is not None}:
            if not self._house.registry.of_device(device_id):
                self._house.devices.remove(device_id)
        return topics

    # --- one thing -----------------------------------------------------------------------------------

    def _begin(self, options: EntityOptions | EarOptions) -> Resident | Ear:
        if isinstance(options, EntityOptions):
            return self._residents.add(options)
        self._refuse_twin(options)
        return Ear(self._house, self._feed, options)

    def _refuse_twin(self, options: EarOptions, but: Ear | None = None) -> None:
        if options.identity() is None or options.device is None:
            return
        device_id = self._house.devices.add(options.device.info("mqtt")).id
        for other in self._found.values():
            ear = other.thing
            if not isinstance(ear, Ear) or ear is but or ear.device_id != device_id:
                continue
            if ear.options.identity() == options.identity():
                raise HubError(f"its device has the same trigger already, announced on {other.topic}")

    def _change(self, found: Found, announced: Announced, message: Message) -> None:
        assert announced.options is not None
        try:
            options, unknown = parse(announced.component, announced.options, self._context)
            self._renew(found.thing, options)
        except HubError as error:
            self.problems.tell(message, f"{announced.component}: {error}", options=announced.options)
            return
        found.announced = announced
        found.device_id = self._device_of(found.thing)
        self.problems.ignored(message.topic, announced, unknown)

    def _renew(self, thing: Resident | Ear, options: EntityOptions | EarOptions) -> None:
        if isinstance(thing, Resident) and isinstance(options, EntityOptions):
            self._residents.update(thing, options)
        elif isinstance(thing, Ear) and isinstance(options, EarOptions):
            self._refuse_twin(options, thing)
            thing.update(options)

    def _take_back(self, found: Found, announced: Announced) -> None:
        thing = found.thing
        if announced.migrating and not _can_move(thing):
            log.error("%s can't move to another topic: it needs unique_id and device", found.topic)
            return
        del self._found[announced.key]
        if isinstance(thing, Ear):
            thing.stop()
        else:
            self._bury(thing, announced)
        if not announced.migrating:
            self._tidy(found.device_id)

    def _bury(self, resident: Resident, announced: Announced) -> None:
        options = resident.options
        entity_id = resident.live.entity.entity_id
        self._residents.remove(resident, forget=not announced.migrating)
        if options.unique_id and not announced.migrating:
            self._buried[options.domain, options.unique_id] = entity_id

    def _as_before(self, announced: Announced) -> Mapping[str, Any]:
        """Return the options; an entity that comes back without a wish gets the id that it had."""
        options = announced.options or {}
        before = self._buried.get((announced.component, str(options.get("unique_id"))))
        if before is None or "default_entity_id" in options or "object_id" in options:
            return options
        return {**options, "default_entity_id": before}

    # --- devices -------------------------------------------------------------------------------------

    def _device_of(self, thing: Resident | Ear) -> str | None:
        if isinstance(thing, Ear):
            return thing.device_id
        device = thing.options.device
        if device is None or thing.options.unique_id is None:
            return None
        info = device.info("mqtt")
        entry: DeviceEntry | None = self._house.devices.find(info.identifiers, info.connections)
        return entry.id if entry is not None else None

    def _tidy(self, device_id: str | None) -> None:
        """Take a device away when the last of its things is gone; disabled entities go with it."""
        if device_id is None:
            return
        entries = self._house.registry.of_device(device_id)
        if any(entry.disabled_by is None for entry in entries):
            return
        mine = [found for found in self._found.values() if found.device_id == device_id]
        if any(found.shown for found in mine):
            return
        self._drop(mine)
        for entry in entries:
            self._house.registry.remove(entry.entity_id)
        self._house.devices.remove(device_id)

    def _drop(self, things: list[Found]) -> None:
        for found in things:
            del self._found[found.announced.key]
            if isinstance(found.thing, Ear):
                found.thing.stop()
            else:
                self._residents.remove(found.thing, forget=True)

    def _device_changed(self, event: Event) -> None:
        """Empty the topics of a device that people removed, so that it does not come back."""
        if event.data["action"] != "remove":
            return
        gone = [found for found in self._found.values() if found.device_id == event.data["device_id"]]
        self._drop(gone)
        for topic in dict.fromkeys(found.topic for found in gone):
            self._empty(topic)

    def _removed_by_people(self, resident: Resident) -> None:
        for found in [found for found in self._found.values() if found.thing is resident]:
            del self._found[found.announced.key]
            if f"/{DEVICE}/" not in found.topic:
                self._empty(found.topic)

    def _empty(self, topic: str) -> None:
        """Empty an announcement's topic; what another plugin announced has none."""
        if topic.startswith(f"{self._prefix}/"):
            self._house.mqtt.publish(topic, "", retain=True)


def _can_move(thing: Resident | Ear) -> bool:
    if isinstance(thing, Ear):
        return True
    return bool(thing.options.unique_id and thing.options.device)
