"""Run the actions that an entity's YAML gives for one of its services."""

from __future__ import annotations

import asyncio
import logging
from collections import ChainMap
from collections.abc import Awaitable, Mapping, Sequence
from typing import Any

from hub.api import (
    Action,
    Cause,
    Condition,
    House,
    HubError,
    Outcome,
    SequenceOver,
    StopRun,
    holds,
    is_enabled,
)

log = logging.getLogger(__name__)


class Script:
    """Actions under a name. While they run, they are not begun again."""

    def __init__(self, house: House, name: str, actions: Sequence[Action]) -> None:
        self._house = house
        self._name = name
        self._actions = actions
        self._running = False

    def run(self, variables: Mapping[str, Any], cause: Cause | None) -> Awaitable[None] | None:
        """Do the actions; what they set stays in `variables` if that is a dict.

        Raises `HubError` if one of them fails.
        """
        if self._running:
            log.warning("%s: already running", self._name)
            return None
        frame = variables if isinstance(variables, dict) else dict(variables)
        run = Steps(self._house, self._name, Cause(cause, origin=self._name), [frame])
        self._running = True
        try:
            waiting = run.begin(self._actions)
        except (StopRun, SequenceOver) as end:
            self._running = False
            _judge(end)
            return None
        except BaseException:
            self._running = False
            raise
        if waiting is not None:
            return self._until(waiting)
        self._running = False
        return None

    async def _until(self, waiting: Awaitable[None]) -> None:
        try:
            await waiting
        except (StopRun, SequenceOver) as end:
            _judge(end)
        finally:
            self._running = False


def _judge(end: Exception) -> None:
    if isinstance(end, StopRun) and end.error:
        raise HubError(end.reason) from end


class Steps:
    """One run (`hub.api.Run`). A name is changed in the block where it was first defined."""

    def __init__(self, house: House, name: str, cause: Cause, frames: list[dict[str, Any]]) -> None:
        self.house = house
        self.cause = cause
        self._name = name
        self._frames = frames

    @property
    def variables(self) -> Mapping[str, Any]:
        return self._frames[0] if len(self._frames) == 1 else ChainMap(*self._frames)

    def begin(self, actions: Sequence[Action]) -> Awaitable[None] | None:
        """Do the actions; give back the rest where one has to wait."""
        for index, action in enumerate(actions):
            waiting = self._step(action)
            if waiting is not None:
                return self._rest(action, waiting, actions[index + 1 :])
        return None

    async def _rest(self, action: Action, waiting: Awaitable[None], rest: Sequence[Action]) -> None:
        try:
            await waiting
        except (StopRun, SequenceOver, asyncio.CancelledError):
            raise
        except Exception as error:
            self._failed(action, error)
        later = self.begin(rest)
        if later is not None:
            await later

    def _step(self, action: Action) -> Awaitable[None] | None:
        try:
            if action.enabled is not True and not is_enabled(action.enabled):
                return None
            return action.run(self)
        except (StopRun, SequenceOver, asyncio.CancelledError):
            raise
        except Exception as error:
            self._failed(action, error)
            return None

    def _failed(self, action: Action, error: Exception) -> None:
        log.error("%s: %s", self._name, error)
        if not action.continue_on_error:
            raise error

    # --- what actions ask for ---

    def set_variables(self, values: Mapping[str, Any]) -> None:
        for name, value in values.items():
            home = next((frame for frame in self._frames if name in frame), self._frames[0])
            home[name] = value

    def set_for_all(self, name: str, value: Any) -> None:
        for frame in self._frames[:-1]:
            frame.pop(name, None)
        self._frames[-1][name] = value

    def sequence(
        self, actions: Sequence[Action], path: str, variables: Mapping[str, Any] | None = None
    ) -> Awaitable[None] | None:
        try:
            waiting = self.branch(path, variables).begin(actions)
        except SequenceOver:
            return None
        return _block(waiting) if waiting is not None else None

    def branch(self, path: str, variables: Mapping[str, Any] | None = None) -> Steps:
        return Steps(self.house, self._name, self.cause, [dict(variables or {}), *self._frames])

    def check(self, conditions: Sequence[Condition], path: str) -> bool:
        for condition in conditions:
            try:
                if holds(condition, self) is False:
                    return False
            except HubError as error:
                self.warn("a condition can't be told: %s", error)
                return False
        return True

    def call(
        self, domain: str, service: str, data: Mapping[str, Any], *, return_response: bool = False
    ) -> Outcome:
        services = self.house.services
        return services.call(domain, service, data, cause=self.cause, return_response=return_response)

    def sleep(self, seconds: float) -> Awaitable[None]:
        done: asyncio.Future[None] = asyncio.get_running_loop().create_future()

        def wake() -> None:
            if not done.done():
                done.set_result(None)

        detach = self.house.clock.call_later(seconds, wake)
        done.add_done_callback(lambda _: detach())
        return done

    def note(self, **result: Any) -> None:
        """There is no trace to write in."""

    def warn(self, text: str, *args: object) -> None:
        log.warning("%s: " + text, self._name, *args)

    def complain(self, text: str, *args: object) -> None:
        log.error("%s: " + text, self._name, *args)


async def _block(waiting: Awaitable[None]) -> None:
    try:
        await waiting
    except SequenceOver:
        pass
