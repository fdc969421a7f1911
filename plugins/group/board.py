"""The groups of the house, as they live."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from typing import Any

from hub.api import Cause, Detach, EntityInfo, House, StateChanged, nothing, slugify
from plugins.group.forwarding import AnyCommand
from plugins.group.options import GroupOptions
from plugins.group.tally import Tally
from plugins.group.words import Words


class Board:
    """All groups, in the order in which they were made."""

    def __init__(self, house: House) -> None:
        self.house = house
        self.words: dict[str, Words] = {}
        self._groups: dict[str, Group] = {}
        self._order = 0

    def add(self, key: str, options: GroupOptions, *, by_service: bool = False) -> None:
        group = Group(self, key, options, self._order, by_service=by_service)
        self._groups[group.entity_id] = group
        self._order += 1
        group.start()

    def get(self, entity_id: str) -> Group | None:
        return self._groups.get(entity_id)

    def remove(self, entity_id: str) -> None:
        self._groups.pop(entity_id).stop()

    def stop(self) -> None:
        for entity_id in list(self._groups):
            self.remove(entity_id)


class Group:
    """One living group."""

    def __init__(
        self, board: Board, key: str, options: GroupOptions, order: int, *, by_service: bool
    ) -> None:
        self._board = board
        self._house = board.house
        self._attributes: dict[str, Any] = {"order": order, **({"auto": True} if by_service else {})}
        self._info = EntityInfo(
            "group",
            "group",
            name=options.name or key,
            default_entity_id=f"group.{slugify(key)}",
            icon=options.icon,
        )
        commands = AnyCommand(self._house, lambda: self.members)
        self._entity = self._house.entities.add(self._info, commands)
        self.entity_id = self._entity.entity_id
        self._every = options.all
        self._stop: Detach = nothing
        self._state: str | None = None
        self._tally = self._tallied(options.entities or ())

    @property
    def members(self) -> tuple[str, ...]:
        return self._tally.members

    def start(self) -> None:
        """Show the group; its members are looked at when the house starts."""
        self._write()
        if self._house.started:
            self._watch()
        else:
            self._stop = self._house.bus.listen("homeassistant_start", lambda _: self._watch())

    def stop(self) -> None:
        self._stop()
        self._board.words.pop(self.entity_id, None)
        self._entity.remove()

    def change(self, members: Iterable[str]) -> None:
        """Take other members."""
        self._tally = self._tallied(members)
        self._watch()

    def describe(self, name: str | None, icon: str | None, every: bool | None) -> None:
        """Take another name, icon or rule, where one is given."""
        self._info = replace(self._info, name=name or self._info.name, icon=icon or self._info.icon)
        self._house.entities.redescribe(self._entity, self._info)
        if every is not None:
            self._tally.every = self._every = every
        self._show(None)

    def _tallied(self, members: Iterable[str]) -> Tally:
        tally = Tally(dict.fromkeys(members), self._board.words, every=self._every)
        if tally.words is not None:
            self._board.words[self.entity_id] = tally.words
        return tally

    def _watch(self) -> None:
        self._stop()
        self._tally.look(self._house.states.get)
        self._stop = self._house.states.listen(self._tally.watched, self._changed)
        self._show(None)

    def _changed(self, event: StateChanged) -> None:
        if event.new is None:
            self._tally.look(self._house.states.get)
        else:
            self._tally.see(event.new)
        self._show(event.cause)

    def _show(self, cause: Cause | None) -> None:
        self._state = self._tally.state(self._state)
        self._write(cause)

    def _write(self, cause: Cause | None = None) -> None:
        attributes = {"entity_id": self._tally.members, **self._attributes}
        if self._tally.assumed:
            attributes["assumed_state"] = True
        self._entity.write(self._state, attributes, cause=cause)
