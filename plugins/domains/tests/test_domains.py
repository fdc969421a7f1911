"""Check what the services of the domains take and refuse."""

from __future__ import annotations

import datetime as dt

import pytest
from pydantic import ValidationError

from hub.api import Domain, ServiceData
from plugins.domains import domains
from plugins.domains.air import SetTemperature
from plugins.domains.light import LightOn


def service(name: str) -> type[ServiceData]:
    domain, _, action = name.partition(".")
    return domains()[domain].services[action]


@pytest.mark.parametrize("domain", list(domains().values()), ids=list(domains()))
def test_each_domain_is_offered_under_its_name(domain: type[Domain]) -> None:
    assert domains()[domain.name] is domain


@pytest.mark.parametrize(
    ("name", "data", "field", "value"),
    [
        ("climate.set_temperature", {"temperature": "21.5"}, "temperature", 21.5),
        ("climate.set_humidity", {"humidity": "45"}, "humidity", 45),
        ("light.turn_on", {"brightness": 300}, "brightness", 255),
        ("light.turn_on", {"brightness": "128.9"}, "brightness", 128),
        ("light.turn_on", {"brightness_step": -400}, "brightness_step", -255),
        ("light.turn_on", {"white": True}, "white", True),
        ("light.turn_on", {"white": 70}, "white", 70),
        ("light.turn_on", {"rgb_color": [1, "2", 3]}, "rgb_color", (1, 2, 3)),
        ("light.turn_on", {"hs_color": ["200", 50]}, "hs_color", (200.0, 50.0)),
        ("light.turn_off", {"transition": "3"}, "transition", 3.0),
        ("number.set_value", {"value": " 7.25 "}, "value", 7.25),
        ("cover.set_cover_position", {"position": "40"}, "position", 40),
        ("fan.oscillate", {"oscillating": "on"}, "oscillating", True),
        ("lock.unlock", {"code": 1234}, "code", "1234"),
        ("select.select_next", {}, "cycle", True),
        ("date.set_value", {"date": "2026-02-03"}, "date", dt.date(2026, 2, 3)),
        ("time.set_value", {"time": "12:30:00"}, "time", dt.time(12, 30)),
        ("vacuum.send_command", {"command": "go", "params": {"a": 1}}, "params", {"a": 1}),
    ],
)
def test_takes_and_understands(name: str, data: dict[str, object], field: str, value: object) -> None:
    assert getattr(service(name).model_validate(data), field) == value


@pytest.mark.parametrize(
    ("name", "data", "word"),
    [
        ("light.turn_on", {"brightness": 1, "brightness_pct": 1}, "can't be given together"),
        ("light.turn_on", {"rgb_color": [1, 2, 3], "color_temp_kelvin": 2700}, "can't be given together"),
        ("light.turn_on", {"rgb_color": [1, 2, 300]}, "255"),
        ("light.turn_on", {"brightness": True}, "number"),
        ("light.turn_on", {"glow": 1}, "glow"),
        ("climate.set_temperature", {"hvac_mode": "heat"}, "target is missing"),
        ("climate.set_temperature", {"target_temp_low": 1}, "two ends"),
        ("climate.set_temperature", {"temperature": "warm"}, "number"),
        ("climate.set_temperature", {"temperature": "nan"}, "finite"),
        ("climate.set_hvac_mode", {"hvac_mode": "warm"}, "hvac_mode"),
        ("cover.set_cover_position", {"position": 101}, "100"),
        ("cover.set_cover_position", {}, "position"),
        ("switch.turn_on", {"brightness": 3}, "brightness"),
    ],
)
def test_refuses(name: str, data: dict[str, object], word: str) -> None:
    with pytest.raises(ValidationError, match=word):
        service(name).model_validate(data)


def test_a_light_toggles_with_the_fields_of_turn_on() -> None:
    assert service("light.toggle") is LightOn


def test_a_range_has_both_ends() -> None:
    given = SetTemperature.model_validate({"target_temp_low": "19", "target_temp_high": 23})

    assert (given.target_temp_low, given.target_temp_high) == (19.0, 23.0)
