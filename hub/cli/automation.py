"""`hub automation`: ask the running hub what its automations did, and why they did not."""

from __future__ import annotations

import json
from typing import Annotated

import typer

from hub.cli.rows import say, show_table
from hub.cli.run import DEFAULT_CONFIG, Config, data_dir_of
from hub.cli.traces import clock, explained, lines_of
from hub.control import ask

app = typer.Typer(
    name="automation", help="See what automations did, or why they did not.", no_args_is_help=True
)
Json = Annotated[bool, typer.Option("--json", help="Print JSON.")]
Name = Annotated[
    str, typer.Argument(help="Its id, alias or entity id; for traces also a script's entity id.")
]


@app.command("list")
def list_automations(config: Config = DEFAULT_CONFIG, as_json: Json = False) -> None:
    """List all automations with their last run."""
    found = ask(data_dir_of(config), "automation.list")
    if as_json:
        typer.echo(json.dumps(found, indent=2))
        return
    if not found:
        typer.echo("There are no automations yet. Write one under `automation:` in the configuration.")
        return
    rows = []
    for one in found:
        when = clock(one["last_triggered"])[:-4] if one["last_triggered"] else "never"
        state = "paused" if one["paused"] else one["state"]
        outcome = "running" if one["current"] else one["last_outcome"] or "-"
        rows.append((one["entity_id"], state, when, outcome, one["name"]))
    show_table(("automation", "state", "last triggered", "last outcome", "name"), rows)


@app.command("trace")
def trace(
    name: Name,
    config: Config = DEFAULT_CONFIG,
    number: Annotated[int | None, typer.Option("--run", help="Only the run of this number.")] = None,
    last: Annotated[int, typer.Option("--last", "-n", help="How many runs, newest last.", min=1)] = 5,
    as_json: Json = False,
) -> None:
    """Show the latest runs step by step, those under way too; a run that did not happen says why."""
    runs = ask(data_dir_of(config), "automation.trace", name=name, number=number)[-last:]
    if as_json:
        typer.echo(json.dumps(runs, indent=2))
        return
    if not runs and number is not None:
        typer.echo(f"{name} has no run {number}. Those it has: hub automation trace {name}")
    elif not runs:
        typer.echo(f"{name} was not triggered yet. What it waits for: hub automation explain {name}")
    for run in runs:
        say("\n".join(lines_of(run)))


@app.command("explain")
def explain(name: Name, config: Config = DEFAULT_CONFIG, as_json: Json = False) -> None:
    """Say what each trigger waits for now, and how far that is away; and which conditions hold."""
    told = ask(data_dir_of(config), "automation.explain", name=name)
    if as_json:
        typer.echo(json.dumps(told, indent=2))
    else:
        say("\n".join(explained(told)))


@app.command("run")
def run_now(
    name: Name,
    config: Config = DEFAULT_CONFIG,
    conditions: Annotated[bool, typer.Option("--conditions", help="Ask the conditions first.")] = False,
    as_json: Json = False,
) -> None:
    """Run the actions now, and wait until they are done."""
    run = ask(data_dir_of(config), "automation.run", name=name, skip_condition=not conditions)
    if as_json:
        typer.echo(json.dumps(run, indent=2))
        return
    if run["outcome"] == "finished":
        typer.echo(f"{name}: done. See hub automation trace {name}")
        return
    say("\n".join(lines_of(run)))
    raise typer.Exit(1)
