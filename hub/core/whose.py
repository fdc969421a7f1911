"""Tell which plugin a Python module is of."""

from __future__ import annotations

from collections.abc import Mapping


def plugin_of(module: str, packages: Mapping[str, str]) -> str | None:
    """Return the plugin that a module belongs to; `packages` says whose each Python package is."""
    while module:
        if module in packages:
            return packages[module]
        module = module.rpartition(".")[0]
    return None
