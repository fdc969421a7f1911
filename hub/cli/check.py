"""`hub check`: say everything that is wrong with a configuration, each with its place."""

from __future__ import annotations

import asyncio
import logging
from pathlib import Path
from typing import Annotated

import typer

from hub.building import prepare
from hub.cli.checking import check_files
from hub.cli.migrate import coming
from hub.cli.run import DEFAULT_CONFIG, Config, find_config
from hub.config.problems import Problem, as_github, as_json, as_text, in_order


def check(
    config: Config = DEFAULT_CONFIG,
    as_json_text: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False,
    github: Annotated[bool, typer.Option("--github", help="Print annotations for GitHub.")] = False,
    ahead: Annotated[
        bool, typer.Option("--next", help="Also warn of old spellings, which a later version may not take.")
    ] = False,
) -> None:
    """Check a configuration without running it.

    Errors end with exit code 1. Warnings (a name that nothing here stands behind) do not.
    """
    logging.getLogger().addHandler(logging.NullHandler())
    path = find_config(config)
    problems = asyncio.run(_check(path, ahead=ahead))
    errors = sum(problem.is_error for problem in problems)
    if as_json_text:
        typer.echo(as_json(problems))
    elif github:
        typer.echo(as_github(problems))
    else:
        if problems:
            typer.echo(as_text(problems))
        typer.echo(_summary(str(path), errors, len(problems) - errors))
    if errors:
        raise typer.Exit(1)


async def _check(path: Path, *, ahead: bool) -> list[Problem]:
    house, plugins = prepare(path)
    found = check_files(path, plugins)
    return in_order([*found, *coming(path, house)]) if ahead else found


def _summary(path: str, errors: int, warnings: int) -> str:
    if not errors and not warnings:
        return f"{path}: all is well"
    return f"{path}: {_count(errors, 'error')}, {_count(warnings, 'warning')}"


def _count(number: int, word: str) -> str:
    return f"{number} {word}" if number == 1 else f"{number} {word}s"
