"""`hub template`: see what a template gives, with the states of the house as they are now."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Annotated, Any

import typer

import hub
from hub.cli.run import DEFAULT_CONFIG, Config, data_dir_of
from hub.control import ask
from hub.core.errors import HubError

SECONDS = 15.0
_WORKER = "hub.cli.rendering"


def template(
    expression: Annotated[str, typer.Argument(metavar="TEMPLATE", help="Such as '{{ now().hour + 1 }}'.")],
    config: Config = DEFAULT_CONFIG,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False,
) -> None:
    """Render a template and say of which type its result is.

    If the hub runs, the template sees its states; else it sees an empty house. It is rendered in a process
    of its own, which may use little time and memory: it can neither harm the hub nor hold it up.
    """
    found = _state_of_the_house(config)
    if not found:
        typer.echo("No hub runs with this configuration: the template sees no entities.", err=True)
    path = config / "config.yaml" if config.is_dir() else config
    answer = render({"template": expression, "config": str(path.absolute()), **found})
    if "error" in answer:
        raise HubError(answer["error"], remedy=answer["remedy"])
    if as_json:
        typer.echo(json.dumps({"result": answer["result"], "type": answer["type"]}, ensure_ascii=False))
        return
    typer.echo(answer["text"])
    typer.echo(f"type: {answer['type']}", err=True)


def render(request: dict[str, Any], seconds: float = SECONDS) -> dict[str, Any]:
    """Let a worker render; raises `HubError` if it does not come to an end."""
    # -P: what lies in the current folder must not be taken for the hub's own modules.
    command = [sys.executable, "-P", "-m", _WORKER]
    environment = {
        "PATH": os.environ.get("PATH", ""),
        "PYTHONPATH": str(Path(hub.__file__).parents[1]),
        "LANG": "C.UTF-8",
    }
    try:
        done = subprocess.run(
            command,
            input=json.dumps(request),
            capture_output=True,
            text=True,
            timeout=seconds,
            env=environment,
            check=False,
        )
    except subprocess.TimeoutExpired:
        raise HubError(
            f"the template was not done in {seconds:g} s", remedy="Does it go round in circles?"
        ) from None
    if done.returncode:
        last = done.stderr.strip().splitlines()[-1:] or ["it used too much time or memory"]
        raise HubError(f"the template could not be rendered: {last[0]}")
    answer: dict[str, Any] = json.loads(done.stdout)
    return answer


def _state_of_the_house(config: Path) -> dict[str, Any]:
    """Return the running hub's states and settings; nothing if none runs."""
    if not any(path.is_file() for path in (config, config / "config.yaml", config / "configuration.yaml")):
        return {}
    try:
        found: dict[str, Any] = ask(data_dir_of(config), "states")
    except HubError:
        return {}
    return found
