"""`hub NAME …` where NAME is a verb of a plugin: plugins are loaded only when no other verb is meant."""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import Any

import typer
import typer.core
import typer.main

from hub.core.errors import HubError
from hub.loader import FILE_NAMES, load_plugins


class Verbs(typer.core.TyperGroup):
    """The hub's own verbs first; then those of plugins that come with it or that the YAML names."""

    def get_command(self, ctx: Any, cmd_name: str) -> Any:
        found = super().get_command(ctx, cmd_name)
        return found if found is not None or cmd_name.startswith("-") else _of_plugin(cmd_name)


def _of_plugin(name: str) -> Any:
    offered = load_plugins(_config()).catalogs.commands.get(name)
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
    for word, following in zip(words, [*words[1:], ""], strict=True):
        if word in ("--config", "-c") and following:
            return Path(following)
        if word.startswith("--config="):
            return Path(word.partition("=")[2])
    told = os.environ.get("HUB_CONFIG")
    if told:
        return Path(told)
    return next((Path(name) for name in FILE_NAMES[:2] if Path(name).is_file()), Path.cwd())
