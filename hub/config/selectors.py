"""Say what is odd in a value for a blueprint's input, by the selector that would ask for it.

Home Assistant takes any value here, so these are doubts and not errors. Selectors that are not looked at
take everything.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from hub.config.problems import did_you_mean
from hub.config.scalars import Input, Word

Options = Mapping[Any, Any]
Doubt = tuple[str, str]
"""What is odd, and a hint."""


def doubt(selector: str, options: Options, value: object) -> Doubt | None:
    """Return what is odd in `value`, None if nothing is."""
    check = _CHECKS.get(selector)
    if check is None or isinstance(value, Input) or (isinstance(value, str) and "{" in value):
        return None
    return check(options, value)


def _boolean(options: Options, value: object) -> Doubt | None:
    if isinstance(value, bool | Word) or str(value).lower() in ("true", "false"):
        return None
    return f"should be true or false, but is {value!r}", ""


def _number(options: Options, value: object) -> Doubt | None:
    try:
        number = float(str(value))
    except ValueError:
        return f"should be a number, but is {value!r}", ""
    low, high = _limit(options.get("min")), _limit(options.get("max"))
    if low is not None and number < low:
        return f"should be at least {low:g}, but is {number:g}", ""
    if high is not None and number > high:
        return f"should be at most {high:g}, but is {number:g}", ""
    return None


def _limit(value: object) -> float | None:
    return float(value) if isinstance(value, int | float) and not isinstance(value, bool) else None


def _select(options: Options, value: object) -> Doubt | None:
    choices = [
        str(each.get("value") if isinstance(each, dict) else each) for each in options.get("options") or ()
    ]
    if options.get("custom_value") or not choices:
        return None
    for each in value if isinstance(value, list) else [value]:
        if str(each) not in choices:
            hint = did_you_mean(each, choices)
            return f"should be one of {', '.join(choices)}, but is {str(each)!r}", hint
    return None


def _entity(options: Options, value: object) -> Doubt | None:
    for each in value if isinstance(value, list) else [value]:
        if each in (None, ""):  # nothing chosen
            continue
        if not isinstance(each, str) or "." not in each:
            return f"should be an entity id, but is {each!r}", "Write domain.name, such as light.hall"
    return None


_CHECKS: Mapping[str, Callable[[Options, object], Doubt | None]] = {
    "boolean": _boolean,
    "number": _number,
    "select": _select,
    "entity": _entity,
}
