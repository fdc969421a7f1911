"""Bring plugins in: those in `plugins/`, those in the configuration's folder, and installed packages.

All three take the same way: import, check the manifest, register with pluggy, ask each hook what the
plugin offers. A plugin that fails on this way is named and skipped; the rest of the house runs.
"""

from __future__ import annotations

import hashlib
import importlib
import importlib.metadata
import importlib.util
import logging
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from types import ModuleType
from typing import Any

import pluggy

import hub
from hub.automation.safety import Safety
from hub.config.source import load
from hub.core.catalog import Catalog
from hub.core.errors import HubError
from hub.hookspecs import HOOKS, NAME, HookSpecs
from hub.mqtt import ENGINES
from hub.storage.backup.schedule import BackupModel

log = logging.getLogger(__name__)
MANIFEST = "manifest.yaml"


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

    @property
    def loaded(self) -> bool:
        return not self.error


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
        return {plugin.package: plugin.name for plugin in self.found if plugin.package}


def load_plugins(config_dir: Path | None = None, *, installed: bool = True) -> Plugins:
    """Load first-party plugins, those in `<config_dir>/plugins`, and installed packages."""
    loading = _Loading()
    loading.folder(first_party_dir(), "plugins", "first party")
    if config_dir is not None and (config_dir / "plugins").is_dir():
        folder = (config_dir / "plugins").resolve()
        if folder != first_party_dir().resolve():
            package = "plugins_" + hashlib.sha256(str(folder).encode()).hexdigest()[:12]
            loading.folder(folder, package, "configuration")
    if installed:
        loading.installed()
    for name, engine in ENGINES.items():
        loading.catalogs.engines.add(name, engine, "hub")
    loading.catalogs.integrations.add("safety", Safety, "hub")
    loading.catalogs.integrations.add("backup", BackupModel, "hub")
    return Plugins(loading.catalogs, loading.found)


def first_party_dir() -> Path:
    """Return the folder of the plugins that come with the hub: in the wheel, or beside the sources."""
    bundled = Path(hub.__file__).parent / "_bundled" / "plugins"
    return bundled if bundled.is_dir() else Path(hub.__file__).parent.parent / "plugins"


class _Loading:
    """One pass over all places; the plugin manager is an object, so two hubs can live in one process."""

    def __init__(self) -> None:
        self.catalogs = Catalogs()
        self.found: list[Plugin] = []
        self.manager = pluggy.PluginManager(NAME)
        self.manager.add_hookspecs(HookSpecs)

    def folder(self, folder: Path, package: str, origin: str) -> None:
        _make_package(package, folder)
        for path in _plugin_paths(folder):
            plugin = Plugin(path.stem, origin, path)
            self.found.append(plugin)
            self.bring_in(plugin, partial(importlib.import_module, f"{package}.{path.stem}"))

    def installed(self) -> None:
        for point in sorted(importlib.metadata.entry_points(group=NAME), key=lambda point: point.name):
            plugin = Plugin(point.name, "installed", version=point.dist.version if point.dist else "")
            self.found.append(plugin)
            self.bring_in(plugin, point.load)

    def bring_in(self, plugin: Plugin, fetch: Callable[[], Any]) -> None:
        """Take one plugin all the way in, or write down why not."""
        try:
            if plugin.path is not None:
                _read_manifest(plugin)
            module = fetch()
            plugin.package = str(getattr(module, "__name__", ""))
            _check_version(plugin, module)
            self.register(plugin, module)
        except HubError as error:
            plugin.error = str(error)
        except Exception as error:  # a stranger's code may fail in any way; the house goes on
            log.debug("plugin %s", plugin.name, exc_info=True)
            plugin.error = f"{type(error).__name__}: {error}"
        if plugin.error:
            log.error("plugin %s is left out: %s", plugin.name, plugin.error)

    def register(self, plugin: Plugin, module: Any) -> None:
        """Register with pluggy and put what the plugin offers into the catalogs."""
        self.manager.register(module, plugin.name)
        try:
            self.manager.check_pending()
            offers = dict(self.offers(plugin))
        except Exception:
            self.manager.unregister(module)
            raise
        for hook, kinds in offers.items():
            catalog = getattr(self.catalogs, hook)
            for name, kind in kinds.items():
                catalog.add(name, kind, plugin.name)
        plugin.offers = {hook: sorted(kinds) for hook, kinds in offers.items()}

    def offers(self, plugin: Plugin) -> Iterator[tuple[str, dict[str, Any]]]:
        for hook in HOOKS:
            for implementation in getattr(self.manager.hook, hook).get_hookimpls():
                if implementation.plugin_name == plugin.name:
                    yield hook, dict(implementation.function())


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


def _read_manifest(plugin: Plugin) -> None:
    if plugin.path is None or not plugin.path.is_dir():
        return
    manifest = plugin.path / MANIFEST
    if not manifest.exists():
        raise HubError(f"{manifest} is missing", remedy='It needs at least version and hub_api: "1".')
    data = load(manifest).data
    if not isinstance(data, dict):
        raise HubError(f"{manifest} should be a mapping")
    plugin.version = str(data.get("version", ""))
    plugin.description = str(data.get("description", ""))
    _check_api(str(data.get("hub_api", "")))


def _check_version(plugin: Plugin, module: Any) -> None:
    plugin.version = plugin.version or str(getattr(module, "__version__", ""))
    plugin.description = plugin.description or (module.__doc__ or "").strip().partition("\n")[0]
    if plugin.path is None or not plugin.path.is_dir():
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
