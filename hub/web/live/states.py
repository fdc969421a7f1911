"""States as they change: each is written as JSON once, however many pages show it."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from hub.core.clock import together
from hub.core.events import StateChanged
from hub.core.ports import House
from hub.core.state import State
from hub.web.answers import dumps
from hub.web.live.channel import Wake
from hub.web.who import Who


class Written:
    """The JSON of the states now, shared by all pages."""

    def __init__(self) -> None:
        self._kept: dict[str, tuple[State, bytes]] = {}

    def of(self, state: State) -> bytes:
        """Return `"entity_id":{…}`."""
        kept = self._kept.get(state.entity_id)
        if kept is not None and kept[0] is state:
            return kept[1]
        text = dumps(state.entity_id) + b":" + dumps(_shown(state))
        self._kept[state.entity_id] = (state, text)
        return text

    def forget(self, entity_id: str) -> None:
        self._kept.pop(entity_id, None)


def _shown(state: State) -> dict[str, Any]:
    return {
        "state": state.state,
        "attributes": state.attributes,
        "changed": state.changed,
        "updated": state.updated,
    }


class StatesChannel:
    """Some entities, or all that somebody may see."""

    def __init__(
        self, house: House, who: Who, written: Written, wake: Wake, entity_ids: Iterable[str] | None
    ) -> None:
        self._house = house
        self._who = who
        self._written = written
        self._wake = wake
        self._first = True
        self._changed: dict[str, None]
        if entity_ids is None:
            self._changed = dict.fromkeys(house.states.entity_ids())
            self._detach = house.bus.listen(StateChanged.event_type, self._on_change)
        else:
            self._changed = dict.fromkeys(entity_ids)
            ids = list(self._changed)
            self._detach = together([house.bus.listen_state(one, self._on_change) for one in ids])

    def _on_change(self, event: StateChanged) -> None:
        self._changed[event.entity_id] = None
        self._wake()

    def take(self) -> bytes | None:
        if not self._changed and not self._first:
            return None
        changed, self._changed = self._changed, {}
        first, self._first = self._first, False
        states, get = self._written, self._house.states.get
        found: list[bytes] = []
        gone: list[str] = []
        for entity_id in self._who.seen(changed):
            state = get(entity_id)
            if state is not None:
                found.append(states.of(state))
            else:
                states.forget(entity_id)
                gone.append(entity_id)
        if not found and not gone and not first:
            return None
        parts = [b'"states":{' + b",".join(found) + b"}"]
        if gone:
            parts.append(b'"removed":' + dumps(gone))
        if first:
            parts.append(b'"first":true')
        return b",".join(parts)

    def close(self) -> None:
        self._detach()
