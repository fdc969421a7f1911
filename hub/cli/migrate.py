"""`hub migrate`: write today's spellings where the files have those of earlier years."""

from __future__ import annotations

import logging
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Annotated, Any

import typer
from pydantic import BaseModel

from hub.building import prepare
from hub.cli.run import DEFAULT_CONFIG, Config, data_dir_of, find_config
from hub.config.edits import Files, difference, fingerprint
from hub.config.modern import modern, old_spellings, place_of
from hub.config.problems import Problem
from hub.configuration import Configuration, read_files
from hub.core.clock import SystemClock
from hub.core.errors import HubError
from hub.core.ports import House

BY = "hub migrate"


def migrate(
    config: Config = DEFAULT_CONFIG,
    write: Annotated[bool, typer.Option("--write", help="Change the files; else only show how.")] = False,
) -> None:
    """Show, as a diff, how the files would be spelled today; with --write change them so.

    Comments, order and all else stay. What is written means the same, or nothing is written. How each file
    was is kept with the data, and can be brought back on the page Configuration.
    """
    logging.getLogger().addHandler(logging.NullHandler())
    path = find_config(config)
    house, _ = prepare(path)
    before = read_files(path, house)
    texts = modern(before.document, path.parent)
    if not texts:
        typer.echo("nothing to do: all is spelled as today")
        return
    _check_meaning(before, read_files(path, house, instead={p.resolve(): text for p, text in texts.items()}))
    files = Files(path.parent, data_dir_of(path) / "edits")
    for file, text in texts.items():
        name = file.relative_to(path.parent).as_posix()
        old = files.read(name)
        typer.echo(difference(name, old.text, text))
        if write:
            at = SystemClock().timestamp()
            files.write(name, text, fingerprint(old.text), at=at, by=BY, what="spelled as today")
    names = ", ".join(sorted(file.name for file in texts))
    typer.echo(f"\n{names}: changed" if write else f"\nhub migrate --write makes these changes in {names}")


def coming(path: Path, house: House) -> list[Problem]:
    """Return a warning for each spelling that has another name today."""
    document = read_files(path, house).document
    return [
        document.problem(
            place_of(document, old),
            f"'{old.spelling.old}' is an old spelling (since {old.spelling.since})",
            old.hint,
            severity="warning",
        )
        for old in old_spellings(document)
    ]


def _check_meaning(before: Configuration, after: Configuration) -> None:
    """Raise `HubError` unless both say the same."""
    for one, other in zip(_meanings(before), _meanings(after), strict=True):
        if one != other:
            raise HubError(
                "what would be written does not mean the same, so nothing is",
                remedy="Change the old spellings by hand: hub check --next names each.",
            )


def _meanings(configuration: Configuration) -> Iterator[Any]:
    yield [meaning(declared.model) for declared in configuration.automations]
    yield {name: meaning(model) for name, model in configuration.scripts.items()}
    yield [(part.name, meaning(part.model)) for part in configuration.parts]
    yield sorted(problem.text for problem in configuration.errors)


def meaning(value: Any) -> Any:
    """Return a model as plain data, so that two that do the same are equal."""
    if isinstance(value, BaseModel):
        data = {name: meaning(part) for name, part in vars(value).items() if name in type(value).model_fields}
        if data.get("data_template") is not None and data.get("data") is None:
            data["data"], data["data_template"] = data["data_template"], None
        return type(value).__qualname__, data
    if isinstance(value, Mapping):
        return {key: meaning(part) for key, part in value.items()}
    if isinstance(value, (list, tuple)):
        return [meaning(part) for part in value]
    for told in ("source", "data"):  # a template, and data that may hold some
        if hasattr(value, told):
            return meaning(getattr(value, told))
    return value if isinstance(value, (str, int, float, bool, type(None))) else repr(value)
