"""Put a house together: its core, the domains of its plugins, its automations."""

from __future__ import annotations

import logging
from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import Any

from hub import foreign
from hub.automation.domains import AutomationDomain, ScriptDomain
from hub.automation.engine import Changes, Engine, changes_between
from hub.configuration import Configuration, Part
from hub.core.agenda import Agenda
from hub.core.areas import AreaRegistry
from hub.core.bus import Bus
from hub.core.catalog import Catalog
from hub.core.clock import Clock, Detach, SystemClock
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
from hub.kinds import Page, uses
from hub.loader import Catalogs, Plugins, load_plugins
from hub.mqtt.closed import ClosedMqtt
from hub.plugin_pages import show_page
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


def all_schemas(stores: Catalog[Any]) -> Mapping[str, int]:
    """Return the newest schema of every database in a data folder that this hub can read."""
    # Only now: it takes long to import the stores, which only a hub that runs opens.
    from hub.mqtt.bridge.store import MIGRATIONS as BRIDGE_MIGRATIONS
    from hub.storage.backup.opening import known_schemas
    from hub.telemetry.store import MIGRATIONS as TELEMETRY_MIGRATIONS

    others = {"data/telemetry.db": len(TELEMETRY_MIGRATIONS), "data/bridge-*.db": len(BRIDGE_MIGRATIONS)}
    return known_schemas(stores, others)


def prepare(
    config: Path, clock: Clock | None = None, *, safe: bool = False, develop: Collection[Path] = ()
) -> tuple[House, Plugins]:
    """Load the plugins and build an empty house for a configuration file; nothing listens yet.

    In `safe` mode no plugin is loaded but those that come with the hub; `develop` are loaded where they are.
    """
    plugins = load_plugins(config, safe=safe, develop=develop, waiting=True)
    settings = Settings(config_dir=config.parent, data_dir=config.parent / "data")
    return build_house(clock or SystemClock(), settings, plugins.catalogs, ClosedMqtt()), plugins


def reloads(house: House) -> Iterator[tuple[str, str]]:
    """Yield the services that read the files again: as in Home Assistant many a section has its own."""
    kinds = house.kinds
    names = {
        "automation",
        "script",
        *kinds.integrations,
        *(name.partition(".")[0] for name in kinds.platforms),
    }
    yield from ((name, "reload") for name in sorted(names & foreign.READ_AGAIN))
    for whole in ("reload_all", "reload_core_config", "reload_custom_templates"):
        yield "homeassistant", whole


@dataclass(slots=True)
class Household:
    """A house with its configuration in it: what was started, in order, and how to stop it."""

    house: House
    engine: Engine
    parts: list[tuple[Part, Detach]] = field(default_factory=list)
    scripts: Changes = field(default_factory=Changes)
    """What the last `automate` did to scripts."""
    pages: dict[str, tuple[type[Page], Detach]] = field(default_factory=dict)
    """The pages of plugins that are shown, and how to take them away."""
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
        self._show_pages()
        return changes_between([part.name for part, _ in left], [part.name for part in fresh], len(kept))

    def _show_pages(self) -> None:
        """Show the pages that plugins offer now; one that goes on as before stays."""
        offered = dict(self.house.kinds.pages.items())
        for name, (kind, stop) in list(self.pages.items()):
            if offered.get(name) is not kind:
                _stop(stop)
                del self.pages[name]
        for name, kind in offered.items():
            if name not in self.pages:
                shown = self._attempt(f"the page {name}", partial(show_page, name, kind, self.house))
                if shown is not None:
                    self.pages[name] = (kind, shown)

    def renew(self, configuration: Configuration, replaced: Collection[type]) -> None:
        """Take over a configuration that was read with other kinds in place of `replaced` ones.

        What is made of one of those is ended and made anew; everything else goes on undisturbed.
        """
        self.forget(replaced)
        self.set_up(configuration)
        self.automate(configuration)

    def forget(self, replaced: Collection[type]) -> None:
        """End automations and scripts that are made of kinds which are no more."""
        if replaced:
            self.engine.forget(lambda model: uses(model, replaced))

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
        for _, stop in self.pages.values():
            _stop(stop)
        self.pages.clear()
        for _, stop in reversed(self.parts):
            _stop(stop)
        self.parts.clear()

    def _begin(self, part: Part) -> Detach | None:
        return self._attempt(part.name, partial(part.begin, self.house))

    @staticmethod
    def _attempt(name: str, begin: Callable[[], Detach]) -> Detach | None:
        try:
            return begin()
        except HubError as error:
            log.error("%s is left out: %s", name, error)
        except Exception:  # one integration's bug must not stop the house
            log.exception("%s is left out", name)
        return None


def _same(one: Part, other: Part) -> bool:
    """Tell whether a part is as it was: of the same YAML, and of the same class of its plugin."""
    return one.name == other.name and one.source == other.source and type(one.model) is type(other.model)


def _stop(stop: Detach) -> None:
    try:
        stop()
    except Exception:  # the others must still stop
        log.exception("something did not stop")
