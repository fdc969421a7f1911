"""Bring plugins in: those in `plugins/`, those in the configuration's folder, and installed packages.

All three take the same way: import, check the manifest, register with pluggy, ask each hook what the
plugin offers. A plugin that fails on this way is named and skipped; the rest of the house runs.

A plugin whose manifest says what it `offers` is imported only when one of these names is used, unless it
has something that is there in every house; and each of its hooks is only called then.
"""

from __future__ import annotations

import hashlib
import importlib
import importlib.metadata
import importlib.util
import logging
import sys
import tomllib
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from types import MappingProxyType, ModuleType
from typing import Any

import pluggy

import hub
from hub.config.layout import lay_out
from hub.config.source import FILE_NAMES, load
from hub.core.catalog import Catalog
from hub.core.clock import SystemClock
from hub.core.errors import HubError
from hub.hookspecs import HOOKS, NAME, HookSpecs
from hub.mqtt import ENGINES

log = logging.getLogger(__name__)
MANIFEST = "manifest.yaml"
SECTION = "plugins"
SECTIONS = {
    "safety": "hub.automation.safety:Safety",
    "backup": "hub.storage.backup.schedule:BackupModel",
    "energy": "hub.energy.model:EnergyModel",
    "telemetry": "hub.telemetry.model:TelemetryModel",
}
"""The integrations that come with the hub itself, and where each is."""
SECTION = "plugins"
AT_ONCE = ("domains", "template_functions", "pages")
"""The hooks that are called in every house: any call of a service, any template may name what they
offer, and the pages stand in the menu."""
OURS = "first party"
DEVELOPED = "development"
SAFE_MODE = "the hub runs in safe mode"


@dataclass(slots=True)
class Catalogs:
    """One catalog for each hook, filled by the plugins."""

    triggers: Catalog[Any] = field(default_factory=lambda: Catalog("trigger"))
    conditions: Catalog[Any] = field(default_factory=lambda: Catalog("condition"))
    actions: Catalog[Any] = field(default_factory=lambda: Catalog("action"))
    platforms: Catalog[Any] = field(default_factory=lambda: Catalog("entity platform"))
    integrations: Catalog[Any] = field(default_factory=lambda: Catalog("integration"))
    domains: Catalog[Any] = field(default_factory=lambda: Catalog("domain"))
    engines: Catalog[Any] = field(default_factory=lambda: Catalog("broker engine"))
    stores: Catalog[Any] = field(default_factory=lambda: Catalog("store"))
    template_functions: Catalog[Any] = field(default_factory=lambda: Catalog("template function"))
    pages: Catalog[Any] = field(default_factory=lambda: Catalog("page"))
    commands: Catalog[Any] = field(default_factory=lambda: Catalog("command"))


@dataclass(slots=True)
class Plugin:
    """A plugin as it was found; `error` says why it is not loaded, `offers` what it brought."""

    name: str
    origin: str
    path: Path | None = None
    version: str = ""
    description: str = ""
    package: str = ""
    """The Python package or module that its code is in, once it is imported."""
    offers: dict[str, list[str]] = field(default_factory=dict)
    error: str = ""
    off: str = ""
    """Why it was not even tried: nobody named it, or the hub runs in safe mode."""
    apart: bool = False
    """Whether it runs in a process of its own: then nothing of it is loaded here."""
    disabled: str = ""
    """Why it was switched off while the hub runs."""
    process: Callable[[], dict[str, Any]] | None = None
    """Tells how its process is, if it runs in one."""
    faults: int = 0
    """How often its code raised what it should not, since the hub started."""

    @property
    def loaded(self) -> bool:
        return not (self.error or self.off or self.apart or self.disabled)

    def told(self) -> dict[str, Any]:
        """Return all that is known of it as plain data."""
        return {
            "name": self.name,
            "version": self.version,
            "description": self.description,
            "origin": self.origin,
            "path": str(self.path) if self.path is not None else None,
            "loaded": self.loaded,
            "error": self.error,
            "off": self.off,
            "disabled": self.disabled,
            "apart": self.apart,
            "process": self.process() if self.process is not None else None,
            "faults": self.faults,
            "offers": self.offers,
        }

    @property
    def is_ours(self) -> bool:
        """Whether it comes with the hub."""
        return self.origin == OURS


