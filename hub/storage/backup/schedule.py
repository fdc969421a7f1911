"""The section `backup:`: make a backup at set times, keep the newest, say so if one fails."""

from __future__ import annotations

import logging
import re
from collections.abc import Iterator
from datetime import datetime
from typing import Annotated, ClassVar
from zoneinfo import ZoneInfo

from cronsim import CronSim, CronSimError
from pydantic import Field, field_validator

from hub.calls import check
from hub.core.clock import Detach, nothing
from hub.core.errors import HubError
from hub.core.notices import post, take_down
from hub.core.ports import House
from hub.core.services import ServiceCall
from hub.fields import Bool, Text, refuse
from hub.kinds import Integration, ServiceData

log = logging.getLogger("hub.backup")

BACKUP_FAILED = "backup_failed"
BACKUP_CREATED = "backup_created"
_WORDS = {"daily": "30 3 * * *", "weekly": "30 3 * * 0", "monthly": "30 3 1 * *"}
_TIME = re.compile(r"([01]?\d|2[0-3]):([0-5]\d)(?::00)?")


def pattern_of(schedule: str) -> str:
    """Return the cron pattern of a schedule. Raises what a validator raises."""
    found = _TIME.fullmatch(schedule.strip())
    pattern = f"{int(found[2])} {int(found[1])} * * *" if found else _WORDS.get(schedule.strip(), schedule)
    try:
        CronSim(pattern, datetime(2024, 1, 1, tzinfo=ZoneInfo("UTC")))
    except CronSimError as error:
        raise refuse(
            f"{schedule!r} is no schedule", "Write 03:30, daily, weekly, monthly, or a cron pattern."
        ) from error
    return pattern


class BackupModel(Integration):
    """When backups are made by themselves, and how many are kept."""

    always: ClassVar[bool] = True

    schedule: Text | None = None
    keep: Annotated[int, Field(ge=1)] = 7
    history: Bool = True
    password: Text | None = None

    @field_validator("schedule")
    @classmethod
    def _is_schedule(cls, schedule: str | None) -> str | None:
        return pattern_of(schedule) if schedule is not None else None

    @field_validator("password")
    @classmethod
    def _is_long(cls, password: str | None) -> str | None:
        if password is not None and len(password) < 8:
            raise refuse("the password of a backup should have at least 8 characters")
        return password

    def start(self, house: House) -> Detach:
        return _Schedule(house, self).stop


class _Schedule:
    def __init__(self, house: House, model: BackupModel) -> None:
        self._house = house
        self._model = model
        self._timer: Detach = nothing
        self._times: Iterator[datetime] | None = None
        self._service = house.services.register(
            "backup",
            "create",
            self._called,
            schema=lambda data: check("backup.create", CreateData, data),
            description="Make a backup now.",
            model=CreateData,
        )
        self._plan()

    def stop(self) -> None:
        self._timer()
        self._service()

    def _plan(self) -> None:
        if self._model.schedule is None:
            return
        now = self._house.clock.now().astimezone(self._house.settings.time_zone)
        due = next(CronSim(self._model.schedule, now))
        self._timer = self._house.clock.call_at(due, self._due)

    def _due(self) -> None:
        self._plan()
        self._house.tasks.spawn(self._make(scheduled=True), "making a backup")

    async def _called(self, call: ServiceCall) -> None:
        await self._make(scheduled=False)

    async def _make(self, *, scheduled: bool) -> None:
        model, backups = self._model, self._house.backups
        try:
            made = await backups.create(history=model.history, password=model.password, scheduled=scheduled)
            gone = await backups.keep(model.keep)
        except HubError as error:
            self._failed(error)
            if not scheduled:
                raise
            return
        log.info(
            "backup %s: %s bytes, verified%s",
            made["name"],
            made["bytes"],
            f"; {len(gone)} old ones went" if gone else "",
        )
        take_down(self._house, BACKUP_FAILED)
        self._house.bus.emit(BACKUP_CREATED, {"name": made["name"], "bytes": made["bytes"]})

    def _failed(self, error: HubError) -> None:
        log.error("no backup could be made: %s", error)
        post(self._house, BACKUP_FAILED, "Backup failed", f"No backup could be made: {error}")
        self._house.bus.emit(BACKUP_FAILED, {"problem": str(error)})


class CreateData(ServiceData):
    """Make a backup now, as `backup:` says."""
