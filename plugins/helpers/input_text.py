"""input_text: a text that people and rules set."""

from __future__ import annotations

import logging
from dataclasses import replace
from typing import Annotated, Any, ClassVar, Literal, Self

from pydantic import Field, model_validator

from hub.api import Domain, EntityInfo, House, ServiceCall, ServiceData, Text, refuse
from plugins.helpers.fields import SaidText, Whole
from plugins.helpers.living import Helper
from plugins.helpers.options import Helpers, Options

log = logging.getLogger(__name__)

_LONGEST = 255  # no state is longer


class InputTextOptions(Options):
    """A text of `min` to `max` characters. Without `initial` it is as it was before the start.

    `pattern` and `mode` tell a page how to ask for it.
    """

    domain: ClassVar[str] = "input_text"

    min: Annotated[Whole, Field(ge=0, le=_LONGEST)] = 0
    max: Annotated[Whole, Field(ge=1, le=_LONGEST)] = 100
    initial: Text | None = None
    pattern: Text | None = None
    unit_of_measurement: Text | None = None
    mode: Literal["text", "password"] = "text"

    @model_validator(mode="after")
    def _within(self) -> Self:
        if self.min > self.max:
            raise refuse(f"max ({self.max}) should not be less than min ({self.min})")
        if self.initial is not None and not self.fits(self.initial):
            raise refuse(f"initial should have {self.min} to {self.max} characters")
        return self

    def fits(self, text: str) -> bool:
        """Tell whether a text is neither too short nor too long."""
        return self.min <= len(text) <= self.max

    def attributes(self) -> dict[str, Any]:
        return {"min": self.min, "max": self.max, "pattern": self.pattern, "mode": self.mode}

    def info(self, key: str) -> EntityInfo:
        return replace(super().info(key), unit_of_measurement=self.unit_of_measurement)

    def live(self, house: House, key: str) -> Helper:
        return _Text(house, key, self)


class InputTexts(Helpers[InputTextOptions]):
    """Texts, by name."""


class SetValue(ServiceData):
    """Set a text; one that is too short or too long is left out with a warning."""

    value: SaidText


class InputText(Domain):
    """Texts that people and rules set."""

    name: ClassVar[str] = "input_text"
    services: ClassVar[dict[str, type[ServiceData]]] = {"set_value": SetValue}


class _Text(Helper):
    def __init__(self, house: House, key: str, options: InputTextOptions) -> None:
        super().__init__(house, options.info(key), {"set_value": self._set})
        self._options = options
        self.show(self._first())

    def _first(self) -> str | None:
        if self._options.initial is not None:
            return self._options.initial
        before = self.remembered()
        return before.state if before is not None and self._options.fits(before.state) else None

    def _set(self, call: ServiceCall) -> None:
        fields: SetValue = call.fields
        options = self._options
        if not options.fits(fields.value):
            # Its length only: the text may be a password.
            log.warning(
                "%s keeps its text: the new one has %d characters, not %d to %d",
                self.entity_id,
                len(fields.value),
                options.min,
                options.max,
            )
            return
        self.show(fields.value, call=call)
