"""An environment of its own in which the hub runs, with what it needs borrowed from this one."""

from __future__ import annotations

import site
import venv
from pathlib import Path

ROOT = Path(__file__).parents[1]


def borrowed_environment(folder: Path, *, with_hub: bool = True) -> Path:
    """Make the environment; return its Python. What is installed there leaves this environment as it is."""
    venv.create(folder, with_pip=True)
    [packages] = folder.glob("lib/python*/site-packages")
    borrowed = [*([str(ROOT)] if with_hub else []), *site.getsitepackages()]
    (packages / "borrowed.pth").write_text("\n".join(borrowed) + "\n")
    return folder / "bin/python"