@dataclass(slots=True)
class Plugins:
    """All plugins that were found, and the catalogs that they filled."""

    catalogs: Catalogs
    found: list[Plugin]

    @property
    def broken(self) -> list[Plugin]:
        return [plugin for plugin in self.found if plugin.error]

    @property
    def packages(self) -> dict[str, str]:
        """Return whose code each Python package is."""
        return {plugin.package: plugin.name for plugin in self.found if plugin.package and not plugin.apart}

    @property
    def apart(self) -> dict[str, tuple[str, Path | None]]:
        """Return those that run in processes of their own: the module of each, and where that lies."""
        apart = [plugin for plugin in self.found if plugin.apart and not plugin.off]
        return {
            plugin.name: (plugin.path.stem if plugin.path is not None else plugin.package, plugin.path)
            for plugin in apart
        }

    def count(self, name: str) -> None:
        """Note a fault of a plugin."""
        plugin = self.plugin(name)
        if plugin is not None:
            plugin.faults += 1

    def plugin(self, name: str) -> Plugin | None:
        return next((plugin for plugin in self.found if plugin.name == name), None)


def load_plugins(
    config: Path | None = None,
    *,
    installed: bool = True,
    safe: bool = False,
    also: Mapping[str, Any] = MappingProxyType({}),
    develop: Collection[Path] = (),
    waiting: bool = False,
) -> Plugins:
    """Load first-party plugins, those in `plugins/` beside the configuration, and installed packages.

    `config` is the configuration file or its folder. Of the installed packages only those are loaded that it
    names under `plugins:`. In `safe` mode nobody's code but our own is loaded. `also` are modules to load
    beside, by name: an author's plugin in its tests. `develop` are plugins where they are written: a project
    with its `pyproject.toml`, a package, or a single file. With `waiting` those whose manifest says what they
    offer are loaded only when it is asked for.
    """
    named = named_plugins(config)
    loading = _Loading({name for name, one in named.items() if one.apart}, waiting=waiting)
    loading.folder(first_party_dir(), "plugins", OURS)
    own = own_folder(config)
    if own is not None and own.is_dir() and own.resolve() != first_party_dir().resolve():
        loading.folder(own, make_package(own), "configuration", off=SAFE_MODE if safe else "")
    for path in develop:
        loading.developed(path)
    if installed:
        loading.installed(named, safe=safe)
    for name, module in also.items():
        plugin = Plugin(name, "given")
        loading.found.append(plugin)
        loading.bring_in(plugin, partial(_given, module))
    for catalog, places in ((loading.catalogs.engines, ENGINES), (loading.catalogs.integrations, SECTIONS)):
        for name, place in places.items():
            catalog.promise(name, partial(_fetch, catalog, name, place), "hub")
    loading.catalogs.integrations.get("backup")  # it is always there
    return Plugins(loading.catalogs, loading.found)


def try_installed(before: Collection[str]) -> list[Plugin]:
    """Load the installed plugins that are not in `before` beside our own, and return them."""
    names = {point.name for point in importlib.metadata.entry_points(group=NAME)}
    loading = _Loading()
    loading.folder(first_party_dir(), "plugins", OURS)
    loading.installed(dict.fromkeys(names - set(before), Named("")), safe=False)
    return [plugin for plugin in loading.found if plugin.origin == "installed" and not plugin.off]


def wants_others(config: Path) -> bool:
    """Tell whether a configuration uses plugins that do not come with the hub."""
    return (config.parent / "plugins").is_dir() or bool(named_plugins(config))


@dataclass(frozen=True, slots=True)
class Named:
    """A plugin as a configuration names it: where, and whether in a process of its own."""

    place: str
    apart: bool = False


def own_folder(config: Path | None) -> Path | None:
    """Return where a configuration's own plugins are; there need not be any."""
    folder = config.parent if config is not None and config.is_file() else config
    return folder / "plugins" if folder is not None else None


def make_package(folder: Path) -> str:
    """Let the plugins of a folder be imported; return under which package: two houses have two."""
    name = "plugins_" + hashlib.sha256(str(folder.resolve()).encode()).hexdigest()[:12]
    _make_package(name, folder)
    return name


