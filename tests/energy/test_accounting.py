"""What appliances use and cost, from what their sensors told: MQTT messages in, kilowatt-hours out."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest

from hub.core.errors import HubError
from hub.core.settings import Settings
from hub.storage.archive import Archive
from hub.testing import SimulatedHouse
from hub.testing.house import START

HOUR = 3600
BEGAN = START.timestamp()
METER = {"state_class": "total_increasing", "unit_of_measurement": "Wh", "device_class": "energy"}
POWER = {"state_class": "measurement", "unit_of_measurement": "kW"}
NIGHT = {"price": 0.2, "from": "14:00", "to": "16:00"}
CONFIG: dict[str, Any] = {
    "energy": {
        "tariff": {
            "rates": [{"price": 0.2, "from": "14:00", "to": "16:00"}, {"price": 0.4}],
            "standing": 0.5,
        },
        "grid": {"power": "sensor.grid"},
        "devices": [
            {"name": "Oven", "energy": "sensor.oven"},
            {"name": "Television", "power": "sensor.tv"},
        ],
    }
}


@pytest.fixture
async def home(tmp_path: Path) -> AsyncIterator[SimulatedHouse]:
    simulated = SimulatedHouse(settings=Settings(config_dir=tmp_path, data_dir=tmp_path))
    archive = Archive(simulated.house, simulated.read({"recorder": {}}).recorder)
    archive.begin()
    simulated.set_up(CONFIG)
    await _live(simulated)
    await archive.compile()
    yield simulated
    await archive.close()
    await simulated.stop()


async def _live(house: SimulatedHouse) -> None:
    """Four hours from noon on: the oven bakes in the second, the television is on in the third."""
    for step in range(4 * 12):
        hour = step // 12
        baked = min(max(0, step - 12), 12) * 100
        house.set("sensor.oven", str(5000 + baked if step < 36 else baked - 1200), METER)
        house.set("sensor.tv", "0.1" if hour == 2 else "0.004", POWER)
        house.set("sensor.grid", "1.5" if hour == 1 else "0.2", POWER)
        await house.advance(300)


async def test_each_device_is_accounted_for(home: SimulatedHouse) -> None:
    report = await home.house.energy.report(BEGAN, period="hour")
    told = {account.name: account for account in report.devices}
    assert told["Oven"].energy == pytest.approx(1.2)
    assert told["Oven"].cost == pytest.approx(1.1 * 0.4 + 0.1 * 0.2)
    assert told["Television"].energy == pytest.approx(0.1 + 3 * 0.004)
    assert [use.energy for use in told["Television"].uses] == pytest.approx([0.004, 0.004, 0.1, 0.004])
    assert [use.cost for use in told["Television"].uses][2] == pytest.approx(0.1 * 0.2)
    assert report.energy == pytest.approx(1.5 + 3 * 0.2)
    assert report.rest is not None
    assert report.rest.energy == pytest.approx(2.1 - 1.2 - 0.112)
    assert report.cost == pytest.approx(1.7 * 0.4 + 0.4 * 0.2 + 0.5)
    assert told["Oven"].share == pytest.approx(1.2 / 2.1)


async def test_it_stands_beside_the_time_before(home: SimulatedHouse) -> None:
    report = await home.house.energy.report(BEGAN + 2 * HOUR, BEGAN + 4 * HOUR, period="hour")
    television = next(account for account in report.devices if account.name == "Television")
    assert television.energy == pytest.approx(0.104)
    assert television.energy_before == pytest.approx(0.008)
    assert television.cost_before == pytest.approx(0.008 * 0.4)


async def test_days_and_months_are_those_of_the_house(home: SimulatedHouse) -> None:
    for period in ("day", "week", "month"):
        report = await home.house.energy.report(BEGAN, period=period)
        assert len(report.devices[0].uses) == 1
        assert report.devices[0].energy == pytest.approx(1.2)


async def test_what_waits_is_found(home: SimulatedHouse) -> None:
    (one,) = await home.house.energy.standby(BEGAN)
    assert one.name == "Television"
    assert one.power == pytest.approx(4)
    assert one.share_of_time == pytest.approx(0.75)
    assert one.energy_a_year == pytest.approx(0.004 * 8766 * 0.75)
    assert one.cost_a_year == pytest.approx(one.energy_a_year * 0.3)


async def test_peaks_name_what_used_it(home: SimulatedHouse) -> None:
    first, second, *_ = await home.house.energy.peaks(BEGAN)
    assert (first.start, first.power) == (BEGAN + HOUR, pytest.approx(1500))
    assert next(iter(first.devices)) == "Oven"
    assert second.power < first.power
    assert len(await home.house.energy.peaks(BEGAN, most=1)) == 1


async def test_without_a_section_it_says_what_to_write(house: SimulatedHouse) -> None:
    with pytest.raises(HubError, match="says nothing about energy"):
        await house.house.energy.report(0)


@pytest.mark.parametrize(
    ("energy", "said"),
    [
        ({"devices": [{"name": "A"}]}, "needs energy or power"),
        ({"devices": [{"name": "A", "power": "sensor.a"}, {"name": "A", "power": "sensor.b"}]}, "'A'"),
        ({"tariff": {"price": 1, "sensor": "sensor.x"}}, "one of price, rates or sensor"),
    ],
)
def test_mistakes_are_found(house: SimulatedHouse, energy: Any, said: str) -> None:
    found = house.read({"energy": energy})
    assert any(said in str(problem) for problem in found.errors)


def test_a_number_is_a_flat_price(house: SimulatedHouse) -> None:
    found = house.read({"energy": {"tariff": 0.3}})
    assert found.errors == []
