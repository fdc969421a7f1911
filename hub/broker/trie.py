"""Keep filters by their levels, so that matching a topic costs its length and not the number of filters."""

from __future__ import annotations

from collections.abc import Iterable
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

    def match(self, filter: str) -> list[Value]:
        """Return the values of all topics that match `filter`."""
        leaves = [self._root]
        levels = filter.split("/")
        for depth, level in enumerate(levels):
            if level == "#":
                return self._below(leaves, hide=depth == 0)
            leaves = list(self._children(leaves, level, hide=depth == 0))
        return [leaf.value for leaf in leaves if leaf.value is not None]

    @staticmethod
    def _children(leaves: list[_Leaf[Value]], level: str, *, hide: bool) -> Iterable[_Leaf[Value]]:
        for leaf in leaves:
            if level == "+":
                for name, child in leaf.children.items():
                    if not (hide and name.startswith("$")):
                        yield child
            elif level in leaf.children:
                yield leaf.children[level]

    @staticmethod
    def _below(leaves: list[_Leaf[Value]], *, hide: bool) -> list[Value]:
        found: list[Value] = []
        waiting = list(reversed(leaves))
        while waiting:
            leaf = waiting.pop()
            if leaf.value is not None:
                found.append(leaf.value)
            names = [name for name in leaf.children if not (hide and name.startswith("$"))]
            waiting += [leaf.children[name] for name in reversed(names)]
            hide = False
        return found
