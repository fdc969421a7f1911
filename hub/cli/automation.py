"""`hub automation`: ask the running hub what its automations did, and why they did not."""

from __future__ import annotations

import json
from datetime import datetime
from typing import Annotated, Any

import typer
from rich.console import Console
from rich.markup import escape
from rich.table import Table

from hub.cli.run import DEFAULT_CONFIG, Config, data_dir_of
from hub.control import ask

app = typer.Typer(
    name="automation", help="See what automations did, or why they did not.", no_args_is_help=True
)
Json = Annotated[bool, typer.Option("--json", help="Print JSON.")]
Name = Annotated[str, typer.Argument(help="Its id, alias or entity id.")]


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
    table = Table(box=None, pad_edge=False)
    for heading in ("automation", "state", "last triggered", "last outcome", "name"):
        table.add_column(heading)
    for one in found:
        when = _clock(one["last_triggered"])[:-4] if one["last_triggered"] else "never"
        outcome = one["last_outcome"] or "-"
        table.add_row(one["entity_id"], one["state"], str(when), outcome, escape(one["name"]))
    Console().print(table)


@app.command("trace")
def trace(
    name: Name,
    config: Config = DEFAULT_CONFIG,
    number: Annotated[int | None, typer.Option("--run", help="Only the run of this number.")] = None,
    last: Annotated[int, typer.Option("--last", "-n", help="How many runs, newest last.", min=1)] = 5,
    as_json: Json = False,
) -> None:
    """Show the latest runs step by step; a run that did not happen says why."""
    runs = ask(data_dir_of(config), "automation.trace", name=name, number=number)[-last:]
    if as_json:
        typer.echo(json.dumps(runs, indent=2))
        return
    if not runs:
        typer.echo(f"{name} was not triggered yet. What it waits for: hub automation explain {name}")
    for run in runs:
        _print_run(run)


@app.command("explain")
def explain(name: Name, config: Config = DEFAULT_CONFIG) -> None:
    """Say what each trigger waits for, with the values now."""
    for index, text in enumerate(ask(data_dir_of(config), "automation.explain", name=name), start=1):
        typer.echo(f"trigger {index}: {text}")


@app.command("run")
def run_now(
    name: Name,
    config: Config = DEFAULT_CONFIG,
    conditions: Annotated[bool, typer.Option("--conditions", help="Ask the conditions first.")] = False,
) -> None:
    """Run the actions now."""
    ask(data_dir_of(config), "automation.run", name=name, skip_condition=not conditions)
    typer.echo(f"{name}: done. See hub automation trace {name}")


def _print_run(run: dict[str, Any]) -> None:
    trigger = run["trigger"] or {}
    what = trigger.get("description") or trigger.get("platform") or "by hand"
    typer.echo(f"run {run['run']}  {_clock(run['began'])}  {run['outcome']}  (trigger: {what})")
    for link in run["cause"][1:]:
        typer.echo(f"    because of {link}")
    for step in run["steps"]:
        text = _in_words(step)
        typer.echo(f"    {step['path']}" + (f"  {text}" if text else ""))
    if run["error"]:
        typer.echo(f"    {run['error']}")


def _in_words(step: dict[str, Any]) -> str:
    """Say what came of a step."""
    parts = []
    if "service" in step:
        parts.append(f"{step['service']} {json.dumps(step.get('data'), ensure_ascii=False)}")
    told_apart = ("path", "at", "result", "service", "data", "why", "error")
    parts += [f"{key}: {value}" for key, value in step.items() if key not in told_apart]
    parts += [step[key] for key in ("why", "error") if step.get(key)]
    return ", ".join(parts)


def _clock(text: str) -> str:
    return datetime.fromisoformat(text).astimezone().strftime("%Y-%m-%d %H:%M:%S.%f")[:-3]
