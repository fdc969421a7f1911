"""Understand what a device sends: one number, a list, an object, or packed numbers."""

from __future__ import annotations

import math
import sys
from array import array
from collections.abc import Mapping, Sequence
from typing import Any, Literal, NamedTuple

import orjson

Format = Literal["json", "float32", "float64", "int16", "int32"]
_PACKED: Mapping[str, str] = {"float32": "f", "float64": "d", "int16": "h", "int32": "i"}
MOST_SAMPLES = 10_000
# A time in an object may be in seconds, milliseconds or microseconds; told apart by how large it is.
_SECONDS_BELOW, _MILLISECONDS_BELOW = 1e11, 1e14


class Samples(NamedTuple):
    """Values in order; `start` (seconds since 1970) and `rate` if the device tells them."""

    values: list[float]
    start: float | None = None
    rate: float | None = None


def decode(payload: bytes, format: Format, field: str | None, scale: float) -> Samples:
    """Return the samples of a message. Raises `ValueError` for what is none.

    Packed numbers are little-endian. In JSON a number, a list of numbers, or an object is taken: its `field`
    (or `values`, `value`), with `t` or `time` of the first sample, and `rate`.
    """
    if format == "json":
        return _scaled(_of_json(orjson.loads(payload), field), scale)
    numbers: array[Any] = array(_PACKED[format])
    if len(payload) % numbers.itemsize:
        raise ValueError(f"{len(payload)} bytes are no whole number of {format}")
    numbers.frombytes(payload)
    if sys.byteorder == "big":
        numbers.byteswap()
    return _scaled(Samples(_checked(numbers)), scale)


def _of_json(data: Any, field: str | None) -> Samples:
    if not isinstance(data, dict):
        return Samples(_checked(data if isinstance(data, list) else [data]))
    names = (field,) if field is not None else ("values", "value")
    found = next((data[name] for name in names if name in data), None)
    if found is None:
        raise ValueError(f"there is no {' or '.join(names)} in it")
    time = data.get("t", data.get("time"))
    rate = data.get("rate")
    return Samples(
        _checked(found if isinstance(found, list) else [found]),
        _seconds(time) if isinstance(time, (int, float)) else None,
        float(rate) if isinstance(rate, (int, float)) and 0 < rate <= 100_000 else None,
    )


def _seconds(time: float) -> float:
    if time < _SECONDS_BELOW:
        return float(time)
    return time / (1e3 if time < _MILLISECONDS_BELOW else 1e6)


def _checked(values: Sequence[Any]) -> list[float]:
    if not values or len(values) > MOST_SAMPLES:
        raise ValueError(f"{len(values)} samples in a message: there should be 1 to {MOST_SAMPLES}")
    numbers = [_number(value) for value in values]
    if not math.isfinite(sum(numbers)):
        raise ValueError("a sample is no finite number")
    return numbers


def _number(value: Any) -> float:
    if isinstance(value, bool) or value is None:
        raise ValueError(f"{value!r} is no number")
    return float(value)


def _scaled(samples: Samples, scale: float) -> Samples:
    if scale == 1.0:
        return samples
    return samples._replace(values=[value * scale for value in samples.values])
