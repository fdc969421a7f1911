"""The times that run for an automation's triggers (`for:`): they go on over a restart of the hub."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from hub.automation.bookmark import Page
from hub.core.clock import Clock, Detach
from hub.core.frozen import freeze, thaw
from hub.core.ports import House
from hub.kinds import Begun

FOR = "for/"


class TriggerTimers:
    """The times of one trigger (`hub.kinds.Timers`).

    When one is over, that is kept first and told then: it is never over a second time.
    """

    def __init__(
        self, house: House, page: Page, trigger: int, skip: Callable[[Begun], None] | None = None
    ) -> None:
        """`skip(begun)` is told of what was over while the hub was down, if that is not to count."""
        self._house = house
        self._skip = skip
        self._page = page
        self._agenda = page.book.agenda
        self._trigger = trigger
        self._prefix = f"{FOR}{page.item}/{trigger}/"
        self.running: dict[str, float] = {}
        """When each is over, in seconds since 1970."""

    def left(self) -> list[Begun]:
        left = self._agenda.left
        keys = [key for key in left if key.startswith(self._prefix)]
        found = []
        for key in keys:
            told = left.pop(key)
            if told["digest"] != self._page.digest:
                self._agenda.drop(key)
                continue
            begun = Begun(key.removeprefix(self._prefix), told["due"], thaw(told["facts"], self._spelt))
            if self._skip is not None and begun.due <= self._house.clock.timestamp():
                self._agenda.drop(key)
                self._skip(begun)
            else:
                found.append(begun)
        return found

    def begin(self, key: str, seconds: float, facts: Mapping[str, Any], over: Callable[[], None]) -> Detach:
        clock: Clock = self._house.clock
        full = self._prefix + key
        due = clock.timestamp() + seconds

        def told() -> Mapping[str, Any]:
            item, digest = self._page.item, self._page.digest
            return {"item": item, "digest": digest, "due": due, "facts": freeze(facts)}

        def rings() -> None:
            self.running.pop(key, None)
            self._agenda.drop(full)
            over()

        self.running[key] = due
        self._agenda.put(full, told, at_once=True)
        stop = clock.call_later(seconds, rings)

        def detach() -> None:
            stop()
            self.running.pop(key, None)
            self._agenda.drop(full)

        return detach

    def drop(self, key: str) -> None:
        self._agenda.drop(self._prefix + key)

    def _spelt(self, text: str) -> Any:
        return self._house.templates.value("{{ text }}").render({"text": text})


def kept_timers(house: House, name: str, parts: Any, number: int = 0) -> TriggerTimers:
    """Return the times of something that is no automation. They go on over a restart if `parts`, the
    models of its YAML, are as they were."""
    page = Page(house.book, parts)
    page.item = name
    return TriggerTimers(house, page, number)
