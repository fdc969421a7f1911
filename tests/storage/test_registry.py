"""Names, areas and labels that people gave are known after a restart, and a damaged file harms nobody."""

from __future__ import annotations

import sqlite3
from pathlib import Path

import pytest

from hub.core.entities import EntityInfo
from hub.core.errors import HubError
from hub.core.naming import Naming, make
from hub.core.registries import DeviceInfo
from hub.storage.registry import LastingRegistry
from hub.testing.house import SimulatedHouse

DEVICE = DeviceInfo(identifiers=frozenset({("mqtt", "x")}), name="Plug", suggested_area="Hall")
SWITCH = EntityInfo("switch", "mqtt", unique_id="u", device=DEVICE)


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "entities.db"


async def opened(file: Path) -> tuple[SimulatedHouse, LastingRegistry]:
    simulated = SimulatedHouse()
    registry = await LastingRegistry.open(file, simulated.house.clock)
    registry.attend(simulated.house)
    return simulated, registry


async def closed(simulated: SimulatedHouse, registry: LastingRegistry) -> None:
    await registry.close()
    await simulated.stop()


async def test_what_people_changed_is_there_again(file: Path) -> None:
    simulated, registry = await opened(file)
    house, naming = simulated.house, Naming(simulated.house.entities)
    house.entities.add(SWITCH).write("on")
    make(naming.labels, "label", "Wet")
    make(naming.floors, "floor", "Cellar", level=-1)
    make(naming.areas, "area", "Wash house")
    naming.change_area("Wash house", floor="Cellar", aliases=["Laundry"])
    naming.change_device("Plug", name="Pump", area="Laundry", labels=["Wet"])
    naming.change_entity("switch.plug", new_id="switch.pump", name="The pump", icon="mdi:pump", hidden=True)
    await closed(simulated, registry)

    simulated, registry = await opened(file)
    house = simulated.house
    entity = house.entities.add(SWITCH)
    entity.write("off")
    entry, (device,) = house.registry.get("switch.pump"), house.devices.entries.values()

    assert entity.entity_id == "switch.pump"
    assert house.states.get("switch.pump").attributes == {"friendly_name": "The pump", "icon": "mdi:pump"}
    assert (entry.name, entry.hidden_by, entry.device_id) == ("The pump", "user", device.id)
    assert (device.shown_name, device.area_id, device.labels) == ("Pump", "wash_house", frozenset({"wet"}))
    assert house.areas.area_named("laundry").floor_id == "cellar"
    assert house.areas.floors["cellar"].level == -1
    await closed(simulated, registry)


async def test_what_was_removed_does_not_come_back(file: Path) -> None:
    simulated, registry = await opened(file)
    simulated.house.entities.add(SWITCH)
    await registry.flush()
    Naming(simulated.house.entities).forget_device("Plug")
    Naming(simulated.house.entities).remove_area("Hall")
    await closed(simulated, registry)

    simulated, registry = await opened(file)

    house = simulated.house
    assert (house.registry.entries, house.devices.entries, house.areas.areas) == ({}, {}, {})
    await closed(simulated, registry)


async def test_what_was_taken_out_of_its_area_is_not_put_there_again(file: Path) -> None:
    simulated, registry = await opened(file)
    simulated.house.entities.add(SWITCH)
    Naming(simulated.house.entities).change_device("Plug", area=None)
    await closed(simulated, registry)

    simulated, registry = await opened(file)
    simulated.house.entities.add(SWITCH)

    assert simulated.house.devices.find([("mqtt", "x")]).area_id is None
    await closed(simulated, registry)


async def test_the_first_released_schema_still_opens(file: Path) -> None:
    frozen = Path(__file__).parents[1] / "old_databases" / "entities-1.sql"
    database = sqlite3.connect(file)
    database.executescript(frozen.read_text())
    database.close()

    simulated, registry = await opened(file)

    house = simulated.house
    assert house.registry.find("switch", "mqtt", "u").name == "The pump"
    assert house.devices.find([("mqtt", "x")]).shown_name == "Pump"
    assert house.areas.area_named("entrance").id == "hall"
    await closed(simulated, registry)


async def test_a_damaged_file_is_set_aside(file):
    file.write_bytes(b"this is no database, and never was one" * 100)

    simulated, registry = await opened(file)

    (aside,) = file.parent.glob("entities.db.damaged-*")
    assert aside.read_bytes().startswith(b"this is no database")
    await closed(simulated, registry)


async def test_a_file_of_a_newer_version_is_refused(file: Path) -> None:
    await closed(*await opened(file))
    database = sqlite3.connect(file)
    database.execute("PRAGMA user_version=99")
    database.close()

    with pytest.raises(HubError, match="newer version"):
        await opened(file)


async def test_nobody_else_may_read_the_file(file):
    await closed(*await opened(file))

    assert file.stat().st_mode & 0o077 == 0
