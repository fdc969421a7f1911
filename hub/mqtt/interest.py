"""Choose what to subscribe at a server so that everything wanted comes, and comes once."""

from __future__ import annotations

from hub.broker.topics import is_wild
from hub.broker.trie import FilterTrie, TopicTrie
from hub.registry import covers

# A level that no filter has, to ask a trie of filters about a wildcard.
_ANY = "\0"


class Interest:
    """The filters that are wanted here, and the widest of them: only those are subscribed.

    A server may send a message once for each subscription that matches it (MQTT 3.1.1, 3.3.5), and
    nothing in a copy tells that it is one. So a filter that another covers is not subscribed beside it.
    Filters that only overlap in part (`a/+` and `+/b`) are: at a server that sends copies, what both match
    comes twice.

    `chosen` is what should be subscribed, with its QoS; `asking` are those of it for which a SUBSCRIBE is
    due, because they are new or because somebody waits for the retained messages, which come only then.
    """

    def __init__(self) -> None:
        self.chosen: dict[str, int] = {}
        self.asking: set[str] = set()
        self._wanted: dict[str, list[int]] = {}
        self._refused: set[str] = set()
        self._chosen_trie: FilterTrie[str] = FilterTrie()
        self._wanted_trie: TopicTrie[str] = TopicTrie()

    def add(self, filter: str, qos: int) -> None:
        """Want a filter, with its retained messages; as often as there are subscribers."""
        self._wanted.setdefault(filter, []).append(qos)
        self._wanted_trie.set(filter, filter)
        self._choose(filter)

    def remove(self, filter: str, qos: int) -> None:
        """Take back one `add`."""
        left = self._wanted[filter]
        left.remove(qos)
        if left:
            return
        del self._wanted[filter]
        self._wanted_trie.remove(filter)
        if filter in self.chosen:
            self._drop(filter)
            self._choose_below(filter)

    def refuse(self, filter: str) -> None:
        """Note that the server refused a filter: until `begin`, those that it covered are chosen instead."""
        self._refused.add(filter)
        if filter in self.chosen:
            self._drop(filter)
            self._choose_below(filter)

    def begin(self) -> None:
        """Start with a server that knows nothing yet: everything is asked for, also what was refused."""
        self._refused.clear()
        for filter in self._wanted:
            self._choose(filter)
        self.asking = set(self.chosen)

    def _choose(self, filter: str) -> None:
        qos = max(self._wanted[filter])
        by = self._chosen_that_covers(filter)
        if by is None and filter in self._refused:
            return
        if by is None:
            by = filter
            for narrow in self._below(filter):
                if narrow in self.chosen:
                    qos = max(qos, self._drop(narrow))
            self._chosen_trie.add(filter, filter)
        self.chosen[by] = max(qos, self.chosen.get(by, 0))
        self.asking.add(by)

    def _choose_below(self, filter: str) -> None:
        for narrow in self._below(filter):
            self._choose(narrow)

    def _drop(self, filter: str) -> int:
        self._chosen_trie.remove(filter, filter)
        self.asking.discard(filter)
        return self.chosen.pop(filter)

    def _chosen_that_covers(self, filter: str) -> str | None:
        levels = [_ANY if is_wild(level) else level for level in filter.split("/")]
        return next((wide for wide in self._chosen_trie.match(levels) if covers(wide, filter)), None)

    def _below(self, filter: str) -> list[str]:
        """Return the wanted filters that this one covers. To the trie they are topics."""
        return [narrow for narrow in self._wanted_trie.match(filter) if covers(filter, narrow)]
