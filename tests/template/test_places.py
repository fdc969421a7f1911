"""Distances, devices, areas and labels in templates."""

from __future__ import annotations

from typing import Any

import pytest

from hub.core.areas import AreaEntry, FloorEntry, LabelEntry
from hub.core.errors import TemplateError
from hub.core.registries import DeviceInfo, EntityEntry
from hub.template.functions.earth import metres


@pytest.fixture
def placed(house: Any) -> Any:
    house.states.set("zone.office", "0", {"latitude": 52.5, "longitude": 13.0})
    house.states.set("device_tracker.near", "home", {"latitude": 52.01, "longitude": 13.0})
    house.states.set("device_tracker.far", "away", {"latitude": 53.0, "longitude": 13.0})
    house.states.set("device_tracker.lost", "away")
    return house


@pytest.fixture
def furnished(house: Any) -> Any:
    house.areas.floors["up"] = FloorEntry("up", "Upstairs", icon="mdi:up", aliases=frozenset({"Top"}))
    house.areas.areas["bath"] = AreaEntry(
        "bath", "Bath room", "up", aliases=frozenset({"Spa"}), labels=frozenset({"wet"})
    )
    house.areas.areas["hall"] = AreaEntry("hall", "Hall")
    house.areas.labels["wet"] = LabelEntry("wet", "Wet place", "Mind the water")
    device = house.devices.add(
        DeviceInfo(
            identifiers=frozenset({("mqtt", "x1")}), name="Lamp", manufacturer="Acme", suggested_area="Hall"
        )
    )
    house.devices.update(device.id, labels=frozenset({"wet"}))
    house.registry.add(EntityEntry("light.lamp", "mqtt", "1", device_id=device.id))
    house.registry.add(
        EntityEntry(
            "sensor.lamp", "mqtt", "2", device_id=device.id, area_id="bath", labels=frozenset({"wet"})
        )
    )
    house.registry.add(EntityEntry("switch.loose", "template", "3"))
    return house


@pytest.mark.parametrize(
    ("source", "kilometres"),
    [
        ("{{ distance('zone.office') }}", 55.63),
        ("{{ distance(states.zone.office) }}", 55.63),
        ("{{ distance(52.5, 13.0) }}", 55.63),
        ("{{ distance('52.5', '13') }}", 55.63),
        ("{{ distance('zone.office', 'device_tracker.far') }}", 55.64),
        ("{{ distance('zone.office', 53, 13) }}", 55.64),
        ("{{ distance(52, 13) }}", 0.0),
    ],
)
def test_measures_distances(placed: Any, source: str, kilometres: float) -> None:
    assert placed.render(source) == pytest.approx(kilometres, abs=0.01)


def test_measures_in_miles_where_people_do(placed: Any) -> None:
    placed.settings.unit_system = "us_customary"

    assert placed.render("{{ distance('zone.office') | round(2) }}") == 34.57


@pytest.mark.parametrize(
    "source",
    [
        "{{ distance('device_tracker.lost') }}",
        "{{ distance('no.thing') }}",
        "{{ distance('x', 'y') }}",
        "{{ closest('device_tracker.lost', states.device_tracker) }}",
        "{{ closest('x', 'y', states) }}",
        "{{ closest([]) }}",
    ],
)
def test_a_place_that_is_not_known_has_no_distance(placed: Any, source: str) -> None:
    assert placed.render(source) is None


@pytest.mark.parametrize(
    ("source", "entity_id"),
    [
        ("{{ closest(states.device_tracker).entity_id }}", "device_tracker.near"),
        ("{{ closest('zone.office', ['device_tracker.far']).entity_id }}", "device_tracker.far"),
        ("{{ closest(53.1, 13, states.device_tracker).entity_id }}", "device_tracker.far"),
        ("{{ (states.device_tracker | closest).entity_id }}", "device_tracker.near"),
        ("{{ (states.device_tracker | closest(53, 13)).entity_id }}", "device_tracker.far"),
    ],
)
def test_finds_what_is_closest(placed: Any, source: str, entity_id: str) -> None:
    assert placed.render(source) == entity_id


