"""The section `template:`: blocks of entities, each with its triggers or without."""

from __future__ import annotations

import logging
from collections.abc import Iterator, Mapping
from contextlib import ExitStack
from typing import Any, Self

from pydantic import AliasChoices, BaseModel, ConfigDict, Field, ValidationInfo, model_validator

from hub.api import (
    ActionsField,
    ConditionsField,
    Detach,
    House,
    HubError,
    Integration,
    OneOrMany,
    Text,
    TriggersField,
    Variables,
    VariablesField,
    as_list,
    refuse,
    warn,
)
from plugins.template_entities.alarm import AlarmOptions
from plugins.template_entities.binary_sensor import BinarySensorOptions
from plugins.template_entities.button import ButtonOptions
from plugins.template_entities.cover import CoverOptions
from plugins.template_entities.event import EventOptions
from plugins.template_entities.fan import FanOptions
from plugins.template_entities.following import Following
from plugins.template_entities.image import ImageOptions
from plugins.template_entities.legacy import renewed
from plugins.template_entities.light import LightOptions
from plugins.template_entities.live import Live
from plugins.template_entities.lock import LockOptions
from plugins.template_entities.making import make
from plugins.template_entities.number import NumberOptions
from plugins.template_entities.options import EntityOptions
from plugins.template_entities.select import SelectOptions
from plugins.template_entities.sensor import SensorOptions
from plugins.template_entities.switch import SwitchOptions
from plugins.template_entities.triggered import Triggered
from plugins.template_entities.update import UpdateOptions
from plugins.template_entities.vacuum import VacuumOptions
from plugins.template_entities.weather import WeatherOptions

log = logging.getLogger(__name__)
_DOMAINS = (
    "sensor", "binary_sensor", "switch", "number", "select", "button", "cover", "fan", "light", "lock",
    "alarm_control_panel", "event", "image", "update", "vacuum", "weather",
)  # fmt: skip
_OLD = {"sensors": "sensor", "binary_sensors": "binary_sensor"}


def _say_of_auto_off(block: Mapping[str, Any], info: ValidationInfo) -> None:
    if not {"trigger", "triggers"} & block.keys():
        for each in as_list(block.get("binary_sensor")):
            if isinstance(each, Mapping) and "auto_off" in each:
                hint = "Use delay_off, or give the block triggers."
                warn(info, "auto_off needs triggers", hint, at=each, key="auto_off")


class Block(BaseModel):
    """Some entities that have `variables` in common, and triggers, conditions and actions if there are any.

    Without triggers each entity follows the states that its templates read.
    """

    model_config = ConfigDict(frozen=True, extra="forbid", arbitrary_types_allowed=True)

    unique_id: Text | None = None
    triggers: TriggersField | None = Field(None, validation_alias=AliasChoices("triggers", "trigger"))
    conditions: ConditionsField = Field((), validation_alias=AliasChoices("conditions", "condition"))
    actions: ActionsField = Field((), validation_alias=AliasChoices("actions", "action"))
    variables: VariablesField | None = None
    sensor: OneOrMany[SensorOptions] = ()
    binary_sensor: OneOrMany[BinarySensorOptions] = ()
    switch: OneOrMany[SwitchOptions] = ()
    number: OneOrMany[NumberOptions] = ()
    select: OneOrMany[SelectOptions] = ()
    button: OneOrMany[ButtonOptions] = ()
    cover: OneOrMany[CoverOptions] = ()
    fan: OneOrMany[FanOptions] = ()
    light: OneOrMany[LightOptions] = ()
    lock: OneOrMany[LockOptions] = ()
    alarm_control_panel: OneOrMany[AlarmOptions] = ()
    event: OneOrMany[EventOptions] = ()
    image: OneOrMany[ImageOptions] = ()
    update: OneOrMany[UpdateOptions] = ()
    vacuum: OneOrMany[VacuumOptions] = ()
    weather: OneOrMany[WeatherOptions] = ()

    @model_validator(mode="before")
    @classmethod
    def _today(cls, data: Any, info: ValidationInfo) -> Any:
        """Join the old maps `sensors` and `binary_sensors` to the lists of today."""
        if not isinstance(data, Mapping):
            return data
        _say_of_auto_off(data, info)
        today = {key: value for key, value in data.items() if key not in _OLD}
        for old, new in _OLD.items():
            if old in data:
                known = today.get(new, [])
                entities = renewed(new, data[old])
                today[new] = [*(known if isinstance(known, list) else [known]), *entities]
        return today

    @model_validator(mode="after")
    def _fitting(self) -> Self:
        if self.triggers is not None and self.button:
            raise refuse("a button has no triggers", "Give the button a block of its own.")
        return self

    @property
    def title(self) -> str:
        """What people may know the block by."""
        names = [options.name.source for options in self.entities() if options.name is not None]
        return self.unique_id or (names[0] if names else "")

    def entities(self) -> Iterator[EntityOptions]:
        for domain in _DOMAINS:
            yield from getattr(self, domain)

    def lives(self, house: House) -> Iterator[Live[Any]]:
        for options in self.entities():
            unique_id = options.unique_id
            if unique_id and self.unique_id:
                unique_id = f"{self.unique_id}-{unique_id}"
            if self.triggers is None and self.variables is not None:
                own = options.variables.items if options.variables is not None else {}
                both = Variables({**self.variables.items, **own})
                options = options.model_copy(update={"variables": both})
            try:
                yield make(house, options, unique_id)
            except HubError as error:  # the others still live
                log.error("template %s: %s", options.domain, error)

    def start(self, house: House) -> Detach:
        lives = list(self.lives(house))
        stack = ExitStack()
        if self.triggers is not None:
            block = Triggered(house, lives, self.triggers, self.conditions, self.actions, self.variables)
            stack.callback(block.stop)
            block.start()
            return stack.close
        for live in lives:
            following = Following(live)
            stack.callback(following.stop)
            following.start()
        return stack.close


class TemplateEntities(Integration):
    """Blocks of entities that templates make."""

    blocks: tuple[Block, ...] = ()

    @model_validator(mode="before")
    @classmethod
    def _list(cls, data: Any) -> Any:
        return {"blocks": [block for block in data if block]} if isinstance(data, list) else data

    def divided(self, data: Any) -> Iterator[tuple[str, Any, Integration]]:
        if isinstance(data, list):
            told = [block for block in data if block]
            for block, source in zip(self.blocks, told, strict=True):
                yield f"template {block.title}".rstrip(), source, type(self).model_construct(blocks=(block,))

    def start(self, house: House) -> Detach:
        with ExitStack() as stack:
            for block in self.blocks:
                stack.callback(block.start(house))
            return stack.pop_all().close
        raise AssertionError("an ExitStack lets nothing pass")
