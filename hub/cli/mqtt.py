"""`hub mqtt`: see who is at the MQTT server and what it keeps; say and hear something there."""

from __future__ import annotations

import json
from collections.abc import Iterable
from datetime import datetime
from typing import Annotated, Any

import typer

from hub.cli import mqtt_client
from hub.cli.rows import show_table
from hub.cli.run import DEFAULT_CONFIG, Config, data_dir_of
from hub.control import ask

app = typer.Typer(name="mqtt", help="See what the MQTT server does, or speak MQTT.", no_args_is_help=True)
Json = Annotated[bool, typer.Option("--json", help="Print JSON.")]

# -h is the host there, as with mosquitto_pub and mosquitto_sub.
_AS_MOSQUITTO = {"help_option_names": ["--help"]}
app.command("pub", context_settings=_AS_MOSQUITTO)(mqtt_client.pub)
app.command("sub", context_settings=_AS_MOSQUITTO)(mqtt_client.sub)


@app.command("clients")
def clients(config: Config = DEFAULT_CONFIG, as_json: Json = False) -> None:
    """List the clients, also those that are away while their session is kept."""
    found = ask(data_dir_of(config), "mqtt.clients")
    rows = (
        (
            one["client_id"],
            one["user"] or "-",
            "on-line" if one["online"] else "away",
            _time(one["since"]),
            one["address"] if one["address"] is not None else "-",
            one["listener"] or "-",
            str(one["subscriptions"]),
        )
        for one in found
    )
    headings = ("client", "user", "state", "since", "address", "listener", "subscriptions")
    _show(found, as_json, headings, rows, "No client has a session.")


@app.command("subscriptions")
def subscriptions(
    client_id: Annotated[str | None, typer.Argument(help="Only those of this client.")] = None,
    config: Config = DEFAULT_CONFIG,
    as_json: Json = False,
) -> None:
    """List who subscribes what."""
    found = ask(data_dir_of(config), "mqtt.subscriptions", client_id=client_id)
    rows = ((one["filter"], one["client_id"], one["user"] or "-") for one in found)
    _show(found, as_json, ("filter", "client", "user"), rows, "No client subscribes anything.")


@app.command("retained")
def retained(
    filter: Annotated[str, typer.Argument(help="Only topics that match this filter.")] = "#",
    config: Config = DEFAULT_CONFIG,
    as_json: Json = False,
) -> None:
    """List the retained messages; those on $SYS only if the filter says so."""
    found = ask(data_dir_of(config), "mqtt.retained", filter=filter)
    rows = (
        (one["topic"], str(one["qos"]), str(one["size"]), one["owner"] or "-", _payload(one)) for one in found
    )
    headings = ("topic", "QoS", "bytes", "from", "payload")
    _show(found, as_json, headings, rows, "No retained message matches.")


@app.command("kick")
def kick(
    client_id: Annotated[str | None, typer.Argument(help="The client's id.")] = None,
    user: Annotated[str | None, typer.Option("--user", help="All clients of this user.")] = None,
    forget: Annotated[
        bool, typer.Option("--forget", help="End the session as well, with all that waits in it.")
    ] = False,
    config: Config = DEFAULT_CONFIG,
) -> None:
    """Disconnect a client. It may come back: take its user away to keep it out."""
    told = ask(data_dir_of(config), "mqtt.kick", client_id=client_id, user=user, forget=forget)
    typer.echo(f"disconnected: {told['disconnected']}" + (f", forgotten: {told['forgotten']}" * forget))


def _show(
    found: list[dict[str, Any]],
    as_json: bool,
    headings: tuple[str, ...],
    rows: Iterable[tuple[str, ...]],
    nothing: str,
) -> None:
    if as_json:
        typer.echo(json.dumps(found, indent=2))
        return
    if not found:
        typer.echo(nothing)
        return
    show_table(headings, rows)


def _payload(one: dict[str, Any]) -> str:
    return str(one.get("payload", f"{one.get('payload_base64')} (base64)"))


def _time(since: float | None) -> str:
    return datetime.fromtimestamp(since).astimezone().strftime("%Y-%m-%d %H:%M:%S") if since else "-"
