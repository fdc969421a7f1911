"""Search texts with regular expressions, and refuse those that could search for ever."""

from __future__ import annotations

import re
import warnings
from functools import lru_cache
from typing import Any

from hub.template.budget import LONGEST_TEXT
from hub.template.functions.backtracking import endless
from hub.template.inputs import TooMuch
from hub.template.sources import Sources
from hub.template.table import FILTER, TEST, Function

LONGEST_SUBJECT = 64 * 1024
LONGEST_DOUBTFUL_SUBJECT = 24
"""How much text a pattern with nested repeats gets: each character more may double its time."""


@lru_cache(maxsize=256)
def _compiled(find: str, ignorecase: bool) -> tuple[re.Pattern[str], bool]:
    """Return the pattern, and whether it may search for ever."""
    with warnings.catch_warnings():
        # Python warns of what may mean something else one day; it is not the house that is told.
        warnings.simplefilter("ignore")
        return re.compile(find, re.IGNORECASE if ignorecase else 0), endless(find, ignorecase)


def _pattern(find: str, ignorecase: bool, subject: str) -> re.Pattern[str]:
    pattern, doubtful = _compiled(find, bool(ignorecase))
    if len(subject) > LONGEST_SUBJECT:
        raise TooMuch(f"it searches a text of more than {LONGEST_SUBJECT:,} characters")
    if doubtful and len(subject) > LONGEST_DOUBTFUL_SUBJECT:
        raise TooMuch(
            f"the pattern '{find}' repeats what repeats itself, which can take for ever on more than "
            f"{LONGEST_DOUBTFUL_SUBJECT} characters; put something between the two that has to be there "
            "and that neither of them matches"
        )
    return pattern


class PatternFunctions:
    """Functions that look into the text of a value."""

    def __init__(self, sources: Sources) -> None:
        self._budget = sources.budget

    def match(self, value: Any, find: str = "", ignorecase: bool = False) -> bool:
        """Tell whether the text begins with the pattern."""
        text = self._budget.shown(value)
        return _pattern(find, ignorecase, text).match(text) is not None

    def search(self, value: Any, find: str = "", ignorecase: bool = False) -> bool:
        text = self._budget.shown(value)
        return _pattern(find, ignorecase, text).search(text) is not None

    def findall(self, value: Any, find: str = "", ignorecase: bool = False) -> list[Any]:
        text = self._budget.shown(value)
        return _pattern(find, ignorecase, text).findall(text)

    def findall_index(self, value: Any, find: str = "", index: int = 0, ignorecase: bool = False) -> Any:
        return self.findall(value, find, ignorecase)[index]

    def replace(self, value: Any = "", find: str = "", replace: str = "", ignorecase: bool = False) -> str:
        text = self._budget.shown(value)
        pattern = _pattern(find, ignorecase, text)
        references = replace.count("\\")
        if not references and (len(text) + 1) * len(replace) <= LONGEST_TEXT:
            return pattern.sub(replace, text)
        made = len(text)

        def expand(match: re.Match[str]) -> str:
            nonlocal made
            longest = max((len(group) for group in match.groups() if group), default=len(match[0]))
            made += len(replace) + references * max(longest, len(match[0]))
            self._budget.fits(made)
            return match.expand(replace) if references else replace

        return pattern.sub(expand, text)


def functions(sources: Sources) -> list[Function]:
    house = PatternFunctions(sources)
    return [
        Function("regex_match", house.match, FILTER),
        Function("match", house.match, TEST),
        Function("regex_search", house.search, FILTER),
        Function("search", house.search, TEST),
        Function("regex_findall", house.findall, FILTER),
        Function("regex_findall_index", house.findall_index, FILTER),
        Function("regex_replace", house.replace, FILTER),
    ]