def named_plugins(config: Path | None) -> dict[str, Named]:
    """Return the plugins that a configuration names under `plugins:`.

    They stand in the main file, so that not all of it is read twice.
    """
    file = config if config is not None and config.is_file() else None
    if config is not None and config.is_dir():
        file = next((config / name for name in FILE_NAMES if (config / name).is_file()), None)
    if file is None or f"\n{SECTION}:" not in "\n" + file.read_text(encoding="utf-8", errors="replace"):
        return {}
    document = load(file)
    section = lay_out(document).sections.get(SECTION)
    data = section.data if section is not None else None
    if isinstance(data, str):
        return {data: Named(str(document.place((SECTION,))))}
    if isinstance(data, dict):
        return {
            str(name): Named(str(document.locate(data, (name,), key=True).place), _is_apart(options))
            for name, options in data.items()
        }
    if not isinstance(data, list):
        return {}
    return {str(name): Named(str(document.locate(data, (index,)).place)) for index, name in enumerate(data)}


def _is_apart(options: Any) -> bool:
    return isinstance(options, dict) and options.get("run") == "process"


def first_party_dir() -> Path:
    """Return the folder of the plugins that come with the hub: in the wheel, or beside the sources."""
    bundled = Path(hub.__file__).parent / "_bundled" / "plugins"
    return bundled if bundled.is_dir() else Path(hub.__file__).parent.parent / "plugins"


class _Loading:
    """One pass over all places; the plugin manager is an object, so two hubs can live in one process."""

    def __init__(self, apart: Collection[str] = (), *, waiting: bool = False) -> None:
        self.catalogs = Catalogs()
        self._waiting = waiting
        self.found: list[Plugin] = []
        self._apart = apart
        self._manager = _manager()

    def folder(self, folder: Path, package: str, origin: str, *, off: str = "") -> None:
        _make_package(package, folder)
        for path in _plugin_paths(folder):
            apart = path.stem in self._apart and origin != OURS
            plugin = Plugin(path.stem, origin, path, off=off, apart=apart)
            self.found.append(plugin)
            if not off and not apart:
                plugin.package = f"{package}.{path.stem}"
                fetch = partial(importlib.import_module, plugin.package)
                if not (self._waiting and self.promise(plugin, fetch)):
                    self.bring_in(plugin, fetch)

    def developed(self, path: Path) -> None:
        """Bring in a plugin that is being written, in the place of the same one as it is installed."""
        try:
            name, module, home = _project(path.resolve())
        except HubError as error:
            self.found.append(Plugin(path.name, DEVELOPED, path, error=str(error)))
            log.error("plugin %s is left out: %s", path, error)
            return
        if str(home.parent) not in sys.path:
            sys.path.insert(0, str(home.parent))
        plugin = Plugin(name, DEVELOPED, home)
        self.found.append(plugin)
        self.bring_in(plugin, partial(importlib.import_module, module))

    def installed(self, named: Mapping[str, Named], *, safe: bool) -> None:
        points = {point.name: point for point in importlib.metadata.entry_points(group=NAME)}
        for plugin in self.found:
            if plugin.origin == DEVELOPED:
                points.pop(plugin.name, None)
        for name, point in sorted(points.items()):
            distribution = point.dist
            plugin = Plugin(name, "installed", version=distribution.version if distribution else "")
            plugin.description = _summary(distribution)
            plugin.off = SAFE_MODE if safe else "" if name in named else f"nobody names it under {SECTION}:"
            plugin.apart = name in self._apart
            self.found.append(plugin)
            if plugin.apart:
                plugin.package = point.module
            elif not plugin.off:
                self.bring_in(plugin, point.load)
        for name in named.keys() - points.keys() - {plugin.name for plugin in self.found}:
            error = HubError(
                f"{named[name].place}: no plugin {name!r} is installed", remedy=f"hub plugin install {name}"
            )
            self.found.append(Plugin(name, "installed", error=str(error)))
            log.error("plugin %s is left out: %s", name, error)

    def promise(self, plugin: Plugin, fetch: Callable[[], Any]) -> bool:
        """Put only the names of what a plugin offers into the catalogs; False if it can't be left at that."""
        try:
            manifest = _read_manifest(plugin)
            if not manifest.offers:
                return False
            for hook, names in manifest.offers.items():
                for name in names:
                    ask = partial(self.keep, plugin, manifest, fetch, hook)
                    getattr(self.catalogs, hook).promise(name, ask, plugin.name)
        except HubError:  # the way without waiting says what is wrong
            self.withdraw(plugin)
            return False
        plugin.offers = manifest.offers
        for hook in (*AT_ONCE, *(("integrations",) if manifest.always else ())):
            if hook in manifest.offers:
                self.keep(plugin, manifest, fetch, hook)
        return True

    def keep(self, plugin: Plugin, manifest: Manifest, fetch: Callable[[], Any], hook: str) -> None:
        """Ask a plugin for the kinds of a hook, whose names its manifest promised."""
        if plugin.error:
            return
        with self._or_left_out(plugin):
            if not self._manager.has_plugin(plugin.name):
                _register(self._manager, plugin, fetch())
            offered = dict(_asked(self._manager, plugin.name, (hook,)))
            manifest.compare(offered, (hook,))
            self.fill(plugin, offered)

    def bring_in(self, plugin: Plugin, fetch: Callable[[], Any]) -> None:
        """Take one plugin all the way in, or write down why not."""
        with self._or_left_out(plugin):
            offers = offers_of(plugin, fetch, self._manager)
            self.fill(plugin, offers)
            plugin.offers = {hook: sorted(kinds) for hook, kinds in offers.items()}

    @contextmanager
    def _or_left_out(self, plugin: Plugin) -> Iterator[None]:
        try:
            yield
        except HubError as error:
            plugin.error = str(error)
        except Exception as error:  # a stranger's code may fail in any way; the house goes on
            log.debug("plugin %s", plugin.name, exc_info=True)
            plugin.error = f"{type(error).__name__}: {error}"
        if plugin.error:
            self.withdraw(plugin)
            log.error("plugin %s is left out: %s", plugin.name, plugin.error)

    def fill(self, plugin: Plugin, offers: Mapping[str, Mapping[str, Any]]) -> None:
        for hook, kinds in offers.items():
            catalog = getattr(self.catalogs, hook)
            for name, kind in kinds.items():
                catalog.add(name, kind, plugin.name)

    def withdraw(self, plugin: Plugin) -> None:
        for hook in HOOKS:
            getattr(self.catalogs, hook).withdraw(plugin.name)


