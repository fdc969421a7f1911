"""What appliances use and cost, from what their sensors told: MQTT messages in, kilowatt-hours out."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from hub.core.energy import Report
from hub.core.errors import HubError
from hub.core.settings import Settings
from hub.energy.before import before
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


BERLIN = ZoneInfo("Europe/Berlin")


class Home:
    """A house in Berlin with a meter that goes on by 1 kWh an hour, in steps of five minutes."""

    def __init__(self, folder: Path, start: str, energy: dict[str, Any]) -> None:
        settings = Settings(config_dir=folder, data_dir=folder, time_zone=BERLIN)
        at = datetime.fromisoformat(start).replace(tzinfo=BERLIN)
        self.simulated = SimulatedHouse(start=at, settings=settings)
        self.archive = Archive(self.simulated.house, self.simulated.read({"recorder": {}}).recorder)
        self.archive.begin()
        devices = [{"name": "Oven", "energy": "sensor.oven"}]
        assert self.simulated.set_up({"energy": {"devices": devices, **energy}}).errors == []
        self._meter = 0

    async def live(self, hours: float, price: str | None = None) -> None:
        if price is not None:
            self.simulated.set("sensor.price", price, {"unit_of_measurement": "EUR/kWh"})
        for _ in range(round(hours * 12)):
            self.simulated.set("sensor.oven", str(self._meter), METER | {"unit_of_measurement": "kWh"})
            await self.simulated.advance(1)
            self._meter += 1 / 12
            self.simulated.set("sensor.oven", str(self._meter), METER | {"unit_of_measurement": "kWh"})
            await self.simulated.advance(299)

    async def report(self, since: str, until: str, **more: Any) -> Report:
        await self.archive.compile()
        times = (datetime.fromisoformat(each).replace(tzinfo=BERLIN).timestamp() for each in (since, until))
        return await self.simulated.house.energy.report(*times, **more)

    async def stop(self) -> None:
        await self.archive.close()
        await self.simulated.stop()


@pytest.mark.parametrize(("day", "hours"), [("2024-03-31", 23), ("2024-10-27", 25), ("2024-06-01", 24)])
async def test_a_day_on_which_the_clocks_change_has_its_hours(tmp_path: Path, day: str, hours: int) -> None:
    rates = [{"price": 0.1, "from": "00:00", "to": "06:00"}, {"price": 0.3}]
    home = Home(tmp_path, f"{day}T00:00", {"tariff": {"rates": rates, "standing": 1}})
    await home.live(hours + 2)
    after = (datetime.fromisoformat(day) + timedelta(days=1)).date()
    report = await home.report(f"{day}T00:00", f"{after}T00:00")
    assert report.energy == pytest.approx(hours)
    night = hours - 18
    assert report.cost == pytest.approx(night * 0.1 + 18 * 0.3 + 1)
    assert len(report.devices[0].uses) == 1
    await home.stop()


async def test_a_price_that_changes_within_an_hour_counts_from_then_on(tmp_path: Path) -> None:
    rates = [{"price": 0.1, "from": "22:20", "to": "05:45"}, {"price": 0.4}]
    home = Home(tmp_path, "2024-06-03T21:00", {"tariff": {"rates": rates}})
    await home.live(2)
    report = await home.report("2024-06-03T22:00", "2024-06-03T23:00", period="hour")
    assert report.energy == pytest.approx(1)
    assert report.cost == pytest.approx(20 / 60 * 0.4 + 40 / 60 * 0.1)
    await home.stop()


async def test_where_only_hours_are_kept_a_price_within_one_counts_by_its_time(tmp_path: Path) -> None:
    rates = [{"price": 0.1, "from": "22:20", "to": "05:45"}, {"price": 0.4}]
    home = Home(tmp_path, "2024-06-03T21:00", {"tariff": {"rates": rates}})
    await home.live(3)
    await home.archive.compile()
    await (await home.archive.ready()).purge_statistics(1 << 40, 10_000)
    report = await home.report("2024-06-03T22:00", "2024-06-03T23:00", period="hour")
    assert report.energy == pytest.approx(1)
    assert report.cost == pytest.approx(20 / 60 * 0.4 + 40 / 60 * 0.1)
    await home.stop()


async def test_a_price_from_a_sensor_counts_as_it_was_and_its_silence_is_told(tmp_path: Path) -> None:
    home = Home(tmp_path, "2024-06-03T12:00", {"tariff": {"sensor": "sensor.price", "add": 0.05}})
    await home.live(0.25, price="0.10")
    await home.live(0.75, price="0.30")
    await home.live(2, price="unavailable")
    await home.live(1, price="0.20")
    report = await home.report("2024-06-03T12:00", "2024-06-03T16:00", period="hour")
    assert [use.cost for use in report.devices[0].uses] == pytest.approx(
        [0.25 * 0.15 + 0.75 * 0.35, None, None, 0.25]
    )
    assert report.unpriced == pytest.approx(2)
    assert report.cost == pytest.approx(0.25 * 0.15 + 0.75 * 0.35 + 0.25)
    await home.stop()


async def test_today_stands_beside_yesterday_up_to_now(tmp_path: Path) -> None:
    home = Home(tmp_path, "2024-06-03T00:00", {"tariff": 0.5})
    await home.live(24 + 6.5)
    report = await home.report("2024-06-04T00:00", "2024-06-04T06:30")
    assert report.energy == pytest.approx(6.5)
    assert report.energy_before == pytest.approx(6.5)
    assert report.cost_before == pytest.approx(3.25)
    assert datetime.fromtimestamp(report.since_before, BERLIN).isoformat()[:16] == "2024-06-03T00:00"
    await home.stop()


@pytest.mark.parametrize(
    ("since", "until", "old"),
    [
        ("2024-06-04T00:00", "2024-06-04T10:00", ("2024-06-03T00:00", "2024-06-03T10:00")),
        ("2024-04-01T00:00", "2024-04-01T10:00", ("2024-03-31T00:00", "2024-03-31T10:00")),
        ("2024-06-03T00:00", "2024-06-06T10:00", ("2024-05-27T00:00", "2024-05-30T10:00")),
        ("2024-03-01T00:00", "2024-03-31T10:00", ("2024-02-01T00:00", "2024-03-01T00:00")),
        ("2024-05-01T00:00", "2024-06-01T00:00", ("2024-04-01T00:00", "2024-05-01T00:00")),
        ("2024-01-01T00:00", "2024-05-06T00:00", ("2023-01-01T00:00", "2023-05-07T00:00")),
        ("2024-06-04T00:00", "2024-06-06T12:00", ("2024-06-01T00:00", "2024-06-03T12:00")),
        ("2024-06-04T08:00", "2024-06-04T10:00", ("2024-06-04T06:00", "2024-06-04T08:00")),
    ],
)
def test_each_time_has_one_before(since: str, until: str, old: tuple[str, str]) -> None:
    asked = [datetime.fromisoformat(each).replace(tzinfo=BERLIN).timestamp() for each in (since, until)]
    found = before(asked[0], asked[1], BERLIN)
    assert tuple(datetime.fromtimestamp(each, BERLIN).isoformat()[:16] for each in found) == old
