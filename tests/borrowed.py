"""An environment of its own in which the hub runs, with what it needs borrowed from this one."""

from __future__ import annotations

import site
import venv
from pathlib import Path

ROOT = Path(__file__).parents[1]


def borrowed_environment(folder: Path) -> Path:
    """Make the environment; return its Python. What is installed there leaves this environment as it is."""
    venv.create(folder, with_pip=True)
    [packages] = folder.glob("lib/python*/site-packages")
    (packages / "borrowed.pth").write_text("\n".join([str(ROOT), *site.getsitepackages()]) + "\n")
    return folder / "bin/python"
