"""`hub test`: try automations on a simulated clock, without the house."""

from __future__ import annotations

import asyncio
import logging
from pathlib import Path
from typing import Annotated

import typer
from pydantic import TypeAdapter

from hub.config.problems import as_text
from hub.config.source import load
from hub.config.validate import validate
from hub.testing.cases import Case
from hub.testing.runner import run_case

_CASES: TypeAdapter[list[Case] | None] = TypeAdapter(list[Case])


def run(
    files: Annotated[list[Path], typer.Argument(help="Files with cases, YAML or JSON.", exists=True)],
    only: Annotated[str, typer.Option("--only", "-k", help="Run only cases whose id has this in it.")] = "",
    verbose: Annotated[bool, typer.Option("--verbose", "-v", help="Name the cases that hold, too.")] = False,
) -> None:
    """Run cases: a configuration, what happens, and what is expected of it.

    The format is described in docs/testing.md. The exit code is 1 if a case fails.
    """
    logging.getLogger("asyncio").setLevel(logging.CRITICAL)
    # What the house logs belongs to the case, not to the terminal.
    logging.getLogger().addHandler(logging.NullHandler())
    held = total = 0
    for file in files:
        for case in _read(file):
            if only not in case.id:
                continue
            total += 1
            trouble = _run(case, file.parent)
            if not trouble:
                held += 1
                if verbose:
                    typer.echo(f"ok     {case.id}")
                continue
            typer.echo(f"FAILED {case.id}  {case.title}")
            for text in trouble:
                typer.echo(f"       {text}")
    typer.echo(f"{held} of {total} cases hold")
    if held < total or not total:
        raise typer.Exit(1)


def _run(case: Case, folder: Path) -> list[str]:
    # A loop of its own for each case: nothing of one can reach another.
    with asyncio.Runner() as runner:
        return runner.run(run_case(case, folder))


def _read(file: Path) -> list[Case]:
    document = load(file)
    data = document.data
    problems = list(document.problems)
    if not problems:
        cases, problems = validate(_CASES, data, document)
        if cases is not None and not any(problem.is_error for problem in problems):
            return cases
    typer.echo(as_text(problems), err=True)
    raise typer.Exit(1)
