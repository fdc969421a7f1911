"""Run the actions of something that is neither automation nor script, such as a template switch."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping, Sequence
from typing import Any

from hub.automation import trace as traces
from hub.automation.bookmark import Page
from hub.automation.model import Sequenced
from hub.automation.runs import Ended, Runs
from hub.automation.trace import Traces
from hub.core.cause import Cause
from hub.core.errors import HubError
from hub.core.ports import House
from hub.kinds import Action

After = Callable[[Mapping[str, Any], Cause], Awaitable[None] | None]


class ActionSequence:
    """Actions under a name. While they run, they are not begun again.

    A run that waits goes on when the hub is started again, if the actions are as they were and there is a
    sequence of this name before the house has started. `after(variables, cause)` is called when a run is
    over that did not fail, also one that was taken up again; what it returns is waited for.
    """

    skips = False

    def __init__(
        self, house: House, name: str, actions: Sequence[Action], after: After | None = None
    ) -> None:
        self._house = house
        self._name = name
        self._after = after
        self._page = Page(house.book, actions)
        self._page.enter(name, self)
        self._runs = Runs(house, name, name, Sequenced(), actions, Traces(), self._page)

    def rename(self, name: str) -> None:
        """Go by another name, such as the entity's id once there is one; to be said before the first run."""
        self._name = name
        self._page.enter(name, self)
        self._runs.rename(name)

    @property
    def digest(self) -> str:
        """Tell these actions from others."""
        return self._page.digest

    def run(self, variables: Mapping[str, Any], cause: Cause | None) -> Awaitable[None] | None:
        """Do the actions. Raises `HubError` if one of them fails."""
        run = self._runs.prepare(variables, Cause(cause, origin=self._name))
        outcome = self._runs.start(run, _nothing)
        if isinstance(outcome, Ended):
            return self._over(outcome)
        return self._later(outcome)

    def take_up(self, told: Mapping[str, Any]) -> Callable[[], Awaitable[None]]:
        """Go on with a run that waited when the hub ended; return what makes one wait for its end."""
        outcome = self._runs.take_up(told, _nothing)
        task = self._house.tasks.spawn(self._later(outcome), self._name)
        return lambda: task

    def give_up(self, told: Mapping[str, Any], outcome: str, why: str) -> None:
        """Say that a run that waited when the hub ended does not go on."""
        self._runs.give_up(told, outcome, why)

    def stop(self) -> None:
        """Cancel what is under way, and give the name back."""
        self._after = None
        self._runs.stop()
        self._page.close()

    def _over(self, ended: Ended) -> Awaitable[None] | None:
        if ended.outcome == traces.ERROR:
            raise HubError(ended.error or "it failed")
        run = ended.run
        if run is None or self._after is None or ended.outcome == traces.CANCELLED:
            return None
        return self._after(run.variables, run.cause.parent or run.cause)

    async def _later(self, outcome: Ended | Awaitable[Ended]) -> None:
        rest = self._over(outcome if isinstance(outcome, Ended) else await outcome)
        if rest is not None:
            await rest


def _nothing() -> None:
    pass
