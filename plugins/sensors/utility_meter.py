"""The section `utility_meter:`: what a source counts, by the hour, the day, the month; also by tariffs."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import timedelta
from typing import Annotated, Any, ClassVar, Literal, Self

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, model_validator

from hub.api import (
    Bool,
    Detach,
    Domain,
    EntityId,
    House,
    HubError,
    Integration,
    NoData,
    OneOrMany,
    Period,
    ServiceData,
    Text,
    is_entity_id,
    refuse,
    together,
)
from plugins.sensors.cron import Cron
from plugins.sensors.meter import Meter
from plugins.sensors.tariffs import TariffSelect

Cycle = Literal["quarter-hourly", "hourly", "daily", "weekly", "monthly", "bimonthly", "quarterly", "yearly"]
_CYCLES = {
    "quarter-hourly": "{minute}/15 * * * *",
    "hourly": "{minute} * * * *",
    "daily": "{minute} {hour} * * *",
    "weekly": "{minute} {hour} * * {day}",
    "monthly": "{minute} {hour} {day} * *",
    "bimonthly": "{minute} {hour} {day} */2 *",
    "quarterly": "{minute} {hour} {day} */3 *",
    "yearly": "{minute} {hour} {day} 1/12 *",
}


def _cron(text: str) -> str:
    try:
        Cron(text)
    except HubError as error:
        raise refuse(error.problem, error.remedy) from error
    return text


def _unique(tariffs: tuple[str, ...]) -> tuple[str, ...]:
    if len(set(tariffs)) < len(tariffs):
        raise refuse("a tariff stands twice", "Give each tariff a name of its own.")
    return tariffs


class MeterOptions(BaseModel):
    """One meter: a source that is counted from one reset to the next."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    source: EntityId
    name: Text | None = None
    unique_id: Text | None = None
    cycle: Cycle | None = None
    cron: Annotated[Text, AfterValidator(_cron)] | None = None
    offset: Period = Field(default=timedelta())
    delta_values: Bool = False
    net_consumption: Bool = False
    periodically_resetting: Bool = True
    always_available: Bool = False
    tariffs: Annotated[OneOrMany[Text], AfterValidator(_unique)] = ()

    @model_validator(mode="after")
    def _one_cycle(self) -> Self:
        if self.cron is not None and (self.cycle is not None or self.offset):
            raise refuse("cron goes without cycle and offset", "Keep one of them.")
        if not timedelta() <= self.offset < timedelta(days=28):
            raise refuse("offset should be from 0 to 28 days", "Use cron for more.")
        self.pattern()
        return self

    def pattern(self) -> Cron | None:
        """Return when the meter begins anew, None if it never does."""
        if self.cycle is None:
            return Cron(self.cron) if self.cron is not None else None
        seconds = self.offset.seconds
        when = {"minute": seconds % 3600 // 60, "hour": seconds // 3600, "day": self.offset.days + 1}
        return Cron(_CYCLES[self.cycle].format(**when))


class UtilityMeters(Integration):
    """Meters by name."""

    meters: Mapping[str, MeterOptions] = {}

    @model_validator(mode="before")
    @classmethod
    def _by_name(cls, data: Any) -> Any:
        if not isinstance(data, Mapping):
            return data
        for name in data:
            if not is_entity_id(f"sensor.{name}"):
                raise refuse(f"{name!r} can't be part of an entity id", "Use a-z, 0-9 and _.")
        return {"meters": data} if data else {}

    def divided(self, data: Any) -> Iterator[tuple[str, Any, Integration]]:
        for (key, options), told in zip(self.meters.items(), (data or {}).values(), strict=True):
            yield f"utility_meter.{key}", told, type(self).model_construct(meters={key: options})

    def start(self, house: House) -> Detach:
        return together([_begin(house, key, options) for key, options in self.meters.items()])


def _begin(house: House, key: str, options: MeterOptions) -> Detach:
    if not options.tariffs:
        return Meter(house, key, options, None, None, []).stop
    siblings: list[Meter] = []

    def reset() -> None:
        for meter in siblings:
            meter.reset()

    select = TariffSelect(house, key, options.name or key, options.unique_id, options.tariffs, reset)
    for tariff in options.tariffs:
        Meter(house, key, options, tariff, select.entity_id, siblings)
    return together([select.stop, *(meter.stop for meter in siblings)])


class Calibrate(ServiceData):
    """Set a meter to what was read elsewhere."""

    value: float


class UtilityMeter(Domain):
    """Meters: reset one (by the select, if it has tariffs), or calibrate it."""

    name: ClassVar[str] = "utility_meter"
    services: ClassVar[dict[str, type[ServiceData]]] = {"reset": NoData, "calibrate": Calibrate}
