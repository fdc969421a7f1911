"""Sum up several numbers in one: average, median, mode, least and greatest."""

from __future__ import annotations

import statistics
from collections.abc import Callable, Iterable
from typing import Any

from jinja2 import Environment, pass_environment
from jinja2.filters import do_max, do_min

from hub.template.inputs import MISSING, fallback
from hub.template.sources import Sources
from hub.template.table import CALL, Function


def _summary(name: str, compute: Callable[[Any], Any], sources: Sources) -> Function:
    """`name([1, 2])`, `name([1, 2], default)` or `name(1, 2, 3)`."""

    def function(*args: Any, default: Any = MISSING) -> Any:
        _need(name, args)
        values: Any = args
        if isinstance(args[0], Iterable):
            values = args[0]
            if len(args) > 1 and default is MISSING:
                default = args[1]
        elif len(args) == 1:
            raise TypeError(f"'{type(args[0]).__name__}' object is not iterable")
        try:
            return compute(sources.budget.counted(values))
        except (TypeError, statistics.StatisticsError):
            return fallback(name, args, default)

    return Function(name, function)


def _mode(sources: Sources) -> Function:
    # Texts are iterable too: only alone or in a list are they what is counted within.
    def statistical_mode(*args: Any, default: Any = MISSING) -> Any:
        _need("statistical_mode", args)
        values: Any = args
        if len(args) == 1:
            if not isinstance(args[0], Iterable):
                raise TypeError(f"'{type(args[0]).__name__}' object is not iterable")
            values = args[0]
        elif isinstance(args[0], (list, tuple)):
            values = args[0]
            if default is MISSING:
                default = args[1]
        try:
            return statistics.mode(sources.budget.counted(values))
        except (TypeError, statistics.StatisticsError):
            return fallback("statistical_mode", args, default)

    return Function("statistical_mode", statistical_mode)


def _extreme(name: str, compute: Callable[..., Any]) -> Function:
    @pass_environment
    def function(environment: Environment, *args: Any, **kwargs: Any) -> Any:
        _need(name, args)
        if len(args) > 1:
            return compute(environment, args, **kwargs)
        if not isinstance(args[0], Iterable):
            raise TypeError(f"'{type(args[0]).__name__}' object is not iterable")
        return compute(environment, args[0], **kwargs)

    return Function(name, function, CALL)


def _need(name: str, args: tuple[Any, ...]) -> None:
    if not args:
        raise TypeError(f"{name} expected at least 1 argument, got 0")


def functions(sources: Sources) -> list[Function]:
    return [
        _summary("average", statistics.fmean, sources),
        _summary("median", statistics.median, sources),
        _mode(sources),
        _extreme("min", do_min),
        _extreme("max", do_max),
    ]
