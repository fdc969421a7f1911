"""Template locks."""

from __future__ import annotations

from collections.abc import Awaitable, Mapping
from functools import partial
from typing import Any, ClassVar

from hub.api import ActionsField, Command, ServiceCall, ServiceRefused, TemplateField
from plugins.template_entities.live import Failed, Live, Results
from plugins.template_entities.options import OptimisticOptions
from plugins.template_entities.values import truth

_WORDS = ("jammed", "opening", "locking", "open", "unlocking", "locked", "unlocked")


class LockOptions(OptimisticOptions):
    """A lock whose state a template gives; the actions have the code that was given as `code`."""

    domain: ClassVar[str] = "lock"
    rendered: ClassVar[tuple[str, ...]] = ("state", "code_format")

    lock: ActionsField
    unlock: ActionsField
    open: ActionsField | None = None
    code_format: TemplateField | None = None


class LiveLock(Live[LockOptions]):
    default_name: ClassVar[str] = "Template Lock"
    _state: str | None = None
    _format: str | None = None
    _format_error: Failed | None = None

    def update(self, results: Results) -> None:
        if "state" in results:
            self._state = _read(results["state"])
        if "code_format" in results:
            told = results["code_format"]
            self._format_error = told if isinstance(told, Failed) else None
            self._format = None if isinstance(told, Failed) or told in (None, "") else str(told)

    def state(self) -> str | None:
        return self._state

    def extra(self) -> Mapping[str, Any]:
        return {"code_format": self._format} if self._format is not None else {}

    def commands(self) -> Mapping[str, Command]:
        goals = {"lock": "locked", "unlock": "unlocked", "open": "open"}
        commands: dict[str, Command] = {}
        for service, goal in goals.items():
            script = self.script(service, getattr(self.options, service))
            if script is not None:
                commands[service] = partial(self._turn, script, goal)
        return commands

    def _turn(self, script: Any, goal: str, call: ServiceCall) -> Awaitable[None] | None:
        if self._format_error is not None:
            raise ServiceRefused(f"{self.entity_id}: its code_format fails: {self._format_error.error}")
        if self.options.assumed:
            self._state = goal
            self.show(call.cause)
        return self.run(script, call.cause, {"code": call.fields.code})


def _read(value: Any) -> str | None:
    if isinstance(value, bool):
        return "locked" if value else "unlocked"
    if not isinstance(value, str):
        return None
    text = value.lower()
    if text in _WORDS:
        return text
    known = truth(text)
    # A word that no lock knows is no reason to call the door safe.
    return None if known is None else "locked" if known else "unlocked"
