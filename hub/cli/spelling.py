"""Find the known name that is spelt nearly as an unknown one, without comparing each with each."""

from __future__ import annotations

import difflib
from collections import defaultdict
from collections.abc import Iterable

_NEAR = 0.75
_MOST_COMPARISONS = 50_000
"""In all. A hint is worth little time: a home may name thousands of entities that nothing here defines."""


_RULES = ("automation", "script")
"""What is called so is often called like the thing that it cares for."""


class Spelling:
    """Known names as `domain.name`; nearness counts within a domain, or for a name in a misspelt domain.

    With `across`, a name that another domain has is near, too.
    """

    def __init__(self, known: Iterable[str], *, across: bool = True) -> None:
        self._by_domain: defaultdict[str, list[str]] = defaultdict(list)
        self._by_name: dict[str, str] = {}
        for each in sorted(known):
            domain, _, name = each.partition(".")
            self._by_domain[domain].append(each)
            if across and domain not in _RULES:
                self._by_name.setdefault(name, each)
        self._left = _MOST_COMPARISONS
        self._told: dict[str, str] = {}

    def hint(self, unknown: str) -> str:
        """Return `Did you mean …?`, or nothing."""
        if unknown not in self._told:
            self._told[unknown] = self._hint(unknown)
        return self._told[unknown]

    def _hint(self, unknown: str) -> str:
        domain, _, name = unknown.partition(".")
        if name in self._by_name:
            return f"Did you mean {self._by_name[name]}?"
        candidates = self._by_domain.get(domain)
        if candidates is None:
            domains = difflib.get_close_matches(domain, self._by_domain, 1, _NEAR)
            candidates = self._by_domain[domains[0]] if domains else []
        self._left -= len(candidates)
        if self._left < 0:
            return ""
        found = difflib.get_close_matches(unknown, candidates, 1, _NEAR)
        return f"Did you mean {found[0]}?" if found else ""
