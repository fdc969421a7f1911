"""The section `command_line:`: what programs make, and the programs that may be run for it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, ClassVar

from pydantic import ValidationInfo, model_validator

from hub.api import (
    Detach,
    House,
    Integration,
    OneOrMany,
    ServiceCall,
    ServiceData,
    Text,
    check,
    only_known,
    refuse,
    slugify,
    together,
    warn,
)
from plugins.command_line.live import Live
from plugins.command_line.options import BinaryReading, Cover, Notifier, Running, SensorReading, Switch


class Say(ServiceData):
    """Tell people something."""

    message: Text
    title: Text | None = None
    data: Mapping[str, Any] | None = None


class CommandLine(Integration):
    """What programs tell and do; `allow` names the programs, by their whole paths."""

    partly: ClassVar[bool] = True

    allow: OneOrMany[Text] = ()
    sensor: OneOrMany[SensorReading] = ()
    binary_sensor: OneOrMany[BinaryReading] = ()
    switch: OneOrMany[Switch] = ()
    cover: OneOrMany[Cover] = ()
    notify: OneOrMany[Notifier] = ()

    @model_validator(mode="before")
    @classmethod
    def _list(cls, data: Any, info: ValidationInfo) -> Any:
        """Take Home Assistant's list of `sensor: …` as well; `allow` is an item of its own there."""
        if not isinstance(data, list):
            return data
        whole: dict[str, list[Any]] = {}
        for block in data:
            if not isinstance(block, Mapping):
                raise refuse("command_line takes mappings such as `sensor: …`")
            for key, value in only_known(info, block, cls.model_fields).items():
                whole.setdefault(key, []).extend(value if isinstance(value, (list, tuple)) else [value])
        return whole

    @model_validator(mode="after")
    def _only_allowed(self, info: ValidationInfo) -> CommandLine:
        for program in self.allow:
            if not program.startswith("/"):
                raise refuse(f"{program!r} is no whole path", "Begin it with /, such as /usr/bin/uptime.")
        for one in (*self._shown(), *self.notify):
            for program in self._forbidden(one):
                text = f"{program!r} may not be run, so {one.name} is left out"
                warn(info, text, "Add its program to `allow`, by its whole path.")
        return self

    def _shown(self) -> Iterable[SensorReading | BinaryReading | Switch | Cover]:
        return (*self.sensor, *self.binary_sensor, *self.switch, *self.cover)

    def _forbidden(self, one: Running) -> list[str]:
        return [program.text for program in one.programs() if program.path not in self.allow]

    def start(self, house: House) -> Detach:
        stops = [Live(house, one).stop for one in self._shown() if not self._forbidden(one)]
        return together([*stops, *(_offer(house, one) for one in self.notify if not self._forbidden(one))])


def _offer(house: House, options: Notifier) -> Detach:
    name = slugify(options.name)

    async def say(call: ServiceCall) -> None:
        asked: Say = call.fields
        await options.command.output(options.command_timeout, asked.message)

    def schema(data: Mapping[str, Any]) -> Any:
        return check(f"notify.{name}", Say, data)

    return house.services.register(
        "notify", name, say, schema=schema, description=f"Tell {options.name} something.", model=Say
    )
