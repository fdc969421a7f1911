"""Groups of what plays."""

from __future__ import annotations

from collections.abc import Awaitable, Mapping
from functools import partial
from typing import ClassVar

from hub.api import Command, House, ServiceCall
from plugins.group.forwarding import all_of
from plugins.group.platform import GONE, GroupPlatform, Shown, available

_STEP = 0.1


class MediaPlayerGroup(GroupPlatform):
    """Several players as one: what all of them are, else on if any is."""

    domain: ClassVar[str] = "media_player"
    default_name: ClassVar[str] = "Media Group"
    services: ClassVar[tuple[str, ...]] = (
        "turn_on", "turn_off", "volume_set", "volume_mute", "media_play", "media_pause", "media_stop",
        "media_next_track", "media_previous_track", "media_seek", "play_media", "clear_playlist",
        "shuffle_set",
    )  # fmt: skip

    def shown(self, house: House) -> Shown:
        states = self.states(house)
        words = {state.state for state in states}
        state: str | None
        if words <= set(GONE):
            state = None
        elif len(words) == 1:
            state = next(iter(words))
        else:
            state = "off" if words <= {"off", *GONE} else "on"
        return Shown(state, available(states))

    def more_commands(self, house: House) -> Mapping[str, Command]:
        return {
            "volume_up": partial(self._step, house, _STEP),
            "volume_down": partial(self._step, house, -_STEP),
            "media_play_pause": partial(self._either, house, "playing", "media_pause", "media_play"),
            "toggle": partial(self._either, house, "off", "turn_on", "turn_off"),
        }

    def _step(self, house: House, by: float, call: ServiceCall) -> Awaitable[None] | None:
        """Make each player louder or quieter from where it is."""
        outcomes = []
        for state in self.states(house):
            level = state.attributes.get("volume_level")
            if isinstance(level, (int, float)):
                goal = min(1.0, max(0.0, round(level + by, 3)))
                data = {"entity_id": state.entity_id, "volume_level": goal}
                outcomes.append(house.services.call(self.domain, "volume_set", data, cause=call.cause))
        return all_of(outcomes)

    def _either(
        self, house: House, word: str, if_so: str, if_not: str, call: ServiceCall
    ) -> Awaitable[None] | None:
        service = if_so if self.shown(house).state == word else if_not
        data = {"entity_id": list(self.entities)}
        return all_of([house.services.call(self.domain, service, data, cause=call.cause)])
