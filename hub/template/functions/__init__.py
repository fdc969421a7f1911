"""The functions of the template language, one module for each group."""

from __future__ import annotations

from collections.abc import Callable

from hub.template.functions import (
    areas,
    averages,
    builtin,
    casts,
    collections,
    data,
    devices,
    labels,
    macros,
    numbers,
    patterns,
    places,
    ranges,
    states,
    text,
    time,
)
from hub.template.sources import Sources
from hub.template.table import Function

GROUPS: tuple[Callable[[Sources], list[Function]], ...] = (
    builtin.functions,
    casts.functions,
    numbers.functions,
    ranges.functions,
    averages.functions,
    text.functions,
    patterns.functions,
    time.functions,
    data.functions,
    collections.functions,
    macros.functions,
    states.functions,
    places.functions,
    devices.functions,
    areas.functions,
    labels.functions,
)
