"""Decide which entities are recorded, by the rules of Home Assistant's `include` and `exclude`."""

from __future__ import annotations

import fnmatch
import re
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Chosen:
    """Entities by id, by domain, and by glob."""

    entities: frozenset[str] = frozenset()
    domains: frozenset[str] = frozenset()
    globs: tuple[str, ...] = ()

    def __bool__(self) -> bool:
        return bool(self.entities or self.domains or self.globs)

    @property
    def is_wide(self) -> bool:
        """Whether it names more than single entities."""
        return bool(self.domains or self.globs)


class EntityFilter:
    """What is named closer decides: an entity before a glob, a glob before a domain; then `include`."""

    def __init__(self, include: Chosen, exclude: Chosen) -> None:
        self._include = include
        self._exclude = exclude
        self._wanted = _pattern(include.globs)
        self._unwanted = _pattern(exclude.globs)

    def __call__(self, entity_id: str) -> bool:
        """Tell whether an entity is recorded."""
        include, exclude = self._include, self._exclude
        if entity_id in include.entities:
            return True
        if entity_id in exclude.entities:
            return False
        if not include and not exclude:
            return True
        domain = entity_id.partition(".")[0]
        if include.is_wide:
            if _matches(self._wanted, entity_id):
                return True
            return not _matches(self._unwanted, entity_id) and domain in include.domains
        if exclude.is_wide:
            return not _matches(self._unwanted, entity_id) and domain not in exclude.domains
        return not include


def _pattern(globs: tuple[str, ...]) -> re.Pattern[str] | None:
    return re.compile("|".join(fnmatch.translate(glob.lower()) for glob in globs)) if globs else None


def _matches(pattern: re.Pattern[str] | None, entity_id: str) -> bool:
    return pattern is not None and pattern.match(entity_id) is not None
