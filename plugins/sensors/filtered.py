"""The platform filter: a sensor whose values are smoothed or thinned out."""

from __future__ import annotations

import logging
from typing import Annotated, Any

from pydantic import Field

from hub.api import (
    UNAVAILABLE,
    UNKNOWN,
    Cause,
    Detach,
    EntityId,
    EntityInfo,
    House,
    HubError,
    OneOrMany,
    State,
    StateChanged,
)
from plugins.sensors.filters import AnyFilter, Running, Sample
from plugins.sensors.live import GONE, ComputedPlatform, Live, number

log = logging.getLogger(__name__)


class Filtered(ComputedPlatform):
    """A sensor's values through filters, one after the other."""

    entity_id: EntityId
    filters: Annotated[OneOrMany[AnyFilter], Field(min_length=1)]

    def add(self, house: House) -> Detach:
        return _LiveFiltered(house, self).stop


class _LiveFiltered(Live):
    def __init__(self, house: House, options: Filtered) -> None:
        info = EntityInfo("sensor", "filter", unique_id=options.unique_id, name=options.name or "filter")
        super().__init__(house, info)
        self._source = options.entity_id
        self._filters = [Running(each) for each in options.filters]
        self._value: Any = None
        self._there = True
        self._unit: str | None = None
        self._show(None)
        self.once_started(self._begin)

    def _begin(self) -> None:
        state = self.house.states.get(self._source)
        if state is not None and state.state not in GONE:
            self._take(state)
            self._show(None)
        self.on_change(self._source, self._changed)

    def _changed(self, event: StateChanged) -> None:
        state = event.new
        if state is None or state.state == UNKNOWN:
            self._value = None
        elif state.state == UNAVAILABLE:
            self._there = False
        elif not self._take(state):
            return
        self._show(event.cause)

    def _take(self, state: State) -> bool:
        """Put a value through the filters; False if nothing comes out."""
        self._there = True
        value = number(state.state)
        sample: Sample | None = Sample(state.updated, state.state if value is None else value)
        try:
            for each in self._filters:
                assert sample is not None
                sample = each(sample)
                if sample is None:
                    return False
        except HubError as error:
            log.error("%s: %s", self.entity_id, error)
            return False
        self._value = sample.value if sample is not None else None
        self._look_like(state)
        return True

    def _look_like(self, state: State) -> None:
        told = state.attributes
        unit = told.get("unit_of_measurement")
        if unit != self._unit:
            self._unit = unit
            for each in self._filters:
                each.reset()
        state_class = told.get("state_class")
        self.describe(
            unit_of_measurement=unit,
            device_class=told.get("device_class"),
            icon=told.get("icon", "mdi:chart-line-variant"),
            attributes={"state_class": state_class} if state_class is not None else {},
        )

    def _show(self, cause: Cause | None) -> None:
        self.write(self._value, {"entity_id": self._source}, available=self._there, cause=cause)
