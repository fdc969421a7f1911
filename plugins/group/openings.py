"""Groups of what opens and closes, and of fans."""

from __future__ import annotations

from collections.abc import Awaitable, Mapping
from typing import Any, ClassVar

from hub.api import Command, House, ServiceCall
from plugins.group.forwarding import until
from plugins.group.platform import GONE, GroupPlatform, Shown, assumed, available
from plugins.group.reducing import mean, most_common, reduced, values


class OpeningGroup(GroupPlatform):
    """Open if any member is; a movement of one shows as the group's."""

    def shown(self, house: House) -> Shown:
        states = self.states(house)
        words = {state.state for state in states}
        state: str | None
        if words <= set(GONE):
            state = None
        else:
            moving = next((word for word in ("opening", "closing") if word in words), None)
            state = moving or ("open" if "open" in words else "closed")
        attributes: dict[str, Any] = dict(assumed(states))
        for name in ("current_position", "current_tilt_position"):
            if values(states, name):
                attributes[name] = reduced(states, name, mean)
        return Shown(state, available(states), attributes)


class CoverGroup(OpeningGroup):
    """Several covers as one."""

    domain: ClassVar[str] = "cover"
    default_name: ClassVar[str] = "Cover Group"
    services: ClassVar[tuple[str, ...]] = (
        "open_cover", "close_cover", "stop_cover", "set_cover_position",
        "open_cover_tilt", "close_cover_tilt", "stop_cover_tilt", "set_cover_tilt_position",
    )  # fmt: skip

    def more_commands(self, house: House) -> Mapping[str, Command]:
        return _toggles(house, self, "cover")


class ValveGroup(OpeningGroup):
    """Several valves as one."""

    domain: ClassVar[str] = "valve"
    default_name: ClassVar[str] = "Valve Group"
    services: ClassVar[tuple[str, ...]] = ("open_valve", "close_valve", "stop_valve", "set_valve_position")

    def more_commands(self, house: House) -> Mapping[str, Command]:
        return _toggles(house, self, "valve")


def _toggles(house: House, group: OpeningGroup, noun: str) -> Mapping[str, Command]:
    def toggle(call: ServiceCall) -> Awaitable[None] | None:
        service = f"open_{noun}" if group.shown(house).state == "closed" else f"close_{noun}"
        data = {"entity_id": list(group.entities)}
        outcome = house.services.call(noun, service, data, cause=call.cause)
        return until(outcome) if isinstance(outcome, Awaitable) else None

    return {"toggle": toggle}


class FanGroup(GroupPlatform):
    """Several fans as one: on if any is."""

    domain: ClassVar[str] = "fan"
    default_name: ClassVar[str] = "Fan Group"
    services: ClassVar[tuple[str, ...]] = (
        "turn_on", "turn_off", "set_percentage", "oscillate", "set_direction",
    )  # fmt: skip

    def shown(self, house: House) -> Shown:
        states = self.states(house)
        known = [state for state in states if state.state not in GONE]
        attributes: dict[str, Any] = dict(assumed(states))
        if values(states, "percentage"):
            attributes["percentage"] = reduced(states, "percentage", mean)
            steps = set(values(states, "percentage_step"))
            attributes["percentage_step"] = steps.pop() if len(steps) == 1 else 1.0
        for name in ("oscillating", "direction"):
            if values(states, name):
                attributes[name] = most_common(values(states, name))
        state = ("on" if any(each.state == "on" for each in known) else "off") if known else None
        return Shown(state, available(states), attributes)
