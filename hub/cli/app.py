"""The command `hub`: all verbs in one place."""

from __future__ import annotations

import os
import sys

import typer

from hub import __version__
from hub.cli.logs import show_plugin_calls
from hub.cli.verbs import VerbGroup
from hub.core.errors import HubError

app = typer.Typer(
    name="hub",
    cls=VerbGroup,
    help="A home automation hub that is its own MQTT broker and device registry.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)


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
