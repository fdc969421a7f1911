"""Template covers."""

from __future__ import annotations

from collections.abc import Awaitable, Mapping
from functools import partial
from typing import Any, ClassVar, Self

from pydantic import model_validator

from hub.api import ActionsField, Bool, Cause, Command, House, ServiceCall, TemplateField, Text, refuse
from plugins.template_entities.live import Failed, Live, Results
from plugins.template_entities.options import OptimisticOptions
from plugins.template_entities.values import truth, within, word

_WORDS = ("open", "opening", "closed", "closing")


class CoverOptions(OptimisticOptions):
    """A cover whose state and position templates give, and that actions move."""

    domain: ClassVar[str] = "cover"
    rendered: ClassVar[tuple[str, ...]] = ("state", "position", "tilt")

    position: TemplateField | None = None
    tilt: TemplateField | None = None
    tilt_optimistic: Bool | None = None
    device_class: Text | None = None
    open_cover: ActionsField | None = None
    close_cover: ActionsField | None = None
    stop_cover: ActionsField | None = None
    set_cover_position: ActionsField | None = None
    set_cover_tilt_position: ActionsField | None = None

    @model_validator(mode="after")
    def _moves(self) -> Self:
        if (self.open_cover is None) is not (self.close_cover is None):
            raise refuse("open_cover and close_cover go together")
        if self.open_cover is None and self.set_cover_position is None:
            raise refuse("a cover needs open_cover or set_cover_position")
        return self

    @property
    def assumed(self) -> bool:
        if self.optimistic is not None:
            return self.optimistic
        return self.state is None and self.position is None


class LiveCover(Live[CoverOptions]):
    default_name: ClassVar[str] = "Template Cover"

    def __init__(self, house: House, options: CoverOptions, unique_id: str | None) -> None:
        self._position: int | None = None
        self._tilt: int | None = None
        self._moving: str | None = None
        super().__init__(house, options, unique_id)

    def update(self, results: Results) -> None:
        if "state" in results:
            self._take_state(results["state"])
        if "position" in results:
            self._position = within(self.entity_id, "position", results["position"], 0, 100)
        if "tilt" in results:
            self._tilt = within(self.entity_id, "tilt", results["tilt"], 0, 100)

    def _take_state(self, value: Any) -> None:
        known = None if isinstance(value, Failed) else truth(value)
        if known is None:
            state = word(self.entity_id, "state", value, _WORDS)
        else:
            state = "open" if known else "closed"
        self._moving = state if state in ("opening", "closing") else None
        if self.options.position is None:
            self._position = None if state is None else 100 if state == "open" else 0

    def state(self) -> str | None:
        if self._moving is not None:
            return self._moving
        return None if self._position is None else "closed" if self._position == 0 else "open"

    def extra(self) -> Mapping[str, Any]:
        shown: dict[str, Any] = {}
        if self._position is not None:
            shown["current_position"] = self._position
        if self._tilt is not None:
            shown["current_tilt_position"] = self._tilt
        return shown

    # --- commands ---

    def commands(self) -> Mapping[str, Command]:
        options = self.options
        assume, tilted = self._assume, self._assume_tilt
        position = self.script("set_cover_position", options.set_cover_position, assume)
        tilt = self.script("set_cover_tilt_position", options.set_cover_tilt_position, tilted)
        ways = {
            100: self.script("open_cover", options.open_cover, assume) or position,
            0: self.script("close_cover", options.close_cover, assume) or position,
        }

        def move(goal: int, call: ServiceCall) -> Awaitable[None] | None:
            return self.run(ways[goal], call.cause, {"position": goal})

        def set_position(call: ServiceCall) -> Awaitable[None] | None:
            return self.run(position, call.cause, {"position": call.fields.position})

        def set_tilt(goal: int, call: ServiceCall) -> Awaitable[None] | None:
            return self.run(tilt, call.cause, {"tilt": goal})

        def toggle(call: ServiceCall) -> Awaitable[None] | None:
            return move(100 if self.state() == "closed" else 0, call)

        commands: dict[str, Command] = {
            "open_cover": partial(move, 100),
            "close_cover": partial(move, 0),
            "toggle": toggle,
        }
        if position is not None:
            commands["set_cover_position"] = set_position
        if options.stop_cover is not None:
            stop = self.script("stop_cover", options.stop_cover)
            commands["stop_cover"] = lambda call: self.run(stop, call.cause)
        if tilt is not None:
            commands["open_cover_tilt"] = partial(set_tilt, 100)
            commands["close_cover_tilt"] = partial(set_tilt, 0)
            commands["set_cover_tilt_position"] = lambda call: set_tilt(call.fields.tilt_position, call)
        return commands

    def _assume(self, told: Mapping[str, Any], cause: Cause) -> None:
        if self.options.assumed:
            self._position = told["position"]
            self.show(cause)

    def _assume_tilt(self, told: Mapping[str, Any], cause: Cause) -> None:
        if self.options.tilt_optimistic or self.options.tilt is None:
            self._tilt = told["tilt"]
            self.show(cause)
