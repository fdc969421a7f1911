"""Search texts with regular expressions, and refuse those that could search for ever."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import Any

from hub.template.functions.backtracking import endless
from hub.template.inputs import TooMuch
from hub.template.sources import Sources
from hub.template.table import FILTER, TEST, Function

LONGEST_SUBJECT = 64 * 1024
LONGEST_DOUBTFUL_SUBJECT = 24
"""How much text a pattern with nested repeats gets: each character more may double its time."""

_compiled = lru_cache(maxsize=256)(re.compile)
_endless = lru_cache(maxsize=256)(endless)


def _pattern(find: str, ignorecase: bool, subject: str) -> re.Pattern[str]:
    if len(subject) > LONGEST_DOUBTFUL_SUBJECT:
        if len(subject) > LONGEST_SUBJECT:
            raise TooMuch(f"it searches a text of more than {LONGEST_SUBJECT:,} characters")
        if _endless(find):
            raise TooMuch(
                f"the pattern '{find}' repeats what repeats itself, which can take for ever on "
                f"more than {LONGEST_DOUBTFUL_SUBJECT} characters; put something between the two that "
                "must be there and that neither matches"
            )
    return _compiled(find, re.IGNORECASE if ignorecase else 0)


def regex_match(value: Any, find: str = "", ignorecase: bool = False) -> bool:
    """Tell whether the text begins with the pattern."""
    text = str(value)
    return _pattern(find, ignorecase, text).match(text) is not None


def regex_search(value: Any, find: str = "", ignorecase: bool = False) -> bool:
    text = str(value)
    return _pattern(find, ignorecase, text).search(text) is not None


def regex_findall(value: Any, find: str = "", ignorecase: bool = False) -> list[Any]:
    text = str(value)
    return _pattern(find, ignorecase, text).findall(text)


def regex_findall_index(value: Any, find: str = "", index: int = 0, ignorecase: bool = False) -> Any:
    return regex_findall(value, find, ignorecase)[index]


class Replacer:
    """`regex_replace`, which counts the text that it makes."""

    def __init__(self, sources: Sources) -> None:
        self._budget = sources.budget

    def replace(self, value: Any = "", find: str = "", replace: str = "", ignorecase: bool = False) -> str:
        text = str(value)
        pattern = _pattern(find, ignorecase, text)
        # At most one match a character, each no longer than what it replaces and the new text.
        if (len(text) + 1) * len(replace) > LONGEST_SUBJECT:
            places = sum(1 for _ in pattern.finditer(text))
            self._budget.text(len(text) + places * len(replace) * (1 + replace.count("\\") * len(text)))
        return pattern.sub(replace, text)


def functions(sources: Sources) -> list[Function]:
    return [
        Function("regex_match", regex_match, FILTER),
        Function("match", regex_match, TEST),
        Function("regex_search", regex_search, FILTER),
        Function("search", regex_search, TEST),
        Function("regex_findall", regex_findall, FILTER),
        Function("regex_findall_index", regex_findall_index, FILTER),
        Function("regex_replace", Replacer(sources).replace, FILTER),
    ]
