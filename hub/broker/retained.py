"""Keep the last retained message of each topic, and count whose it is."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

from hub.broker.topics import is_wild
from hub.broker.trie import TopicTrie


@dataclass(frozen=True, slots=True)
class Retained:
    """The message a topic keeps for those who subscribe later; `owner` is who set it."""

    topic: str
    payload: bytes = field(repr=False)
    qos: int
    owner: str

    def size(self) -> int:
        return len(self.topic) + len(self.payload)


class RetainedMessages:
    """The retained messages of one space."""

    def __init__(self) -> None:
        self._by_topic: dict[str, Retained] = {}
        self._trie: TopicTrie[str] = TopicTrie()
        self._counts: dict[str, int] = {}

    def __len__(self) -> int:
        return len(self._by_topic)

    def get(self, topic: str) -> Retained | None:
        return self._by_topic.get(topic)

    def names(self, filter: str) -> Iterator[str]:
        """Go through the topics that have a retained message and match `filter`, as far as it is asked to.

        Messages may come and go meanwhile.
        """
        if is_wild(filter):
            return self._trie.match(filter)
        return iter((filter,) if filter in self._by_topic else ())

    def count_of(self, owner: str) -> int:
        """Return how many were set by `owner`."""
        return self._counts.get(owner, 0)

    def set(self, retained: Retained) -> None:
        known = self._by_topic.get(retained.topic)
        if known is None:
            self._trie.set(retained.topic, retained.topic)
        else:
            self._uncount(known.owner)
        self._by_topic[retained.topic] = retained
        self._counts[retained.owner] = self._counts.get(retained.owner, 0) + 1

    def clear(self, topic: str) -> Retained | None:
        """Forget a topic's message and return it, None if there was none."""
        known = self._by_topic.pop(topic, None)
        if known is not None:
            self._trie.remove(topic)
            self._uncount(known.owner)
        return known

    def _uncount(self, owner: str) -> None:
        left = self._counts[owner] - 1
        if left:
            self._counts[owner] = left
        else:
            del self._counts[owner]
