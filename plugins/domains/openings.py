"""What opens and closes: covers, valves, locks."""

from __future__ import annotations

from typing import ClassVar

from hub.api import Domain, NoData, ServiceData
from plugins.domains.fields import CodeData, Percent


class SetPosition(ServiceData):
    """0 is closed, 100 is open."""

    position: Percent


class SetTiltPosition(ServiceData):
    """0 is closed, 100 is open."""

    tilt_position: Percent


class Cover(Domain):
    """Shutters, blinds, garage doors."""

    name: ClassVar[str] = "cover"
    services: ClassVar[dict[str, type[ServiceData]]] = {
        "open_cover": NoData,
        "close_cover": NoData,
        "stop_cover": NoData,
        "toggle": NoData,
        "set_cover_position": SetPosition,
        "open_cover_tilt": NoData,
        "close_cover_tilt": NoData,
        "stop_cover_tilt": NoData,
        "toggle_cover_tilt": NoData,
        "set_cover_tilt_position": SetTiltPosition,
    }
    features: ClassVar[dict[str, int]] = {
        "open_cover": 1, "close_cover": 2, "set_cover_position": 4, "stop_cover": 8, "open_cover_tilt": 16,
        "close_cover_tilt": 32, "stop_cover_tilt": 64, "set_cover_tilt_position": 128,
    }  # fmt: skip


class Valve(Domain):
    """Valves of water and gas."""

    name: ClassVar[str] = "valve"
    services: ClassVar[dict[str, type[ServiceData]]] = {
        "open_valve": NoData,
        "close_valve": NoData,
        "stop_valve": NoData,
        "toggle": NoData,
        "set_valve_position": SetPosition,
    }
    features: ClassVar[dict[str, int]] = {
        "open_valve": 1, "close_valve": 2, "set_valve_position": 4, "stop_valve": 8,
    }  # fmt: skip


class Lock(Domain):
    """Door locks."""

    name: ClassVar[str] = "lock"
    services: ClassVar[dict[str, type[ServiceData]]] = {
        "lock": CodeData,
        "unlock": CodeData,
        "open": CodeData,
    }
    features: ClassVar[dict[str, int]] = {
        "open": 1,
    }  # fmt: skip
