"""Machines that drive about: vacuum cleaners, lawn mowers."""

from __future__ import annotations

from typing import Any, ClassVar

from hub.api import Domain, NoData, ServiceData
from plugins.domains.fields import Text


class SetFanSpeed(ServiceData):
    fan_speed: Text


class SendCommand(ServiceData):
    """A command that only this make of machine knows."""

    command: Text
    params: dict[str, Any] | list[Any] | None = None


class Vacuum(Domain):
    """Robot vacuum cleaners."""

    name: ClassVar[str] = "vacuum"
    services: ClassVar[dict[str, type[ServiceData]]] = {
        "start": NoData,
        "pause": NoData,
        "stop": NoData,
        "return_to_base": NoData,
        "clean_spot": NoData,
        "locate": NoData,
        "set_fan_speed": SetFanSpeed,
        "send_command": SendCommand,
    }
    features: ClassVar[dict[str, int]] = {
        "": 4096, "pause": 4, "stop": 8, "return_to_base": 16, "set_fan_speed": 32, "send_command": 256,
        "locate": 512, "clean_spot": 1024, "start": 8192,
    }  # fmt: skip


class LawnMower(Domain):
    """Robot lawn mowers."""

    name: ClassVar[str] = "lawn_mower"
    services: ClassVar[dict[str, type[ServiceData]]] = {
        "start_mowing": NoData,
        "pause": NoData,
        "dock": NoData,
    }
    features: ClassVar[dict[str, int]] = {
        "start_mowing": 1, "pause": 2, "dock": 4,
    }  # fmt: skip
