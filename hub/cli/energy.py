"""`hub energy`: what appliances use, what that costs, and where it could be less."""

from __future__ import annotations

import asyncio
import json
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.console import Console
from rich.markup import escape
from rich.table import Table

from hub.cli.recorded import opened_history, runs
from hub.cli.run import DEFAULT_CONFIG, Config, data_dir_of, find_config
from hub.cli.times import Since, Until, in_house, moment, shown
from hub.control import ask
from hub.core.energy import Energy
from hub.core.history import Period
from hub.energy.accounting import Accounting
from hub.energy.desk import PREFIX, energy_commands
from hub.energy.model import EnergyModel

app = typer.Typer(
    name="energy",
    help="What appliances use, what that costs, and where it could be less.",
    invoke_without_command=True,
)
Json = Annotated[bool, typer.Option("--json", help="Print JSON.")]
Pieces = Annotated[Period, typer.Option("--period", "-p", help="Piece by piece.")]
Each = Annotated[bool, typer.Option("--each", "-e", help="Show each piece of time, not only the whole.")]


@app.callback()
def energy(
    context: typer.Context,
    since: Since = "today",
    until: Until = "now",
    period: Pieces = "day",
    each: Each = False,
    config: Config = DEFAULT_CONFIG,
    as_json: Json = False,
) -> None:
    """Show what each device used and what it cost, beside the same length of time before."""
    if context.invoked_subcommand is not None:
        return
    in_house(config)
    told = _tell(config, "report", since=moment(since), until=moment(until), period=period)
    if as_json:
        typer.echo(json.dumps(told, indent=2))
        return
    _show_report(told, each)


@app.command("standby")
def standby(
    since: Since = "7d", until: Until = "now", config: Config = DEFAULT_CONFIG, as_json: Json = False
) -> None:
    """Show what devices use while they only wait, and what that costs in a year."""
    in_house(config)
    found = _tell(config, "standby", since=moment(since), until=moment(until))
    if as_json:
        typer.echo(json.dumps(found, indent=2))
        return
    table = _table("device", "waits at", "of the time", "a year", "costs a year")
    for one in found:
        cost = "-" if one["cost_a_year"] is None else f"{one['cost_a_year']:.2f}"
        share, year = f"{one['share_of_time']:.0%}", f"{one['energy_a_year']:.0f} kWh"
        table.add_row(escape(one["name"]), f"{one['power']:.1f} W", share, year, cost)
    _print(table, found, "No device uses power while it waits, as far as is known yet.")


@app.command("peaks")
def peaks(
    since: Since = "7d",
    until: Until = "now",
    most: Annotated[int, typer.Option("--last", "-n", help="So many.", min=1)] = 10,
    config: Config = DEFAULT_CONFIG,
    as_json: Json = False,
) -> None:
    """Show the hours in which the most was used, and what used it."""
    in_house(config)
    found = _tell(config, "peaks", since=moment(since), until=moment(until), most=most)
    if as_json:
        typer.echo(json.dumps(found, indent=2))
        return
    table = _table("hour", "power", "by")
    for one in found:
        by = ", ".join(f"{name} {watts:.0f} W" for name, watts in list(one["devices"].items())[:3])
        table.add_row(shown(one["start"])[:16], f"{one['power']:.0f} W", escape(by))
    _print(table, found, "Nothing is known of this time yet.")


def _show_report(told: dict[str, Any], each: bool) -> None:
    table = _table("device", "kWh", told["currency"], "share", "before", "change")
    rows = [*told["devices"], *([told["rest"]] if told["rest"] is not None else [])]
    for one in rows:
        share = "-" if one["share"] is None else f"{one['share']:.0%}"
        table.add_row(escape(one["name"]), *_amounts(one), share, *_before(one))
        for use in one["uses"] if each else ():
            table.add_row(f"  {shown(use['start'])[:16]}", *_amounts(use), "", "", "")
    table.add_row("all", *_amounts(told), "", *_before(told))
    now, old = (
        f"{shown(told[since])[:16]} to {shown(told[until])[:16]}"
        for since, until in (("since", "until"), ("since_before", "until_before"))
    )
    typer.echo(f"{now}, before: {old}")
    _print(table, rows, "The configuration names no devices under `energy:`.")
    for name, words in (("standing", "standing charges"), ("returned", "for energy returned")):
        if told[name]:
            typer.echo(f"in it: {told[name]:.2f} {told['currency']} {words}")
    if told["unpriced"]:
        typer.echo(f"not in it: the price of {told['unpriced']:.2f} kWh is not known")


def _amounts(one: dict[str, Any]) -> tuple[str, str]:
    return f"{one['energy']:.2f}", "-" if one["cost"] is None else f"{one['cost']:.2f}"


def _before(one: dict[str, Any]) -> tuple[str, str]:
    before = one["energy_before"]
    if not before:
        return "-", "-"
    return f"{before:.2f}", f"{one['energy'] / before - 1:+.0%}"


def _table(first: str, *others: str) -> Table:
    table = Table(box=None, pad_edge=False)
    table.add_column(first)
    for heading in others:
        table.add_column(heading, justify="left" if heading == "by" else "right")
    return table


def _print(table: Table, rows: list[Any], empty: str) -> None:
    if rows:
        Console().print(table)
    else:
        typer.echo(empty)


def _tell(config: Path, command: str, **arguments: Any) -> Any:
    data_dir = data_dir_of(config)
    if runs(data_dir):
        return ask(data_dir, f"{PREFIX}{command}", **arguments)
    return asyncio.run(_alone(find_config(config), command, arguments))


async def _alone(config: Path, command: str, arguments: dict[str, Any]) -> Any:
    async with opened_history(config) as (house, configuration):
        models = (part.model for part in configuration.parts if isinstance(part.model, EnergyModel))
        model = next(models, None)
        energy: Energy = Accounting(house, model) if model is not None else house.energy
        return await energy_commands(lambda: energy)[f"{PREFIX}{command}"](**arguments)
