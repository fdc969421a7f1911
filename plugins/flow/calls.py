"""Call a service, fire an event, set a scene."""

from __future__ import annotations

import inspect
from collections.abc import Awaitable, Mapping
from typing import Any, Self

from pydantic import AliasChoices, Field, PrivateAttr, model_validator

from hub.api import (
    Action,
    DataField,
    EntityId,
    FixedData,
    HubError,
    Outcome,
    Run,
    TemplateField,
    ValueField,
    refuse,
)


class CallService(Action):
    """Call a service and wait until it is done."""

    action: TemplateField = Field(validation_alias=AliasChoices("action", "service", "service_template"))
    target: DataField | None = None
    data: DataField | None = None
    data_template: DataField | None = None
    entity_id: ValueField | None = None
    response_variable: str | None = None
    metadata: Any = None
    _name: tuple[str, str] | None = PrivateAttr(None)
    _fixed: FixedData | None = PrivateAttr(None)

    @model_validator(mode="after")
    def _prepare(self) -> Self:
        source = self.action.source.strip()
        if "{" not in source:
            self._name = _split(source)
            if self._name is None:
                raise refuse(f"{source!r} is no service", "Write domain.service, such as switch.turn_off.")
        if all(part is None or part.static for part in self._parts()):
            self._fixed = FixedData(self._data({}))
        return self

    def run(self, run: Run) -> Awaitable[None] | None:
        variables = run.variables
        name = self._name or _split(str(self.action.render(variables)))
        if name is None:
            raise HubError(f"{self.action.render(variables)!r} is no service")
        data = self._fixed if self._fixed is not None else self._data(variables)
        outcome = run.call(name[0], name[1], data, return_response=self.response_variable is not None)
        if inspect.isawaitable(outcome):
            return self._later(run, outcome)
        self._keep(run, outcome)
        return None

    async def _later(self, run: Run, outcome: Awaitable[Any]) -> None:
        self._keep(run, await outcome)

    def _keep(self, run: Run, response: Outcome) -> None:
        if self.response_variable is not None:
            run.set_variables({self.response_variable: response})

    def _parts(self) -> tuple[Any, ...]:
        return (self.data, self.data_template, self.target, self.entity_id)

    def _data(self, variables: Mapping[str, Any]) -> dict[str, Any]:
        data: dict[str, Any] = {}
        for part in (self.data_template, self.data, self.target):
            if part is not None:
                rendered = part.data if part.static else part.render(variables)
                if not isinstance(rendered, Mapping):
                    raise HubError(f"the data of a service should be a mapping, not {rendered!r}")
                data.update(rendered)
        if self.entity_id is not None:
            data["entity_id"] = self.entity_id.render(variables)
        return data


def _split(text: str) -> tuple[str, str] | None:
    domain, dot, name = text.strip().lower().partition(".")
    return (domain, name) if dot and domain and name and "." not in name else None


class FireEvent(Action):
    """Fire an event that other automations can wait for."""

    event: str
    event_data: DataField | None = None
    event_data_template: DataField | None = None

    def run(self, run: Run) -> None:
        data: dict[str, Any] = {}
        for part in (self.event_data, self.event_data_template):
            if part is not None:
                data.update(part.render(run.variables))
        run.house.bus.emit(self.event, data, run.cause)


class SceneAction(Action):
    """Set a scene: the same as calling scene.turn_on."""

    scene: EntityId
    metadata: Any = None

    def run(self, run: Run) -> Awaitable[None] | None:
        outcome = run.call("scene", "turn_on", {"entity_id": self.scene})
        return _until_done(outcome) if inspect.isawaitable(outcome) else None


async def _until_done(outcome: Awaitable[Any]) -> None:
    await outcome
