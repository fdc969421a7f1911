"""Read a whole configuration: every section to its model, every mistake to a problem with its place."""

from __future__ import annotations

import difflib
import json
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from pydantic import TypeAdapter

from hub import foreign
from hub.automation.engine import Declared
from hub.automation.model import AutomationModel, ScriptModel
from hub.config.blueprint import DOMAINS
from hub.config.blueprints import Blueprints, Left
from hub.config.dashboards import DashboardModel
from hub.config.document import Document, Kind, Marks, Spot
from hub.config.layout import Item, Layout, Section, lay_out
from hub.config.model import HubModel
from hub.config.plugins import PLUGINS, PluginOptions
from hub.config.problems import KeyPath, Problem, Severity, in_order
from hub.config.source import load, load_text
from hub.config.validate import validate
from hub.config.web import WebModel
from hub.core.clock import Detach
from hub.core.errors import HubError
from hub.core.ports import House, Origin
from hub.fields import Parsing
from hub.kinds import BrokerEngine, Condition, ConditionField, EntityPlatform, Integration
from hub.registry.declared import Brokers, Declaration, Registries
from hub.registry.directory import Directory
from hub.registry.origins import Origins
from hub.registry.owners import Device
from hub.storage.model import RecorderModel, ShownModel

_DASHBOARDS: TypeAdapter[list[DashboardModel]] = TypeAdapter(list[DashboardModel])
_CONDITION: TypeAdapter[Condition] = TypeAdapter(ConditionField)
DEFAULT_ENGINE = "embedded"
SECTIONS = (
    *("hub", "automation", "script", "broker", "registries", "brokers", "web", "dashboards"),
    *("plugins", "recorder", "logbook", "history"),
)
"""The sections of the hub itself; all others are integrations'."""


@dataclass(frozen=True, slots=True)
class Part:
    """An integration or entity platform, and the YAML data it was read from: by these a reload compares."""

    name: str
    source: Any
    model: Integration | EntityPlatform

    def begin(self, house: House) -> Detach:
        return self.model.start(house) if isinstance(self.model, Integration) else self.model.add(house)


@dataclass(slots=True)
class Configuration:
    """A configuration as far as it can be used, and what is wrong with the rest."""

    document: Document
    settings: HubModel = field(default_factory=HubModel)
    engine: BrokerEngine | None = None
    web: WebModel | None = None
    """None without a `web:` section: then nothing is served."""
    dashboards: list[DashboardModel] = field(default_factory=list)
    plugins: dict[str, PluginOptions] = field(default_factory=dict)
    """The plugins that are named, each with its options."""
    parts: list[Part] = field(default_factory=list)
    """Integrations first, then entity platforms."""
    automations: list[Declared] = field(default_factory=list)
    scripts: dict[str, ScriptModel] = field(default_factory=dict)
    script_sources: dict[str, Any] = field(default_factory=dict)
    """The YAML data of each script, blueprints put in."""
    rules: list[Item] = field(default_factory=list)
    """Every automation and script as data, blueprints put in; `key` says which of the two it is."""
    recorder: RecorderModel = field(default_factory=RecorderModel)
    logbook: ShownModel = field(default_factory=ShownModel)
    declared: Directory = field(default_factory=Directory)
    """The registries, devices and brokers of the YAML."""
    refused: set[str] = field(default_factory=set)
    """The sections that have a mistake."""
    sections: dict[str, Any] = field(default_factory=dict)
    """The YAML data of each section."""
    problems: list[Problem] = field(default_factory=list)
    folder: Path | None = None

    def apply(self, house: House) -> None:
        """Let the house know where it stands; without a file or a `hub:` section it stays as it is."""
        if self.folder is not None or "hub" in self.sections:
            self.settings.apply(house.settings, self.folder or house.settings.config_dir)
            house.entities.customize(self.settings.customized())
        if not house.registries.live:
            house.registries = Origins(self.declared)

    @property
    def errors(self) -> list[Problem]:
        return [problem for problem in self.problems if problem.is_error]


def read_files(path: Path, house: House, instead: Mapping[Path, str] | None = None) -> Configuration:
    """Read a configuration file and all that it includes; nothing in the house changes.

    `instead` has texts that are read in the place of files, by their real paths.
    """
    return _Reading(load(path, instead=instead), house, path.parent).read()


def read_again(configuration: Configuration, house: House) -> Configuration:
    """Read once more what was read, with the kinds as they are now; the files may have changed since."""
    return _Reading(configuration.document, house, configuration.folder).read()


