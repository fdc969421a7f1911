"""Tell when a stream leaves what is well: thresholds and rates of change, with hysteresis."""

from __future__ import annotations

from collections import deque
from typing import Annotated, Self

from pydantic import BaseModel, ConfigDict, Field, model_validator

from hub.fields import Period, Text, refuse


class AlarmModel(BaseModel):
    """One alarm: a value above or below a limit, or one that changes faster than `rate_above` a second.

    It is over when the value is back beyond `clear`. With `for` it must last so long to count.
    """

    model_config = ConfigDict(frozen=True, extra="forbid", populate_by_name=True)

    name: Text
    above: float | None = None
    below: float | None = None
    rate_above: Annotated[float, Field(gt=0)] | None = None
    clear: float | None = None
    over: Annotated[float, Field(gt=0, le=60)] = 1.0
    """Seconds over which a rate is taken."""
    lasting: Period | None = Field(None, alias="for")

    @model_validator(mode="after")
    def _one_limit(self) -> Self:
        limits = [limit for limit in (self.above, self.below, self.rate_above) if limit is not None]
        if len(limits) != 1:
            raise refuse("an alarm needs one of above, below or rate_above", "Make two alarms of it.")
        if self.clear is not None:
            wrong = self.clear < limits[0] if self.below is not None else self.clear > limits[0]
            if wrong:
                side = "below" if self.below is None else "above"
                raise refuse(f"clear should be {side} the limit", "Else the alarm is over before it began.")
        return self


class Alarm:
    """Follows one stream."""

    def __init__(self, model: AlarmModel) -> None:
        self._model = model
        self._lasting = model.lasting.total_seconds() if model.lasting is not None else 0.0
        self._since: float | None = None
        self._window: deque[tuple[float, float]] = deque()
        self.active = False
        self.value = 0.0
        """What was looked at last: the value, or its rate of change a second."""

    def feed(self, at: float, value: float) -> bool:
        """Look at a sample; tell whether the alarm began or ended by it."""
        looked = self._rate(at, value) if self._model.rate_above is not None else value
        if looked is None:
            return False
        self.value = looked
        if self.active:
            if self._is_over(looked):
                self.active = False
                self._since = None
                return True
            return False
        if not self._is_beyond(looked):
            self._since = None
            return False
        if self._since is None:
            self._since = at
        if at - self._since >= self._lasting:
            self.active = True
            return True
        return False

    def interrupt(self) -> None:
        """Forget what came before a gap: nobody knows what was in it."""
        self._window.clear()
        if not self.active:
            self._since = None

    def _is_beyond(self, value: float) -> bool:
        model = self._model
        if model.below is not None:
            return value < model.below
        limit = model.above if model.above is not None else model.rate_above
        return limit is not None and value > limit

    def _is_over(self, value: float) -> bool:
        model = self._model
        if model.below is not None:
            return value >= (model.clear if model.clear is not None else model.below)
        limit = model.above if model.above is not None else model.rate_above
        clear = model.clear if model.clear is not None else limit
        return clear is not None and value <= clear

    def _rate(self, at: float, value: float) -> float | None:
        """Return how much the value changes in a second, None until there is enough to tell."""
        window = self._window
        window.append((at, value))
        while len(window) > 2 and window[1][0] <= at - self._model.over:
            window.popleft()
        first_at, first = window[0]
        if at - first_at < self._model.over * 0.99:
            return None
        return abs(value - first) / (at - first_at)
