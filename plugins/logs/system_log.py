"""Services by which rules write: `system_log.write` to the log, `logbook.log` to the logbook."""

from __future__ import annotations

import logging
from typing import ClassVar

from pydantic import ConfigDict

from hub.api import (
    Detach,
    EntityId,
    House,
    Integration,
    ServiceCall,
    ServiceData,
    Text,
    check,
    nothing,
    together,
)
from plugins.logs.levels import Level
from plugins.logs.told import tell

log = logging.getLogger("hub.rules")
LOGBOOK_ENTRY = "logbook_entry"


class Write(ServiceData):
    """Write a message to the log."""

    message: Text
    level: Level = logging.ERROR
    logger: Text | None = None


class Entry(ServiceData):
    """Write an entry to the logbook."""

    name: Text
    message: Text
    entity_id: EntityId | None = None
    domain: Text | None = None


class SystemLog(Integration):
    """Lets rules write to the log and the logbook, and hear of warnings and errors.

    Other options of Home Assistant are read, and mean nothing.
    """

    model_config = ConfigDict(extra="allow")
    always: ClassVar[bool] = True

    fire_event: bool = False

    def start(self, house: House) -> Detach:
        def write(call: ServiceCall) -> None:
            asked: Write = call.fields
            to = logging.getLogger(f"hub.rules.{asked.logger}") if asked.logger else log
            to.log(asked.level, "%s", asked.message)

        def enter(call: ServiceCall) -> None:
            told = call.fields.model_dump(exclude_none=True)
            house.bus.emit(LOGBOOK_ENTRY, told, call.cause)

        services = house.services
        return together(
            [
                tell(house) if self.fire_event else nothing,
                services.register(
                    "system_log",
                    "write",
                    write,
                    schema=lambda data: check("system_log.write", Write, data),
                    description="Write to the log.",
                    model=Write,
                ),
                services.register(
                    "logbook",
                    "log",
                    enter,
                    schema=lambda data: check("logbook.log", Entry, data),
                    description="Write to the logbook.",
                    model=Entry,
                ),
            ]
        )
