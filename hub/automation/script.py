"""One living script: a sequence of actions under a name, called as a service."""

from __future__ import annotations

import inspect
from collections.abc import Awaitable, Callable, Mapping
from datetime import UTC, datetime
from typing import Any

from hub.automation import trace as traces
from hub.automation.bookmark import Page
from hub.automation.model import ScriptModel
from hub.automation.runs import Ended, Runs
from hub.automation.trace import Traces
from hub.core.cause import Cause
from hub.core.clock import Detach, nothing
from hub.core.entities import EntityInfo
from hub.core.errors import HubError
from hub.core.events import SCRIPT_STARTED
from hub.core.ports import House
from hub.core.services import Outcome, Response, ServiceCall


class Script:
    """A script in the house. `script.<name>` waits for its end, `script.turn_on` does not."""

    def __init__(self, house: House, object_id: str, model: ScriptModel, kept: Traces, page: Page) -> None:
        self._house = house
        self._page = page
        self.model = model
        self.object_id = object_id
        self._entity = house.entities.add(
            EntityInfo(
                "script",
                "script",
                unique_id=object_id,
                name=model.alias or object_id,
                default_entity_id=f"script.{object_id}",
                icon=model.icon,
            ),
            {"turn_on": self._turn_on, "turn_off": self._turn_off, "toggle": self._toggle},
        )
        self.entity_id = self._entity.entity_id
        self.name = f"script {object_id}"
        page.enter(self.entity_id, self)
        self.runs = Runs(house, self.entity_id, self.name, model, model.sequence, kept, page)
        self.runs.changed = self._show
        self._last_triggered: float | None = None
        self._stop_offering: Detach | None = None

    def start(self) -> None:
        self._stop_offering = self._house.services.register(
            "script", self.object_id, self._call, response="optional", description=self.model.description
        )
        self._show()

    def stop(self) -> None:
        self.runs.changed = nothing
        self.runs.stop()
        if self._stop_offering is not None:
            self._stop_offering()
        self._page.close()
        self._entity.remove()

    def run(self, variables: Mapping[str, Any], cause: Cause | None) -> Ended | Awaitable[Ended]:
        """Run the script with `variables`; what a called script does, it does with the caller as cause."""
        mine = Cause(cause, origin=self.entity_id)
        run = self.runs.prepare(variables, mine)
        state = self._house.states.get(self.entity_id)
        run.variables.setdefault("this", state.as_dict() if state is not None else None)
        for name, field in self.model.fields.items():
            if field.default is not None:
                run.variables.setdefault(name, field.default)
        if self.model.variables is not None:
            own = {n: v for n, v in self.model.variables.render(run.variables).items() if n not in variables}
            run.variables.update(own)
        told = {"name": self._entity.full_name, "entity_id": self.entity_id}
        self._house.bus.emit(SCRIPT_STARTED, told, mine)  # also of a run that is then dropped
        outcome = self.runs.start(run, self._began)
        self._show()
        return outcome

    @property
    def source(self) -> Any:
        """Its YAML data."""
        return self._page.source

    @property
    def digest(self) -> str:
        """Tell one text of its YAML from another."""
        return self._page.digest

    def runs_under_way(self) -> list[dict[str, Any]]:
        """Return the traces of the runs that go on, each with what it waits for."""
        return [run.told() for run in self.runs.under_way]

    @property
    def skips(self) -> bool:
        """Tell whether what was over while the hub was down is not done."""
        return self.model.after_restart == "skip"

    def take_up(self, told: Mapping[str, Any]) -> Callable[[], Awaitable[Response]]:
        """Go on with a run that waited when the hub ended; return what makes one wait for its response."""
        outcome = self.runs.take_up(told, self._began)
        return lambda: self._respond_later(outcome)

    def give_up(self, told: Mapping[str, Any], outcome: str, why: str) -> None:
        """Keep the trace of a run that waited when the hub ended and does not go on."""
        self.runs.give_up(told, outcome, why)

    def _call(self, call: ServiceCall) -> Outcome:
        outcome = self.run(call.data, call.cause)
        if inspect.isawaitable(outcome):
            return self._respond_later(outcome)
        return self._respond(outcome)

    async def _respond_later(self, outcome: Ended | Awaitable[Ended]) -> Response:
        return self._respond(outcome if isinstance(outcome, Ended) else await outcome)

    def _respond(self, ended: Ended) -> Response:
        if ended.outcome == traces.ERROR and not ended.stopped:
            raise HubError(f"{self.name}: {ended.error or 'failed'}")
        return ended.response if ended.response is not None else {}

    def _turn_on(self, call: ServiceCall) -> None:
        self.run(call.fields.variables, call.cause)

    def _turn_off(self, call: ServiceCall) -> None:
        self.runs.stop()
        self._show()

    def _toggle(self, call: ServiceCall) -> None:
        if self.runs.current:
            self._turn_off(call)
        else:
            self.run(call.fields.variables, call.cause)

    def _began(self) -> None:
        self._last_triggered = self._house.clock.timestamp()

    def _show(self) -> None:
        triggered = self._last_triggered
        attributes: dict[str, Any] = {
            "last_triggered": datetime.fromtimestamp(triggered, UTC) if triggered is not None else None,
            "mode": self.model.mode,
            "current": self.runs.current,
        }
        if self.model.mode in ("queued", "parallel"):
            attributes["max"] = self.model.max
        self._entity.write("on" if self.runs.current else "off", attributes)
