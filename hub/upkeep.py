"""Plugins while the house lives: switched off when they fail too often, loaded anew when they change."""

from __future__ import annotations

import importlib
import importlib.util
import logging
import sys
import traceback
from collections.abc import Callable, Mapping
from functools import partial
from pathlib import Path
from types import ModuleType
from typing import Any, ClassVar

from pydantic import ConfigDict, model_validator

from hub.building import Household
from hub.configuration import Configuration, read_again
from hub.core.clock import Detach, nothing
from hub.core.errors import HubError
from hub.core.ports import House
from hub.core.state import UNAVAILABLE
from hub.kinds import (
    AbsentAction,
    AbsentCondition,
    AbsentTrigger,
    EntityPlatform,
    Integration,
    Run,
    Scope,
)
from hub.loader import Plugin, Plugins, make_package, offers_of

log = logging.getLogger(__name__)

Offers = Mapping[str, Mapping[str, Any]]
_SWAPPED = ("triggers", "conditions", "actions", "platforms", "integrations", "pages")
"""The hooks whose kinds can be put in place of others while the house lives."""
_AT_START = ("domains", "engines", "stores", "commands")


# --- what stands in for the kinds of a plugin that is off ---------------------------------------------


class OffTrigger(AbsentTrigger):
    """Stands for a trigger whose plugin is off. It never fires."""

    reason: ClassVar[str] = ""

    def waits_for(self, house: House) -> str:
        return f"nothing: {self.reason}"


class OffCondition(AbsentCondition):
    """Stands for a condition whose plugin is off. Whether it holds can't be told."""

    reason: ClassVar[str] = ""

    def test(self, scope: Scope) -> bool:
        raise HubError(self.reason)


class OffAction(AbsentAction):
    """Stands for an action whose plugin is off. It refuses to run."""

    reason: ClassVar[str] = ""

    def run(self, run: Run) -> None:
        raise HubError(self.reason)


class OffPlatform(EntityPlatform):
    """Stands for an entity whose plugin is off; the house shows it as unavailable."""

    model_config = ConfigDict(extra="allow")
    reason: ClassVar[str] = ""

    def add(self, house: House) -> Detach:
        return nothing


class OffIntegration(Integration):
    """Stands for a section whose plugin is off. It may say what it likes."""

    reason: ClassVar[str] = ""

    @model_validator(mode="before")
    @classmethod
    def _anything(cls, data: Any) -> Any:
        return {}

    def start(self, house: House) -> Detach:
        return nothing


_OFF = {
    "triggers": OffTrigger,
    "conditions": OffCondition,
    "actions": OffAction,
    "platforms": OffPlatform,
    "integrations": OffIntegration,
}


def stand_ins(offers: Offers, why: str) -> dict[str, dict[str, Any]]:
    """Return what takes the place of a plugin's kinds; a page has nothing in its place."""
    return {
        hook: {name: type(base.__name__, (base,), {"reason": why, "__module__": __name__}) for name in kinds}
        for hook, base in _OFF.items()
        if (kinds := offers.get(hook))
    }


# --- the upkeep ---------------------------------------------------------------------------------------


