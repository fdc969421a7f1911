"""Remember what made something happen, back to the message or the person that began it."""

from __future__ import annotations

import itertools
import os
from collections.abc import Callable

MOST_ANSWERS = 20
Answer = tuple[str, str, float, str]
"""An entity, its new state, when it came (seconds since 1970), and the message that brought it."""

_PREFIX = os.urandom(8).hex()
_numbers = itertools.count(1)


class Cause:
    """One link of a chain: `id` names it, `parent` is the link before, `user_id` who asked.

    Home Assistant calls this a context. Ids are made when first read, since most are never read. `at` is
    when a run began by it (seconds since 1970), `answers` what devices told soon after its commands.
    """

    __slots__ = ("_because", "_id", "answers", "at", "depth", "origin", "parent", "user_id")

    def __init__(
        self, parent: Cause | None = None, *, user_id: str | None = None, origin: str = "", id: str = ""
    ) -> None:
        self._id = id
        self.parent = parent
        self.user_id: str | None = user_id if user_id is not None else (parent.user_id if parent else None)
        self.origin = origin
        self._because: str | Callable[[], str] = ""
        self.depth: int = parent.depth + 1 if parent is not None else 0
        self.at = 0.0
        self.answers: list[Answer] | None = None

    @property
    def because(self) -> str:
        """What happened that began it, in words: "Living room temperature rose above 25 (26.4)"."""
        if not isinstance(self._because, str):
            self._because = self._because()
        return self._because

    @because.setter
    def because(self, words: str | Callable[[], str]) -> None:
        """Take the words, or what makes them when they are first asked for."""
        self._because = words

    @property
    def id(self) -> str:
        if not self._id:
            self._id = f"{_PREFIX}{next(_numbers):010x}"
        return self._id

    @property
    def parent_id(self) -> str | None:
        return self.parent.id if self.parent is not None else None

    def chain(self) -> list[Cause]:
        """Return the links from this one back to the first."""
        links: list[Cause] = []
        link: Cause | None = self
        while link is not None:
            links.append(link)
            link = link.parent
        return links

    def answered(self, answer: Answer) -> None:
        """Note what a device told after a command."""
        if self.answers is None:
            self.answers = []
        if len(self.answers) < MOST_ANSWERS:
            self.answers.append(answer)

    def as_dict(self) -> dict[str, str | None]:
        return {"id": self.id, "parent_id": self.parent_id, "user_id": self.user_id}
