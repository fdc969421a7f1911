"""Say once which name a template uses that has no value."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

from jinja2 import Undefined

Warn = Callable[[str], None]


def warning_undefined(warn: Warn) -> type[Undefined]:
    """Return the class for undefined names that tells `warn` when one is used as empty text or as false."""

    class WarningUndefined(Undefined):
        __slots__ = ()

        def __str__(self) -> str:
            warn(self._undefined_message)
            return ""

        def __iter__(self) -> Iterator[Any]:
            warn(self._undefined_message)
            return iter(())

        def __bool__(self) -> bool:
            warn(self._undefined_message)
            return False

    return WarningUndefined
