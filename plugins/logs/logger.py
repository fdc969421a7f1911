"""The section `logger:`: how much is told, of everything and of single parts."""

from __future__ import annotations

import logging
from collections.abc import Mapping
from typing import Any, ClassVar

from pydantic import ConfigDict

from hub.api import Detach, House, Integration, ServiceCall, ServiceRefused, Text, together
from plugins.logs.levels import LEVELS, Level

_OURS = ("hub", "plugins")


class Logger(Integration):
    """How much stands in the log. Names of Home Assistant's own parts are read and mean nothing here."""

    model_config = ConfigDict(extra="allow")
    always: ClassVar[bool] = True

    default: Level | None = None
    logs: Mapping[Text, Level] = {}

    def start(self, house: House) -> Detach:
        before = {name: logging.getLogger(name).level for name in (*_OURS, *self.logs)}
        if self.default is not None:
            _set_default(self.default)
        for name, level in self.logs.items():
            _set(name, level)

        def as_before() -> None:
            for name, level in before.items():
                _set(name, level)

        register = house.services.register
        return together(
            [
                register("logger", "set_default_level", _default_asked, description="Tell more or less."),
                register("logger", "set_level", _asked, description="Tell more or less of single parts."),
                as_before,
            ]
        )


def _set(name: str, level: int) -> None:
    if name.partition(".")[0] in _OURS:
        logging.getLogger(name).setLevel(level)


def _set_default(level: int) -> None:
    for name in _OURS:
        logging.getLogger(name).setLevel(level)


def _default_asked(call: ServiceCall) -> None:
    _set_default(_level(call, call.data.get("level")))


def _asked(call: ServiceCall) -> None:
    for name, level in {str(name): _level(call, value) for name, value in call.data.items()}.items():
        _set(name, level)


def _level(call: ServiceCall, value: Any) -> int:
    level = LEVELS.get(str(value).strip().lower())
    if level is None:
        remedy = f"The levels are {', '.join(LEVELS)}."
        raise ServiceRefused(f"{call.domain}.{call.service}: {value!r} is no level", remedy=remedy)
    return level
