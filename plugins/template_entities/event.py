"""Template events: something that happened, as a template says."""

from __future__ import annotations

import logging
from collections.abc import Mapping
from typing import Any, ClassVar

from hub.api import House, Remembered, TemplateField, Text
from plugins.template_entities.live import GONE, Failed, Live, Results
from plugins.template_entities.options import EntityOptions

log = logging.getLogger(__name__)


class EventOptions(EntityOptions):
    """Something that happens: `event_type` tells what, and is one of `event_types`."""

    domain: ClassVar[str] = "event"
    rendered: ClassVar[tuple[str, ...]] = ("event_types", "event_type")

    event_type: TemplateField
    event_types: TemplateField
    device_class: Text | None = None


class LiveEvent(Live[EventOptions]):
    """Its state is the moment of the last event."""

    default_name: ClassVar[str] = "Template Event"

    def __init__(self, house: House, options: EventOptions, unique_id: str | None) -> None:
        self._moment: str | None = None
        self._type: str | None = None
        self._types: list[str] = []
        super().__init__(house, options, unique_id)

    def restore(self, before: Remembered) -> None:
        if before.state not in GONE:
            self._moment = before.state
            self._type = before.attributes.get("event_type")
            if self.triggered:
                self.restore_looks(before)

    def update(self, results: Results) -> None:
        if "event_types" in results:
            told = results["event_types"]
            self._types = [str(item) for item in told] if isinstance(told, (list, tuple)) else []
        if "event_type" in results and not isinstance(results["event_type"], Failed):
            self._happened(str(results["event_type"]))

    def _happened(self, event_type: str) -> None:
        if event_type not in self._types:
            if event_type not in ("", "None", *GONE):
                log.error("%s: %r is none of its event_types", self.entity_id, event_type)
            return
        self._type = event_type
        self._moment = self.house.clock.now().isoformat(timespec="milliseconds")

    def state(self) -> str | None:
        return self._moment

    def extra(self) -> Mapping[str, Any]:
        return {"event_types": self._types, "event_type": self._type}
