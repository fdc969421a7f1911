"""What an entity was before this start of the hub."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True, slots=True)
class Remembered:
    """What an entity was before this start; `saved` in seconds since 1970."""

    state: str
    attributes: Mapping[str, Any] = field(default_factory=dict)
    saved: float = 0.0
