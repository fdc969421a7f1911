"""A kilowatt-hour costs what the contract says, at each time of the day and in each year."""

from __future__ import annotations

from datetime import date, datetime
from zoneinfo import ZoneInfo

import pytest
from pydantic import ValidationError

from hub.energy.tariff import Prices, Rate, Tariff

BERLIN = ZoneInfo("Europe/Berlin")
NIGHT = Rate.model_validate({"price": 0.2, "from": "22:00", "to": "06:00"})
WEEKEND = Rate(price=0.1, weekdays=("sat", "sun"))
REST = Rate(price=0.3)


def price(
    tariffs: tuple[Tariff, ...], text: str, told: dict[str, dict[int, float]] | None = None
) -> float | None:
    at = datetime.fromisoformat(text).replace(tzinfo=BERLIN).timestamp()
    return Prices(tariffs, BERLIN, told or {}).price(at)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("2024-05-06T12:00", 0.3),
        ("2024-05-06T22:00", 0.2),
        ("2024-05-07T05:59", 0.2),
        ("2024-05-07T06:00", 0.3),
        ("2024-05-11T12:00", 0.1),
        ("2024-05-12T23:30", 0.2),
    ],
)
def test_rates_hold_by_day_and_time(text: str, expected: float) -> None:
    assert price((Tariff(rates=(NIGHT, WEEKEND, REST)),), text) == expected


def test_a_night_belongs_to_the_day_on_which_it_begins() -> None:
    friday = Rate.model_validate({"price": 0.05, "from": "22:00", "to": "06:00", "weekdays": "fri"})
    tariffs = (Tariff(rates=(friday, REST)),)
    assert price(tariffs, "2024-05-10T23:00") == 0.05
    assert price(tariffs, "2024-05-11T05:00") == 0.05
    assert price(tariffs, "2024-05-10T05:00") == 0.3
    assert price(tariffs, "2024-05-11T23:00") == 0.3


def test_older_days_keep_their_price() -> None:
    tariffs = (Tariff(since=date(2024, 5, 1), price=0.4), Tariff(price=0.25))
    assert price(tariffs, "2024-04-30T23:59") == 0.25
    assert price(tariffs, "2024-05-01T00:00") == 0.4


def test_a_sensor_tells_the_price_of_each_hour() -> None:
    noon = int(datetime(2024, 5, 6, 12, tzinfo=BERLIN).timestamp())
    tariffs = (Tariff(sensor="sensor.price", factor=1.2, add=0.1),)
    told = {"sensor.price": {noon: 0.5}}
    assert price(tariffs, "2024-05-06T12:40", told) == pytest.approx(0.7)
    assert price(tariffs, "2024-05-06T13:00", told) is None


@pytest.mark.parametrize(
    ("data", "said"),
    [
        ({}, "one of price, rates or sensor"),
        ({"price": 1, "sensor": "sensor.x"}, "one of price, rates or sensor"),
        ({"rates": [{"price": 1, "from": "22:00"}, {"price": 2}]}, "belong together"),
        ({"rates": [{"price": 1, "from": "22:00", "to": "06:00"}]}, "without a price"),
        ({"price": 1, "since": "soon"}, "is no date"),
        ({"rates": [{"price": 1, "from": "25:00", "to": "06:00"}, {"price": 1}]}, "no time of day"),
    ],
)
def test_what_can_not_be_meant_is_refused(data: dict[str, object], said: str) -> None:
    with pytest.raises(ValidationError, match=said):
        Tariff.model_validate(data)
