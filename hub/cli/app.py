"""The command `hub`: all verbs in one place."""

from __future__ import annotations

import os
import sys

import typer

from hub import __version__
from hub.cli import (
    automation,
    backup,
    blueprint,
    cert,
    check,
    demo,
    discovery,
    doctor,
    energy,
    entity,
    history,
    house_devices,
    import_history,
    import_mosquitto,
    import_yandex,
    init,
    log_reader,
    migrate,
    mqtt,
    notify,
    owner_events,
    places,
    plugin,
    registry,
    run,
    schema,
    service,
    storage,
    telemetry,
    template,
    test,
    user,
)
from hub.cli.logs import show_plugin_calls
from hub.cli.plugin_verbs import Verbs
from hub.core.errors import HubError

app = typer.Typer(
    name="hub",
    cls=Verbs,
    help="A home automation hub that is its own MQTT broker and device registry.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)
app.command("run")(run.run)
app.command("reload")(run.reload)
app.command("status")(run.status)
app.command("check")(check.check)
app.command("migrate")(migrate.migrate)
app.command("test")(test.run)
app.add_typer(demo.app)
app.command("init")(init.init)
app.command("doctor")(doctor.doctor)
app.command("logs")(log_reader.logs)
app.command("notify")(notify.notify)
app.command("schema")(schema.schema)
app.command("template")(template.template)
app.command("audit")(owner_events.audit)
app.command("history")(history.history)
app.command("statistics")(history.statistics)
app.command("logbook")(history.logbook)
app.command("telemetry")(telemetry.telemetry)
app.add_typer(automation.app)
app.add_typer(mqtt.app)
app.add_typer(discovery.app)
app.add_typer(entity.app)
app.add_typer(places.areas)
app.add_typer(places.floors)
app.add_typer(places.labels)
app.add_typer(backup.app)
app.add_typer(energy.app)
app.add_typer(storage.app)
app.add_typer(blueprint.app)
app.add_typer(cert.app)
app.add_typer(service.app)
app.add_typer(plugin.app)
app.add_typer(user.app)
app.add_typer(registry.registries)
house_devices.add_house_verbs(registry.devices)
app.add_typer(registry.devices)
app.add_typer(registry.brokers)
# `yc` takes the plural, too.
app.add_typer(registry.registries, name="registries", hidden=True)
app.add_typer(registry.devices, name="devices", hidden=True)
app.add_typer(registry.brokers, name="brokers", hidden=True)
import_yandex.app.command("history")(import_history.import_past)
import_yandex.app.command("mosquitto")(import_mosquitto.import_mosquitto)
app.add_typer(import_yandex.app)


def _version(wanted: bool) -> None:
    if wanted:
        typer.echo(f"hub {__version__}")
        raise typer.Exit


@app.callback()
def _root(
    version: bool = typer.Option(
        False, "--version", callback=_version, is_eager=True, help="Print the version and exit."
    ),
) -> None:
    if os.environ.get("HUB_TRACE_PLUGINS", "0") not in ("", "0"):
        show_plugin_calls()


def main() -> None:
    """Run the command line; what is the user's to mend is said in one line, without a traceback."""
    try:
        app()
    except KeyboardInterrupt:
        sys.exit(130)
    except HubError as error:
        typer.echo(f"hub: {error}", err=True)
        sys.exit(1)
