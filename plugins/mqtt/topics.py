"""The types of MQTT's own values in YAML: topics, filters, quality of service."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Annotated, Any

from pydantic import AfterValidator, BeforeValidator, Field

from hub.api import Text, refuse

_LONGEST = 65535


def filter_problem(text: str) -> str:
    """Say what is wrong with a topic filter (MQTT 3.1.1, 4.7): `+` fills a level, `#` is the last one."""
    if not text:
        return "a topic can't be empty"
    if "\0" in text or len(text.encode()) > _LONGEST:
        return "a topic has at most 65535 bytes, none of them zero"
    levels = text.split("/")
    if any("+" in level and level != "+" for level in levels):
        return "+ stands for a whole level: write it between slashes"
    if any("#" in level and level != "#" for level in levels) or "#" in levels[:-1]:
        return "# stands for all levels that follow: write it last, after a slash"
    return ""


def topic_problem(text: str) -> str:
    """Say what is wrong with a topic to publish to: it has no wildcards."""
    if "+" in text or "#" in text:
        return "a topic to publish to has no wildcards (+ and #)"
    return filter_problem(text)


def _checked(problem_of: Callable[[str], str]) -> AfterValidator:
    def check(text: str) -> str:
        problem = problem_of(text)
        if problem:
            raise refuse(f"{text!r}: {problem}")
        return text

    return AfterValidator(check)


PublishTopic = Annotated[Text, _checked(topic_problem)]
SubscribeTopic = Annotated[Text, _checked(filter_problem)]


def _whole(value: Any) -> Any:
    return int(value) if isinstance(value, float) and math.isfinite(value) else value


Whole = Annotated[int, BeforeValidator(_whole)]
"""A whole number; what is after the point is left out, as Home Assistant does."""
Qos = Annotated[Whole, Field(ge=0, le=2)]
