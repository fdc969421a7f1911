"""The section `prometheus:`: what is shown, and to whom."""

from __future__ import annotations

import asyncio
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


class Prometheus(Integration):
    """Answer Prometheus at `/metrics`: states, runs, the MQTT server, registries, the process."""

    partly: ClassVar[bool] = True

    namespace: Annotated[str, Field(pattern=r"^([a-zA-Z_][a-zA-Z0-9_]*)?$")] = "homeassistant"
    filter: Filter = Filter()
    requires_auth: Bool = True

    def start(self, house: House) -> Detach:
        chosen = self.filter.chooses()
        prefix = f"{self.namespace}_" if self.namespace else ""

        async def answer(request: WebRequest) -> WebAnswer:
            found = await families(house, prefix, chosen)
            # Figures of the process are read from files.
            text = await asyncio.to_thread(text_of, found)
            return WebAnswer(text, headers={"Content-Type": CONTENT_TYPE, "Cache-Control": "no-store"})

        return house.web.page("metrics", answer, role="viewer", open_at_home=not self.requires_auth)
