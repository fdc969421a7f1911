"""Attributes that people give entities in the YAML, over what those say of themselves."""

from __future__ import annotations

import fnmatch
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

Attributes = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Customize:
    """As in Home Assistant: a domain's first, then each glob's in order, then the entity's own."""

    entities: Mapping[str, Attributes] = field(default_factory=dict)
    domains: Mapping[str, Attributes] = field(default_factory=dict)
    globs: Mapping[str, Attributes] = field(default_factory=dict)

    def of(self, entity_id: str) -> dict[str, Any]:
        """Return the attributes to lay over those of an entity."""
        found = dict(self.domains.get(entity_id.partition(".")[0], {}))
        for glob, attributes in self.globs.items():
            if fnmatch.fnmatchcase(entity_id, glob):
                found.update(attributes)
        found.update(self.entities.get(entity_id, {}))
        return found
