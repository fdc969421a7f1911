"""Wait for a time, for a template to become true, for a trigger."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from typing import Any

from hub.api import (
    Action,
    Attachment,
    Begun,
    Bool,
    Cause,
    Detach,
    Duration,
    DurationField,
    HubError,
    Reads,
    Run,
    StopRun,
    TemplateField,
    TriggersField,
    Watch,
    is_enabled,
    is_true,
)


class Delay(Action):
    """Wait for a length of time."""

    delay: DurationField
    """How long."""

    def run(self, run: Run) -> Awaitable[None]:
        try:
            seconds = self.delay.seconds(run.variables)
        except HubError as error:
            run.note(error=str(error))
            run.complain("delay: %s", error)
            raise StopRun("the delay is no duration", aborted=True) from error
        run.note(delay=seconds)
        run.hold(due=run.house.clock.timestamp() + seconds)
        return run.sleep(seconds)

    def resume(self, run: Run) -> Awaitable[None]:
        due = float((run.held or {})["due"])
        return run.sleep(max(0.0, due - run.house.clock.timestamp()))


class _Wait:
    """One wait under way: it ends with what it waited for, or with its time-out.

    `due` is the time-out's end in seconds since 1970, known of a wait that is taken up again.
    """

    def __init__(self, run: Run, timeout: Duration | None, go_on: bool, *, again: bool = False) -> None:
        self._run = run
        self._go_on = go_on
        self._clock = run.house.clock
        self._deadline: float | None = None
        self._done: asyncio.Future[Any] = asyncio.get_running_loop().create_future()
        self._stops: list[Detach] = []
        self.facts: dict[str, Any] = {}
        held = dict(run.held or {}) if again else {}
        self.timers: dict[str, Any] = held.get("timers", {})
        due: float | None = held.get("due")
        if timeout is not None:
            now = self._clock.timestamp()
            seconds = max(0.0, due - now) if due is not None else timeout.seconds(run.variables)
            due = now + seconds if due is None else due
            self._deadline = self._clock.monotonic() + seconds
            if seconds > 0:
                self._stops.append(self._clock.call_later(seconds, lambda: self.finish(False)))
            else:
                self.finish(False)
        self._due = due

    def until(self, stop: Detach) -> None:
        self._stops.append(stop)

    def finish(self, completed: bool, **facts: Any) -> None:
        if not self._done.done():
            self.facts.update(facts)
            self._done.set_result(completed)

    @property
    def left(self) -> float | None:
        """The seconds to the time-out, None without one."""
        return None if self._deadline is None else max(0.0, self._deadline - self._clock.monotonic())

    def tell(self, completed: bool) -> None:
        """Give the run its `wait` variable."""
        left = self.left if completed or self._deadline is None else 0.0
        self._run.set_for_all("wait", {"completed": completed, "remaining": left, **self.facts})

    def cancel(self) -> None:
        for stop in self._stops:
            stop()

    async def over(self) -> None:
        self._run.hold(due=self._due, timers=self.timers)
        try:
            completed = await self._done
        finally:
            self.cancel()
        self.tell(completed)
        self._run.note(completed=completed)
        if not completed and not self._go_on:
            raise StopRun("the wait timed out", aborted=True)


class _WaitTimers:
    """The times that run for a trigger of a wait: they are kept with the run (`hub.kinds.Timers`)."""

    def __init__(self, run: Run, kept: dict[str, Any]) -> None:
        self._run = run
        self._kept = kept

    def left(self) -> list[Begun]:
        return [Begun(key, told["due"], told["facts"]) for key, told in self._kept.items()]

    def begin(self, key: str, seconds: float, facts: Mapping[str, Any], over: Callable[[], None]) -> Detach:
        clock = self._run.house.clock
        self._kept[key] = {"due": clock.timestamp() + seconds, "facts": facts}
        self._run.keep()
        stop = clock.call_later(seconds, over)

        def detach() -> None:
            stop()
            self.drop(key)

        return detach

    def drop(self, key: str) -> None:
        if self._kept.pop(key, None) is not None:
            self._run.keep()


class WaitTemplate(Action):
    """Wait until a template is true; go on at once if it already is."""

    wait_template: TemplateField
    """Wait until this is true."""
    timeout: DurationField | None = None
    continue_on_timeout: Bool = True
    """Whether it goes on when the time is over; else the run ends."""

    def run(self, run: Run) -> Awaitable[None] | None:
        return self._wait(run, again=False)

    def resume(self, run: Run) -> Awaitable[None] | None:
        return self._wait(run, again=True)

    def _wait(self, run: Run, *, again: bool) -> Awaitable[None] | None:
        result, reads = self.wait_template.track(run.variables)
        wait = _Wait(run, self.timeout, self.continue_on_timeout, again=again)
        if is_true(result):
            wait.cancel()
            wait.tell(True)
            return None
        run.set_for_all("wait", {"completed": False, "remaining": wait.left})
        wait.until(Watch(run.house, reads, lambda _: self._look(run, wait)).stop)
        return wait.over()

    def _look(self, run: Run, wait: _Wait) -> Reads:
        result, reads = self.wait_template.track(run.variables)
        if is_true(result):
            wait.finish(True)
        return reads


class WaitForTrigger(Action):
    """Wait until one of the triggers fires."""

    wait_for_trigger: TriggersField
    """Wait until one of these fires; `wait.trigger` is then what it said."""
    timeout: DurationField | None = None
    continue_on_timeout: Bool = True
    """Whether it goes on when the time is over; else the run ends."""

    def run(self, run: Run) -> Awaitable[None]:
        return self._wait(run, again=False)

    def resume(self, run: Run) -> Awaitable[None]:
        return self._wait(run, again=True)

    def _wait(self, run: Run, *, again: bool) -> Awaitable[None]:
        wait = _Wait(run, self.timeout, self.continue_on_timeout, again=again)
        wait.facts["trigger"] = None
        run.set_for_all("wait", {"completed": False, "remaining": wait.left, "trigger": None})
        for index, trigger in enumerate(self.wait_for_trigger):
            if not is_enabled(trigger.enabled, run.variables):
                continue
            common = {
                "id": trigger.id if trigger.id is not None else str(index),
                "idx": str(index),
                "alias": trigger.alias,
                "platform": trigger.platform,
            }

            def fire(
                facts: dict[str, Any], cause: Cause | None = None, common: dict[str, Any] = common
            ) -> None:
                wait.finish(True, trigger={**common, **facts})

            timers = _WaitTimers(run, wait.timers.setdefault(str(index), {}))
            attachment = Attachment(run.house, fire, run.variables, "wait_for_trigger", common, timers)
            wait.until(trigger.attach(attachment))
        return wait.over()
