"""Put a house together: its core, the domains of its plugins, its automations."""

from __future__ import annotations

import logging
from dataclasses import dataclass, field

from hub.automation.domains import AutomationDomain, ScriptDomain
from hub.automation.engine import Changes, Engine, changes_between
from hub.configuration import Configuration, Part
from hub.core.agenda import Agenda
from hub.core.areas import AreaRegistry
from hub.core.bus import Bus
from hub.core.clock import Clock, Detach
from hub.core.entities import Entities
from hub.core.errors import HubError
from hub.core.events import HUB_START, HUB_STARTED, HUB_STOP
from hub.core.memory import ShortMemory
from hub.core.ports import House, Memory, Mqtt
from hub.core.registries import DeviceRegistry, EntityRegistry
from hub.core.services import Services
from hub.core.settings import Settings
from hub.core.states import States
from hub.core.tasks import Tasks
from hub.domains import register_domains
from hub.loader import Catalogs
from hub.template import TemplateEngine

log = logging.getLogger(__name__)


def build_house(
    clock: Clock, settings: Settings, kinds: Catalogs, mqtt: Mqtt, memory: Memory | None = None
) -> House:
    """Make an empty house: everything is there, nothing is set up yet."""
    bus = Bus(clock)
    states = States(bus, clock)
    registry = EntityRegistry(bus)
    areas = AreaRegistry(bus)
    devices = DeviceRegistry(bus, areas)
    templates = TemplateEngine(
        clock=clock,
        settings=settings,
        states=states,
        registry=registry,
        devices=devices,
        areas=areas,
        functions=dict(kinds.template_functions.items()),
        macros_dir=settings.config_dir / "custom_templates",
    )
    house = House(
        clock=clock,
        settings=settings,
        bus=bus,
        states=states,
        services=Services(bus),
        registry=registry,
        devices=devices,
        areas=areas,
        entities=Entities(states, registry, devices, settings),
        memory=memory or ShortMemory(),
        kinds=kinds,
        templates=templates,
        mqtt=mqtt,
        tasks=Tasks(),
    )
    domains = [AutomationDomain, ScriptDomain, *(domain for _, domain in kinds.domains.items())]
    register_domains(house, domains)
    return house


@dataclass(slots=True)
class Household:
    """A house with its configuration in it: what was started, in order, and how to stop it."""

    house: House
    engine: Engine
    parts: list[tuple[Part, Detach]] = field(default_factory=list)
    scripts: Changes = field(default_factory=Changes)
    """What the last `automate` did to scripts."""
    _begun: bool = False

    @classmethod
    def of(cls, house: House, agenda: Agenda | None = None) -> Household:
        return cls(house, Engine(house, agenda))

    def set_up(self, configuration: Configuration) -> Changes:
        """Take over settings, integrations and entity platforms; one that fails is named and left out.

        What is there already and stands in the YAML as before goes on undisturbed.
        """
        configuration.apply(self.house)
        left = list(self.parts)
        kept: list[tuple[Part, Detach]] = []
        fresh: list[Part] = []
        for part in configuration.parts:
            same = next((pair for pair in left if _same(pair[0], part)), None)
            if same is None:
                fresh.append(part)
            else:
                left.remove(same)
                kept.append(same)
        for _, stop in reversed(left):
            _stop(stop)
        made = [(part, end) for part in fresh if (end := self._begin(part)) is not None]
        self.parts = [*kept, *made]
        return changes_between([part.name for part, _ in left], [part.name for part in fresh], len(kept))

    def automate(self, configuration: Configuration) -> Changes:
        """Load automations and scripts; what did not change since the last time goes on undisturbed."""
        self.scripts = self.engine.load_scripts(configuration.scripts, configuration.script_sources)
        return self.engine.load(configuration.automations)

    def begin(self) -> None:
        """Tell integrations and entities that all of them are there, before automations listen."""
        if not self._begun:
            self._begun = True
            self.house.bus.emit(HUB_START)

    def started(self) -> None:
        """Tell the house that everything is set up."""
        self.begin()
        self.house.started = True
        self.engine.resume()
        self.house.bus.emit(HUB_STARTED)

    async def stop(self) -> None:
        """Undo everything in the opposite order."""
        self.house.bus.emit(HUB_STOP)
        self.undo()
        await self.house.tasks.stop()

    def undo(self) -> None:
        """Undo what was set up, without waiting for what runs in the background."""
        self.engine.stop()
        for _, stop in reversed(self.parts):
            _stop(stop)
        self.parts.clear()

    def _begin(self, part: Part) -> Detach | None:
        try:
            return part.begin(self.house)
        except HubError as error:
            log.error("%s is left out: %s", part.name, error)
        except Exception:  # one integration's bug must not stop the house
            log.exception("%s is left out", part.name)
        return None


def _same(one: Part, other: Part) -> bool:
    return one.name == other.name and one.source == other.source


def _stop(stop: Detach) -> None:
    try:
        stop()
    except Exception:  # the others must still stop
        log.exception("something did not stop")
