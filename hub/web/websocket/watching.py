"""Triggers, conditions and templates that an admin tries over the WebSocket."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from pydantic import TypeAdapter, ValidationError

from hub.automation.trace import plain
from hub.configuration import parse_condition
from hub.core.cause import Cause
from hub.core.clock import together
from hub.core.errors import HubError, TemplateError
from hub.core.events import StateChanged
from hub.core.ports import House, Reads, Template
from hub.fields import Parsing
from hub.kinds import AbsentTrigger, Attachment, Trigger, TriggersField
from hub.watch import Watch
from hub.web.websocket.connection import Bad, Connection, field

_TRIGGERS: TypeAdapter[tuple[Trigger, ...]] = TypeAdapter(TriggersField)


def subscribe_trigger(to: Connection, id: int, asked: dict[str, Any]) -> None:
    """Tell each time that a trigger fires, for as long as the client listens."""
    to.must_be_admin()
    variables = field(asked, "variables", dict, None) or {}
    triggers = _parsed(to.house, asked.get("trigger"))
    for trigger in triggers:
        if isinstance(
            trigger, AbsentTrigger
        ):  # in a file it is a warning; who listens here would wait for ever
            raise Bad("invalid_format", trigger.waits_for(to.house))

    def attach(index: int, trigger: Trigger) -> Any:
        common = {
            "id": trigger.id if trigger.id is not None else str(index),
            "idx": str(index),
            "alias": trigger.alias,
            "platform": trigger.platform,
        }

        def fire(facts: dict[str, Any], cause: Cause | None = None) -> None:
            if not to.who.is_valid or not to.who.is_admin:
                return
            told = plain({**variables, "trigger": {**common, **facts}})
            to.event(id, {"variables": told, "context": cause.as_dict() if cause is not None else None})

        return trigger.attach(Attachment(to.house, fire, variables, "subscribe_trigger", common))

    stops: list[Any] = []
    try:
        for index, trigger in enumerate(triggers):
            stops.append(attach(index, trigger))
    except HubError:
        together(stops)()
        raise
    to.subscribe(id, together(stops))
    to.result(id)


def _parsed(house: House, data: Any) -> tuple[Trigger, ...]:
    try:
        return _TRIGGERS.validate_python(data, context=Parsing(house.kinds, house.templates).context())
    except ValidationError as error:
        faults = error.errors(include_url=False, include_input=False)
        raise Bad("invalid_format", "; ".join(str(fault["msg"]) for fault in faults)) from None


class _Scope:
    """What a condition sees that is tried by itself."""

    def __init__(self, house: House, variables: Mapping[str, Any]) -> None:
        self.house = house
        self.variables = variables


def test_condition(to: Connection, id: int, asked: dict[str, Any]) -> None:
    """Tell whether a condition holds now."""
    to.must_be_admin()
    condition, problems = parse_condition(asked.get("condition"), to.house)
    if condition is None:
        raise Bad("invalid_format", "; ".join(str(problem) for problem in problems))
    scope = _Scope(to.house, field(asked, "variables", dict, None) or {})
    to.result(id, {"result": condition.test(scope)})


def render_template(to: Connection, id: int, asked: dict[str, Any]) -> None:
    """Render a template, and again each time something changes that it read."""
    to.must_be_admin()
    variables = field(asked, "variables", dict, None) or {}
    template = to.house.templates.compile(field(asked, "template", str))
    rendering = _Rendering(to, id, template, variables)
    reads = rendering.first()
    watch = Watch(to.house, reads, rendering.again)
    to.subscribe(id, watch.stop)


class _Rendering:
    def __init__(self, to: Connection, id: int, template: Template, variables: Mapping[str, Any]) -> None:
        self._to = to
        self._id = id
        self._template = template
        self._variables = variables

    def first(self) -> Reads:
        """Answer the command: with the first result, or with what is wrong with the template."""
        result, reads = self._template.track(self._variables)
        self._to.result(self._id)
        self._tell(result, reads)
        return reads

    def again(self, event: StateChanged | None) -> Reads | None:
        if not self._to.who.is_valid or not self._to.who.is_admin:
            return None
        try:
            result, reads = self._template.track(self._variables)
        except TemplateError as error:
            self._to.event(self._id, {"error": str(error), "level": "ERROR"})
            return None
        self._tell(result, reads)
        return reads

    def _tell(self, result: Any, reads: Reads) -> None:
        listeners = {
            "all": reads.every_state,
            "entities": sorted(reads.entities),
            "domains": sorted(reads.domains),
            "time": reads.time,
        }
        self._to.event(self._id, {"result": plain(result), "listeners": listeners})