def offers_of(
    plugin: Plugin, fetch: Callable[[], Any], manager: pluggy.PluginManager | None = None
) -> dict[str, dict[str, Any]]:
    """Import a plugin and ask each of its hooks: the hook's name, and what it gave.

    Raises `HubError` if it does not fit this hub, and whatever its code raises.
    """
    manager = manager or _manager()
    manifest = _read_manifest(plugin)
    module = fetch()
    plugin.package = str(getattr(module, "__name__", ""))
    _check_version(plugin, module)
    _register(manager, plugin, module)
    try:
        offers = dict(_asked(manager, plugin.name, HOOKS))
        if manifest.offers:
            manifest.compare(offers, HOOKS)
    except Exception:
        manager.unregister(module)
        raise
    return offers


def _register(manager: pluggy.PluginManager, plugin: Plugin, module: Any) -> None:
    """Register with pluggy, which refuses a hook that there is not."""
    manager.register(module, plugin.name)
    try:
        manager.check_pending()
    except Exception:
        manager.unregister(module)
        raise


def _manager() -> pluggy.PluginManager:
    manager = pluggy.PluginManager(NAME)
    manager.add_hookspecs(HookSpecs)
    return manager


def _asked(
    manager: pluggy.PluginManager, plugin: str, hooks: Iterable[str]
) -> Iterator[tuple[str, dict[str, Any]]]:
    clock = SystemClock()
    for hook in hooks:
        for implementation in getattr(manager.hook, hook).get_hookimpls():
            if implementation.plugin_name == plugin:
                began = clock.monotonic()
                offered = dict(implementation.function())
                took = (clock.monotonic() - began) * 1000
                log.debug("plugin %s: %s() gave %s in %.2f ms", plugin, hook, list(offered), took)
                yield hook, offered


def _project(path: Path) -> tuple[str, str, Path]:
    """Return of a plugin that is being written: its name, the module to import, where that is."""
    project = path / "pyproject.toml"
    if project.is_file():
        told = tomllib.loads(project.read_text(encoding="utf-8"))
        points = told.get("project", {}).get("entry-points", {}).get(NAME, {})
        for name, module in points.items():
            top = str(module).partition(":")[0]
            home = path / top.replace(".", "/")
            return name, top, home if home.is_dir() else home.with_suffix(".py")
        raise HubError(f"{project} has no entry point in the group `{NAME}`")
    if path.suffix == ".py" or (path / "__init__.py").is_file():
        return path.stem, path.stem, path
    raise HubError(f"{path} is no plugin", remedy="Name a project, a package or a single file.")


