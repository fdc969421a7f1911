"""Bound what comes with Jinja: its filters over many items, and those that make long texts."""

from __future__ import annotations

import functools
from collections.abc import Callable
from typing import Any

from jinja2 import Environment, filters, pass_environment
from jinja2.filters import make_attrgetter

from hub.template import bounds
from hub.template.budget import CONTAINERS, LONGEST_LIST, Budget
from hub.template.inputs import TooMuch
from hub.template.sources import Sources
from hub.template.table import FILTER, Function

OVER_ITEMS = (
    "batch", "dictsort", "groupby", "items", "list", "map", "max", "min", "reject",
    "rejectattr", "reverse", "select", "selectattr", "slice", "sort", "unique",
)  # fmt: skip
"""Filters that go over many items: each item is counted."""

OF_TEXT = (
    "capitalize", "center", "e", "escape", "forceescape", "format", "indent", "lower", "pprint", "replace",
    "safe", "striptags", "title", "tojson", "trim", "truncate", "upper", "urlencode", "urlize", "wordcount",
    "wordwrap", "xmlattr",
)  # fmt: skip
"""Filters that first make a text of what they are given: what is nested in it is weighed."""

LONGEST_MARKUP = 64 * 1024
MOST_COPIED = 100_000_000

Check = Callable[[Budget, Any, tuple[Any, ...], dict[str, Any]], None]


def _given(name: str, index: int, args: tuple[Any, ...], kwargs: dict[str, Any], default: Any = None) -> Any:
    return args[index] if len(args) > index else kwargs.get(name, default)


def _center(budget: Budget, value: Any, args: tuple[Any, ...], kwargs: dict[str, Any]) -> None:
    bounds.widest(_given("width", 0, args, kwargs))


def _indent(budget: Budget, value: Any, args: tuple[Any, ...], kwargs: dict[str, Any]) -> None:
    width = _given("width", 0, args, kwargs, 4)
    bounds.widest(width)
    size = len(width) if isinstance(width, str) else int(width)
    budget.text(len(str(value)) + (str(value).count("\n") + 1) * size)


def _format(budget: Budget, value: Any, args: tuple[Any, ...], kwargs: dict[str, Any]) -> None:
    bounds.fields(budget, str(value), kwargs or args)


def _replace(budget: Budget, value: Any, args: tuple[Any, ...], kwargs: dict[str, Any]) -> None:
    old, new = str(_given("old", 0, args, kwargs)), str(_given("new", 1, args, kwargs))
    budget.text(bounds.replaced_length(str(value), old, new))


def _wordwrap(budget: Budget, value: Any, args: tuple[Any, ...], kwargs: dict[str, Any]) -> None:
    width = max(1, int(_given("width", 0, args, kwargs, 79)))
    length = len(str(value))
    lines = length // width + 1
    budget.text(length + lines * len(str(_given("wrapstring", 2, args, kwargs) or "\n")))
    if lines * length > MOST_COPIED:
        raise TooMuch("it wraps a very long text")


def _markup(budget: Budget, value: Any, args: tuple[Any, ...], kwargs: dict[str, Any]) -> None:
    given = sum(len(each) for each in (*args, *kwargs.values()) if isinstance(each, str))
    if len(str(value)) > LONGEST_MARKUP or given > LONGEST_LIST:
        raise TooMuch(f"it takes more than {LONGEST_MARKUP:,} characters as markup")


def _portions(budget: Budget, value: Any, args: tuple[Any, ...], kwargs: dict[str, Any]) -> None:
    count = _given("linecount", 0, args, kwargs, kwargs.get("slices", 0))
    if isinstance(count, int) and count > LONGEST_LIST:
        raise TooMuch(f"it makes a list of more than {LONGEST_LIST:,} items")


CHECKS: dict[str, Check] = {
    "center": _center,
    "indent": _indent,
    "format": _format,
    "replace": _replace,
    "wordwrap": _wordwrap,
    "striptags": _markup,
    "urlize": _markup,
    "batch": _portions,
    "slice": _portions,
}


def _bounded(name: str, budget: Budget) -> Function:
    # Jinja has a second form of some filters, for asynchronous templates only.
    plain: Callable[..., Any] = getattr(filters, f"sync_do_{name}", filters.FILTERS[name])
    check = CHECKS.get(name)
    weigh = name in OF_TEXT
    # Some filters are first given the environment or the context.
    place = 1 if hasattr(plain, "jinja_pass_arg") else 0

    @functools.wraps(plain)
    def function(*args: Any, **kwargs: Any) -> Any:
        value = args[place]
        if not weigh:
            value = budget.counted(value)
        elif isinstance(value, CONTAINERS):
            budget.weigh(value)
        if check is not None:
            check(budget, value, args[place + 1 :], kwargs)
        result = plain(*args[:place], value, *args[place + 1 :], **kwargs)
        if isinstance(result, str):
            budget.text(len(result))
        elif isinstance(result, list):
            budget.nested(result)
        return result

    return Function(name, function, FILTER)


@pass_environment
def join(environment: Environment, value: Any, d: str = "", attribute: str | int | None = None) -> str:
    """Join items, or one attribute of each, to a text."""
    budget: Budget = environment.budget  # type: ignore[attr-defined]  # every sandbox has it
    items = budget.counted(value)
    if attribute is not None:
        items = map(make_attrgetter(environment, attribute), items)
    return budget.join([budget.shown(item) for item in items], str(d))


@pass_environment
def total(environment: Environment, iterable: Any, attribute: str | int | None = None, start: Any = 0) -> Any:
    """Add up items, or one attribute of each."""
    budget: Budget = environment.budget  # type: ignore[attr-defined]  # every sandbox has it
    items = budget.counted(iterable)
    if attribute is not None:
        items = map(make_attrgetter(environment, attribute), items)
    for item in items:
        start = start + item if isinstance(item, (int, float)) else bounds.plus(budget, start, item)
    return start


def functions(sources: Sources) -> list[Function]:
    return [
        *(_bounded(name, sources.budget) for name in (*OVER_ITEMS, *OF_TEXT)),
        Function("join", join, FILTER),
        Function("sum", total, FILTER),
        Function("string", sources.budget.shown, FILTER),
    ]