class Upkeep:
    """Puts the kinds of one plugin in the place of others, and lets the house take them over.

    `current` gives the configuration that the house lives by, `read` reads the files anew or raises,
    `take` makes a configuration the house's.
    """

    def __init__(
        self,
        plugins: Plugins,
        household: Household,
        current: Callable[[], Configuration | None],
        read: Callable[[], Configuration],
        take: Callable[[Configuration], None],
    ) -> None:
        self._plugins = plugins
        self._household = household
        self._house = household.house
        self._current = current
        self._read = read
        self._take = take
        self._off: dict[str, Offers] = {}
        self._ghosts: dict[str, set[str]] = {}
        self._stale: set[type] = set()

    # --- off and on ---

    def switch_off(self, name: str, why: str) -> None:
        """Take a plugin out of the house: its listeners are detached, its entities unavailable."""
        plugin, configuration = self._plugins.plugin(name), self._current()
        if plugin is None or configuration is None or plugin.disabled:
            return
        plugin.disabled = why
        offers = self._off[name] = self._offered(name)
        before = {entity.entity_id: entity.fixed for entity in self._house.entities}
        functions = {"template_functions": offers.get("template_functions", {})}
        self._swap(name, {**functions, **stand_ins(offers, f"plugin {name} is switched off: {why}")})
        fresh = read_again(configuration, self._house)
        self._household.renew(fresh, _classes(offers))
        self._take(fresh)
        gone = before.keys() - {entity.entity_id for entity in self._house.entities}
        for entity_id in sorted(gone):
            self._house.states.set(entity_id, UNAVAILABLE, before[entity_id])
        self._ghosts[name] = gone
        log.error("plugin %s is switched off: %s", name, why)
        self._notify(name, why)

    def switch_on(self) -> Callable[[], None]:
        """Offer again what plugins that are off offered, to read the files with; return what undoes that."""
        stood = {name: self._offered(name) for name in self._off}
        for name, offers in self._off.items():
            self._swap(name, offers)

        def undo() -> None:
            for name, offers in stood.items():
                self._swap(name, offers)

        self._stale = {kind for offers in stood.values() for kind in _classes(offers)}
        return undo

    def stay_on(self) -> set[type]:
        """Say that the plugins are on again; return the kinds whose place theirs take."""
        for name in self._off:
            log.info("plugin %s is switched on again", name)
            plugin = self._plugins.plugin(name)
            if plugin is not None:
                plugin.disabled = ""
            self._lay(name)
        self._off.clear()
        return self._stale

    def _lay(self, name: str) -> None:
        """Take away the states that were left of a plugin's entities."""
        for entity_id in self._ghosts.pop(name, ()):
            if self._house.entities.get(entity_id) is None:
                self._house.states.remove(entity_id)

    def _notify(self, name: str, why: str) -> None:
        if self._house.services.find("persistent_notification", "create") is not None:
            text = f"{why}\n\nIts entities are unavailable. `hub reload` gives it another chance."
            data = {"title": f"Plugin {name} is switched off", "message": text}
            data["notification_id"] = f"plugin_{name}"
            self._house.services.call("persistent_notification", "create", data)

    # --- anew ---

    def renew(self, path: Path) -> bool:
        """Load the plugin anew that a changed file belongs to; False if it is no plugin's.

        Raises `HubError`, and the house goes on with what it has, if the new one is broken or the
        configuration does not fit it.
        """
        plugin = self._plugin_at(path)
        if plugin is None:
            return False
        if plugin.apart or plugin.off:
            return True
        old = self._offered(plugin.name)
        new = self._imported(plugin)
        self._swap(plugin.name, new)
        try:
            fresh = self._read()
        except HubError:
            self._swap(plugin.name, old)
            raise
        plugin.error, plugin.disabled = "", ""
        plugin.offers = {hook: sorted(kinds) for hook, kinds in new.items()}
        self._off.pop(plugin.name, None)
        self._lay(plugin.name)
        self._household.renew(fresh, _classes(old))
        self._take(fresh)
        if plugin not in self._plugins.found:
            self._plugins.found.append(plugin)
        late = [hook for hook in _AT_START if set(old.get(hook, ())) != set(new.get(hook, ()))]
        if late:
            log.warning("its %s are taken over when the hub is started again", ", ".join(late))
        log.info("plugin %s is loaded anew", plugin.name)
        return True

    def home_of(self, path: Path) -> Path | None:
        """Return the file or folder of the plugin that a file belongs to, None if it is no plugin's."""
        for plugin in self._plugins.found:
            if plugin.path is not None and not plugin.is_ours and path.is_relative_to(plugin.path):
                return plugin.path
        own = self._house.settings.config_dir / "plugins"
        if not path.is_relative_to(own) or path == own:
            return None
        home = own / path.relative_to(own).parts[0]
        return None if home.name.startswith(("_", ".")) else home

    def _plugin_at(self, path: Path) -> Plugin | None:
        """Return the plugin whose file this is; a new one, if it lies among the configuration's own."""
        home = self.home_of(path)
        known = next((plugin for plugin in self._plugins.found if plugin.path == home), None)
        if home is None or known is not None:
            return known
        is_one = home.suffix == ".py" or (home / "__init__.py").is_file()
        return Plugin(home.stem, "configuration", home) if is_one else None

    def _imported(self, plugin: Plugin) -> dict[str, dict[str, Any]]:
        """Import the code of a plugin as it is now. Raises `HubError` with the place, and keeps the old."""
        assert plugin.path is not None
        name = plugin.package or f"{make_package(plugin.path.parent)}.{plugin.path.stem}"
        old = {module: sys.modules.pop(module) for module in list(sys.modules) if _is_within(module, name)}
        _forget_compiled(plugin.path)
        importlib.invalidate_caches()
        try:
            return offers_of(plugin, partial(_import, name))
        except Exception as error:
            for module in [module for module in sys.modules if _is_within(module, name)]:
                del sys.modules[module]
            sys.modules.update(old)
            if isinstance(error, HubError):
                raise
            raise HubError(f"plugin {plugin.name}: {_where(error)}", remedy="The old one goes on.") from error

    # --- kinds ---

    def _offered(self, name: str) -> dict[str, dict[str, Any]]:
        catalogs = self._plugins.catalogs
        hooks = (*_SWAPPED, "template_functions")
        return {hook: kinds for hook in hooks if (kinds := getattr(catalogs, hook).of(name))}

    def _swap(self, name: str, offers: Offers) -> None:
        """Let a plugin offer these kinds instead of those it did; all or none. Raises `HubError`."""
        catalogs = self._plugins.catalogs
        before = self._offered(name)
        try:
            for hook in _SWAPPED:
                getattr(catalogs, hook).replace(name, offers.get(hook, {}))
            functions, known = offers.get("template_functions", {}), before.get("template_functions", {})
            if dict(functions) != dict(known):
                self._house.templates.plug(functions, tuple(known))
                catalogs.template_functions.replace(name, functions)
        except HubError:
            for hook in _SWAPPED:
                getattr(catalogs, hook).replace(name, before.get(hook, {}))
            raise


def _classes(offers: Offers) -> set[type]:
    return {kind for hook in _OFF for kind in offers.get(hook, {}).values()}


def _is_within(module: str, package: str) -> bool:
    return module == package or module.startswith(f"{package}.")


def _import(name: str) -> ModuleType:
    return importlib.import_module(name)


def _forget_compiled(path: Path) -> None:
    """Let Python compile anew: it takes a file of the same second and size for the same."""
    sources = [path] if path.suffix == ".py" else list(path.rglob("*.py"))
    for source in sources:
        Path(importlib.util.cache_from_source(str(source))).unlink(missing_ok=True)


def _where(error: Exception) -> str:
    """Say what is wrong with a plugin's code, and in which line."""
    if isinstance(error, SyntaxError) and error.filename:
        return f"{error.filename}:{error.lineno}:{error.offset or 1}: {error.msg}"
    frames = [
        frame for frame in traceback.extract_tb(error.__traceback__) if "importlib" not in frame.filename
    ]
    place = f"{frames[-1].filename}:{frames[-1].lineno}: " if frames else ""
    return f"{place}{type(error).__name__}: {error}"
