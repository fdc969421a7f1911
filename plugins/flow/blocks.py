"""Decide and repeat: choose, if, repeat, parallel, sequence."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Mapping, Sequence
from typing import Annotated, Any, Self

from pydantic import BeforeValidator, Field, WithJsonSchema, model_validator

from hub.api import (
    Action,
    ActionField,
    ActionsField,
    Condition,
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
_TURN = "repeat/sequence"


class Option(Kind):
    """One way of a `choose`."""

    alias: Text | None = None
    conditions: ConditionsField
    sequence: ActionsField


class Choose(Action):
    """Do the sequence of the first option whose conditions hold."""

    choose: OneOrMany[Option]
    """The first whose conditions hold is done."""
    default: ActionsField = ()
    """Done if none of them holds."""

    def run(self, run: Run) -> Awaitable[None] | None:
        for index, option in enumerate(self.choose):
            if run.check(option.conditions, f"choose/{index}/conditions"):
                run.note(choice=index)
                return run.sequence(option.sequence, f"choose/{index}/sequence")
        run.note(choice="default")
        return run.sequence(self.default, "default") if self.default else None

    def resume(self, run: Run) -> Awaitable[None] | None:
        for index, option in enumerate(self.choose):
            path = f"choose/{index}/sequence"
            if run.was_in(path):
                return run.sequence(option.sequence, path)
        return run.sequence(self.default, "default") if run.was_in("default") else None


class If(Action):
    """Do `then` if the conditions hold, `else` if not."""

    if_: ConditionsField = Field(alias="if")
    """What must hold."""
    then: ActionsField
    """Done if it does."""
    else_: ActionsField = Field((), alias="else")
    """Done if it does not."""

    def run(self, run: Run) -> Awaitable[None] | None:
        if run.check(self.if_, "if"):
            run.note(choice="then")
            return run.sequence(self.then, "then")
        run.note(choice="else")
        return run.sequence(self.else_, "else") if self.else_ else None

    def resume(self, run: Run) -> Awaitable[None] | None:
        for path, actions in (("then", self.then), ("else", self.else_)):
            if run.was_in(path):
                return run.sequence(actions, path)
        return None


class SequenceAction(Action):
    """Do several actions as one."""

    sequence: ActionsField

    def run(self, run: Run) -> Awaitable[None] | None:
        return run.sequence(self.sequence, "sequence")

    def resume(self, run: Run) -> Awaitable[None] | None:
        return run.sequence(self.sequence, "sequence") if run.was_in("sequence") else None


def _branch(value: Any) -> Any:
    """A list of actions among the branches is a sequence."""
    return {"sequence": value} if isinstance(value, list) else value


_BRANCH_SCHEMA = {"anyOf": [{"x-part": "action"}, {"type": "array", "items": {"x-part": "action"}}]}
Branch = Annotated[ActionField, BeforeValidator(_branch), WithJsonSchema(_BRANCH_SCHEMA)]


class Parallel(Action):
    """Do several sequences at the same time, and go on when all are done."""

    parallel: OneOrMany[Branch]
    """What is done at once; each may be a sequence."""

    def run(self, run: Run) -> Awaitable[None] | None:
        return self._side_by_side(run, range(len(self.parallel)))

    def resume(self, run: Run) -> Awaitable[None] | None:
        left = [index for index in range(len(self.parallel)) if run.was_in(f"parallel/{index}")]
        return self._side_by_side(run, left)

    def _side_by_side(self, run: Run, branches: Sequence[int]) -> Awaitable[None] | None:
        waiting = []
        failed: list[Exception] = []
        for index in branches:
            branch = self.parallel[index]
            try:
                outcome = run.branch(f"parallel/{index}", apart=True).sequence(
                    _actions_of(branch), "sequence"
                )
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
    """So many times."""
    while_: ConditionsField | None = Field(None, alias="while")
    """As long as this holds, asked before each round."""
    until: ConditionsField | None = None
    """Until this holds, asked after each round."""
    for_each: ValueField | None = None
    """Once for each item; `repeat.item` is it."""
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
    """How often, and what."""

    def run(self, run: Run) -> Awaitable[None] | None:
        return _go_round(run, self._rounds(run), 1)

    def resume(self, run: Run) -> Awaitable[None] | None:
        held = run.held or {}
        rounds = self._rounds(run, held)
        told = held["told"]
        waiting = None
        if run.was_in(_TURN):
            waiting = run.sequence(self.repeat.sequence, _TURN, {"repeat": told})
        return _go_on(waiting, run, rounds, int(held["index"]), told)

    def _rounds(self, run: Run, held: Mapping[str, Any] | None = None) -> _Rounds:
        """Say how it goes round; a number or a list is rendered once, and then `held`."""
        loop = self.repeat
        if loop.count is not None:
            count = held["count"] if held else _count(loop.count.render(run.variables))
            return _Counted(run, loop, count, None)
        if loop.for_each is not None:
            items = held["items"] if held else loop.for_each.render(run.variables)
            if not isinstance(items, (list, tuple)):
                raise HubError(f"for_each should be a list, not {items!r}")
            return _Counted(run, loop, len(items), items)
        return _Asked(run, loop)


def _count(value: Any) -> int:
    try:
        return max(0, int(value))
    except (TypeError, ValueError):
        raise HubError(f"count should be a number, not {value!r}") from None


class _Rounds:
    """How a loop goes round: what it knows in each round, and when it is over."""

    def __init__(self, run: Run, loop: Loop) -> None:
        self.run = run
        self.loop = loop

    def told(self, index: int) -> dict[str, Any] | None:
        """Return what `repeat` is in this round, None if there is no such round."""
        raise NotImplementedError

    def over(self, told: Mapping[str, Any]) -> bool:
        """Tell whether the round that was done is the last."""
        return False

    def held(self) -> dict[str, Any]:
        """Return what was rendered once for all rounds."""
        return {}


class _Counted(_Rounds):
    def __init__(self, run: Run, loop: Loop, count: int, items: Sequence[Any] | None) -> None:
        super().__init__(run, loop)
        self.count = count
        self.items = items

    def told(self, index: int) -> dict[str, Any] | None:
        if index > self.count:
            return None
        item = {"item": self.items[index - 1]} if self.items is not None else {}
        return {"first": index == 1, "index": index, **item, "last": index == self.count}

    def held(self) -> dict[str, Any]:
        return {"count": self.count} if self.items is None else {"items": self.items}


class _Asked(_Rounds):
    """Goes round as long as `while` holds, or until `until` does."""

    def told(self, index: int) -> dict[str, Any] | None:
        told = {"first": index == 1, "index": index}
        _guard(self.run, index)
        if self.loop.while_ is not None and not self._holds(self.loop.while_, "while", told):
            return None
        return told

    def over(self, told: Mapping[str, Any]) -> bool:
        return self.loop.until is not None and self._holds(self.loop.until, "until", told)

    def _holds(self, conditions: Sequence[Condition], path: str, told: Mapping[str, Any]) -> bool:
        return self.run.branch(f"repeat/{path}", {"repeat": told}).check(conditions, "")


def _guard(run: Run, index: int) -> None:
    if index == WARN_TURNS:
        run.warn("repeat has gone round %s times", WARN_TURNS)
    if index > MOST_TURNS:
        raise HubError(f"repeat was stopped after {MOST_TURNS} rounds")


def _go_round(run: Run, rounds: _Rounds, index: int) -> Awaitable[None] | None:
    """Go round without waiting as long as that is possible; the rest becomes something to wait for."""
    while (told := rounds.told(index)) is not None:
        waiting = run.sequence(rounds.loop.sequence, _TURN, {"repeat": told})
        if waiting is not None:
            return _go_on(waiting, run, rounds, index, told)
        if rounds.over(told):
            return None
        index += 1
    return None


async def _go_on(
    waiting: Awaitable[None] | None, run: Run, rounds: _Rounds, index: int, told: Mapping[str, Any]
) -> None:
    fixed = rounds.held()
    while True:
        if waiting is not None:
            run.hold(index=index, told=told, **fixed)
            await waiting
        if rounds.over(told):
            return
        index += 1
        following = rounds.told(index)
        if following is None:
            return
        told = following
        waiting = run.sequence(rounds.loop.sequence, _TURN, {"repeat": told})
