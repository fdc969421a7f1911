"""Utility meters count by cycles and tariffs."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from hub.api import HubError, Remembered
from hub.testing import SimulatedHouse
from plugins.sensors.cron import Cron

KWH = {"unit_of_measurement": "kWh"}


def meter(**more: Any) -> dict[str, Any]:
    return {"utility_meter": {"bill": {"source": "sensor.energy", **more}}}


def attributes(house: SimulatedHouse, entity_id: str) -> Mapping[str, Any]:
    state = house.house.states.get(entity_id)
    assert state is not None
    return state.attributes


def read(house: SimulatedHouse, *values: object) -> None:
    for value in values:
        house.set("sensor.energy", str(value), KWH)


async def test_it_adds_up_what_the_source_grows_by(house: SimulatedHouse) -> None:
    house.set_up(meter())
    read(house, 10, 12.5, 15)
    assert house.state("sensor.bill") == "5.0"
    told = attributes(house, "sensor.bill")
    assert (told["unit_of_measurement"], told["device_class"]) == ("kWh", "energy")
    assert (told["state_class"], told["status"]) == ("total_increasing", "collecting")


@pytest.mark.parametrize(("net", "shown"), [(False, "2"), (True, "-1")])
async def test_a_source_that_falls(house: SimulatedHouse, net: bool, shown: str) -> None:
    house.set_up(meter(net_consumption=net))
    read(house, 10, 7, 9)
    assert house.state("sensor.bill") == shown


@pytest.mark.parametrize(("resetting", "shown"), [(True, "1"), (False, "4")])
async def test_what_the_source_grew_by_while_it_was_away(
    house: SimulatedHouse, resetting: bool, shown: str
) -> None:
    house.set_up(meter(periodically_resetting=resetting))
    read(house, 10, 11, "unavailable")
    assert house.state("sensor.bill") == "unavailable"
    read(house, 14)
    assert house.state("sensor.bill") == shown


async def test_each_tariff_counts_in_its_time(house: SimulatedHouse) -> None:
    house.set_up(meter(tariffs=["day", "night"]))
    read(house, 0, 3)

    await house.house.services.wait("select", "select_next", {"entity_id": "select.bill"})
    read(house, 5)

    assert (house.state("sensor.bill_day"), house.state("sensor.bill_night")) == ("3", "2")
    assert attributes(house, "sensor.bill_day")["status"] == "paused"
    assert attributes(house, "sensor.bill_night")["tariff"] == "night"


async def test_reset_and_calibrate(house: SimulatedHouse) -> None:
    house.set_up(meter(tariffs=["day", "night"]))
    read(house, 0, 3)
    call = house.house.services.wait

    await call("utility_meter", "calibrate", {"entity_id": "sensor.bill_day", "value": "7.5"})
    assert house.state("sensor.bill_day") == "7.5"
    await call("utility_meter", "reset", {"entity_id": "select.bill"})

    assert house.state("sensor.bill_day") == "0"
    assert attributes(house, "sensor.bill_day")["last_period"] == "7.5"


async def test_it_is_restored() -> None:
    before = Remembered("5", {"last_period": "9", "status": "collecting", **KWH})
    house = SimulatedHouse(remembered={"sensor.bill": before})
    house.set_up(meter())
    assert house.state("sensor.bill") == "5"
    read(house, 1, 2)
    assert house.state("sensor.bill") == "6"
    assert attributes(house, "sensor.bill")["last_period"] == "9"
    await house.stop()


@pytest.mark.parametrize(
    "wrong", [{"cycle": "daily", "cron": "0 0 * * *"}, {"offset": {"days": 28}}, {"cron": "0 0 * *"}]
)
async def test_what_does_not_fit_is_refused(house: SimulatedHouse, wrong: dict[str, Any]) -> None:
    assert house.read(meter(**wrong)).errors


@pytest.mark.parametrize(
    ("pattern", "now", "due"),
    [
        ("5/15 * * * *", "2024-05-06T12:05:00+02:00", "2024-05-06T12:20:00+02:00"),
        ("0 0 1 * *", "2024-12-31T23:59:59+01:00", "2025-01-01T00:00:00+01:00"),
        ("0 0 1 */3 *", "2024-05-06T00:00:00+02:00", "2024-07-01T00:00:00+02:00"),
        ("0 6 * * mon-fri", "2024-05-10T06:00:00+02:00", "2024-05-13T06:00:00+02:00"),
        ("0 0 L * *", "2024-02-01T00:00:00+01:00", "2024-02-29T00:00:00+01:00"),
        ("0 0 13 * 5", "2024-05-06T00:00:00+02:00", "2024-05-10T00:00:00+02:00"),
        ("30 * * * *", "2024-10-27T02:30:00+02:00", "2024-10-27T02:30:00+01:00"),
        ("30 2 * * *", "2024-10-27T02:30:00+02:00", "2024-10-28T02:30:00+01:00"),
        ("30 2 * * *", "2024-03-30T12:00:00+01:00", "2024-03-31T03:00:00+02:00"),
    ],
)
def test_cron_in_berlin(pattern: str, now: str, due: str) -> None:
    found = Cron(pattern).next(datetime.fromisoformat(now).astimezone(UTC), ZoneInfo("Europe/Berlin"))
    assert found.isoformat() == due


@pytest.mark.parametrize("pattern", ["", "* * * *", "60 * * * *", "* * * foo *", "5-1 * * * *"])
def test_what_is_no_cron_pattern(pattern: str) -> None:
    with pytest.raises(HubError, match="cron pattern"):
        Cron(pattern)
