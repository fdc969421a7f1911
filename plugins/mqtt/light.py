"""What the three schemas of mqtt lights share: options, abilities, how a light is shown and commanded."""

from __future__ import annotations

import logging
from collections.abc import Mapping
from typing import Annotated, Any, ClassVar, TypeVar

from pydantic import Field

from hub.api import Bool, Command, House, OneOrMany, ServiceCall, Text, colors
from plugins.mqtt.feed import Feed
from plugins.mqtt.live import Live
from plugins.mqtt.options import StatefulOptions
from plugins.mqtt.shining import Ability, Shine
from plugins.mqtt.topics import PublishTopic
from plugins.mqtt.wishes import Wish, wish_of

log = logging.getLogger(__name__)

Positive = Annotated[int, Field(ge=1)]


def in_lower_case(value: Any) -> Any:
    return value.lower() if isinstance(value, str) else value


class LightOptions(StatefulOptions):
    """What every light takes."""

    domain: ClassVar[str] = "light"
    reserved: ClassVar[frozenset[str]] = frozenset({
        "brightness", "color_mode", "color_temp", "color_temp_kelvin", "effect", "effect_list", "hs_color",
        "max_color_temp_kelvin", "max_mireds", "min_color_temp_kelvin", "min_mireds", "rgb_color",
        "rgbw_color", "rgbww_color", "supported_color_modes", "xy_color",
    })  # fmt: skip

    command_topic: PublishTopic
    effect_list: OneOrMany[Text] | None = None
    color_temp_kelvin: Bool = False
    max_mireds: Positive | None = None
    min_mireds: Positive | None = None
    max_kelvin: Positive | None = None
    min_kelvin: Positive | None = None

    @property
    def warm(self) -> int:
        return colors.kelvin(self.max_mireds) if self.max_mireds else self.min_kelvin or colors.WARM

    @property
    def cold(self) -> int:
        return colors.kelvin(self.min_mireds) if self.min_mireds else self.max_kelvin or colors.COLD

    def ability(self) -> Ability:
        raise NotImplementedError

    def attributes(self, house: House) -> Mapping[str, Any]:
        return self.ability().attributes()

    def kelvin_told(self, value: float) -> int:
        """Return the kelvin that the device means: it counts in mireds, or in kelvin itself."""
        return int(value) if self.color_temp_kelvin else colors.kelvin(value)

    def temperature_for_device(self, kelvin: int) -> int:
        return kelvin if self.color_temp_kelvin else colors.mireds(kelvin)


T = TypeVar("T", bound=LightOptions)


class LiveLight(Live[T]):
    """A light of any schema; a schema says how a wish is sent and what a message means."""

    def __init__(self, house: House, feed: Feed, options: T) -> None:
        self.shine = Shine(mode=self.first_mode(options))
        super().__init__(house, feed, options)

    def first_mode(self, options: T) -> str:
        """Return the mode that is taken for granted until a message tells."""
        return options.ability().only_mode

    def send_on(self, wish: Wish) -> None:
        """Tell the device to shine, and take over into `shine` what it will not tell itself."""
        raise NotImplementedError

    def send_off(self, transition: float | None, flash: str | None) -> None:
        raise NotImplementedError

    def commands(self) -> Mapping[str, Command]:
        return {"turn_on": self._turn_on, "turn_off": self._turn_off, "toggle": self._toggle}

    def restore(self) -> None:
        remembered = self.house.memory.recall(self.name) if self.options.assumed else None
        if remembered is not None and remembered.state in ("on", "off"):
            self.shine.restore(remembered.state, remembered.attributes)

    def current(self) -> tuple[str | None, Mapping[str, Any]]:
        return self.shine.state, self.shine.attributes(self.options.ability())

    def _turn_on(self, call: ServiceCall) -> None:
        wish = wish_of(call.fields, self.options.ability(), self.shine) if _has_fields(call) else Wish()
        if wish.off:
            self._turn_off(call)
            return
        self.send_on(wish)
        if self.options.assumed:
            self.shine.on = True
        self.show_assumed(call)

    def _turn_off(self, call: ServiceCall) -> None:
        ability = self.options.ability()
        transition = getattr(call.fields, "transition", None) if ability.transition else None
        flash = getattr(call.fields, "flash", None) if ability.flash else None
        self.send_off(transition, flash)
        if self.options.assumed:
            self.shine.on = False
            self.show_assumed(call)

    def _toggle(self, call: ServiceCall) -> None:
        if self.shine.on:
            self._turn_off(call)
        else:
            self._turn_on(call)


def _has_fields(call: ServiceCall) -> bool:
    return hasattr(call.fields, "brightness_step")