def _given(module: Any) -> Any:
    return module


def _summary(distribution: importlib.metadata.Distribution | None) -> str:
    return str(distribution.metadata["Summary"] or "") if distribution is not None else ""


def _make_package(name: str, folder: Path) -> None:
    """Let `import <name>.<plugin>` find the plugins of a folder."""
    package = sys.modules.get(name)
    if package is None:
        package = ModuleType(name)
        package.__path__ = []
        sys.modules[name] = package
    if str(folder) not in list(package.__path__):
        package.__path__ = [*package.__path__, str(folder)]


def _plugin_paths(folder: Path) -> list[Path]:
    paths = sorted(folder.iterdir()) if folder.is_dir() else []
    return [
        path
        for path in paths
        if not path.name.startswith(("_", "."))
        and (path.suffix == ".py" or (path.is_dir() and (path / "__init__.py").exists()))
    ]


@dataclass(frozen=True, slots=True)
class Manifest:
    """What a plugin says that it offers, by hook, and which of its integrations are there in every house."""

    offers: dict[str, list[str]] = field(default_factory=dict)
    always: tuple[str, ...] = ()

    def compare(self, offers: Mapping[str, Mapping[str, Any]], hooks: Iterable[str]) -> None:
        """Refuse a plugin whose hooks offer something else."""
        for hook in hooks:
            said, given = self.offers.get(hook, []), sorted(offers.get(hook, {}))
            if said != given:
                raise HubError(
                    f"its {MANIFEST} says that it offers {hook} {said}, its hook offers {given}",
                    remedy="Let `offers:` name the same, or take it out: then all is loaded at once.",
                )
        kinds = offers.get("integrations", {})
        always = {name for name, kind in kinds.items() if kind.always}
        if kinds and always != set(self.always):
            raise HubError(
                f"{sorted(always)} are always there, its {MANIFEST} says that {list(self.always)} are",
                remedy="Name under `always:` the integrations that are `always` there.",
            )


def _read_manifest(plugin: Plugin) -> Manifest:
    if not _has_manifest(plugin):
        return Manifest()
    assert plugin.path is not None
    path = plugin.path / MANIFEST
    if not path.exists():
        raise HubError(f"{path} is missing", remedy='It needs at least version and hub_api: "1".')
    data = load(path).data
    if not isinstance(data, dict):
        raise HubError(f"{path} should be a mapping")
    plugin.version = str(data.get("version", ""))
    plugin.description = str(data.get("description", ""))
    _check_api(str(data.get("hub_api", "")))
    offers = data.get("offers") or {}
    if not isinstance(offers, dict) or not all(isinstance(each, list) for each in offers.values()):
        raise HubError(
            f"{path}: `offers:` should be a mapping of hooks to lists of names",
            remedy=f"The hooks are {', '.join(HOOKS)}.",
        )
    return Manifest(
        {str(hook): sorted(str(name) for name in names) for hook, names in offers.items()},
        tuple(str(name) for name in data.get("always") or ()),
    )


def _fetch(catalog: Catalog[Any], name: str, place: str) -> None:
    module, _, attribute = place.partition(":")
    catalog.add(name, getattr(importlib.import_module(module), attribute), "hub")


def _has_manifest(plugin: Plugin) -> bool:
    """Tell whether a manifest says for what it is made; a file, and an installed module, says it itself."""
    if plugin.path is None or not plugin.path.is_dir():
        return False
    return plugin.origin != DEVELOPED or (plugin.path / MANIFEST).is_file()


def _check_version(plugin: Plugin, module: Any) -> None:
    plugin.version = plugin.version or str(getattr(module, "__version__", ""))
    plugin.description = plugin.description or (module.__doc__ or "").strip().partition("\n")[0]
    if not _has_manifest(plugin):
        _check_api(str(getattr(module, "HUB_API", "")))


def _check_api(wanted: str) -> None:
    if wanted == hub.HUB_API:
        return
    if not wanted:
        raise HubError(
            "it does not say for which hub_api it is made", remedy=f'This hub has "{hub.HUB_API}".'
        )
    raise HubError(
        f"it is made for hub_api {wanted!r}, this hub has {hub.HUB_API!r}",
        remedy="Install a version of the plugin that fits, or another version of the hub.",
    )
