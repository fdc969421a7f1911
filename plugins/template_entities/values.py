"""Read what templates give as the words and numbers that a domain knows."""

from __future__ import annotations

import logging
from collections.abc import Collection
from typing import Any

from plugins.template_entities.live import Failed

log = logging.getLogger(__name__)
_TRUE = ("1", "true", "yes", "on", "enable")
_FALSE = ("0", "false", "no", "off", "disable")


def word(entity_id: str, key: str, value: Any, known: Collection[str]) -> str | None:
    """Return a known word in lower case; None, with an error in the log, for any other."""
    if value is None or isinstance(value, Failed) or str(value) in ("", "None"):
        return None
    text = str(value).strip().lower()
    if text in known:
        return text
    log.error("%s: %s should be one of %s, but is %.100r", entity_id, key, ", ".join(known), value)
    return None


def truth(value: Any) -> bool | None:
    """Return what counts as true or false, None for anything else."""
    if isinstance(value, bool):
        return value
    if isinstance(value, (int, float)):
        return value != 0
    text = str(value).strip().lower()
    return True if text in _TRUE else False if text in _FALSE else None


def within(entity_id: str, key: str, value: Any, low: float, high: float) -> int | None:
    """Return a whole number within limits; None, with an error in the log, for anything else."""
    if value is None or isinstance(value, Failed) or str(value) in ("", "None"):
        return None
    try:
        number = float(value)
    except (TypeError, ValueError):
        number = low - 1
    if isinstance(value, bool) or not low <= number <= high:
        log.error("%s: %s should be from %g to %g, but is %.100r", entity_id, key, low, high, value)
        return None
    return int(number)
