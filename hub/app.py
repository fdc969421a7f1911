"""Put the hub together and run it: build, start, stop, in one visible order."""

from __future__ import annotations

import asyncio
import gc
import logging
import signal
import time
from collections.abc import Collection, Coroutine, Iterable, Iterator, Mapping
from pathlib import Path
from types import MappingProxyType
from typing import Any, Protocol

from watchfiles import awatch

from hub import __version__
from hub.apart.door import port_of, with_door
from hub.apart.launch import Launch, launches
from hub.apart.supervisor import Supervisor
from hub.automation.desk import automation_commands
from hub.automation.trace import FAILURES
from hub.building import Household, all_schemas, prepare, reloads
from hub.config.problems import Problem
from hub.config.web import WebModel
from hub.configuration import Configuration, read_files
from hub.control import ControlServer
from hub.core.clock import Clock, Detach, nothing, together
from hub.core.errors import HubError
from hub.core.naming_desk import naming_commands
from hub.core.openings import Opening
from hub.core.services import ServiceCall
from hub.energy.desk import energy_commands
from hub.faults import MOST, Faults
from hub.kinds import Door, Renewable
from hub.loader import DEVELOPED
from hub.logfile import keep_log
from hub.mqtt import EmbeddedDoor, EmbeddedEngine
from hub.mqtt.inspection import server_commands
from hub.notifier import Notifier
from hub.registry import Owner, Registrar
from hub.registry.accounts import AccountDesk, Accounts, account_commands
from hub.registry.desk import register_commands
from hub.registry.origins import Origins
from hub.storage.agenda import LastingAgenda
from hub.storage.archive import Archive
from hub.storage.backup.desk import backup_commands
from hub.storage.backup.making import Source
from hub.storage.backup.restoring import finish
from hub.storage.backup.shelf import Shelf
from hub.storage.desk import history_commands
from hub.storage.memory import LastingMemory
from hub.storage.registry import LastingRegistry
from hub.storage.traces import TraceArchive
from hub.telemetry.desk import telemetry_commands
from hub.upkeep import Upkeep
from hub.watchdog import Watchdog

log = logging.getLogger("hub")

# What a stop may take at most: people wait for Ctrl-C, and so does the service manager.
STOP_SECONDS = 2.0
# How soon after they were read templates are prepared.
PREPARE_SECONDS = 2.0
# Runs and states make many objects, and nearly none in a circle: there is little for the collector to find.
COLLECT = (20_000, 20, 50)
_TOLD_SETTINGS = (
    "name", "latitude", "longitude", "elevation", "radius", "unit_system", "language", "country", "currency",
)  # fmt: skip
# What these sections say is used when the hub starts, and not again.
_ONLY_AT_START = ("hub", "plugins", "broker", "web", "recorder", "logbook")


class Pages(Protocol):
    """The web server while it runs."""

    @property
    def port(self) -> int: ...

    def lines(self) -> Iterable[str]: ...

    async def close(self) -> None: ...


class BadConfiguration(HubError):
    """The configuration can't be used at all; `problems` say where and why."""

    def __init__(self, problems: list[Problem]) -> None:
        count = "a mistake" if len(problems) == 1 else f"{len(problems)} mistakes"
        first = f" ({problems[0]})" if problems else ""
        super().__init__(f"the configuration has {count} that must be mended first{first}")
        self.problems = problems


