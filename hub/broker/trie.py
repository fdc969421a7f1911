"""Keep filters by their levels, so that matching a topic costs its length and not the number of filters."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Generic, TypeVar

Entry = TypeVar("Entry")


class _Node(Generic[Entry]):
    __slots__ = ("children", "entries")

    def __init__(self) -> None:
        self.children: dict[str, _Node[Entry]] = {}
        self.entries: dict[Entry, None] = {}


class FilterTrie(Generic[Entry]):
    """Filters, each with its entries in the order in which they came."""

    __slots__ = ("_root",)

    def __init__(self) -> None:
        self._root: _Node[Entry] = _Node()

    def add(self, filter: str, entry: Entry) -> None:
        node = self._root
        for level in filter.split("/"):
            child = node.children.get(level)
            if child is None:
                child = node.children[level] = _Node()
            node = child
        node.entries[entry] = None

    def remove(self, filter: str, entry: Entry) -> None:
        """Take an entry away, and the branches that only it needed. What is not there is no error."""
        path: list[tuple[_Node[Entry], str]] = []
        node = self._root
        for level in filter.split("/"):
            child = node.children.get(level)
            if child is None:
                return
            path.append((node, level))
            node = child
        node.entries.pop(entry, None)
        for parent, level in reversed(path):
            child = parent.children[level]
            if child.entries or child.children:
                return
            del parent.children[level]

    def match(self, levels: list[str]) -> list[Entry]:
        """Return the entries of all filters that match the topic made of `levels`.

        It walks all branches at once, level by level: no recursion, no backtracking.
        """
        found: list[Entry] = []
        nodes = [self._root]
        wild = not levels[0].startswith("$")
        for level in levels:
            deeper: list[_Node[Entry]] = []
            for node in nodes:
                self._step(node.children, level, wild, deeper, found)
            if not deeper:
                return found
            nodes = deeper
            wild = True
        for node in nodes:
            found += node.entries
            # "a/#" also matches "a" itself (4.7.1.2).
            rest = node.children.get("#")
            if rest is not None:
                found += rest.entries
        return found

    @staticmethod
    def _step(
        children: dict[str, _Node[Entry]],
        level: str,
        wild: bool,
        deeper: list[_Node[Entry]],
        found: list[Entry],
    ) -> None:
        child = children.get(level)
        if child is not None:
            deeper.append(child)
        if wild:
            child = children.get("+")
            if child is not None:
                deeper.append(child)
            child = children.get("#")
            if child is not None:
                found += child.entries


Value = TypeVar("Value")


class _Leaf(Generic[Value]):
    __slots__ = ("children", "value")

    def __init__(self) -> None:
        self.children: dict[str, _Leaf[Value]] = {}
        self.value: Value | None = None

    def wild(self, *, hide: bool) -> Iterator[_Leaf[Value]]:
        """Return the children, the last one first; `hide` those that wildcards do not reach."""
        if not hide:
            return reversed(self.children.values())
        shown = [child for name, child in self.children.items() if not name.startswith("$")]
        return reversed(shown)


class TopicTrie(Generic[Value]):
    """Topics, each with its one value; asked by filter."""

    __slots__ = ("_root",)

    def __init__(self) -> None:
        self._root: _Leaf[Value] = _Leaf()

    def set(self, topic: str, value: Value) -> None:
        leaf = self._root
        for level in topic.split("/"):
            child = leaf.children.get(level)
            if child is None:
                child = leaf.children[level] = _Leaf()
            leaf = child
        leaf.value = value

    def remove(self, topic: str) -> None:
        path: list[tuple[_Leaf[Value], str]] = []
        leaf = self._root
        for level in topic.split("/"):
            child = leaf.children.get(level)
            if child is None:
                return
            path.append((leaf, level))
            leaf = child
        leaf.value = None
        for parent, level in reversed(path):
            child = parent.children[level]
            if child.value is not None or child.children:
                return
            del parent.children[level]

    def match(self, filter: str) -> Iterator[Value]:
        """Go through the values of all topics that match `filter`.

        Topics may come and go meanwhile: whether those are among them is not said.
        """
        levels = filter.split("/")
        waiting: list[tuple[_Leaf[Value], int]] = [(self._root, 0)]
        while waiting:
            leaf, depth = waiting.pop()
            level = levels[depth] if depth < len(levels) else None
            # "a/#" also matches "a" itself (4.7.1.2).
            if level in (None, "#") and leaf.value is not None:
                yield leaf.value
            if level == "#":
                waiting += [(child, depth) for child in leaf.wild(hide=leaf is self._root)]
            elif level == "+":
                waiting += [(child, depth + 1) for child in leaf.wild(hide=leaf is self._root)]
            elif level is not None and level in leaf.children:
                waiting.append((leaf.children[level], depth + 1))
