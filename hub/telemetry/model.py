"""The section `telemetry:`: streams by name."""

from __future__ import annotations

from datetime import timedelta
from typing import Annotated, Self

from pydantic import BaseModel, ConfigDict, Field, RootModel, model_validator

from hub.core.clock import Detach
from hub.core.ports import House
from hub.fields import OneOrMany, Period, Text, refuse
from hub.kinds import Integration
from hub.telemetry.alarm import AlarmModel
from hub.telemetry.payload import Format
from hub.telemetry.recording import Recording

FASTEST = 250.0


class StreamModel(BaseModel):
    """One stream: where it comes from, how fast, and what is to be watched."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    topic: Text
    rate: Annotated[float, Field(gt=0, le=FASTEST)]
    format: Format = "json"
    field: Text | None = None
    scale: float = 1.0
    unit: Text | None = None
    keep_days: Annotated[float, Field(gt=0)] = 7
    chunk: Period = timedelta(seconds=2)
    silent_after: Period = timedelta(seconds=5)
    alarms: OneOrMany[AlarmModel] = ()

    @model_validator(mode="after")
    def _lengths(self) -> Self:
        if not timedelta(seconds=0.2) <= self.chunk <= timedelta(seconds=30):
            raise refuse("chunk should be between 0.2 and 30 seconds")
        if self.silent_after <= timedelta():
            raise refuse("silent_after should be longer than nothing")
        names = [alarm.name for alarm in self.alarms]
        if len(set(names)) < len(names):
            raise refuse("two alarms of a stream have the same name", "Give each a name of its own.")
        return self


class TelemetryModel(RootModel[dict[str, StreamModel]], Integration):
    """Streams of up to 250 samples a second, recorded in chunks and watched."""

    # A model of one root takes no other keys by its nature, and pydantic wants that left unsaid.
    model_config = ConfigDict(extra=None)

    def start(self, house: House) -> Detach:
        return Recording(house, self.root).stop
