"""Call a service, fire an event, set a scene."""

from __future__ import annotations

import inspect
from collections.abc import Awaitable, Mapping
from functools import cached_property
from typing import Any, Self

from pydantic import AliasChoices, Field, model_validator

from hub.api import (
    Action,
    CallDataField,
    DataField,
    EntityId,
    FixedData,
    HubError,
    Outcome,
    Run,
    TemplateField,
    Text,
    Value,
    refuse,
)


class CallService(Action):
    """Call a service and wait until it is done."""

    action: TemplateField = Field(validation_alias=AliasChoices("action", "service", "service_template"))
    """Which service, as `light.turn_on`; may be a template."""
    target: DataField | None = None
    """What it is meant for: `entity_id`, `device_id`, `area_id`, `floor_id` or `label_id`."""
    data: CallDataField | None = None
    """The fields of the service; their values may be templates."""
    data_template: CallDataField | None = None
    """The same, as it was once spelt."""
    response_variable: str | None = None
    """The name under which later steps find its answer."""
    metadata: Any = None
    """Of the editor; it changes nothing."""

    @cached_property
    def name(self) -> tuple[str, str] | None:
        """The service's domain and name, None if a template says it."""
        source = self.action.source.strip()
        return _split(source) if "{" not in source else None

    @cached_property
    def fixed(self) -> FixedData | None:
        """The data, if no template is in it."""
        return FixedData(_joined(self.parts, {})) if all(part.static for part in self.parts) else None

    @cached_property
    def parts(self) -> tuple[Value, ...]:
        """What makes the data, in the order in which a later part covers an earlier one."""
        given = (self.data_template, self.data, self.target)
        return tuple(part for part in given if part is not None)

    @model_validator(mode="before")
    @classmethod
    def _old_target(cls, data: Any) -> Any:
        """Home Assistant's old form has the entity beside the service."""
        if not isinstance(data, dict) or "entity_id" not in data:
            return data
        rest = {key: value for key, value in data.items() if key != "entity_id"}
        target = data.get("target") or {}
        return (
            {**rest, "target": {**target, "entity_id": data["entity_id"]}}
            if isinstance(target, dict)
            else data
        )

    @model_validator(mode="after")
    def _names_a_service(self) -> Self:
        if self.name is None and "{" not in self.action.source:
            source = self.action.source
            raise refuse(f"{source!r} is no service", "Write domain.service, such as switch.turn_off.")
        return self

    def run(self, run: Run) -> Awaitable[None] | None:
        variables = run.variables
        name = self.name or _split(self.action.text(variables))
        if name is None:
            raise HubError(f"{self.action.text(variables)!r} is no service")
        data = self.fixed if self.fixed is not None else _joined(self.parts, variables)
        outcome = run.call(name[0], name[1], data, return_response=self.response_variable is not None)
        if outcome is not None and inspect.isawaitable(outcome):
            return self._later(run, outcome)
        self._keep(run, outcome)
        return None

    def resume(self, run: Run) -> Awaitable[None] | None:
        again = run.rejoin()
        return self._later(run, again) if again is not None else None

    async def _later(self, run: Run, outcome: Awaitable[Any]) -> None:
        self._keep(run, await outcome)

    def _keep(self, run: Run, response: Outcome) -> None:
        if self.response_variable is not None:
            run.set_variables({self.response_variable: response})


def _joined(parts: tuple[Value, ...], variables: Mapping[str, Any]) -> dict[str, Any]:
    data: dict[str, Any] = {}
    for part in parts:
        rendered = part.data if part.static else part.render(variables)
        if not isinstance(rendered, dict):
            raise HubError(f"the data of a service should be a mapping, not {rendered!r}")
        if len(parts) == 1 and not part.static:
            return rendered
        data.update(rendered)
    return data


def _split(text: str) -> tuple[str, str] | None:
    domain, dot, name = text.strip().lower().partition(".")
    return (domain, name) if dot and domain and name and "." not in name else None


class FireEvent(Action):
    """Fire an event that other automations can wait for."""

    event: Text
    """The type of the event to fire."""
    event_data: DataField | None = None
    """What it carries; values may be templates."""
    event_data_template: DataField | None = None
    """The same, as it was once spelt."""

    def run(self, run: Run) -> None:
        data: dict[str, Any] = {}
        for part in (self.event_data, self.event_data_template):
            if part is not None:
                data.update(part.render(run.variables))
        run.house.bus.emit(self.event, data, run.cause)


class SceneAction(Action):
    """Set a scene: the same as calling scene.turn_on."""

    scene: EntityId
    """The scene to turn on."""
    metadata: Any = None
    """Of the editor; it changes nothing."""

    def run(self, run: Run) -> Awaitable[None] | None:
        outcome = run.call("scene", "turn_on", {"entity_id": self.scene})
        return _until_done(outcome) if inspect.isawaitable(outcome) else None

    def resume(self, run: Run) -> Awaitable[None] | None:
        again = run.rejoin()
        return _until_done(again) if again is not None else None


async def _until_done(outcome: Awaitable[Any]) -> None:
    await outcome