class App:
    """One hub: a configuration file, and the house that lives by it."""

    def __init__(
        self,
        config: Path,
        clock: Clock | None = None,
        *,
        watch: bool = True,
        command: str = "hub",
        notifier: Notifier | None = None,
        safe: bool = False,
        develop: Collection[Path] = (),
        environment: Mapping[str, str] = MappingProxyType({}),
    ) -> None:
        """Prepare the hub.

        `watch` reloads files when saved, `command` is how people call the hub, `notifier` tells the service
        manager, `safe` leaves out the plugins of others, `develop` are plugins that are being written,
        `environment` is what their processes may see some of.
        """
        self.path = config
        self._command = command
        self._watching = watch
        self.house, self.plugins = prepare(config, clock, safe=safe, develop=develop)
        self.household = Household.of(self.house)
        self.configuration: Configuration | None = None
        self._upkeep = Upkeep(
            self.plugins, self.household, lambda: self.configuration, self._read_whole, self._take
        )
        self._supervisor = Supervisor(self.house.clock, environment, self.plugins.count)
        self._launches: list[Launch] = []
        self._faults = Faults(
            self.house.clock,
            lambda: self.plugins.packages,
            self.plugins.count,
            self._fails_too_often,
            self._budget,
        )
        self._door: Door | None = None
        self._registrar: Registrar | None = None
        self._control: ControlServer | None = None
        self._memory: LastingMemory | None = None
        self._names: LastingRegistry | None = None
        self._agenda: LastingAgenda | None = None
        self._accounts: Accounts | None = None
        self._pages: Pages | None = None
        self._archive: Archive | None = None
        self._traces: TraceArchive | None = None
        self.left_behind = False
        """Whether the stop took too long for something: its threads may go on and hold up the process."""
        self._stopping = asyncio.Event()
        self._notifier = notifier or Notifier()
        self._unwatch: Detach = nothing
        self._unkeep_log: Detach = nothing

    # --- build, start ---

    async def start(self) -> None:
        """Read the configuration, open the MQTT engine, set the house up. Raises `HubError` if it can't."""
        began = time.perf_counter()
        if finish(self.path.parent):
            log.warning("a restore of a backup was broken off; the rest of it is done now")
        configuration = self._read()
        await self._open_control(configuration)
        await self._open_stores(configuration)
        await self._open_door(configuration)
        self._set_up(configuration)
        self._begin_plugins()
        if configuration.web is not None:
            await self._open_web(configuration.web)
        if self._watching:
            self.house.tasks.spawn(self._watch(), "watching the files")
        self._settle(configuration)
        for line in self._lines(configuration, time.perf_counter() - began):
            log.info("%s", line)
        self._attend()

    def _read(self) -> Configuration:
        configuration = self.configuration = read_files(self.path, self.house)
        self._refuse_if_useless(configuration)
        for problem in configuration.problems:
            log.log(logging.ERROR if problem.is_error else logging.WARNING, "%s", problem)
        configuration.apply(self.house)
        return configuration

    async def _open_control(self, configuration: Configuration) -> None:
        """Make the data folder, keep the log there, and see that no other hub uses it."""
        data_dir = self.house.settings.data_dir
        data_dir.mkdir(parents=True, exist_ok=True, mode=0o700)
        told = configuration.settings.log_file
        if told.files:
            self._unkeep_log = keep_log(data_dir, told.megabytes, told.files - 1)
        self._control = ControlServer(data_dir, self._commands())
        await self._control.open()

    async def _open_stores(self, configuration: Configuration) -> None:
        """Open what the house remembers."""
        house, data_dir = self.house, self.house.settings.data_dir
        self._memory = house.memory = await LastingMemory.open(data_dir / "memory.db", house.clock)
        self._memory.attend(house.bus, house.states)
        self._names = await LastingRegistry.open(data_dir / "entities.db", house.clock)
        self._names.attend(house)
        house.entities.recall = self._memory.recall
        self._agenda = await LastingAgenda.open(data_dir / "agenda.db", house.clock)
        self.household.engine.agenda = self._agenda
        house.backups = Shelf(self._files, house.clock, all_schemas(house.kinds.stores))
        self._archive = Archive(house, configuration.recorder, configuration.logbook.hides)
        self._archive.begin()
        self._traces = await TraceArchive.open(data_dir / "traces.db", house.clock)
        self.household.engine.remember(self._traces.last)
        self._traces.attend(self.household.engine.traces, FAILURES)

    async def _open_door(self, configuration: Configuration) -> None:
        """Open the way to MQTT: the server inside, with registries, or another."""
        engine = configuration.engine or EmbeddedEngine()
        if isinstance(engine, EmbeddedEngine):
            owners = configuration.declared.all(Owner)
            data_dir = self.house.settings.data_dir
            self._registrar = await Registrar.open(data_dir, self.house.clock, owners)
            self._launches = list(launches(configuration.plugins, self.plugins.apart))
            engine = with_door(engine.knowing(self._registrar), self._launches)
            self.house.figures.add(self._registrar.metrics.figures)
            self.house.registries = Origins(self._registrar.directory, live=True)
        elif any(configuration.declared.all(Owner)):
            log.warning("registries and brokers need `broker: engine: embedded`; they are left out")
        elif self.plugins.apart:
            log.error("plugins with `run: process` need `broker: engine: embedded`; they are left out")
        self._door = await engine.open(self.house)
        self.house.mqtt = self._door.mqtt

    def _begin_plugins(self) -> None:
        """Start the plugins that run in processes of their own."""
        if not self._launches or not isinstance(self._door, EmbeddedDoor):
            return
        self._supervisor.begin(self._launches, port_of(self._door))
        for launch in self._launches:
            plugin = self.plugins.plugin(launch.name)
            if plugin is not None:
                plugin.process = self._supervisor.standings[launch.name].told

    def _set_up(self, configuration: Configuration) -> None:
        """Let integrations, entities and automations live; from here on faults of plugins count."""
        self._unwatch = self._faults.watch()
        self._offer_services()
        self.household.set_up(configuration)
        self.household.begin()
        self.house.entities.quiet = True
        self.household.automate(configuration)
        self.household.started()

    def _settle(self, configuration: Configuration) -> None:
        """What was made up to here lives as long as the hub: the collector need not look at it again."""
        self.house.tasks.spawn(self._prepare_templates(), "preparing templates")
        configuration.document.forget_places()
        gc.collect()
        gc.freeze()
        gc.set_threshold(*COLLECT)

    def _attend(self) -> None:
        """Watch over the loop, and let the service manager know that the hub is ready."""
        watchdog = Watchdog(self.house.clock, self.plugins.packages)
        alive = self._notifier.keep_alive(self.house.clock)
        self._unwatch = together([self._unwatch, watchdog.watch(), alive])
        self._notifier.ready(f"{len(self.household.engine.automations)} automations")

    async def _open_web(self, model: WebModel) -> None:
        """Serve the pages. Without them the house goes on: it must not stay cold for a port that is taken."""
        # Only now: its libraries take as long to import as all the rest.
        from hub.web.opening import open_pages

        desk = await self._desk()
        parts = {
            "house": self.house,
            "engine": self.household.engine,
            "accounts": self._accounts,
            "desk": desk,
            "plugins": self.plugins,
            "path": self.path,
            "model": model,
            "commands": self._commands(),
            "configuration": lambda: self.configuration,
            "door": lambda: self._door,
            "registrar": lambda: self._registrar,
        }
        try:
            self._pages = await open_pages(parts)
            if not model.is_local:
                opening = Opening("http", model.host, self._pages.port, model.tls is not None)
                self.house.openings.add(opening)
        except HubError as error:
            log.error("no pages are served: %s", error)

    async def _desk(self) -> AccountDesk:
        settings = self.house.settings
        if self._accounts is None:
            self._accounts = await Accounts.open(settings.data_dir, self.house.clock)
        return AccountDesk(self._accounts, self.house.clock, settings.name)

    def _refuse_if_useless(self, configuration: Configuration) -> None:
        fatal = list(configuration.document.errors)
        fatal += [
            p for p in configuration.errors if p.path and str(p.path[0]) in ("hub", "homeassistant", "broker")
        ]
        if fatal:
            raise BadConfiguration(fatal)

    def _lines(self, configuration: Configuration, seconds: float) -> Iterator[str]:
        house, engine = self.house, self.household.engine
        yield f"Hearth {__version__} runs {self.path} (ready in {seconds:.2f} s)"
        if self._door is not None:
            yield from (f"MQTT: {line}" for line in self._door.lines())
        if self._pages is not None:
            yield from self._pages.lines()
        refused = f" ({engine.refused} refused)" if engine.refused else ""
        broken = f" ({len(self.plugins.broken)} broken)" if self.plugins.broken else ""
        yield (
            f"loaded {len(house.devices.entries)} devices, {len(house.entities)} entities, "
            f"{len(engine.automations)} automations{refused}, {len(self.plugins.found)} plugins{broken}"
        )
        yield f"try next: {self._command} automation list --config {self.path}"

    @property
    def door(self) -> Door | None:
        """The MQTT engine while it is open."""
        return self._door

    @property
    def pages(self) -> Pages | None:
        """The web server while it runs."""
        return self._pages

    # --- reload ---

    def reload(self) -> dict[str, Any]:
        """Read the files again and take over what changed; return what that was.

        Raises `BadConfiguration`, and changes nothing, if there is a mistake in them.
        """
        self._notifier.reloading(self.house.clock)
        try:
            return self._reload()
        finally:
            self._notifier.ready(f"{len(self.household.engine.automations)} automations")

    def _reload(self) -> dict[str, Any]:
        before = self.configuration
        undo = self._upkeep.switch_on()
        try:
            configuration = self._read_whole()
        except BaseException:
            undo()
            raise
        self.household.forget(self._upkeep.stay_on())
        restart = [
            name
            for name in _ONLY_AT_START
            if before and _at_start(before, name) != _at_start(configuration, name)
        ]
        parts = self.household.set_up(configuration)
        automations, scripts = self.household.automate(configuration), self.household.scripts
        if self._registrar is not None:
            declared = self._registrar.declare(list(configuration.declared.all(Owner)))
            self.house.tasks.spawn(declared, "taking over registries and brokers")
        self._take(configuration)
        told = f"automations: {automations}; scripts: {scripts}; other sections: {parts}"
        log.info("reloaded: %s", told)
        if restart:
            log.warning("changes under %s take effect when the hub is started again", ", ".join(restart))
        return {
            "automations": str(automations),
            "scripts": str(scripts),
            "sections": str(parts),
            "restart": restart,
        }

    def _read_whole(self) -> Configuration:
        """Read the files. Raises `BadConfiguration` if there is a mistake in them."""
        configuration = read_files(self.path, self.house)
        wrong = [*configuration.errors, *_gone_missing(self.configuration, configuration)]
        if wrong:
            raise BadConfiguration(wrong)
        return configuration

    def _take(self, configuration: Configuration) -> None:
        self.configuration = configuration
        configuration.document.forget_places()

    def _fails_too_often(self, name: str, what: str) -> None:
        """Switch a plugin off; one that comes with the hub stays, for the house stands on it."""
        plugin = self.plugins.plugin(name)
        if plugin is not None and plugin.is_ours:
            log.error("plugin %s, which comes with the hub, fails again and again: %s", name, what)
        else:
            self._upkeep.switch_off(name, f"it failed too often, at last with {what}")

    def _budget(self, name: str) -> int:
        options = self.configuration.plugins.get(name) if self.configuration is not None else None
        return options.faults if options is not None else MOST

    async def _prepare_templates(self) -> None:
        """Do between two messages what the first rendering of a template would have to wait for."""
        while True:
            done = self.house.templates.prepare_one()
            await asyncio.sleep(0 if done else PREPARE_SECONDS)

    async def _watch(self) -> None:
        """Take over what was saved: files of the configuration, and plugins that are being written."""
        developed = [
            plugin.path for plugin in self.plugins.found if plugin.origin == DEVELOPED and plugin.path
        ]
        folders = [self.path.parent, *developed]
        async for changes in awatch(*folders, watch_filter=self._is_ours, step=200, debounce=800):
            try:
                if not self._renewed({Path(path) for _, path in changes}):
                    self.reload()
            except BadConfiguration as error:
                for problem in error.problems:
                    log.error("%s", problem)
                log.error("the files have mistakes; the house goes on as before")
            except HubError as error:
                log.error("%s", error)
            except Exception:  # the next save gets its chance
                log.exception("the reload failed; the house goes on")

    def _renewed(self, paths: Collection[Path]) -> bool:
        """Load the plugins anew whose files these are; tell whether that was all."""
        one_each = {self._upkeep.home_of(path): path for path in sorted(paths)}
        for home, path in one_each.items():
            if home is not None:
                self._upkeep.renew(path)
        return None not in one_each

    def _is_ours(self, change: object, path: str) -> bool:
        files = self.configuration.document.files if self.configuration is not None else []
        if path in files or (path.endswith((".yaml", ".yml")) and not Path(path).name.startswith(".")):
            return True
        return "__pycache__" not in path and self._upkeep.home_of(Path(path)) is not None

    def _offer_services(self) -> None:
        services = self.house.services
        for domain, service in reloads(self.house):
            services.register(domain, service, self._reload_service, description="Read the YAML files again.")
        services.register(
            "homeassistant", "check_config", self._check_service, description="Check the YAML files."
        )
        services.register("homeassistant", "stop", lambda _: self.ask_to_stop(), description="Stop the hub.")

    def _reload_service(self, call: ServiceCall) -> None:
        self.reload()

    def _check_service(self, call: ServiceCall) -> None:
        errors = read_files(self.path, self.house).errors
        if errors:
            raise BadConfiguration(errors)

    # --- run, stop ---

    async def run(self) -> None:
        """Start, run until Ctrl-C or SIGTERM, and stop."""
        loop = asyncio.get_running_loop()
        for number in (signal.SIGINT, signal.SIGTERM):
            loop.add_signal_handler(number, self._stopping.set)
        loop.add_signal_handler(signal.SIGHUP, self._renew)
        try:
            await self.start()
            await self._stopping.wait()
            log.info("stopping")
        finally:
            await self.stop()

    def _renew(self) -> None:
        """SIGHUP: who renews certificates tells servers so."""
        if isinstance(self._door, Renewable):
            self.house.tasks.spawn(self._door.reload_certificates(), "loading the certificates")

    def ask_to_stop(self) -> None:
        self._stopping.set()

    async def stop(self) -> None:
        """Close everything in the opposite order, in bounded time. A second signal changes nothing of it."""
        self._notifier.stopping()
        self._unwatch()
        await self._in_time(self._close_parts())
        # Also when a part is left behind: what it did up to here is to be kept.
        await self._in_time(self._close_stores())
        self._unkeep_log()

    async def _in_time(self, closing: Coroutine[Any, Any, None]) -> None:
        try:
            async with asyncio.timeout(STOP_SECONDS):
                await closing
        except TimeoutError:
            self.left_behind = True
            log.warning("something did not stop in %s s and was left behind", STOP_SECONDS)

    async def _close_parts(self) -> None:
        if self._pages is not None:
            await self._pages.close()
        await self._supervisor.stop()
        await self.household.stop()
        if self._control is not None:
            await self._control.close()
        if self._door is not None:
            await self._door.close()
        if self._registrar is not None:
            await self._registrar.close()

    async def _close_stores(self) -> None:
        """Write what is left, all of them at once: one that is slow does not cost the others their time."""
        stores = (
            self._agenda, self._accounts, self._names, self._traces, self._memory, self._archive,
        )  # fmt: skip
        closing = [store.close() for store in stores if store is not None]
        for result in await asyncio.gather(*closing, return_exceptions=True):
            if isinstance(result, Exception):
                log.error("something could not be closed: %s", result, exc_info=result)

    # --- what the control socket answers ---

    def _commands(self) -> dict[str, Any]:
        return {
            **automation_commands(self.house, self.household.engine, lambda: self._traces),
            "states": self._states,
            "service": self._call_service,
            "reload": self._reload_command,
            "status": self._status,
            "plugins": lambda: [plugin.told() for plugin in self.plugins.found],
            "stop": self.ask_to_stop,
            **naming_commands(self.house.entities, self._keep_names),
            **server_commands(lambda: self._door),
            **register_commands(lambda: self._registrar),
            **account_commands(self._desk),
            **history_commands(lambda: self.house.history, self._recording),
            **backup_commands(lambda: self.house.backups),
            **energy_commands(lambda: self.house.energy),
            **telemetry_commands(lambda: self.house.telemetry),
        }

    async def _keep_names(self) -> None:
        if self._names is not None:
            await self._names.flush()

    async def _call_service(
        self, domain: str, name: str, data: dict[str, Any] | None = None, response: bool = False
    ) -> Any:
        """Call any service; with `response` return what it answers."""
        return await self.house.services.wait(domain, name, data or {}, return_response=response)

    def _states(self) -> dict[str, Any]:
        """Tell every state, and where the house stands: what a template may ask for."""
        settings = self.house.settings
        told = {name: getattr(settings, name) for name in _TOLD_SETTINGS}
        return {
            "states": [state.as_dict() for state in self.house.states],
            "settings": {**told, "time_zone": settings.time_zone.key},
        }

    def _files(self) -> Source:
        settings = self.house.settings
        read = self.configuration.document.files if self.configuration is not None else ()
        url = self.configuration.recorder.db_url if self.configuration is not None else ""
        files = tuple(Path(file) for file in read)
        return Source(self.path, settings.data_dir, settings.name, files, url)

    async def _recording(self) -> Mapping[str, Any]:
        return await self._archive.status() if self._archive is not None else {}

    def _reload_command(self) -> dict[str, Any]:
        try:
            return self.reload()
        except BadConfiguration as error:
            places = "\n".join(str(problem) for problem in error.problems)
            raise HubError("the files have mistakes; nothing was changed", remedy=f"\n{places}") from error

    def _status(self) -> dict[str, Any]:
        return {
            "version": __version__,
            "config": str(self.path),
            "mqtt": list(self._door.lines()) if self._door is not None else [],
            "devices": len(self.house.devices.entries),
            "entities": len(self.house.entities),
            "automations": len(self.household.engine.automations),
        }


def _at_start(configuration: Configuration, name: str) -> Any:
    """Return what a section says that a reload can't take over; attributes of entities it can."""
    section = configuration.sections.get(name)
    if name != "hub" or not isinstance(section, dict):
        return section
    return {key: value for key, value in section.items() if not str(key).startswith("customize")}


def _gone_missing(before: Configuration | None, after: Configuration) -> list[Problem]:
    """Return what was there when the files were read before, and is not now: half a house is no change."""
    known = {(p.path, p.text) for p in before.problems if p.missing} if before is not None else set()
    return [p for p in after.problems if p.missing and (p.path, p.text) not in known]
