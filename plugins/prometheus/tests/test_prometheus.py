"""The page of numbers comes and goes with the section; tests/web/test_metrics.py asks over HTTP."""

from __future__ import annotations

import pytest

from hub.api import State
from hub.core.web import WebAnswer, WebRequest
from hub.testing.house import SimulatedHouse
from plugins.prometheus.values import samples


@pytest.mark.parametrize(
    ("entity_id", "state", "attributes", "expected"),
    [
        ("sensor.a", "5", {"device_class": "power", "unit_of_measurement": "W"}, ("sensor_power_w", 5)),
        ("sensor.a", "5", {"unit_of_measurement": "km/h"}, ("sensor_unit_km_per_h", 5)),
        ("sensor.a", "5", {}, ("sensor_state", 5)),
        (
            "sensor.a",
            "1970-01-01T00:01:00+00:00",
            {"device_class": "timestamp"},
            ("sensor_timestamp_seconds", 60),
        ),
        ("number.a", "20", {"unit_of_measurement": "%"}, ("number_state_percent", 20)),
        ("lock.a", "unlocked", {}, ("lock_state", 0)),
        ("person.a", "home", {}, ("person_state", 1)),
        ("sensor.a", "nan", {}, None),
        ("sensor.a", "unknown", {}, None),
    ],
)
def test_a_state_has_its_number(
    entity_id: str, state: str, attributes: dict[str, str], expected: tuple[str, float] | None
) -> None:
    found = list(samples(State(entity_id, state, attributes, 0, 0, 0, None)))
    assert [(one.name, one.value) for one in found] == ([expected] if expected else [])


async def test_the_page_comes_and_goes_with_the_section() -> None:
    home = SimulatedHouse()
    home.set_up({"prometheus": {"namespace": "h"}})
    home.set("sensor.a", "5")
    page = home.house.web.page_at("metrics")
    assert page is not None
    answer = await page.handler(WebRequest("GET", "/metrics"))  # type: ignore[misc]  # ours is async
    assert isinstance(answer, WebAnswer)
    assert b'h_sensor_state{domain="sensor",entity="sensor.a",friendly_name="a"} 5.0' in answer.body
    await home.stop()
    assert home.house.web.page_at("metrics") is None


@pytest.mark.parametrize(
    ("entity_id", "attributes", "name"),
    [
        ("sensor.own", {"device_class": "power"}, "own"),
        ("sensor.loft_warm", {"device_class": "power"}, "loft"),
        ("sensor.other", {"device_class": "power"}, "every"),
        ("number.other", {}, "number_state"),
    ],
)
async def test_values_are_called_what_the_yaml_says(
    entity_id: str, attributes: dict[str, str], name: str
) -> None:
    home = SimulatedHouse()
    home.set_up(
        {
            "prometheus": {
                "namespace": "h",
                "component_config": {"sensor.own": {"override_metric": "own"}},
                "component_config_glob": {"sensor.loft_*": {"override_metric": "loft"}},
                "component_config_domain": {"sensor": {"override_metric": "every"}},
            }
        }
    )
    home.set(entity_id, "5", attributes)
    page = home.house.web.page_at("metrics")
    assert page is not None
    answer = await page.handler(WebRequest("GET", "/metrics"))  # type: ignore[misc]  # ours is async
    await home.stop()

    assert isinstance(answer, WebAnswer)
    assert f"h_{name}{{" in answer.body.decode()


def test_a_sensor_without_a_class_has_the_default() -> None:
    plain = State("sensor.a", "5", {"unit_of_measurement": "km/h"}, 0, 0, 0, None)
    assert [one.name for one in samples(plain, default="speeds")] == ["speeds"]
