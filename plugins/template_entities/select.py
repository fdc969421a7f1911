"""Template selects."""

from __future__ import annotations

from collections.abc import Awaitable, Mapping
from typing import Any, ClassVar

from hub.api import ActionsField, Command, House, ServiceCall, ServiceRefused, TemplateField
from plugins.template_entities.live import Failed, Live, Results
from plugins.template_entities.options import OptimisticOptions


class SelectOptions(OptimisticOptions):
    """One of the options that a template lists; `select_option` has the wanted one as `option`."""

    domain: ClassVar[str] = "select"
    rendered: ClassVar[tuple[str, ...]] = ("options", "state")

    options: TemplateField
    select_option: ActionsField | None = None


class LiveSelect(Live[SelectOptions]):
    default_name: ClassVar[str] = "Template Select"
    gone_on_error: ClassVar[bool] = False

    def __init__(self, house: House, options: SelectOptions, unique_id: str | None) -> None:
        self._choices: list[str] = []
        self._current: str | None = None
        super().__init__(house, options, unique_id)

    def commands(self) -> Mapping[str, Command]:
        script = self.script("select_option", self.options.select_option)

        def choose(option: str, call: ServiceCall) -> Awaitable[None] | None:
            if option not in self._choices:
                raise ServiceRefused(f"{self.entity_id}: {option!r} is none of {', '.join(self._choices)}")
            if self.options.assumed:
                self._current = option
                self.show(call.cause)
            return self.run(script, call.cause, {"option": option})

        def step(by: int, call: ServiceCall) -> Awaitable[None] | None:
            index = self._next(by, cycle=call.fields.cycle)
            return choose(self._choices[index], call) if index is not None else None

        return {
            "select_option": lambda call: choose(call.fields.option, call),
            "select_first": lambda call: choose(self._choices[0], call) if self._choices else None,
            "select_last": lambda call: choose(self._choices[-1], call) if self._choices else None,
            "select_next": lambda call: step(1, call),
            "select_previous": lambda call: step(-1, call),
        }

    def _next(self, by: int, *, cycle: bool) -> int | None:
        if not self._choices:
            return None
        last = len(self._choices) - 1
        if self._current not in self._choices:
            return 0 if by > 0 else last
        index = self._choices.index(self._current) + by
        if 0 <= index <= last:
            return index
        return index % (last + 1) if cycle else None

    def update(self, results: Results) -> None:
        if "options" in results:
            told = results["options"]
            self._choices = _texts(told) if not isinstance(told, Failed) else []
        if "state" in results:
            told = results["state"]
            self._current = None if told is None or isinstance(told, Failed) else str(told)

    def state(self) -> str | None:
        return self._current if self._current in self._choices else None

    def extra(self) -> Mapping[str, Any]:
        return {"options": self._choices}


def _texts(value: Any) -> list[str]:
    if value is None:
        return []
    return [str(item) for item in (value if isinstance(value, (list, tuple)) else [value])]
