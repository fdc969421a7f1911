"""The section `prometheus:`: what is shown, and to whom."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from fnmatch import fnmatchcase
from typing import Annotated, ClassVar

from pydantic import BaseModel, ConfigDict, Field

from hub.api import (
    Bool,
    Chosen,
    Detach,
    EntityFilter,
    EntityIds,
    House,
    Integration,
    OneOrMany,
    Text,
    WebAnswer,
    WebRequest,
)
from plugins.prometheus.families import families
from plugins.prometheus.text import CONTENT_TYPE, text_of


class Filter(BaseModel):
    """Home Assistant's filter: what is named closer decides."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    include_domains: OneOrMany[Text] = ()
    include_entity_globs: OneOrMany[Text] = ()
    include_entities: EntityIds = ()
    exclude_domains: OneOrMany[Text] = ()
    exclude_entity_globs: OneOrMany[Text] = ()
    exclude_entities: EntityIds = ()

    def chooses(self) -> EntityFilter:
        return EntityFilter(
            Chosen(
                frozenset(self.include_entities),
                frozenset(self.include_domains),
                tuple(self.include_entity_globs),
            ),
            Chosen(
                frozenset(self.exclude_entities),
                frozenset(self.exclude_domains),
                tuple(self.exclude_entity_globs),
            ),
        )


Metric = Annotated[str, Field(pattern=r"^[a-zA-Z_:][a-zA-Z0-9_:]*$")]


class Component(BaseModel):
    """What the values of a sensor are called."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    override_metric: Metric | None = None


class Prometheus(Integration):
    """Answer Prometheus at `/metrics`: states, runs, the MQTT server, registries, the process."""

    partly: ClassVar[bool] = True

    namespace: Annotated[str, Field(pattern=r"^([a-zA-Z_][a-zA-Z0-9_]*)?$")] = "homeassistant"
    filter: Filter = Filter()
    requires_auth: Bool = True
    default_metric: Metric | None = None
    override_metric: Metric | None = None
    component_config: Mapping[str, Component] = {}
    component_config_domain: Mapping[str, Component] = {}
    component_config_glob: Mapping[str, Component] = {}

    def named(self, entity_id: str) -> str | None:
        """Return what the values of a sensor are called: by its id, else by a pattern, else its domain."""
        own = self.component_config.get(entity_id)
        if own is None:
            globs = (one for glob, one in self.component_config_glob.items() if fnmatchcase(entity_id, glob))
            own = next(globs, None) or self.component_config_domain.get(entity_id.partition(".")[0])
        return own.override_metric if own is not None and own.override_metric else self.override_metric

    def start(self, house: House) -> Detach:
        chosen = self.filter.chooses()
        prefix = f"{self.namespace}_" if self.namespace else ""

        async def answer(request: WebRequest) -> WebAnswer:
            found = await families(house, prefix, chosen, self.named, self.default_metric)
            # Figures of the process are read from files.
            text = await asyncio.to_thread(text_of, found)
            return WebAnswer(text, headers={"Content-Type": CONTENT_TYPE, "Cache-Control": "no-store"})

        return house.web.page("metrics", answer, role="viewer", open_at_home=not self.requires_auth)
