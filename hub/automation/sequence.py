"""Run the actions of something that is neither automation nor script, such as a template switch."""

from __future__ import annotations

from collections.abc import Awaitable, Mapping, Sequence
from typing import Any

from hub.automation import trace as traces
from hub.automation.model import Sequenced
from hub.automation.run import LiveRun
from hub.automation.runs import Ended, Runs
from hub.automation.trace import Traces
from hub.core.cause import Cause
from hub.core.errors import HubError
from hub.core.ports import House
from hub.kinds import Action


class ActionSequence:
    """Actions under a name. While they run, they are not begun again."""

    def __init__(self, house: House, name: str, actions: Sequence[Action]) -> None:
        self._name = name
        self._runs = Runs(house, name, name, Sequenced(), actions, Traces())

    def run(self, variables: Mapping[str, Any], cause: Cause | None) -> Awaitable[None] | None:
        """Do the actions; what they set stays in `variables` if that is a dict.

        Raises `HubError` if one of them fails.
        """
        run = self._runs.prepare(variables, Cause(cause, origin=self._name))
        outcome = self._runs.start(run, _nothing)
        if isinstance(outcome, Ended):
            _over(outcome, run, variables)
            return None
        return _until_over(outcome, run, variables)

    def stop(self) -> None:
        """Cancel what is under way."""
        self._runs.stop()


async def _until_over(outcome: Awaitable[Ended], run: LiveRun, variables: Mapping[str, Any]) -> None:
    _over(await outcome, run, variables)


def _over(ended: Ended, run: LiveRun, variables: Mapping[str, Any]) -> None:
    if isinstance(variables, dict):
        variables.update(run.variables)
    if ended.outcome == traces.ERROR:
        raise HubError(ended.error or "it failed")


def _nothing() -> None:
    pass
