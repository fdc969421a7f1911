"""What a plugin in a process of its own is started with: its code, its rights, its limits."""

from __future__ import annotations

import importlib.util
import logging
import secrets
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from hub.config.plugins import PluginOptions
from hub.config.source import load
from hub.core.errors import HubError

log = logging.getLogger(__name__)
MANIFEST = "manifest.yaml"
_BYTES = 24


@dataclass(frozen=True, slots=True)
class Launch:
    """One plugin. `module` is imported there, `folder` is where that lies if it is not installed.

    `user` and `password` are made up for this start of the hub; with them it may `publish` and `subscribe`
    what is listed, and nothing else.
    """

    name: str
    module: str
    folder: Path | None
    options: PluginOptions
    publish: tuple[str, ...]
    subscribe: tuple[str, ...]
    password: str = field(default_factory=lambda: secrets.token_urlsafe(_BYTES), repr=False)

    @property
    def user(self) -> str:
        return f"plugin-{self.name}"


def launches(
    wanted: Mapping[str, PluginOptions], found: Mapping[str, tuple[str, Path | None]]
) -> Iterator[Launch]:
    """Yield what is to be started; `found` says for each plugin its module, and where that lies.

    The YAML's rights come first, then those that the manifest asks for, then topics under its own name.
    """
    for name, options in wanted.items():
        if options.run != "process" or name not in found:
            continue
        module, path = found[name]
        asked = _manifest(module, path)
        own = [f"plugins/{name}/#"]
        yield Launch(
            name,
            module,
            path.parent if path is not None else None,
            options,
            tuple(options.publish if options.publish is not None else asked.get("publish", own)),
            tuple(options.subscribe if options.subscribe is not None else asked.get("subscribe", own)),
        )


def _manifest(module: str, path: Path | None) -> dict[str, list[str]]:
    """Read what a plugin asks for, without running any of it."""
    home = path if path is not None else _home_of(module)
    file = home / MANIFEST if home is not None else None
    if file is None or not file.is_file():
        return {}
    data: Any = load(file).data
    if not isinstance(data, dict):
        raise HubError(f"{file} should be a mapping")
    asked = {}
    for key in ("publish", "subscribe"):
        value = data.get(key)
        if value is not None:
            asked[key] = [str(one) for one in (value if isinstance(value, list) else [value])]
    return asked


def _home_of(module: str) -> Path | None:
    """Return the folder of an installed package; looking for a top-level one imports nothing."""
    spec = importlib.util.find_spec(module.partition(".")[0])
    return Path(spec.origin).parent if spec is not None and spec.origin else None
