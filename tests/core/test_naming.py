"""What people may call things, and what happens to the living ones at once."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest

from hub.core.entities import Entity, EntityInfo
from hub.core.errors import HubError
from hub.core.naming import Naming, make
from hub.core.registries import DeviceInfo
from hub.testing.house import SimulatedHouse

DEVICE = DeviceInfo(identifiers=frozenset({("mqtt", "x")}), name="Plug")


class Home:
    def __init__(self) -> None:
        self.simulated = SimulatedHouse()
        self.house = self.simulated.house
        self.naming = Naming(self.house.entities)

    def add(self, domain: str = "switch", unique_id: str | None = "u", **more: object) -> Entity:
        info = EntityInfo(domain, "mqtt", unique_id=unique_id, device=DEVICE if unique_id else None, **more)
        entity = self.house.entities.add(info)
        entity.write("on")
        return entity

    def friendly(self, entity_id: str) -> str:
        return self.house.states.get(entity_id).attributes["friendly_name"]


@pytest.fixture
async def home() -> AsyncIterator[Home]:
    home = Home()
    yield home
    await home.simulated.stop()


async def test_a_renamed_device_renames_its_entities(home: Home) -> None:
    home.add(name="Relay")

    home.naming.change_device("plug", name="Pump")

    assert home.friendly("switch.plug_relay") == "Pump Relay"
    home.naming.change_device("Pump", name=None)
    assert home.friendly("switch.plug_relay") == "Plug Relay"


async def test_a_living_entity_moves_to_its_new_id(home: Home) -> None:
    entity = home.add()

    home.naming.change_entity("switch.plug", new_id="pump")
    entity.write("off")

    assert home.simulated.state("switch.plug") is None
    assert home.simulated.state("switch.pump") == "off"
    assert home.house.entities.get("switch.pump") is entity


async def test_one_that_is_switched_off_has_no_state_until_it_is_on_again(home: Home) -> None:
    entity = home.add()

    home.naming.change_device("Plug", disabled=True)
    entity.write("off")
    assert home.simulated.state("switch.plug") is None
    assert home.house.registry.get("switch.plug").disabled_by == "device"

    home.naming.change_device("Plug", disabled=False)
    assert home.simulated.state("switch.plug") == "off"


async def test_an_own_name_and_icon_stand_above_those_of_the_device(home: Home) -> None:
    home.add(icon="mdi:power")

    home.naming.change_entity("switch.plug", name="Fountain", icon="mdi:fountain")
    assert home.house.states.get("switch.plug").attributes == {
        "friendly_name": "Fountain",
        "icon": "mdi:fountain",
    }

    home.naming.change_entity("switch.plug", name=None, icon=None)
    assert home.house.states.get("switch.plug").attributes["icon"] == "mdi:power"


@pytest.mark.parametrize(
    ("change", "problem"),
    [
        ({"new_id": "Pump Room"}, "Write switch.pump_room"),
        ({"new_id": "light.pump"}, "stays a switch"),
        ({"new_id": "switch.taken"}, "is taken"),
        ({"icon": "lamp"}, "is no icon"),
        ({"area": "Hal"}, "Did you mean Hall"),
        ({"labels": ["wet"]}, "hub label create 'wet'"),
        ({"unit": "°F"}, "can't be in °F"),
    ],
)
async def test_what_can_not_be_is_refused_and_changes_nothing(
    home: Home, change: dict[str, object], problem: str
) -> None:
    home.add()
    home.add(unique_id="v", default_entity_id="switch.taken")
    make(home.naming.areas, "area", "Hall")
    before = home.house.registry.get("switch.plug")

    with pytest.raises(HubError, match=problem):
        home.naming.change_entity("switch.plug", **change)

    assert home.house.registry.get("switch.plug") == before


async def test_an_entity_without_unique_id_says_why_it_can_not_be_changed(home: Home) -> None:
    home.add(unique_id=None, name="Free")

    with pytest.raises(HubError, match="has no unique_id"):
        home.naming.change_entity("switch.free", name="X")


async def test_what_is_there_is_not_forgotten(home: Home) -> None:
    entity = home.add()
    with pytest.raises(HubError, match="would come back"):
        home.naming.forget_entity("switch.plug")

    entity.remove()
    home.naming.forget_entity("switch.plug")

    assert home.house.registry.get("switch.plug") is None


async def test_a_place_that_goes_leaves_nothing_behind(home: Home) -> None:
    home.add()
    naming = home.naming
    for kind, shelf in (("area", naming.areas), ("floor", naming.floors), ("label", naming.labels)):
        make(shelf, kind, "X")
    naming.change_area("X", floor="X", labels=["X"])
    naming.change_device("Plug", area="X", labels=["X"])
    naming.change_entity("switch.plug", area="X", labels=["X"])

    naming.remove_label("X")
    naming.remove_floor("X")
    assert (naming.areas.entries["x"].floor_id, naming.areas.entries["x"].labels) == (None, frozenset())
    naming.remove_area("X")

    assert home.house.registry.get("switch.plug").area_id is None
    assert naming.device("Plug").labels == frozenset()


async def test_a_name_is_given_once(home: Home) -> None:
    make(home.naming.areas, "area", "Living room")

    with pytest.raises(HubError, match="is there already"):
        make(home.naming.areas, "area", "living Room")
