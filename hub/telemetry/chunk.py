"""Pack samples tightly: as differences of whole numbers where they are decimals, else as they are."""

from __future__ import annotations

import sys
import zlib
from array import array
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import accumulate, pairwise

_MOST_PLACES = 6
_EXACT = -1
_LARGEST = 1 << 52


@dataclass(frozen=True, slots=True)
class Chunk:
    """Samples at equal steps, in microseconds since 1970. `gap`: before it nothing was heard for a while."""

    start: int
    step: int
    values: Sequence[float]
    gap: bool = False

    @property
    def end(self) -> int:
        """When the next sample would come."""
        return self.start + self.step * len(self.values)


def pack(values: Sequence[float]) -> tuple[int, bytes]:
    """Return how many decimal places the values have, and their bytes; -1 places for any numbers."""
    for places in range(_MOST_PLACES + 1):
        factor = 10**places
        whole = [round(value * factor) for value in values]
        if max(map(abs, whole)) >= _LARGEST:
            break
        if all(number / factor == value for number, value in zip(whole, values, strict=True)):
            steps = [whole[0], *(after - before for before, after in pairwise(whole))]
            small = all(-32768 <= step < 32768 for step in steps)
            return places * 2 + small, _pressed(array("h" if small else "q", steps))
    return _EXACT, _pressed(array("d", values))


def unpack(kind: int, data: bytes) -> list[float]:
    """Return the values again, each exactly as it was."""
    if kind == _EXACT:
        return _opened(data, "d").tolist()
    places, small = divmod(kind, 2)
    factor = 10**places
    return [number / factor for number in accumulate(_opened(data, "h" if small else "q"))]


def _pressed(numbers: array[int] | array[float]) -> bytes:
    if sys.byteorder == "big":
        numbers.byteswap()
    return zlib.compress(numbers.tobytes(), 6)


def _opened(data: bytes, code: str) -> array[float]:
    numbers: array[float] = array(code)
    numbers.frombytes(zlib.decompress(data))
    if sys.byteorder == "big":
        numbers.byteswap()
    return numbers
