"""What a text may say of an entity's state, apart from naming one."""

from __future__ import annotations

import logging

log = logging.getLogger(__name__)


class Unusable(ValueError):
    """A text that can't be the entity's state; the state stays. `level` is how loudly that is told."""

    def __init__(self, problem: str, *, level: int = logging.WARNING) -> None:
        super().__init__(problem)
        self.level = level


class Ignored(Exception):
    """A text that says nothing to this entity."""


def tell(name: str, unusable: Unusable) -> None:
    log.log(unusable.level, "%s: %s", name, unusable)
