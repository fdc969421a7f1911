"""One scene: its state is when it was last activated."""

from __future__ import annotations

from collections.abc import Awaitable

from hub.api import EntityInfo, House, ServiceCall
from plugins.scenes.applying import apply
from plugins.scenes.wanted import Wanted


class Scene:
    """A living scene; `made` tells that a service made it."""

    def __init__(
        self,
        house: House,
        name: str,
        states: tuple[Wanted, ...],
        *,
        id: str | None = None,
        icon: str | None = None,
        made: bool = False,
    ) -> None:
        self._house = house
        self._states = states
        self.made = made
        attributes = {"entity_id": [wanted.entity_id for wanted in states]}
        info = EntityInfo(
            "scene",
            "homeassistant",
            unique_id=id,
            name=name,
            icon=icon,
            attributes={**attributes, **({"id": id} if id is not None else {})},
        )
        self._entity = house.entities.add(info, {"turn_on": self._turn_on})
        self.entity_id = self._entity.entity_id
        before = house.memory.recall(self.entity_id)
        gone = before is None or before.state in ("unknown", "unavailable")
        self._entity.write(None if gone or before is None else before.state)

    def stop(self) -> None:
        self._entity.remove()

    def _turn_on(self, call: ServiceCall) -> Awaitable[None] | None:
        self._entity.write(self._house.clock.now().isoformat(), cause=call.cause)
        transition: float | None = call.fields.transition
        return apply(self._house, self._states, transition, call.cause)
