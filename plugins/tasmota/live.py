"""An entity of a device: what it is (`Part`), and how it lives (`Live`)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, ClassVar, Generic, TypeVar

from hub.api import Command, DeviceInfo, EntityInfo
from plugins.tasmota.wire import Channel, Wire

PLATFORM = "tasmota"

Poll = tuple[str, str]
"""A command that makes the device tell how it is, and its argument."""

ASK_STATE: Poll = ("STATE", "")
ASK_SENSORS: Poll = ("STATUS", "10")


@dataclass(frozen=True, kw_only=True)
class Part:
    """One entity as the device announced it. Two that are equal need no change."""

    domain: str
    unique_id: str
    name: str | None
    poll: Poll | None

    @property
    def key(self) -> tuple[str, str]:
        return self.domain, self.unique_id

    def info(self, device: DeviceInfo) -> EntityInfo:
        return EntityInfo(
            domain=self.domain,
            platform=PLATFORM,
            unique_id=self.unique_id,
            name=self.name,
            device=device,
        )

    def make(self, wire: Wire) -> Live[Any]:
        """Let the entity live; raises `HubError` if its unique id lives already."""
        raise NotImplementedError


P = TypeVar("P", bound=Part)


class Live(Generic[P]):
    """A living entity. A kind says what it hears, what it shows and what it obeys."""

    channels: ClassVar[tuple[Channel, ...]] = ()

    def __init__(self, wire: Wire, part: P) -> None:
        self.wire = wire
        self.part = part
        self.entity = wire.house.entities.add(part.info(wire.device), self.commands())

    # --- what a kind says ----------------------------------------------------------------------------

    def commands(self) -> Mapping[str, Command]:
        """Return what the entity can be told, by service."""
        return {}

    def hear(self, channel: Channel, content: Mapping[str, Any]) -> None:
        """Take in what the device tells."""

    def current(self) -> tuple[str | None, Mapping[str, Any]]:
        """Return the state and the attributes that go with it."""
        raise NotImplementedError

    def asked(self) -> None:
        """Know that the device is about to be asked how it is."""

    # --- life ----------------------------------------------------------------------------------------

    def start(self, available: bool) -> None:
        self.entity.available = available
        self.show()

    def show(self) -> None:
        state, attributes = self.current()
        self.entity.write(state, attributes)

    def update(self, part: P) -> None:
        """Take over what the device announces now; what is known of its state is kept."""
        self.part = part
        self.wire.house.entities.redescribe(self.entity, part.info(self.wire.device))
        self.entity.commands = self.commands()
        self.show()

    def enter_again(self, available: bool) -> None:
        """Begin anew under what people chose: another id, switched on or off."""
        self.entity.remove()
        self.entity = self.wire.house.entities.add(self.part.info(self.wire.device), self.commands())
        self.start(available)

    def stop(self, *, forget: bool = False) -> None:
        """Leave the house; with `forget` the registry too."""
        self.entity.remove(forget=forget)
