"""The mqtt sensor: a measured value or a text."""

from __future__ import annotations

import logging
import math
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from typing import Annotated, Any, ClassVar, Literal

from pydantic import AfterValidator, Field, model_validator

from hub.api import Bool, House, OneOrMany, TemplateField, Text, refuse
from plugins.mqtt.classes import SENSOR_UNITS, is_numeric, known_class, same_unit
from plugins.mqtt.decoding import NONE, Decoder
from plugins.mqtt.expiring import Expiring
from plugins.mqtt.feed import Feed, Reading
from plugins.mqtt.meaning import Ignored, Unusable, tell
from plugins.mqtt.options import EntityOptions, Living
from plugins.mqtt.topics import SubscribeTopic, Whole

log = logging.getLogger(__name__)
LONGEST_STATE = 255

Unit = Annotated[Text | None, AfterValidator(same_unit)]
Meaning = Callable[[str], "str | None"]
"""Turns a text into a state, None for unknown; raises `Ignored` or `Unusable`."""


class Sensor(EntityOptions):
    """A measured value or a text that a device publishes."""

    domain: ClassVar[str] = "sensor"
    default_name: ClassVar[str | None] = "MQTT Sensor"
    only_tells: ClassVar[bool] = True
    reserved: ClassVar[frozenset[str]] = frozenset({"last_reset", "state_class"})

    state_topic: SubscribeTopic
    value_template: TemplateField | None = None
    device_class: Annotated[Text | None, known_class("sensor")] = None
    unit_of_measurement: Unit = None
    state_class: Literal["measurement", "measurement_angle", "total", "total_increasing"] | None = None
    expire_after: Annotated[Whole, Field(ge=0)] | None = None
    force_update: Bool = False
    last_reset_value_template: TemplateField | None = None
    options: OneOrMany[Text] | None = None
    suggested_display_precision: Annotated[Whole, Field(ge=0)] | None = None

    @model_validator(mode="after")
    def _fits_together(self) -> Sensor:
        if self.last_reset_value_template is not None and self.state_class != "total":
            raise refuse("last_reset_value_template goes with state_class total only")
        self._check_options()
        self._check_unit()
        return self

    def _check_options(self) -> None:
        if self.options is None:
            return
        if not self.options:
            raise refuse("options can't be empty")
        if self.state_class or self.unit_of_measurement:
            raise refuse("options can't go with state_class or unit_of_measurement")
        if self.device_class != "enum":
            raise refuse("options go with device_class enum only")

    def _check_unit(self) -> None:
        unit = self.unit_of_measurement
        if self.state_class == "measurement_angle" and unit != "°":
            raise refuse("state_class measurement_angle is measured in °")
        units = SENSOR_UNITS.get(self.device_class or "")
        if unit is not None and units is not None and unit not in units:
            names = ", ".join(name for name in units if name) or "none"
            raise refuse(
                f"{unit!r} is no unit of device_class {self.device_class}",
                f"Take device_class away, or write a unit that fits: {names}.",
            )

    @property
    def numeric(self) -> bool:
        """Whether only numbers can be the state."""
        if self.device_class is not None and not is_numeric(self.device_class):
            return False
        measured = (self.state_class, self.unit_of_measurement, self.suggested_display_precision)
        return is_numeric(self.device_class) or any(given is not None for given in measured)

    def describe(self) -> Mapping[str, Any]:
        return {"unit_of_measurement": self.unit_of_measurement, "force_update": self.force_update}

    def attributes(self, house: House) -> Mapping[str, Any]:
        attributes: dict[str, Any] = {}
        if self.state_class is not None:
            attributes["state_class"] = self.state_class
        if self.options is not None:
            attributes["options"] = list(self.options)
        return attributes

    def meaning(self) -> Meaning:
        """Return what turns the texts of the state topic into states."""
        if self.numeric:
            return number
        if self.device_class == "date":
            return date
        if self.device_class == "timestamp":
            return timestamp
        return _one_of(self.options) if self.options else words

    def make(self, house: House, feed: Feed) -> Living:
        return LiveSensor(house, feed, self)


def number(text: str) -> str | None:
    """Take a finite number, as it was written."""
    try:
        if math.isfinite(float(text)):
            return text
    except ValueError:
        if text == NONE:
            return None
        if not text:
            raise Ignored from None
    raise Unusable(f"{text[:100]!r} is no number", level=logging.ERROR)


def words(text: str) -> str | None:
    """Take any text that a state can hold."""
    if text == NONE:
        return None
    if len(text) > LONGEST_STATE:
        raise Unusable(f"a text of {len(text)} characters is too long for a state")
    return text


def _one_of(options: tuple[str, ...]) -> Meaning:
    def option(text: str) -> str | None:
        if text == NONE:
            return None
        if text not in options:
            raise Unusable(f"{text[:100]!r} is none of its options {', '.join(options)}")
        return text

    return option


def timestamp(text: str) -> str | None:
    """Take a moment with its time zone, and write it in UTC."""
    moment = _moment(text)
    if moment is None:
        return None
    if moment.tzinfo is None:
        raise Unusable(f"{text!r} has no time zone", level=logging.ERROR)
    return moment.astimezone(UTC).isoformat(timespec="seconds")


def date(text: str) -> str | None:
    moment = _moment(text)
    return moment.date().isoformat() if moment else None


def _moment(text: str) -> datetime | None:
    if text == NONE:
        return None
    try:
        return datetime.fromisoformat(text)
    except ValueError:
        log.warning("%.100r is no date", text)
        return None


class LiveSensor(Expiring[Sensor]):
    """Writes what comes on the state topic; on the ordinary way there is nothing but that."""

    _state: str | None = None
    _last_reset: str | None = None

    def wire(self) -> None:
        options = self.options
        self.prepare_expiry(options.expire_after)
        self._meaning = options.meaning()
        # Attributes that come in the same message are shown together with the state.
        self._together = options.json_attributes_topic is not None
        read = self.reader(options.value_template, strict=True)
        if options.last_reset_value_template is None:
            self.listen("state_topic", options.state_topic, self._handler(read))
            return
        read_reset = self.reader(options.last_reset_value_template)

        def both(reading: Reading) -> None:
            self._reset_came(read_reset(reading))
            came(reading)

        self._together = True
        came = self._handler(read)
        self.listen("state_topic", options.state_topic, both)

    def _handler(self, read: Decoder) -> Callable[[Reading], None]:
        if self.expiry is None:
            return lambda reading: self._came(read(reading))

        def renewing(reading: Reading) -> None:
            self._came(read(reading))
            self.renew_expiry(self._state)

        return renewing

    def _came(self, text: str | None) -> None:
        if text is None:
            return
        try:
            state = self._state = self._meaning(text)
        except Ignored:
            return
        except Unusable as unusable:
            tell(self.name, unusable)
            return
        if self._together:
            self.touch()
        else:
            self.entity.write(state)

    def _reset_came(self, text: str | None) -> None:
        if not text:
            return
        try:
            self._last_reset = datetime.fromisoformat(text).isoformat()
        except ValueError:
            log.warning("%s: %.100r is no date for last_reset", self.name, text)
            return
        self.touch()

    def restored(self, state: str) -> None:
        self._state = state

    def current(self) -> tuple[str | None, Mapping[str, Any]]:
        return self._state, {"last_reset": self._last_reset} if self._last_reset else {}


OPTIONS = Sensor
