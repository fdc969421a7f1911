"""Remember what made something happen, back to the message or the person that began it."""

from __future__ import annotations

import itertools
import os

_PREFIX = os.urandom(8).hex()
_numbers = itertools.count(1)


class Cause:
    """One link of a chain: `id` names it, `parent` is the link before, `user_id` who asked.

    Home Assistant calls this a context. Ids are made when first read, since most are never read.
    """

    __slots__ = ("_id", "because", "depth", "origin", "parent", "user_id")

    def __init__(
        self, parent: Cause | None = None, *, user_id: str | None = None, origin: str = "", id: str = ""
    ) -> None:
        self._id = id
        self.parent = parent
        self.user_id: str | None = user_id if user_id is not None else (parent.user_id if parent else None)
        self.origin = origin
        self.because = ""
        """What happened that began it, in words: "Living room temperature rose above 25 (26.4)"."""
        self.depth: int = parent.depth + 1 if parent is not None else 0

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

    def as_dict(self) -> dict[str, str | None]:
        return {"id": self.id, "parent_id": self.parent_id, "user_id": self.user_id}
