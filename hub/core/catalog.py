"""Keep what plugins offer under a name, and remember who offered it."""

from __future__ import annotations

import difflib
from collections.abc import Callable, Iterator, Mapping
from typing import Generic, TypeVar

from hub.core.errors import HubError, NotFound

T = TypeVar("T")


class _Later:
    """Stands for what is fetched when somebody asks for it."""

    __slots__ = ("fetch",)

    def __init__(self, fetch: Callable[[], object]) -> None:
        self.fetch = fetch


class Catalog(Generic[T]):
    """Names to kinds. A name offered twice is refused with both who offered it."""

    def __init__(self, kind: str) -> None:
        self.kind = kind
        self._items: dict[str, T | _Later] = {}
        self._owners: dict[str, str] = {}

    def add(self, name: str, item: T, owner: str) -> None:
        """Offer `item`; it takes the place of what its owner promised under this name."""
        if isinstance(self._items.get(name), _Later) and self._owners[name] == owner:
            self._items[name] = item
            return
        self._add(name, item, owner)

    def promise(self, name: str, fetch: Callable[[], object], owner: str) -> None:
        """Offer what `fetch` will `add` under this name when somebody asks for it; else the name is gone."""
        self._add(name, _Later(fetch), owner)

    def withdraw(self, owner: str) -> None:
        """Take back what `owner` promised and did not add."""
        for name in [name for name, by in self._owners.items() if by == owner]:
            if isinstance(self._items[name], _Later):
                del self._items[name], self._owners[name]

    def _add(self, name: str, item: T | _Later, owner: str) -> None:
        if name in self._items:
            raise self._clash(name, owner)
        self._items[name] = item
        self._owners[name] = owner

    def of(self, owner: str) -> dict[str, T]:
        """Return what somebody offers."""
        return {name: item for name, item in self.items() if self._owners[name] == owner}

    def replace(self, owner: str, items: Mapping[str, T]) -> None:
        """Let somebody offer this and nothing else. Raises `HubError`, and changes nothing, at a clash."""
        for name in items:
            if self._owners.get(name, owner) != owner:
                raise self._clash(name, owner)
        for name in [name for name, by in self._owners.items() if by == owner]:
            del self._items[name], self._owners[name]
        for name, item in items.items():
            self.add(name, item, owner)

    def get(self, name: str) -> T | None:
        item = self._items.get(name)
        return self._kept(name, item) if isinstance(item, _Later) else item

    def _kept(self, name: str, promise: _Later) -> T | None:
        promise.fetch()
        item = self._items.get(name)
        if isinstance(item, _Later):
            self.withdraw(self._owners[name])
            return None
        return item

    def __getitem__(self, name: str) -> T:
        item = self.get(name)
        if item is not None:
            return item
        raise NotFound(f"no {self.kind} is called {name!r}", remedy=self.hint(name))

    def _clash(self, name: str, owner: str) -> HubError:
        return HubError(
            f"the {self.kind} {name!r} of plugin {owner!r} is already offered by plugin "
            f"{self._owners[name]!r}",
            remedy="Rename one of them or take one of the plugins away.",
        )

    def hint(self, name: str) -> str:
        """Say what may have been meant by a name that is not here."""
        near = difflib.get_close_matches(name, self._items, 1)
        if near:
            return f"Did you mean {near[0]!r}?"
        if not self._items:
            return f"No plugin offers a {self.kind}."
        return f"There are: {', '.join(sorted(self._items))}."

    def owner(self, name: str) -> str:
        return self._owners[name]

    def __contains__(self, name: object) -> bool:
        return name in self._items

    def __iter__(self) -> Iterator[str]:
        return iter(self._items)

    def items(self) -> list[tuple[str, T]]:
        """Return all of it; what was promised is fetched."""
        found = [(name, self.get(name)) for name in list(self._items)]
        return [(name, item) for name, item in found if item is not None]

    def present(self) -> list[tuple[str, T]]:
        """Return what need not be fetched."""
        return [(name, item) for name, item in self._items.items() if not isinstance(item, _Later)]

    def __len__(self) -> int:
        return len(self._items)
