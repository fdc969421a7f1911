"""A house whose templates can be rendered."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from hub.core.areas import AreaRegistry
from hub.core.bus import Bus
from hub.core.clock import SimulatedClock
from hub.core.registries import DeviceRegistry, EntityRegistry
from hub.core.settings import Settings
from hub.core.states import States
from hub.template import TemplateEngine


@dataclass
class TemplateHouse:
    clock: SimulatedClock
    settings: Settings
    states: States
    registry: EntityRegistry
    devices: DeviceRegistry
    areas: AreaRegistry
    templates: TemplateEngine

    def render(self, source: str, **variables: Any) -> Any:
        return self.templates.compile(source).render(variables)

    def text(self, source: str, **variables: Any) -> str:
        return self.templates.compile(source).text(variables)


def build(
    start: datetime = datetime(2024, 5, 6, 12, tzinfo=UTC),
    time_zone: str = "UTC",
    functions: Mapping[str, Callable[..., Any]] | None = None,
    macros_dir: Path | None = None,
) -> TemplateHouse:
    clock = SimulatedClock(start)
    bus = Bus(clock)
    areas = AreaRegistry()
    settings = Settings(latitude=52.0, longitude=13.0, time_zone=ZoneInfo(time_zone))
    states, registry, devices = States(bus, clock), EntityRegistry(bus), DeviceRegistry(bus, areas)
    templates = TemplateEngine(
        clock=clock,
        settings=settings,
        states=states,
        registry=registry,
        devices=devices,
        areas=areas,
        functions=functions,
        macros_dir=macros_dir,
    )
    return TemplateHouse(clock, settings, states, registry, devices, areas, templates)


@pytest.fixture
def make_house() -> Callable[..., TemplateHouse]:
    return build


@pytest.fixture
def house() -> TemplateHouse:
    return build()
