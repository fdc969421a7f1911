"""Begin a coroutine at once, and wait for the rest of it later.

A task begins only at the loop's next turn. If it is cancelled before, its coroutine never ran, and
neither did its clean-up. A run that waits has therefore always begun: listeners and timers that it set
are taken back however it ends.
"""

from __future__ import annotations

from collections.abc import Coroutine, Generator
from typing import Any, Generic, TypeVar

T = TypeVar("T")


class Started(Generic[T]):
    """The rest of a coroutine that has already run up to its first wait."""

    __slots__ = ("_coroutine", "_waits_for")

    def __init__(self, coroutine: Coroutine[Any, Any, T]) -> None:
        """Run up to the first wait. Raises what the coroutine raises, `StopIteration` if it is over."""
        self._coroutine = coroutine
        self._waits_for = coroutine.send(None)

    def __await__(self) -> Generator[Any, Any, T]:
        waits_for = self._waits_for
        while True:
            trouble: BaseException | None = None
            try:
                value = yield waits_for
            except BaseException as error:  # also a cancellation: the coroutine is to see it
                trouble = error
            try:
                if trouble is not None:
                    waits_for = self._coroutine.throw(trouble)
                else:
                    waits_for = self._coroutine.send(value)
            except StopIteration as over:
                return over.value  # type: ignore[no-any-return]  # the coroutine's result

    def close(self) -> None:
        """End the coroutine where it waits, if it has not ended yet; its clean-up runs."""
        self._coroutine.close()


def begin(coroutine: Coroutine[Any, Any, T]) -> Started[T] | T:
    """Return the coroutine's result if it did not have to wait, else the rest of it."""
    try:
        return Started(coroutine)
    except StopIteration as over:
        return over.value  # type: ignore[no-any-return]  # as above
