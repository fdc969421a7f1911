"""Let atheris, which is installed separately, look for inputs that a target does not stand."""

from __future__ import annotations

import sys
from collections.abc import Callable


def fuzz(target: Callable[[bytes], None]) -> None:
    try:
        import atheris
    except ImportError:
        sys.exit("atheris is not installed: pip install atheris")
    atheris.instrument_all()
    atheris.Setup(sys.argv, target)
    atheris.Fuzz()
