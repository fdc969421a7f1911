"""The service `demo.fault`: let something of the simulated house fail, or mend it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from hub.api import Bool, Detach, House, HubError, ServiceCall, ServiceData, Text, check
from plugins.demo.things import Thing, World

KINDS = {
    "sensor_dead": "a sensor says nothing any more, as if its battery were empty",
    "offline": "a device says that it is gone",
    "low_battery": "a battery is nearly empty",
    "leak": "there is water on the floor",
    "smoke": "there is smoke",
    "door_open": "a door or a window stays open",
    "heater_stuck": "a radiator heats, whatever it is told",
    "stuck": "a cover does not move",
}


class Fault(ServiceData):
    """Let something of the simulated house fail, or mend it. With nothing: say what there is."""

    kind: Text = ""
    place: Text = ""
    clear: Bool = False


def offer_faults(house: House, world: World, things: Iterable[Thing]) -> Detach:
    """Let `demo.fault` be called."""
    places = _places(world, things)

    def handle(call: ServiceCall) -> dict[str, Any]:
        asked: Fault = call.fields
        if asked.clear:
            world.faults = {one for one in world.faults if not _is_meant(one, asked)}
        elif asked.kind:
            _check(asked, places)
            world.faults.add((asked.kind, asked.place))
        kinds = {kind: {"about": text, "places": sorted(places[kind])} for kind, text in KINDS.items()}
        faults = [{"kind": kind, "place": place} for kind, place in sorted(world.faults)]
        return {"faults": faults, "kinds": kinds}

    def schema(data: Mapping[str, Any]) -> Any:
        return check("demo.fault", Fault, data)

    return house.services.register(
        "demo",
        "fault",
        handle,
        schema=schema,
        response="optional",
        description="Let something of the simulated house fail, or mend it.",
        model=Fault,
    )


def _places(world: World, things: Iterable[Thing]) -> dict[str, set[str]]:
    """Return where each kind of fault can be: a room, or a device."""
    places: dict[str, set[str]] = {kind: set() for kind in KINDS}
    places["sensor_dead"].update(room.name for room in world.house.rooms)
    for thing in things:
        for kind in thing.fails:
            places[kind] |= {thing.name, thing.place}
    return places


def _is_meant(fault: tuple[str, str], asked: Fault) -> bool:
    kind, place = fault
    return asked.kind in ("", kind) and asked.place in ("", place)


def _check(asked: Fault, places: Mapping[str, set[str]]) -> None:
    if asked.kind not in KINDS:
        raise HubError(f"no fault is called {asked.kind!r}", remedy=f"There are: {', '.join(KINDS)}.")
    if asked.place not in places[asked.kind]:
        where = (
            f"there is no {asked.place!r} that can be {asked.kind}" if asked.place else "a place is needed"
        )
        raise HubError(where, remedy=f"There are: {', '.join(sorted(places[asked.kind]))}.")
