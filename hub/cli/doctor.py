"""`hub doctor`: see whether anything ails this hub, running or not."""

from __future__ import annotations

import dataclasses
import json
from typing import Annotated

import typer
from rich.console import Console
from rich.table import Table

from hub.cli.checking import examine
from hub.cli.checkups import CHECKUPS, Checkup, Finding, Patient
from hub.cli.run import DEFAULT_CONFIG, Config, data_dir_of, find_config
from hub.loader import load_plugins

_MARKS = {"ok": "[green]ok[/green]", "see to": "[yellow]see to[/yellow]", "wrong": "[red]wrong[/red]"}


def doctor(
    config: Config = DEFAULT_CONFIG,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False,
) -> None:
    """Look at the disk, clock, ports, certificates, secrets, databases, devices, automations,
    plugins and the log.

    Fails if something is wrong; what should be seen to does not fail.
    """
    path = find_config(config)
    plugins = load_plugins(path, waiting=True)
    configuration, problems = examine(path, plugins)
    found = [plugin.told() for plugin in plugins.found]
    patient = Patient.of(path, data_dir_of(path), configuration, problems, found)
    findings = [finding for checkup in CHECKUPS for finding in _look(checkup, patient)]
    if as_json:
        typer.echo(json.dumps([dataclasses.asdict(finding) for finding in findings], indent=2))
    else:
        _print(findings)
    if any(finding.grade == "wrong" for finding in findings):
        raise typer.Exit(1)


def _look(checkup: Checkup, patient: Patient) -> list[Finding]:
    try:
        return list(checkup(patient))
    except Exception as error:  # what can't be looked at must not hide the rest
        name = checkup.__name__.replace("_", " ")
        return [Finding("wrong", name, f"it can't be looked at: {error}")]


def _print(findings: list[Finding]) -> None:
    table = Table(box=None, pad_edge=False, show_header=False)
    for finding in findings:
        text = finding.text + (f"\n[dim]{finding.remedy}[/dim]" if finding.remedy else "")
        table.add_row(_MARKS[finding.grade], finding.subject, text)
    Console(soft_wrap=not Console().is_terminal).print(table)
