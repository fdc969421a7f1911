"""`hub import`: take over what another program had."""

from __future__ import annotations

import typer

from hub.cli.import_history import import_past
from hub.cli.import_mosquitto import import_mosquitto
from hub.cli.import_yandex import import_yandex

app = typer.Typer(name="import", help="Take over what another program had.", no_args_is_help=True)
app.command("yandex")(import_yandex)
app.command("history")(import_past)
app.command("mosquitto")(import_mosquitto)
