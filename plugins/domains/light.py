"""The light domain: what can be asked of a light."""

from __future__ import annotations

from typing import Annotated, Any, ClassVar, Literal

from pydantic import BeforeValidator, Field, model_validator

from hub.api import Domain, ServiceData, refuse
from plugins.domains.fields import Byte, Number, Text, Transition, Whole, clamped

_BRIGHTNESSES = ("brightness", "brightness_pct", "brightness_step", "brightness_step_pct")
_COLORS = (
    "profile", "color_name", "color_temp", "color_temp_kelvin", "kelvin", "hs_color", "rgb_color",
    "rgbw_color", "rgbww_color", "xy_color", "white",
)  # fmt: skip

Brightness = Annotated[Whole, clamped(0, 255)]
Hue = Annotated[Number, Field(ge=0, le=360)]
Saturation = Annotated[Number, Field(ge=0, le=100)]
Share = Annotated[Number, Field(ge=0, le=1)]


def _white(value: Any) -> Any:
    if value is False:
        raise refuse("white is a brightness from 0 to 255, or true for the light's own")
    return value


class LightOff(ServiceData):
    """Turn a light off."""

    transition: Transition | None = None
    flash: Literal["short", "long"] | None = None


class LightOn(LightOff):
    """Turn a light on, or change how it shines; at most one brightness and one colour."""

    brightness: Brightness | None = None
    brightness_pct: Annotated[Number, Field(ge=0, le=100)] | None = None
    brightness_step: Annotated[Whole, clamped(-255, 255)] | None = None
    brightness_step_pct: Annotated[Number, clamped(-100.0, 100.0)] | None = None
    color_name: Text | None = None
    color_temp: Annotated[Whole, Field(ge=1)] | None = None
    color_temp_kelvin: Annotated[Whole, Field(ge=1)] | None = None
    kelvin: Annotated[Whole, Field(ge=1)] | None = None
    hs_color: tuple[Annotated[Number, Field(ge=0, le=360)], Annotated[Number, Field(ge=0, le=100)]] | None = (
        None
    )
    rgb_color: tuple[Byte, Byte, Byte] | None = None
    rgbw_color: tuple[Byte, Byte, Byte, Byte] | None = None
    rgbww_color: tuple[Byte, Byte, Byte, Byte, Byte] | None = None
    xy_color: tuple[Share, Share] | None = None
    white: Annotated[Literal[True] | Brightness, BeforeValidator(_white)] | None = None
    profile: Text | None = None
    effect: Text | None = None

    @model_validator(mode="after")
    def _one_of_each(self) -> LightOn:
        for names in (_BRIGHTNESSES, _COLORS):
            given = [name for name in names if getattr(self, name) is not None]
            if len(given) > 1:
                raise refuse(f"{' and '.join(given)} can't be given together", "Keep one of them.")
        return self


class Light(Domain):
    """Lights."""

    name: ClassVar[str] = "light"
    services: ClassVar[dict[str, type[ServiceData]]] = {
        "turn_on": LightOn,
        "turn_off": LightOff,
        "toggle": LightOn,
    }
    features: ClassVar[dict[str, int]] = {"": 0}
