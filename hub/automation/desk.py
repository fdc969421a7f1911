"""Answer questions about automations and scripts with plain data: for the command line and the pages."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, Protocol

from hub.automation.automation import Automation
from hub.automation.engine import Engine
from hub.automation.trace import why_of
from hub.core.ports import House


class Archived(Protocol):
    """The traces that were written (`hub.storage.traces`)."""

    async def of(self, item: str, most: int = ...) -> list[dict[str, Any]]: ...

    async def summary(self) -> Mapping[str, tuple[int, str]]: ...


def automation_commands(
    house: House, engine: Engine, archive: Callable[[], Archived | None]
) -> dict[str, Callable[..., Any]]:
    """Return the commands by name."""
    desk = _Desk(house, engine, archive)
    return {
        "automation.list": desk.overview,
        "automation.trace": desk.traces,
        "automation.slow": desk.slow,
        "automation.explain": desk.explain,
        "automation.run": desk.run,
    }


class _Desk:
    def __init__(self, house: House, engine: Engine, archive: Callable[[], Archived | None]) -> None:
        self._house = house
        self._engine = engine
        self._archive = archive

    async def overview(self) -> list[dict[str, Any]]:
        archive = self._archive()
        kept = await archive.summary() if archive is not None else {}
        return [
            {
                **self._about(automation, *kept.get(automation.entity_id, (0, None))),
                "last_why": await self._last_why(automation, kept.get(automation.entity_id, (0, None))[1]),
            }
            for automation in self._engine.automations
        ]

    async def _last_why(self, automation: Automation, outcome: str | None) -> str | None:
        """Tell why the latest run did not do all, also if it was before this start."""
        latest = self._engine.traces.latest(automation.entity_id)
        if latest is not None:
            return why_of(latest.as_dict()) if latest.outcome != "finished" else None
        archive = self._archive()
        if archive is None or outcome in (None, "finished"):
            return None
        return next((why_of(told) for told in await archive.of(automation.entity_id, 1)), None)

    async def traces(self, name: str, number: int | None = None) -> list[dict[str, Any]]:
        """Tell what runs did, oldest first: the written ones, those that are not yet, those under way."""
        item = self._engine.item(name)
        archive = self._archive()
        kept = await archive.of(item.entity_id) if archive is not None else []
        told = {trace["run"]: trace for trace in kept}
        told |= {trace.number: trace.as_dict() for trace in self._engine.traces.of(item.entity_id)}
        told |= {trace["run"]: trace for trace in item.runs_under_way()}
        return [told[run] for run in sorted(told) if number in (None, run)]

    def slow(self, milliseconds: float) -> list[dict[str, Any]]:
        """Tell what took longer than that without waiting, the slowest first."""
        slow = self._engine.traces.slow(milliseconds / 1000)
        return [{"entity_id": item, "milliseconds": seconds * 1000} for item, seconds in slow]

    def explain(self, name: str) -> dict[str, Any]:
        automation = self._engine.automation(name)
        return {
            **self._shown(automation),
            "triggers": automation.waits_for(),
            "conditions": automation.conditions_now(),
            "runs": automation.runs_under_way(),
        }

    async def run(self, name: str, skip_condition: bool = True) -> dict[str, Any]:
        """Run the actions; return the run's trace."""
        trace = await self._engine.automation(name).run_now(skip_conditions=skip_condition)
        return trace.as_dict()

    def _about(self, automation: Automation, count: int, outcome: str | None) -> dict[str, Any]:
        state = self._house.states.get(automation.entity_id)
        attributes = state.attributes if state is not None else {}
        held = self._engine.traces.of(automation.entity_id)
        latest = self._engine.traces.latest(automation.entity_id)
        return {
            **self._shown(automation),
            "last_triggered": attributes.get("last_triggered"),
            "current": attributes.get("current", 0),
            "runs": count + len(held),
            "last_outcome": latest.outcome if latest is not None else outcome,
        }

    def _shown(self, automation: Automation) -> dict[str, Any]:
        state = self._house.states.get(automation.entity_id)
        return {
            "entity_id": automation.entity_id,
            "name": state.name if state is not None else automation.name,
            "state": state.state if state is not None else "unavailable",
            "paused": state.attributes.get("paused") if state is not None else None,
        }
