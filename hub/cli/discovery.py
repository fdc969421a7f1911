"""`hub discovery`: see which devices announce themselves, let them in or keep them out, clear up ghosts."""

from __future__ import annotations

import json
from typing import Annotated, Any

import typer

from hub.cli.rows import say, show_table
from hub.cli.run import DEFAULT_CONFIG, Config, data_dir_of
from hub.control import ask

app = typer.Typer(
    name="discovery", help="See which devices announce themselves over MQTT.", no_args_is_help=True
)
Json = Annotated[bool, typer.Option("--json", help="Print JSON.")]
Devices = Annotated[
    list[str], typer.Argument(metavar="DEVICE...", help="Its name, identifier, topic or an entity id.")
]


def _asked(config: Config, service: str, **data: Any) -> dict[str, Any]:
    answer = ask(
        data_dir_of(config), "service", domain="mqtt", name=f"discovery_{service}", data=data, response=True
    )
    return dict(answer or {})


@app.command("list")
def list_devices(config: Config = DEFAULT_CONFIG, as_json: Json = False) -> None:
    """List the devices that announce themselves, with what waits to be let in."""
    devices = _asked(config, "list")["devices"]
    if as_json:
        typer.echo(json.dumps(devices, indent=2))
        return
    if not devices:
        typer.echo("No device has announced itself yet. Most do so on homeassistant/…/config.")
        return
    rows = []
    for one in devices:
        model = " ".join(filter(None, (one["manufacturer"], one["model"])))
        cells = (
            one["name"], one["status"], model, str(len(one["entities"])), one["last_heard"] or "never",
            one["origin"] or "", one["device"],
        )  # fmt: skip
        rows.append(cells)
    show_table(("device", "status", "model", "entities", "last heard", "told by", "identifier"), rows)


@app.command("problems")
def problems(config: Config = DEFAULT_CONFIG, as_json: Json = False) -> None:
    """List the announcements that could not be used, or had options unknown here."""
    found = _asked(config, "problems")["problems"]
    if as_json:
        typer.echo(json.dumps(found, indent=2))
        return
    if not found:
        typer.echo("All announcements could be used.")
    for one in found:
        say(f"{one['topic']}: {one['reason']}")


@app.command("ghosts")
def ghosts(
    devices: Annotated[
        list[str] | None, typer.Argument(metavar="[DEVICE]...", help="Only these devices.")
    ] = None,
    config: Config = DEFAULT_CONFIG,
    remove: Annotated[bool, typer.Option("--remove", help="Empty the topics that announce them.")] = False,
    days: Annotated[float, typer.Option(help="For how long nothing was heard of them.", min=0)] = 7,
    as_json: Json = False,
) -> None:
    """List devices that are announced, but gone: nothing was heard of them for days."""
    answer = _asked(config, "ghosts", device=devices or [], days=days, remove=remove)
    if as_json:
        typer.echo(json.dumps(answer, indent=2))
        return
    if not answer["ghosts"]:
        typer.echo("There are no ghosts.")
    for one in answer["ghosts"]:
        say(f"{one['name']} ({one['device']}): {one['why']}")
        for topic in one["topics"]:
            say(f"    {topic}{'  emptied' if topic in answer['removed'] else ''}")
    if answer["ghosts"] and not remove:
        typer.echo("Clear them up with: hub discovery ghosts --remove")


@app.command("approve")
def approve(devices: Devices, config: Config = DEFAULT_CONFIG) -> None:
    """Let devices in that wait; `all` lets in all of them."""
    for name in _asked(config, "approve", device=devices)["devices"]:
        typer.echo(f"{name} is in.")


@app.command("reject")
def reject(devices: Devices, config: Config = DEFAULT_CONFIG) -> None:
    """Keep devices out, also after a restart. `approve` lets them in again."""
    for name in _asked(config, "reject", device=devices)["devices"]:
        typer.echo(f"{name} stays out.")


@app.command("remove")
def remove(devices: Devices, config: Config = DEFAULT_CONFIG) -> None:
    """Take devices away, and empty the topics that announce them."""
    for topic in _asked(config, "remove", device=devices)["removed"]:
        typer.echo(f"{topic} is emptied.")