@pytest.mark.parametrize(
    ("a", "b", "length"),
    [
        ((0.0, 0.0), (0.0, 1.0), 111_319.491),
        ((32.87336, -117.22943), (32.95108, -117.22943), 8_619.6),
        ((48.8566, 2.3522), (40.7128, -74.006), 5_852_935.0),
        ((0.0, 0.0), (0.0, 180.0), 20_037_508.3),
        ((90.0, 0.0), (90.0, 50.0), 0.0),
    ],
)
def test_measures_the_earth(a: tuple[float, float], b: tuple[float, float], length: float) -> None:
    assert metres(a, b) == pytest.approx(length, rel=1e-3, abs=1e-3)


@pytest.mark.parametrize(
    ("source", "result"),
    [
        ("{{ device_id('light.lamp') == device_id('Lamp') }}", True),
        ("{{ device_id('nobody') }}", None),
        ("{{ device_name('light.lamp') }}", "Lamp"),
        ("{{ device_name(device_id('light.lamp')) }}", "Lamp"),
        ("{{ device_name('switch.loose') }}", None),
        ("{{ device_attr('light.lamp', 'manufacturer') }}", "Acme"),
        ("{{ device_attr('light.lamp', '__class__') }}", None),
        ("{{ device_attr('light.lamp', 'nothing') }}", None),
        ("{{ is_device_attr('light.lamp', 'manufacturer', 'Acme') }}", True),
        ("{{ device_entities(device_id('light.lamp')) }}", ["light.lamp", "sensor.lamp"]),
        ("{{ integration_entities('mqtt') }}", ["light.lamp", "sensor.lamp"]),
        ("{{ integration_entities('') }}", []),
        ("{{ config_entry_id('light.lamp') }}", None),
        ("{{ areas() }}", ["bath", "hall"]),
        ("{{ area_id('Bath Room') }} {{ 'spa' | area_id }}", "bath bath"),
        ("{{ area_id('light.lamp') }} {{ area_id('sensor.lamp') }}", "hall bath"),
        ("{{ area_id(device_id('light.lamp')) }}", "hall"),
        ("{{ area_id('nowhere') }}", None),
        ("{{ area_name('bath') }}", "Bath room"),
        ("{{ area_name('light.lamp') }}", "Hall"),
        ("{{ area_name('nowhere') }}", None),
        ("{{ area_entities('hall') }}", ["light.lamp"]),
        ("{{ area_entities('Bath room') }}", ["sensor.lamp"]),
        ("{{ area_entities('nowhere') }}", []),
        ("{{ area_devices('hall') == [device_id('light.lamp')] }}", True),
        ("{{ floors() }}", ["up"]),
        ("{{ floor_id('Top') }} {{ floor_id('Spa') }} {{ floor_id('sensor.lamp') }}", "up up up"),
        ("{{ floor_id('hall') }}", None),
        ("{{ floor_name('up') }} {{ floor_name('sensor.lamp') }}", "Upstairs Upstairs"),
        ("{{ floor_icon('up') }}", "mdi:up"),
        ("{{ floor_areas('Upstairs') }}", ["bath"]),
        ("{{ floor_entities('up') }}", ["sensor.lamp"]),
        ("{{ aliases('bath') + aliases('up') + aliases('x') }}", ["Spa", "Top"]),
        ("{{ labels() }}", ["wet"]),
        ("{{ labels('sensor.lamp') + labels('bath') + labels(device_id('light.lamp')) }}", ["wet"] * 3),
        ("{{ labels('light.lamp') }}", []),
        ("{{ label_id('wet place') }} {{ label_name('wet') }}", "wet Wet place"),
        ("{{ label_description('wet') }}", "Mind the water"),
        ("{{ label_areas('wet') }} {{ label_entities('Wet place') }}", "['bath'] ['sensor.lamp']"),
        ("{{ label_devices('wet') | count }}", 1),
        ("{{ label_entities('dry') }}", []),
    ],
)  # fmt: skip
def test_knows_the_house(furnished: Any, source: str, result: Any) -> None:
    assert furnished.render(source) == result


def test_a_device_is_asked_for_by_a_text(furnished: Any) -> None:
    with pytest.raises(TemplateError, match="device or entity ID"):
        furnished.render("{{ device_attr(5, 'name') }}")
