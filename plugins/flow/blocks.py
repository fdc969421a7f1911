"""Decide and repeat: choose, if, repeat, parallel, sequence."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Mapping, Sequence
from typing import Annotated, Any, Self

from pydantic import BeforeValidator, Field, WithJsonSchema, model_validator

from hub.api import (
    Action,
    ActionField,
    ActionsField,
    ConditionsField,
    HubError,
    Kind,
    OneOrMany,
    Run,
    Text,
    ValueField,
    refuse,
)

WARN_TURNS = 5000
MOST_TURNS = 10000


class Option(Kind):
    """One way of a `choose`."""

    alias: Text | None = None
    conditions: ConditionsField
    sequence: ActionsField


class Choose(Action):
    """Do the sequence of the first option whose conditions hold."""

    choose: OneOrMany[Option]
    default: ActionsField = ()

    def run(self, run: Run) -> Awaitable[None] | None:
        for index, option in enumerate(self.choose):
            if run.check(option.conditions, f"choose/{index}/conditions"):
                run.note(choice=index)
                return run.sequence(option.sequence, f"choose/{index}/sequence")
        run.note(choice="default")
        return run.sequence(self.default, "default") if self.default else None


class If(Action):
    """Do `then` if the conditions hold, `else` if not."""

    if_: ConditionsField = Field(alias="if")
    then: ActionsField
    else_: ActionsField = Field((), alias="else")

    def run(self, run: Run) -> Awaitable[None] | None:
        if run.check(self.if_, "if"):
            run.note(choice="then")
            return run.sequence(self.then, "then")
        run.note(choice="else")
        return run.sequence(self.else_, "else") if self.else_ else None


class SequenceAction(Action):
    """Do several actions as one."""

    sequence: ActionsField

    def run(self, run: Run) -> Awaitable[None] | None:
        return run.sequence(self.sequence, "sequence")


def _branch(value: Any) -> Any:
    """A list of actions among the branches is a sequence."""
    return {"sequence": value} if isinstance(value, list) else value


_BRANCH_SCHEMA = {"anyOf": [{"x-part": "action"}, {"type": "array", "items": {"x-part": "action"}}]}
Branch = Annotated[ActionField, BeforeValidator(_branch), WithJsonSchema(_BRANCH_SCHEMA)]


class Parallel(Action):
    """Do several sequences at the same time, and go on when all are done."""

    parallel: OneOrMany[Branch]

    def run(self, run: Run) -> Awaitable[None] | None:
        waiting = []
        failed: list[Exception] = []
        for index, branch in enumerate(self.parallel):
            try:
                outcome = run.branch(f"parallel/{index}").sequence(_actions_of(branch), "sequence")
            except Exception as error:  # the other branches still run
                failed.append(error)
                continue
            if outcome is not None:
                waiting.append(outcome)
        if waiting:
            return _all(waiting, failed)
        if failed:
            raise failed[0]
        return None


def _actions_of(branch: Action) -> Sequence[Action]:
    return branch.sequence if isinstance(branch, SequenceAction) and branch.alias is None else (branch,)


async def _all(waiting: list[Awaitable[None]], failed: list[Exception]) -> None:
    results = await asyncio.gather(*waiting, return_exceptions=True)
    errors = [*failed, *(result for result in results if isinstance(result, BaseException))]
    if errors:
        raise errors[0]


class Loop(Kind):
    """How often a `repeat` goes round: one of count, while, until, for_each."""

    count: ValueField | None = None
    while_: ConditionsField | None = Field(None, alias="while")
    until: ConditionsField | None = None
    for_each: ValueField | None = None
    sequence: ActionsField

    @model_validator(mode="after")
    def _one_way(self) -> Self:
        ways = [way for way in (self.count, self.while_, self.until, self.for_each) if way is not None]
        if len(ways) != 1:
            raise refuse("repeat needs one of count, while, until and for_each")
        return self


class Repeat(Action):
    """Do a sequence several times."""

    repeat: Loop

    def run(self, run: Run) -> Awaitable[None] | None:
        loop = self.repeat
        if loop.count is not None:
            return _rounds(run, loop, [{}] * _count(loop.count.render(run.variables)))
        if loop.for_each is not None:
            items = loop.for_each.render(run.variables)
            if not isinstance(items, (list, tuple)):
                raise HubError(f"for_each should be a list, not {items!r}")
            return _rounds(run, loop, [{"item": item} for item in items])
        if loop.while_ is not None:
            return _while(run, loop, loop.while_)
        return _until(run, loop, loop.until or ())


def _count(value: Any) -> int:
    try:
        return max(0, int(value))
    except (TypeError, ValueError):
        raise HubError(f"count should be a number, not {value!r}") from None


def _rounds(run: Run, loop: Loop, items: list[dict[str, Any]]) -> Awaitable[None] | None:
    last = len(items)

    def facts(index: int) -> dict[str, Any] | None:
        if index > last:
            return None
        return {"first": index == 1, "index": index, **items[index - 1], "last": index == last}

    return _go_round(run, loop, facts, _never)


def _while(run: Run, loop: Loop, conditions: Any) -> Awaitable[None] | None:
    def facts(index: int) -> dict[str, Any] | None:
        told = {"first": index == 1, "index": index}
        _guard(run, index)
        return told if _asked(run, conditions, "while", told) else None

    return _go_round(run, loop, facts, _never)


def _until(run: Run, loop: Loop, conditions: Any) -> Awaitable[None] | None:
    def facts(index: int) -> dict[str, Any] | None:
        _guard(run, index)
        return {"first": index == 1, "index": index}

    def over(told: Mapping[str, Any]) -> bool:
        return _asked(run, conditions, "until", told)

    return _go_round(run, loop, facts, over)


def _never(told: Mapping[str, Any]) -> bool:
    return False


def _asked(run: Run, conditions: Any, path: str, told: Mapping[str, Any]) -> bool:
    return run.branch(f"repeat/{path}", {"repeat": told}).check(conditions, "")


def _guard(run: Run, index: int) -> None:
    if index == WARN_TURNS:
        run.warn("repeat has gone round %s times", WARN_TURNS)
    if index > MOST_TURNS:
        raise HubError(f"repeat was stopped after {MOST_TURNS} rounds")


def _go_round(
    run: Run,
    loop: Loop,
    facts: Callable[[int], dict[str, Any] | None],
    over: Callable[[Mapping[str, Any]], bool],
    index: int = 1,
) -> Awaitable[None] | None:
    """Go round without waiting as long as that is possible; the rest becomes something to wait for."""
    while (told := facts(index)) is not None:
        waiting = run.sequence(loop.sequence, "repeat/sequence", {"repeat": told})
        if waiting is not None:
            return _go_on(waiting, run, loop, facts, over, index, told)
        if over(told):
            return None
        index += 1
    return None


async def _go_on(
    waiting: Awaitable[None],
    run: Run,
    loop: Loop,
    facts: Callable[[int], dict[str, Any] | None],
    over: Callable[[Mapping[str, Any]], bool],
    index: int,
    told: Mapping[str, Any],
) -> None:
    now: Awaitable[None] | None = waiting
    while True:
        if now is not None:
            await now
        if over(told):
            return
        index += 1
        following = facts(index)
        if following is None:
            return
        told = following
        now = run.sequence(loop.sequence, "repeat/sequence", {"repeat": told})
