"""The verbs of the command `hub`, each with where it is: only the one that is called is imported."""

from __future__ import annotations

import importlib
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, NamedTuple

import typer
from typer.core import TyperCommand, TyperGroup
from typer.main import get_command, get_group


class Verb(NamedTuple):
    """A verb or a group of verbs; `help` is what the list of all says of it, without importing it."""

    name: str
    place: str
    help: str
    hidden: bool = False

    def load(self) -> Any:
        """Import it, and return it as a command."""
        module, _, attribute = self.place.partition(":")
        found = getattr(importlib.import_module(f"hub.cli.{module}"), attribute)
        if isinstance(found, typer.Typer):
            command: Any = get_group(found)
        else:
            alone = typer.Typer(add_completion=False, pretty_exceptions_enable=False)
            alone.command(self.name)(found)
            command = get_command(alone)
        command.name, command.hidden = self.name, self.hidden
        return command


VERBS = (
    Verb("run", "run:run", "Run the hub: its MQTT server, its entities and its automations."),
    Verb("reload", "run:reload", "Let the running hub take over what changed in its files."),
    Verb("status", "run:status", "Say whether the hub runs, and what is in it. Fails if it does not."),
    Verb("check", "check:check", "Check a configuration without running it."),
    Verb(
        "migrate",
        "migrate:migrate",
        "Show, as a diff, how the files would be spelled today; with --write change them so.",
    ),
    Verb("test", "test:run", "Run cases: a configuration, what happens, and what is expected of it."),
    Verb(
        "demo",
        "demo:app",
        "Show a simulated house: rooms, heaters, devices and automations over real MQTT. Ctrl-C ends it.",
    ),
    Verb(
        "init",
        "init:init",
        "Write a commented configuration to begin with, and make the first admin. Never overwrites anything.",
    ),
    Verb(
        "doctor",
        "doctor:doctor",
        "Look at the disk, clock, ports, certificates, secrets, databases, devices, automations, plugins "
        "and the log.",
    ),
    Verb(
        "logs",
        "log_reader:logs",
        "Show the hub's log, also of one that does not run. It is kept in the data folder as hub.log.",
    ),
    Verb("notify", "notify:notify", "Send a message to try a way to reach people."),
    Verb(
        "schema",
        "schema:schema",
        "Write the JSON Schema of the configuration, with all that its plugins offer.",
    ),
    Verb("template", "template:template", "Render a template and say of which type its result is."),
    Verb("audit", "owner_events:audit", "Show who changed which registry, device or broker, and when."),
    Verb(
        "history",
        "history:history",
        "Show what entities were, in a running hub or in the files of one that is stopped.",
    ),
    Verb(
        "statistics",
        "history:statistics",
        "Show means, extremes and sums over periods. Hours, days, weeks and months are kept for ever.",
    ),
    Verb("logbook", "history:logbook", "Tell what happened and because of what."),
    Verb(
        "telemetry",
        "telemetry:telemetry",
        "Show a stream of samples, in a running hub or in the files of one that is stopped.",
    ),
    Verb("automation", "automation:app", "See what automations did, or why they did not."),
    Verb("mqtt", "mqtt:app", "See what the MQTT server does, or speak MQTT."),
    Verb("discovery", "discovery:app", "See which devices announce themselves over MQTT."),
    Verb("entity", "entity:app", "Rename, place, hide and switch off the house's entities."),
    Verb("area", "places:areas", "Know the house's rooms and other areas."),
    Verb("floor", "places:floors", "Know the house's floors."),
    Verb("label", "places:labels", "Know the labels for entities, devices and areas."),
    Verb("backup", "backup:app", "Make backups, look at them, and put one back."),
    Verb("energy", "energy:app", "What appliances use, what that costs, and where it could be less."),
    Verb("storage", "storage:app", "See where history is kept, and move it."),
    Verb("blueprint", "blueprint:app", "Keep blueprints, and see what they ask for."),
    Verb("cert", "cert:app", "Make certificates for listeners with TLS."),
    Verb("service", "service:app", "Run the hub as a service of systemd."),
    Verb("plugin", "plugin:app", "See what plugins there are, install and remove them."),
    Verb(
        "user",
        "user:app",
        "People who log in to the pages and the API. Users of MQTT are others: they stand in the "
        "configuration, with what `hash` prints.",
    ),
    Verb("registry", "registry:registries", "Create, show and change registries."),
    Verb("device", "registry:devices", "Create, show and change devices."),
    Verb("broker", "registry:brokers", "Create, show and change brokers."),
    # `yc` takes the plural, too.
    Verb("registries", "registry:registries", "Create, show and change registries.", hidden=True),
    Verb("devices", "registry:devices", "Create, show and change devices.", hidden=True),
    Verb("brokers", "registry:brokers", "Create, show and change brokers.", hidden=True),
    Verb("import", "importing:app", "Take over what another program had."),
)


class _Commands(dict[str, Any]):
    """The verbs by name, each loaded when it is asked for."""

    def __init__(self) -> None:
        super().__init__({verb.name: verb for verb in VERBS})

    def __getitem__(self, name: str) -> Any:
        found = super().__getitem__(name)
        if isinstance(found, Verb):
            self[name] = found = found.load()
        return found


class VerbGroup(TyperGroup):
    """The hub's own verbs first, then those of plugins; help tells of its own without loading them."""

    def __init__(self, **attributes: Any) -> None:
        super().__init__(**attributes)
        self.commands: Any = _Commands()
        self._listing = False

    def get_command(self, ctx: Any, cmd_name: str) -> Any:
        if cmd_name not in self.commands:
            return None if cmd_name.startswith("-") else _of_plugin(cmd_name)
        if self._listing:
            verb = next(verb for verb in VERBS if verb.name == cmd_name)
            return TyperCommand(verb.name, help=verb.help, hidden=verb.hidden)
        return self.commands[cmd_name]

    def format_help(self, ctx: Any, formatter: Any) -> None:
        with self._in_words():
            super().format_help(ctx, formatter)

    @contextmanager
    def _in_words(self) -> Iterator[None]:
        self._listing = True
        try:
            yield
        finally:
            self._listing = False


def _of_plugin(name: str) -> Any:
    # Only now: plugins are loaded only when no other verb is meant.
    from hub.cli.plugin_verbs import verb_of_plugin

    return verb_of_plugin(name)
