"""Call macros and functions that are given as values: `apply`, `as_function`."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from jinja2 import Environment, pass_context
from jinja2.runtime import Context, Macro

from hub.template.sources import Sources
from hub.template.table import BOTH, TEST, Function


@pass_context
def apply(context: Context, value: Any, function: Any, *args: Any, **kwargs: Any) -> Any:
    """Call `function(value, …)` as the template itself could, no more."""
    return _call(context.environment, context, function, value, *args, **kwargs)


def _call(environment: Environment, context: Context, function: Any, *args: Any, **kwargs: Any) -> Any:
    call: Callable[..., Any] = environment.call  # type: ignore[attr-defined]  # every sandbox has it
    return call(context, function, *args, **kwargs)


def as_function(macro: Any) -> Callable[..., Any]:
    """Return a function of a macro that hands its result to its argument `returns`."""
    if not isinstance(macro, Macro):
        raise TypeError(f"as_function expected a macro, got {type(macro).__name__}")

    @pass_context
    def function(context: Context, *args: Any, **kwargs: Any) -> Any:
        result: list[Any] = [None]

        def returns(value: Any) -> Any:
            result[0] = value
            return value

        _call(context.environment, context, macro, *args, returns=returns, **kwargs)
        return result[0]

    function.__name__ = function.__qualname__ = macro.name.removeprefix("macro_")
    return function


def functions(sources: Sources) -> list[Function]:
    return [Function("apply", apply, BOTH | TEST), Function("as_function", as_function)]
