"""Read the moments that people name when they ask for a log: `2h`, `3h30m ago`, `18:51:02`, RFC 3339."""

from __future__ import annotations

import re
from datetime import UTC, datetime, time, timedelta

from hub.core.errors import HubError

_AGO = re.compile(r"(?:(\d+)d)?\s*(?:(\d+)h)?\s*(?:(\d+)m)?\s*(?:(\d+)s)?(?:\s*ago)?")


def moment(text: str, now: datetime) -> datetime:
    """Return the moment that is meant, in UTC. A time of day is one of today; without a zone it is UTC.

    Raises `HubError`.
    """
    words = text.strip()
    ago = _AGO.fullmatch(words)
    if ago is not None and any(ago.groups()):
        days, hours, minutes, seconds = (int(number or 0) for number in ago.groups())
        return now.astimezone(UTC) - timedelta(days=days, hours=hours, minutes=minutes, seconds=seconds)
    try:
        return datetime.combine(now.astimezone(UTC).date(), time.fromisoformat(words), UTC)
    except ValueError:
        pass
    try:
        found = datetime.fromisoformat(words)
    except ValueError:
        raise HubError(
            f"{text!r} is no moment", remedy="Write 2h, 3h30m ago, 18:51:02, or 2026-05-01T12:00:00Z."
        ) from None
    return found.replace(tzinfo=found.tzinfo or UTC).astimezone(UTC)
