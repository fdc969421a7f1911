"""The section `energy:`: devices with their sensors, and what energy costs."""

from __future__ import annotations

from typing import Annotated, Self

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, model_validator

from hub.core.clock import Detach, nothing
from hub.core.ports import House
from hub.energy.accounting import Accounting
from hub.energy.tariff import Tariff, as_tariffs
from hub.fields import EntityId, OneOrMany, Text, refuse
from hub.kinds import Integration


class Meter(BaseModel):
    """Something that uses energy: a sensor of energy, of power, or both."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    name: Text
    energy: EntityId | None = None
    power: EntityId | None = None
    standby_below: Annotated[float, Field(gt=0)] | None = None
    """Watts below which it only waits; without, it is found out."""

    @model_validator(mode="after")
    def _one(self) -> Self:
        if self.energy is None and self.power is None:
            raise refuse("a device needs energy or power", "Name one of its sensors.")
        return self


class Grid(BaseModel):
    """The meter of the whole house."""

    model_config = ConfigDict(frozen=True, extra="forbid", populate_by_name=True)

    energy: EntityId | None = None
    power: EntityId | None = None
    returned: EntityId | None = None
    returned_price: float = 0.0


class EnergyModel(Integration):
    """What appliances use and what it costs, by hour, day and month; standby and peaks."""

    currency: Text | None = None
    tariff: Annotated[tuple[Tariff, ...], BeforeValidator(as_tariffs)] = ()
    grid: Grid | None = None
    devices: OneOrMany[Meter] = ()

    @model_validator(mode="after")
    def _names(self) -> Self:
        names = [device.name for device in self.devices]
        twice = next((name for name in names if names.count(name) > 1), None)
        if twice is not None:
            raise refuse(f"two devices are called {twice!r}", "Give each a name of its own.")
        return self

    def start(self, house: House) -> Detach:
        house.energy = Accounting(house, self)
        return nothing