def read_text(text: str, folder: Path, house: House) -> Configuration:
    """Read `text` as if it were a configuration file in `folder`."""
    return _Reading(load_text(text, "configuration", root=folder), house, folder).read()


def read_data(data: Mapping[str, Any], house: House) -> Configuration:
    """Read a configuration given as data; nothing is in the house but what it says."""
    document = load_text(json.dumps(data), "configuration")
    return _Reading(document, house, None, uninvited=False).read()


def parse_condition(data: Any, house: House) -> tuple[Condition | None, list[Problem]]:
    """Read one condition."""
    document = load_text(json.dumps(data), "condition")
    parsing = Parsing(house.kinds, house.templates)
    return validate(_CONDITION, document.data, document, (), parsing.context())


class _Reading:
    def __init__(
        self, document: Document, house: House, folder: Path | None, *, uninvited: bool = True
    ) -> None:
        self._uninvited = uninvited
        self._document = document
        self._house = house
        self._folder = folder
        self._parsing = Parsing(house.kinds, house.templates)
        self._context = self._parsing.context()
        self._result = Configuration(document)
        self._blueprints = Blueprints(document, folder or house.settings.config_dir)

    def read(self) -> Configuration:
        layout = lay_out(self._document)
        self._result.folder = self._folder
        self._result.sections = {name: section.data for name, section in layout.sections.items()}
        self._result.problems = [*self._document.problems, *layout.problems]
        self._settings(layout)
        self._memory(layout)
        self._always(layout)
        for section in layout.sections.values():
            self._section(section)
        self._result.parts.sort(key=lambda part: isinstance(part.model, EntityPlatform))
        self._result.problems = in_order(self._result.problems)
        return self._result

    def _check(self, model: Any, data: Any, path: Any, section: str) -> Any:
        result, problems = validate(model, data, self._document, path, self._context)
        self._result.problems.extend(problems)
        if result is None:
            self._result.refused.add(section)
        return result

    def _settings(self, layout: Layout) -> None:
        section = layout.sections.get("hub")
        if section is not None and section.data is not None:
            settings = self._check(HubModel, section.data, section.path, "hub")
            if settings is not None:
                self._result.settings = settings

    def _memory(self, layout: Layout) -> None:
        """Read what is to be recorded and shown; without the sections everything is."""
        models: dict[str, Any] = {"recorder": RecorderModel, "logbook": ShownModel, "history": ShownModel}
        for name, model in models.items():
            section = layout.sections.get(name)
            data = section.data if section is not None and section.data is not None else {}
            found = self._check(model, data, section.path if section is not None else (), name)
            if found is not None and name != "history":
                setattr(self._result, name, found)

    def _always(self, layout: Layout) -> None:
        for name, kind in self._house.kinds.integrations.present():
            if not kind.always or name in layout.sections:
                continue
            if self._uninvited or not kind.uninvited:
                model = kind.model_validate({}, context=self._context)
                self._result.parts.append(Part(name, None, model))

    def _section(self, section: Section) -> None:
        kinds = self._house.kinds
        if section.name in ("hub", "recorder", "logbook", "history"):
            return
        if section.name == "automation":
            self._automations(section)
        elif section.name == "script":
            self._scripts(section)
        elif section.name == "broker":
            self._broker(section)
        elif section.name == "web":
            data = section.data if section.data is not None else {}
            self._result.web = self._check(WebModel, data, section.path, "web")
        elif section.name == "plugins":
            self._result.plugins = self._check(PLUGINS, section.data or {}, section.path, "plugins") or {}
        elif section.name == "dashboards":
            self._dashboards(section)
        elif section.name in ("registries", "brokers"):
            self._owners(section)
        elif section.name in kinds.integrations:
            self._integration(section)
        elif any(name.endswith(f".{section.name}") for name in kinds.platforms):
            self._platforms(section)
        else:
            self._unknown(section)

    def _dashboards(self, section: Section) -> None:
        data = section.data if section.data is not None else []
        found = self._check(_DASHBOARDS, data, section.path, section.name)
        self._result.dashboards = found or []

    def _automations(self, section: Section) -> None:
        for item in section.items:
            try:
                data = self._filled("automation", item.data, item.path)
            except Left:
                self._result.automations.append(Declared(item.data, None))
                continue
            model = self._check(AutomationModel, data, item.path, "automation")
            self._result.automations.append(Declared(data, model))
            self._result.rules.append(Item("automation", data, item.path))

    def _scripts(self, section: Section) -> None:
        for item in section.items:
            try:
                data = self._filled("script", _sequence(item), item.path)
            except Left:
                continue
            model = self._check(ScriptModel, data, item.path, "script")
            self._result.rules.append(Item("script", data, item.path))
            if model is not None:
                self._result.scripts[str(item.key)] = model
                self._result.script_sources[str(item.key)] = data

    def _filled_list(self, section: Section, data: list[object]) -> list[object]:
        """Return a section's list with blueprints put in; an item whose blueprint can't be is left out."""
        filled: list[object] = []
        marks = Marks(section.spot)
        for item in section.items:
            try:
                part = self._filled(section.name, item.data, item.path)
            except Left:
                continue
            marks.values[len(filled)] = self._document.spot_of(part)
            filled.append(part)
        if len(filled) == len(data) and all(new is old for new, old in zip(filled, data, strict=True)):
            return data
        self._document.keep(filled, marks)
        return filled

    def _filled(self, domain: str, data: Any, path: KeyPath) -> Any:
        """Return a part with its blueprint put in; raises `Left` if it has one that can't be."""
        before = len(self._blueprints.problems)
        try:
            return self._blueprints.filled(domain, data, path)
        finally:
            found = self._blueprints.problems[before:]
            self._result.problems.extend(found)
            if any(problem.is_error for problem in found):
                self._result.refused.add(domain)

    def _broker(self, section: Section) -> None:
        data = section.data if section.data is not None else {}
        name = data.get("engine", DEFAULT_ENGINE) if isinstance(data, dict) else DEFAULT_ENGINE
        kind = self._house.kinds.engines.get(str(name))
        if kind is None:
            hint = self._house.kinds.engines.hint(str(name))
            self._problem(section, f"no broker engine is called {name!r}", hint, ("engine",))
            return
        self._result.engine = self._check(kind, data, section.path, "broker")

    def _owners(self, section: Section) -> None:
        kind: Any = Registries if section.name == "registries" else Brokers
        data = section.data if section.data is not None else {}
        models = self._check(kind, data, section.path, section.name)
        if models is None:
            return

        def spot(path: tuple[str | int, ...]) -> Spot:
            return self._document.locate(data, path[1:], key=True)

        def complain(path: tuple[str | int, ...], error: HubError) -> None:
            found = self._document.problem(spot(path), error.problem, error.remedy, path=path)
            self._result.problems.append(found)
            self._result.refused.add(section.name)

        folder = self._folder or self._house.settings.config_dir
        declaration = Declaration(
            self._result.declared, folder, lambda path: f"{spot(path).file}:{spot(path).line}", complain
        )
        if section.name == "registries":
            declaration.registries(models)
            self._entities_of_devices(section, models)
        else:
            declaration.brokers(models)

    def _entities_of_devices(self, section: Section, models: Mapping[str, Any]) -> None:
        declared = self._result.declared
        for registry_name, registry in models.items():
            for name, device in (registry.devices if registry is not None else {}).items():
                found = declared.by_login(f"{registry_name}/{name}")
                if device is None or not device.entities or not isinstance(found, Device):
                    continue
                origin = Origin(found.registry_id, registry_name, found.id, name)
                path = (*section.path, registry_name, "devices", name, "entities")
                for domain, data in device.entities.items():
                    self._entities_of(origin, section.name, (*path, domain), data)

    def _entities_of(self, origin: Origin, section: str, path: KeyPath, data: Any) -> None:
        """Read the entities of one domain under a device; whoever offers `registry.DOMAIN` makes them."""
        domain = str(path[-1])
        kinds = self._house.kinds.platforms
        kind = kinds.get(f"registry.{domain}")
        if kind is None:
            known = [name.partition(".")[2] for name in kinds if name.startswith("registry.")]
            near = difflib.get_close_matches(domain, known, 1)
            hint = f"Did you mean {near[0]!r}?" if near else f"There are {', '.join(sorted(known))}"
            spot = self._document.locate(self._document.data, path, key=True)
            problem = self._document.problem(spot, f"a device can't have a {domain}", hint, path=path)
            self._result.problems.append(problem)
            self._result.refused.add(section)
            return
        context = replace(self._parsing, origin=origin).context()
        items = data if isinstance(data, list) else [data]
        for at, item in enumerate(items):
            place = (*path, at) if isinstance(data, list) else path
            entity, problems = validate(kind, item, self._document, place, context)
            self._result.problems.extend(problems)
            if entity is None:
                self._result.refused.add(section)
            else:
                name = f"{domain} of {origin.registry}/{origin.device}"
                self._result.parts.append(Part(name, [origin, item], entity))

    def _integration(self, section: Section) -> None:
        kind = self._house.kinds.integrations[section.name]
        data = section.data if section.data is not None else {}
        if section.name in DOMAINS and isinstance(data, list):
            data = self._filled_list(section, data)
        integration = self._check(kind, data, section.path, section.name)
        if integration is not None:
            parts = [Part(*each) for each in integration.divided(data)]
            self._result.parts += parts or [Part(section.name, section.data, integration)]

    def _platforms(self, section: Section) -> None:
        for item in section.items:
            if isinstance(item.data, dict) and isinstance(item.data.get("platform"), str):
                self._platform(section, item, str(item.data["platform"]))
            elif item.data and not self._is_broken(item):
                self._problem(section, "an entry needs `platform:`", "", item.path[len(section.path) :])

    def _is_broken(self, item: Item) -> bool:
        """Tell whether the platform is a secret or a file that is not there, which is told already."""
        return isinstance(item.data, dict) and self._document.kind(item.data, ("platform",)) is Kind.BROKEN

    def _platform(self, section: Section, item: Item, platform: str) -> None:
        name = f"{platform}.{section.name}"
        kind = self._house.kinds.platforms.get(name)
        if kind is None:
            self._no_platform(section, item, platform)
            return
        entity = self._check(kind, _Rest.of(self._document, item, kind), item.path, section.name)
        if entity is not None:
            self._result.parts.append(Part(name, item.data, entity))

    def _no_platform(self, section: Section, item: Item, platform: str) -> None:
        known = [
            name.partition(".")[0]
            for name in self._house.kinds.platforms
            if name.endswith(f".{section.name}")
        ]
        near = foreign.misspelt(platform, known, self._folder)
        spot = self._document.locate(item.data, ("platform",))
        text = f"no plugin offers the platform {platform!r} for {section.name}"
        hint = f"Did you mean {near!r}?" if near else self._instead(platform, section.name)
        severity: Severity = "error" if near else "warning"
        path = (*item.path, "platform")
        self._result.problems.append(self._document.problem(spot, text, hint, path=path, severity=severity))
        if near:
            self._result.refused.add(section.name)

    def _instead(self, platform: str, domain: str) -> str:
        """Say what to write for an entry of a platform that nobody offers."""
        domains = _WITHOUT_PLATFORM.get(platform, ())
        if platform in self._house.kinds.integrations and (domains is None or domain in domains):
            return f"Write it as an entry of `{platform}: {domain}:`, without `platform:`"
        return "It is left out"

    def _unknown(self, section: Section) -> None:
        """A misspelt section is an error; one of Home Assistant's that nothing here offers is a warning."""
        known = [*self._house.kinds.integrations, *SECTIONS]
        near = foreign.misspelt(section.name, known, self._folder)
        if near:
            self._problem(section, "unknown section", f"Did you mean '{near}'?", (), key=True)
        else:
            text = f"no plugin offers {section.name!r}, so this section is left out"
            self._problem(
                section, text, "Install a plugin that does, or take it away", (), key=True, error=False
            )

    def _problem(
        self,
        section: Section,
        text: str,
        hint: str,
        path: tuple[Any, ...],
        *,
        key: bool = False,
        error: bool = True,
    ) -> None:
        full = (*section.path, *path)
        spot = section.spot if key or not path else self._document.locate(self._document.data, full)
        severity: Severity = "error" if error else "warning"
        self._result.problems.append(self._document.problem(spot, text, hint, path=full, severity=severity))
        if error:
            self._result.refused.add(section.name)


# What once was a platform of these domains, or of each, has a section of its own now.
_WITHOUT_PLATFORM: dict[str, tuple[str, ...] | None] = {
    "mqtt": None,
    "template": None,
    "command_line": ("sensor", "binary_sensor"),
}

# Home Assistant takes these for any platform, also for one that never asks a device anything.
_OF_EVERY_PLATFORM = ("scan_interval", "entity_namespace")


class _Rest:
    """The options of an entry without the key that named its platform."""

    @staticmethod
    def of(document: Document, item: Item, kind: type[EntityPlatform]) -> Any:
        assert isinstance(item.data, dict)
        without = {"platform", *(key for key in _OF_EVERY_PLATFORM if key not in kind.model_fields)}
        rest = {key: value for key, value in item.data.items() if key not in without}
        marks = document.marks.get(id(item.data))
        if marks is not None:
            document.keep(rest, marks)
        return rest


def _sequence(item: Item) -> Any:
    """A script may be just its list of actions."""
    return {"sequence": item.data} if isinstance(item.data, list) else item.data
