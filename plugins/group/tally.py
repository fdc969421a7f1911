"""Count the members of a group that are on, and say in which words it shows that."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping

from hub.api import State
from plugins.group.words import ANY_ON, NEVER_ON, ON_OF_OFF, ON_OFF, ON_STATES, WORDS, Words


class Tally:
    """What is known of a group's members. `every` asks for all of them to be on, else one will do."""

    def __init__(self, members: Iterable[str], nested: Mapping[str, Words], *, every: bool) -> None:
        self.members = tuple(members)
        self.watched = tuple(each for each in self.members if each.partition(".")[0] not in NEVER_ON)
        self.every = every
        kinds = {words for each in self.members if (words := _words(each, nested)) is not None}
        self.words = kinds.pop() if len(kinds) == 1 else None
        self._on: dict[str, bool] = {}
        self._assumed: dict[str, bool] = {}
        self._on_words: set[str] = set()

    def look(self, find: Callable[[str], State | None]) -> None:
        """Begin anew with the states of all members."""
        self._on, self._assumed, self._on_words = {}, {}, set()
        for member in self.watched:
            state = find(member)
            if state is not None:
                self.see(state)

    def see(self, state: State) -> None:
        """Take a member's state."""
        self._assumed[state.entity_id] = bool(state.attributes.get("assumed_state"))
        on_states = ON_STATES.get(state.domain)
        if on_states is not None:
            self._on_words |= on_states
            self._on[state.entity_id] = state.state in on_states
            return
        if state.state in ANY_ON:
            self._on_words.add(state.state)
        elif state.state in ON_OF_OFF:
            self._on_words.add(ON_OF_OFF[state.state])
        self._on[state.entity_id] = state.state in ANY_ON

    @property
    def assumed(self) -> bool:
        return any(self._assumed.values())

    def state(self, before: str | None) -> str | None:
        """Return what the group shows; `before` while nothing is known of its members."""
        if not self._on:
            return before
        if not self._on_words:
            return None
        if (all if self.every else any)(self._on.values()):
            return self.words.on if self.words is not None else "on"
        return self.words.off if self.words is not None else "off"


def _words(member: str, nested: Mapping[str, Words]) -> Words | None:
    domain = member.partition(".")[0]
    if domain == "group":
        return nested.get(member)
    return WORDS.get(domain, ON_OFF)
