"""History, statistics and logbook over the WebSocket."""

from __future__ import annotations

from typing import Any

from hub.web.history import MOST_LINES, timestamp_of
from hub.web.websocket.connection import Bad, Connection, field

_KINDS = ("mean", "min", "max", "sum", "state", "change", "last_reset")
_PERIODS = ("5minute", "hour", "day", "week", "month")


def _range(to: Connection, asked: dict[str, Any]) -> tuple[float, float | None]:
    end = field(asked, "end_time", str, None)
    start = timestamp_of(field(asked, "start_time", str), to.house)
    return start, None if end is None else timestamp_of(end, to.house)


async def history_during_period(to: Connection, id: int, asked: dict[str, Any]) -> None:
    """Tell what some entities were, in the short form."""
    start, end = _range(to, asked)
    wanted = to.who.seen(str(one).lower() for one in field(asked, "entity_ids", list))
    with_attributes = not field(asked, "no_attributes", bool, False)
    short = field(asked, "minimal_response", bool, False)
    found = await to.house.history.states(
        wanted,
        start,
        end,
        attributes=with_attributes,
        significant=field(asked, "significant_changes_only", bool, True),
    )
    told: dict[str, list[dict[str, Any]]] = {}
    for entity_id, rows in found.items():
        told[entity_id] = [
            {
                "s": row.state,
                **({} if short and number else {"a": dict(row.attributes)}),
                "lu": row.at,
                **({"lc": row.changed} if row.changed != row.at else {}),
            }
            for number, row in enumerate(rows)
        ]
    to.result(id, told)


async def statistics_during_period(to: Connection, id: int, asked: dict[str, Any]) -> None:
    """Tell the statistics of some entities; times in milliseconds, as Home Assistant has them there."""
    start, end = _range(to, asked)
    period: Any = field(asked, "period", str, "hour")
    if period not in _PERIODS:
        raise Bad("invalid_format", f"period should be one of {', '.join(_PERIODS)}")
    wanted = to.who.seen(str(one) for one in field(asked, "statistic_ids", list))
    kinds = set(field(asked, "types", list, None) or _KINDS)
    found = await to.house.history.statistics(wanted, start, end, period=period)
    told = {
        entity_id: [
            {
                "start": row.start * 1000,
                "end": row.end * 1000,
                **{
                    name: value
                    for name, value in (
                        ("mean", row.mean),
                        ("min", row.min),
                        ("max", row.max),
                        ("sum", row.sum),
                        ("state", row.last),
                        ("change", row.change),
                    )
                    if name in kinds and value is not None
                },
            }
            for row in rows
        ]
        for entity_id, rows in found.items()
        if rows
    }
    to.result(id, told)


async def get_events(to: Connection, id: int, asked: dict[str, Any]) -> None:
    """Tell the logbook."""
    start, end = _range(to, asked)
    wanted = [str(one).lower() for one in field(asked, "entity_ids", list, None) or ()]
    found = await to.house.history.logbook(start, end, entity_ids=to.who.seen(wanted), most=MOST_LINES)
    if wanted and not to.who.seen(wanted):
        found = []
    to.result(
        id,
        [
            {
                "when": line.at,
                "name": line.name,
                "message": line.message,
                "entity_id": line.entity_id,
                "state": line.state,
                "context_id": line.context_id,
            }
            for line in found
            if to.who.sees_all or (line.entity_id is not None and to.who.sees(line.entity_id))
        ],
    )
