"""`hub NAME …` where NAME is a verb of a plugin: plugins are loaded only when no other verb is meant."""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import Any

import typer
import typer.main

from hub.config.source import FILE_NAMES
from hub.core.errors import HubError
from hub.loader import load_plugins


def verb_of_plugin(name: str) -> Any:
    """Return the command that a plugin offers under a name, None if none does."""
    offered = load_plugins(_config(), waiting=True).catalogs.commands.get(name)
    if offered is None:
        return None
    if isinstance(offered, typer.Typer):
        return typer.main.get_command(offered)
    if not callable(offered):
        raise HubError(f"the command {name} of a plugin can't be called")
    app = typer.Typer(add_completion=False, pretty_exceptions_enable=False)
    app.command(name)(offered)
    return typer.main.get_command(app)


def _config() -> Path:
    """Return the configuration that is meant; the verb may have an option that names it."""
    words = sys.argv[1:]
    for word, following in zip(words, [*words[1:], ""], strict=False):
        if word in ("--config", "-c") and following:
            return Path(following)
        if word.startswith("--config="):
            return Path(word.partition("=")[2])
    told = os.environ.get("HUB_CONFIG")
    if told:
        return Path(told)
    return next((Path(name) for name in FILE_NAMES[:2] if Path(name).is_file()), Path.cwd())
