"""Tell whether the number of an entity lies between limits, some of which are entities themselves."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from hub.api import UNAVAILABLE, UNKNOWN, House, HubError, NotFound, State, Template, refuse


@dataclass(frozen=True, slots=True)
class Range:
    """What lies strictly above `above` and below `below`; a text is the entity that has the limit."""

    above: float | str | None
    below: float | str | None
    attribute: str | None = None
    value_template: Template | None = None

    @property
    def is_plain(self) -> bool:
        """Tell whether only the state's own text decides."""
        limits = isinstance(self.above, str) or isinstance(self.below, str)
        return not limits and self.attribute is None and self.value_template is None

    @property
    def entities(self) -> list[str]:
        """Return the entities that have the limits."""
        return [limit for limit in (self.above, self.below) if isinstance(limit, str)]

    def check(self, *, ordered: bool) -> None:
        """Raise the error of a range that has no limit or, where they must be `ordered`, one of nothing."""
        above, below = self.above, self.below
        if above is None and below is None:
            raise refuse("numeric_state needs a limit", "Give it above, below or both.")
        if ordered and isinstance(above, float) and isinstance(below, float) and above > below:
            raise refuse(
                f"nothing is above {above:g} and below {below:g}",
                "Swap the limits, or make two of it, one for each limit.",
            )

    def number(self, state: State, variables: Mapping[str, Any]) -> float | None:
        """Return the number, None if there is none now; raises `HubError` for what is no number."""
        value = self._value(state, variables)
        if value is None or value in (UNAVAILABLE, UNKNOWN):
            return None
        try:
            return float(value)
        except (TypeError, ValueError):
            raise HubError(f"{state.entity_id}: {value!r} is no number") from None

    def holds(self, house: House, number: float | None) -> bool:
        """Tell whether a number lies inside; raises `HubError` if a limit can't be told."""
        if number is None:
            return False
        if self.below is not None:
            below = self._limit(house, self.below)
            if below is None or not number < below:
                return False
        if self.above is not None:
            above = self._limit(house, self.above)
            if above is None or not number > above:
                return False
        return True

    def why(self, house: House, state: State, variables: Mapping[str, Any]) -> str:
        """Say why the entity's number does not lie inside, nothing if it does."""
        number = self.number(state, variables)
        if number is None:
            return f"{self._value(state, variables)!r} is no number"
        for word, limit in (("below", self.below), ("above", self.above)):
            value = self._limit(house, limit) if limit is not None else number
            if limit is None or (value is not None and _lies(number, word, value)):
                continue
            shown = f"{limit:g}" if isinstance(limit, float) else f"{limit} ({_shown(value)})"
            return f"{_shown(number)} is not {word} {shown}"
        return ""

    def distance(self, house: House, number: float) -> str:
        """Say how far a number that lies outside is away from the range, nothing if that can't be told."""
        for words, limit, sign in (("more", self.above, 1), ("less", self.below, -1)):
            value = self._limit(house, limit) if limit is not None else None
            if value is not None and (missing := sign * (value - number)) >= 0:
                return f"needs {missing:.4g} {words}" if missing else f"needs anything {words}"
        return ""

    def _value(self, state: State, variables: Mapping[str, Any]) -> Any:
        if self.attribute is not None and self.attribute not in state.attributes:
            return None
        if self.value_template is not None:
            return self.value_template.render({**variables, "state": state})
        return state.state if self.attribute is None else state.attributes[self.attribute]

    def _limit(self, house: House, limit: float | str) -> float | None:
        if isinstance(limit, float):
            return limit
        state = house.states.get(limit)
        if state is None:
            raise NotFound(f"the limit is to come from {limit}, which does not exist")
        if state.state in (UNAVAILABLE, UNKNOWN):
            return None
        try:
            return float(state.state)
        except ValueError:
            raise HubError(f"the limit is to come from {limit}, but {state.state!r} is no number") from None

    def in_words(self) -> str:
        """Return `above 5 and below input_number.x`."""
        words = (("above", self.above), ("below", self.below))
        return " and ".join(f"{word} {_shown(limit)}" for word, limit in words if limit is not None)

    def came(self) -> str:
        """Return how a number came inside: `rose above 25`."""
        if self.above is not None and self.below is not None:
            return f"came between {_shown(self.above)} and {_shown(self.below)}"
        return (
            f"rose above {_shown(self.above)}"
            if self.above is not None
            else f"fell below {_shown(self.below)}"
        )


def _lies(number: float, word: str, limit: float) -> bool:
    return number < limit if word == "below" else number > limit


def _shown(value: float | str | None) -> str:
    if value is None:
        return "no number"
    return value if isinstance(value, str) else f"{value:.10g}"
