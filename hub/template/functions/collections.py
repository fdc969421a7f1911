"""Combine lists, sets and dicts."""

from __future__ import annotations

import operator
import random
from collections.abc import Callable, Iterable
from typing import Any

from hub.template.sources import Sources
from hub.template.table import CALL, FILTER, Function


class CollectionFunctions:
    """Functions over many items; all items are counted."""

    def __init__(self, sources: Sources) -> None:
        self._budget = sources.budget

    def to_set(self, value: Iterable[Any] = ()) -> set[Any]:
        return set(self._budget.counted(value))

    def to_tuple(self, value: Iterable[Any] = ()) -> Any:
        return self._budget.nested(tuple(self._budget.counted(value)))

    def flatten(self, value: Any, levels: int | None = None) -> list[Any]:
        """Put the items of lists within a list into one list; `levels` deep, or all the way."""
        if not _is_collection(value):
            raise TypeError(f"flatten expected a list, got {type(value).__name__}")
        flat: list[Any] = []
        for item in value:
            self._budget.spend(1)
            if _is_collection(item) and (levels is None or levels >= 1):
                flat += self.flatten(item, None if levels is None else levels - 1)
            else:
                flat.append(item)
        return flat

    def shuffle(self, *args: Any, seed: Any = None) -> list[Any]:
        """Return the items in any order; the same one for the same `seed`."""
        if not args:
            raise TypeError("shuffle expected at least 1 argument, got 0")
        if _is_collection(args[0]):
            items = list(self._budget.counted(args[0]))
            seed = args[1] if len(args) > 1 and seed is None else seed
        elif len(args) == 1:
            raise TypeError(f"'{type(args[0]).__name__}' object is not iterable")
        else:
            items = list(args)
        chance = random.Random(seed) if seed else random
        chance.shuffle(items)
        return items

    def combine(self, *args: Any, recursive: bool = False) -> dict[Any, Any]:
        """Return one dict of several; later ones win, within dicts too if `recursive`."""
        if not args:
            raise TypeError("combine expected at least 1 argument, got 0")
        result: dict[Any, Any] = {}
        for arg in args:
            if not isinstance(arg, dict):
                raise TypeError(f"combine expected a dict, got {type(arg).__name__}")
            for key, value in self._budget.counted(arg).items():
                both = recursive and isinstance(result.get(key), dict) and isinstance(value, dict)
                result[key] = self.combine(result[key], value, recursive=True) if both else value
        return result

    def merge_response(self, value: Any) -> list[Any]:
        """Make one list of an action's response, which has one entry for each entity."""
        if not isinstance(value, dict):
            raise TypeError("Response is not a dictionary")
        merged: list[Any] = []
        single = False
        for entity_id, response in value.items():
            if not isinstance(response, dict):
                raise TypeError("Response is not a dictionary")
            items = next(iter(response.values())) if len(response) == 1 else None
            if isinstance(items, list):
                single = True
                value_key = next(iter(response))
                merged += [_told_apart(item, entity_id, value_key) for item in self._budget.counted(items)]
            elif not single:
                merged.append(_told_apart(response, entity_id))
        return merged


def _told_apart(item: Any, entity_id: str, value_key: str | None = None) -> Any:
    if not isinstance(item, dict):
        return item
    if "entity_id" in item:
        raise ValueError("Response dictionary already contains key 'entity_id'")
    more = {"entity_id": entity_id} if value_key is None else {"entity_id": entity_id, "value_key": value_key}
    return {**item, **more}


def _is_collection(value: Any) -> bool:
    return isinstance(value, Iterable) and not isinstance(value, str)


def _of_sets(name: str, compute: Callable[[Any, Any], Any], sources: Sources) -> Function:
    budget = sources.budget

    def function(value: Any, other: Any) -> list[Any]:
        for each in (value, other):
            if not _is_collection(each):
                raise TypeError(f"{name} expected a list, got {type(each).__name__}")
        return list(compute(set(budget.counted(value)), set(budget.counted(other))))

    return Function(name, function)


def functions(sources: Sources) -> list[Function]:
    house = CollectionFunctions(sources)
    return [
        Function("set", house.to_set, CALL),
        Function("tuple", house.to_tuple, CALL),
        Function("flatten", house.flatten),
        Function("shuffle", house.shuffle),
        Function("combine", house.combine),
        Function("merge_response", house.merge_response, CALL),
        Function("random", lambda values: random.choice(values), FILTER),
        _of_sets("union", operator.or_, sources),
        _of_sets("intersect", operator.and_, sources),
        _of_sets("difference", operator.sub, sources),
        _of_sets("symmetric_difference", operator.xor, sources),
    ]
