"""Find the next time that a cron pattern means, in a time zone."""

from __future__ import annotations

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

from cronsim import CronSim, CronSimError

from hub.api import HubError

_ANY_TIME = datetime(2024, 1, 1, tzinfo=UTC)


class Cron:
    """Minute, hour, day of the month, month, day of the week, as Debian's cron reads them.

    Raises `HubError` for a pattern that is none.
    """

    def __init__(self, pattern: str) -> None:
        self._pattern = pattern
        self._from(_ANY_TIME)

    def next(self, now: datetime, zone: ZoneInfo) -> datetime:
        """Return the first time after `now`, in `zone`.

        A time that the clocks leap over is moved to the end of the gap; one that comes twice comes once.
        """
        return next(self._from(now.astimezone(zone)))

    def _from(self, start: datetime) -> CronSim:
        try:
            return CronSim(self._pattern, start)
        except CronSimError as error:
            raise HubError(
                f"{self._pattern!r} is no cron pattern: {error}",
                remedy="Write five fields, as in '0 0 1 * *'.",
            ) from error
