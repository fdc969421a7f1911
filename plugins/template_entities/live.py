"""A template entity as it lives: what its templates gave, and what it shows of that."""

from __future__ import annotations

import logging
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import replace
from datetime import datetime
from typing import Any, ClassVar, Generic, TypeVar

from hub.api import (
    Action,
    ActionSequence,
    Cause,
    Command,
    EntityInfo,
    House,
    HubError,
    Remembered,
    State,
    is_true,
)
from plugins.template_entities.options import EntityOptions

log = logging.getLogger(__name__)
After = Callable[[Mapping[str, Any], Cause], Awaitable[None] | None]
O = TypeVar("O", bound=EntityOptions)  # noqa: E741  # options
GONE = ("unknown", "unavailable")


class Failed:
    """The result of a template that could not be rendered."""

    def __init__(self, error: HubError) -> None:
        self.error = error


Results = Mapping[str, Any]
"""What templates gave, by key: native values or `Failed`."""


class Live(Generic[O]):
    """One entity. `take` is told what changed; subclasses keep it and say what to show."""

    default_name: ClassVar[str]
    gone_on_error: ClassVar[bool] = True
    """Whether an error in the state's template makes the entity unavailable."""

    def __init__(self, house: House, options: O, unique_id: str | None) -> None:
        self.house = house
        self.options = options
        self.triggered = False
        self.script_variables: Mapping[str, Any] = {}
        """What the actions of services see beside `this`."""
        self._told_available = True
        self._broken = False
        self._attributes: dict[str, Any] = {}
        self._scripts: dict[str, ActionSequence] = {}
        self.info = self._describe(unique_id)
        self.entity = house.entities.add(self.info, self.commands())
        self.entity_id = self.entity.entity_id
        for name, script in self._scripts.items():
            script.rename(f"{self.entity_id} {name}")

    def _describe(self, unique_id: str | None) -> EntityInfo:
        early = {"this": _nobody("unknown.unknown")}
        options = self.options
        return EntityInfo(
            options.domain,
            "template",
            unique_id=unique_id,
            name=_early(options.name, early) or self.default_name,
            default_entity_id=options.default_entity_id,
            device_class=getattr(options, "device_class", None),
            unit_of_measurement=getattr(options, "unit_of_measurement", None),
            icon=_early(options.icon, early),
            entity_picture=_early(options.picture, early),
            assumed_state=bool(getattr(options, "assumed", False)),
            attributes=self.fixed(),
        )

    # --- for subclasses ---

    def fixed(self) -> Mapping[str, Any]:
        """Return the attributes that do not depend on the state."""
        return {}

    def commands(self) -> Mapping[str, Command]:
        return {}

    def update(self, results: Results) -> None:
        """Keep what the domain's own templates gave."""

    def state(self) -> str | None:
        raise NotImplementedError

    def extra(self) -> Mapping[str, Any]:
        """Return the domain's own attributes."""
        return {}

    def restore(self, before: Remembered) -> None:
        """Become what the entity was before the start."""

    def gone(self) -> None:
        """Told when the availability template says no."""

    # --- life ---

    def start(self, *, restored: bool = True) -> None:
        """Show the entity for the first time."""
        before = self.house.memory.recall(self.entity_id) if restored else None
        if before is not None:
            self.restore(before)
        self.show()

    def stop(self) -> None:
        for script in self._scripts.values():
            script.stop()
        self.entity.remove()

    def restore_looks(self, before: Remembered) -> None:
        """Take icon, picture and attributes from before the start, where they come from templates."""
        told = before.attributes
        for name in self.options.attributes:
            if name in told:
                self._attributes[name] = told[name]
        for option, name in (("icon", "icon"), ("picture", "entity_picture")):
            if getattr(self.options, option) is not None and name in told:
                self._look(option, told[name])

    def take(self, results: Results, cause: Cause | None = None) -> None:
        """Take over what templates gave, and show it."""
        if "availability" in results:
            told = results["availability"]
            self._told_available = isinstance(told, Failed) or is_true(told)
            if not self._told_available:
                self.gone()
        if "state" in results:
            failed = isinstance(results["state"], Failed)
            alone = self.options.availability is None
            self._broken = failed and (self.triggered or (alone and self.gone_on_error))
        for key in ("icon", "picture", "name"):
            if key in results and not isinstance(results[key], Failed):
                self._look(key, results[key])
        for key, value in results.items():
            if key.startswith("attributes."):
                self._attributes[key[11:]] = None if isinstance(value, Failed) else value
        self.update(results)
        self.show(cause)

    def show(self, cause: Cause | None = None) -> None:
        available = self._told_available and not self._broken
        if available != self.entity.available and not available:
            self.entity.set_available(False, cause=cause)
            return
        self.entity.available = available
        try:
            state = self.state()
        except HubError as error:
            log.error("%s: %s", self.entity_id, error)
            return
        self.entity.write(state, {**self._attributes, **self.extra()}, cause=cause)

    def _look(self, key: str, value: Any) -> None:
        text = None if value is None or value == "" else str(value)
        if key == "name":
            text = text or self.default_name
        field = {"picture": "entity_picture"}.get(key, key)
        if getattr(self.info, field) != text:
            self.redescribe(**{field: text})

    def redescribe(self, **changes: Any) -> None:
        """Change the description of the entity."""
        self.info = replace(self.info, **changes)
        self.house.entities.redescribe(self.entity, self.info)

    # --- actions ---

    def script(
        self, name: str, actions: tuple[Action, ...] | None, after: After | None = None
    ) -> ActionSequence | None:
        """Return what runs these actions, None if there are none. `after` is told when they are done."""
        if actions is None:
            return None
        script = ActionSequence(self.house, f"{self.info.name} {name}", actions, after)
        self._scripts[name] = script
        return script

    def run(
        self, script: ActionSequence | None, cause: Cause | None, variables: Mapping[str, Any] | None = None
    ) -> Awaitable[None] | None:
        if script is None:
            return None
        return script.run({"this": self.this(), **self.script_variables, **(variables or {})}, cause)

    def this(self) -> State:
        return self.house.states.get(self.entity_id) or _nobody(self.entity_id)


def number_text(value: float) -> str:
    """Write a number as Home Assistant does: 15 significant digits."""
    return f"{value:.15}" if isinstance(value, float) else str(value)


def shown(value: Any) -> str | None:
    """Write a native value as a state."""
    if value is None or isinstance(value, str):
        return value
    if isinstance(value, float):
        return number_text(value)
    return value.isoformat() if isinstance(value, datetime) else str(value)


def as_float(entity_id: str, key: str, value: Any) -> float | None:
    """Return a number; anything else is None, with an error in the log if it is not None itself."""
    if value is None or isinstance(value, Failed):
        return None
    try:
        return float(value)
    except (TypeError, ValueError):
        log.error("%s: %s should be a number, but is %.100r", entity_id, key, value)
        return None


def _early(template: Any, variables: Mapping[str, Any]) -> str | None:
    if template is None:
        return None
    try:
        return str(template.text(variables)) or None
    except HubError:
        return None


def _nobody(entity_id: str) -> State:
    return State(entity_id, "unknown", {}, 0.0, 0.0, 0.0, None)
