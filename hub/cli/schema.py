"""`hub schema`: the configuration's JSON Schema, so that editors complete and explain what can be written."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Annotated

import typer

from hub.building import prepare
from hub.cli.run import DEFAULT_CONFIG, Config
from hub.schema import whole


def schema(
    config: Config = DEFAULT_CONFIG,
    output: Annotated[Path | None, typer.Option("--output", "-o", help="Write it to this file.")] = None,
) -> None:
    """Write the JSON Schema of the configuration, with all that its plugins offer.

    Put `# yaml-language-server: $schema=FILE` into the first line of a YAML file.
    """
    path = config if config.suffix else config / DEFAULT_CONFIG
    house, _ = prepare(path.absolute())
    text = json.dumps(whole(house.kinds), indent=1, ensure_ascii=False) + "\n"
    if output is None:
        typer.echo(text, nl=False)
        return
    output.write_text(text, encoding="utf-8")
    typer.echo(f"{output} is written. Begin a YAML file with: # yaml-language-server: $schema={output}")
