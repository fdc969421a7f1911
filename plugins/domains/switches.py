"""What is on or off: switches, sirens, cameras."""

from __future__ import annotations

from typing import Annotated, ClassVar

from pydantic import Field

from hub.api import Domain, NoData, ServiceData
from plugins.domains.fields import Number, Text, Whole


class Switch(Domain):
    """Switches and outlets."""

    name: ClassVar[str] = "switch"
    services: ClassVar[dict[str, type[ServiceData]]] = {
        "turn_on": NoData,
        "turn_off": NoData,
        "toggle": NoData,
    }


class SirenOn(ServiceData):
    """Sound the siren: which tone, how long (seconds), how loud (0 to 1)."""

    tone: Text | None = None
    duration: Annotated[Whole, Field(ge=0)] | None = None
    volume_level: Annotated[Number, Field(ge=0, le=1)] | None = None


class Siren(Domain):
    """Sirens and chimes."""

    name: ClassVar[str] = "siren"
    services: ClassVar[dict[str, type[ServiceData]]] = {
        "turn_on": SirenOn,
        "turn_off": NoData,
        "toggle": NoData,
    }
    features: ClassVar[dict[str, int]] = {
        "turn_on": 1, "turn_off": 2,
    }  # fmt: skip


class Camera(Domain):
    """Cameras."""

    name: ClassVar[str] = "camera"
    services: ClassVar[dict[str, type[ServiceData]]] = {
        "turn_on": NoData,
        "turn_off": NoData,
        "enable_motion_detection": NoData,
        "disable_motion_detection": NoData,
    }
