"""What the template functions draw from."""

from __future__ import annotations

from dataclasses import dataclass, field

from hub.core.areas import AreaRegistry
from hub.core.clock import Clock
from hub.core.registries import DeviceRegistry, EntityRegistry
from hub.core.settings import Settings
from hub.core.states import States
from hub.template.budget import Budget
from hub.template.reads import Notes


@dataclass(slots=True)
class Sources:
    """The house as templates see it."""

    clock: Clock
    settings: Settings
    states: States
    registry: EntityRegistry
    devices: DeviceRegistry
    areas: AreaRegistry
    budget: Budget
    notes: Notes = field(default_factory=Notes)
