"""Numbers are told to whoever may see them, in a form that Prometheus's own parser reads."""

from __future__ import annotations

from typing import Any

import aiomqtt
import pytest
from prometheus_client.parser import text_string_to_metric_families

from hub.registry import Owner
from hub.registry.accounts import Role, Scope

OPEN = "prometheus: {requires_auth: false}\n"


def parsed(text: str) -> dict[tuple[str, str], float]:
    """Return the values by name and entity."""
    return {
        (sample.name, sample.labels.get("entity", "")): sample.value
        for family in text_string_to_metric_families(text)
        for sample in family.samples
    }


async def numbers(site: Any) -> dict[tuple[str, str], float]:
    client = await site.program(Scope.VIEWER, name="scraper")
    answer = await client.get("/metrics")
    assert answer.status_code == 200, answer.text
    assert answer.headers["content-type"].startswith("text/plain; version=0.0.4")
    return parsed(answer.text)


async def test_states_are_told_by_class_and_unit(open_site: Any) -> None:
    site = await open_site(sections="prometheus:\n")
    states = site.house.states
    warm = {"device_class": "temperature", "unit_of_measurement": "°C", "friendly_name": 'Out "side"'}
    states.set("sensor.outside", "21.5", warm)
    states.set("sensor.oven", "212", {"device_class": "temperature", "unit_of_measurement": "°F"})
    states.set("sensor.dust", "7", {"unit_of_measurement": "µg/m³"})
    states.set("sensor.word", "cloudy", {})
    states.set("binary_sensor.door", "on", {})
    states.set("light.hall", "on", {"brightness": 51})
    states.set("switch.pump", "unavailable", {})
    states.set("climate.hall", "heat", {"temperature": 20, "hvac_action": "heating"})

    found = await numbers(site)

    assert found["homeassistant_sensor_temperature_celsius", "sensor.outside"] == 21.5
    assert found["homeassistant_sensor_temperature_celsius", "sensor.oven"] == pytest.approx(100)
    assert found["homeassistant_sensor_unit_u0xb5g_per_mu0xb3", "sensor.dust"] == 7
    assert found["homeassistant_binary_sensor_state", "binary_sensor.door"] == 1
    assert found["homeassistant_light_brightness_percent", "light.hall"] == pytest.approx(20)
    assert found["homeassistant_entity_available", "switch.pump"] == 0
    assert ("homeassistant_switch_state", "switch.pump") not in found
    assert found["homeassistant_climate_target_temperature_celsius", "climate.hall"] == 20
    assert found["homeassistant_climate_heating", "climate.hall"] == 1
    assert found["homeassistant_input_boolean_state", "input_boolean.heating"] == 0
    assert found["homeassistant_input_number_state", "input_number.limit"] == 5
    assert not any(entity == "sensor.word" for name, entity in found if "sensor_state" in name)


async def test_the_hub_tells_of_itself(open_site: Any) -> None:
    site = await open_site(sections="prometheus: {namespace: ''}\n")
    login = {"username": "someone", "password": "somebody-is-here"}
    async with aiomqtt.Client("127.0.0.1", site.mqtt, **login) as client:
        await client.subscribe("kept")
        await client.publish("kept", "x", qos=1, retain=True)
        await anext(aiter(client.messages))
        site.house.bus.emit("go")
        found = await numbers(site)
    assert found["hearth_mqtt_clients_connected", ""] == 1
    assert found["hearth_mqtt_messages_received_total", ""] == 1
    assert found["hearth_mqtt_messages_sent_total", ""] >= 1
    assert found["hearth_mqtt_bytes_received_total", ""] > 0
    assert found["hearth_mqtt_retained_messages", ""] >= 1
    assert found["hearth_runs_total", "automation.quick"] == 1
    assert found["process_cpu_seconds_total", ""] > 0
    assert found["hearth_event_loop_delay_seconds", ""] >= 0
    assert ("input_boolean_state", "input_boolean.guests") in found


REGISTRIES = """
prometheus:
registries: {garden: {passwords: Gardens-own-word-1}}
"""


async def test_registries_are_told_apart(open_site: Any) -> None:
    site = await open_site(sections=REGISTRIES)
    registry = next(one for one in site.app._registrar.directory.all(Owner) if one.name == "garden")
    login = {"username": registry.id, "password": "Gardens-own-word-1"}
    async with aiomqtt.Client("127.0.0.1", site.mqtt, **login) as client:
        await client.publish(f"$registries/{registry.id}/commands", "x", qos=1)
        client = await site.program(Scope.VIEWER, name="scraper")
        text = (await client.get("/metrics")).text
    labels = f'{{id="{registry.id}",kind="registry",name="garden"}}'
    assert f"hearth_iot_connections{labels} 1.0" in text
    assert f"hearth_iot_messages_received_total{labels} 1.0" in text


async def test_what_is_filtered_is_not_told(open_site: Any) -> None:
    filter = "{include_domains: [input_boolean, sensor], exclude_entity_globs: ['*.heat*']}"
    site = await open_site(sections=f"prometheus: {{filter: {filter}}}\n")
    entities = {entity for name, entity in await numbers(site) if name == "homeassistant_entity_available"}
    assert entities == {"input_boolean.guests"}


@pytest.mark.parametrize("path", ["/metrics", "/api/prometheus", "/api/plugin/metrics"])
async def test_numbers_are_for_viewers(open_site: Any, path: str) -> None:
    site = await open_site(sections="prometheus:\n")
    assert (await site.client().get(path)).status_code == 401
    assert (await site.client(Authorization="Bearer wrong").get(path)).status_code == 401
    guest = await site.browser("gus", Role.GUEST)
    assert (await guest.get(path)).status_code == 403
    viewer = await site.browser("vic", Role.VIEWER)
    assert (await viewer.get(path)).status_code == 200


async def test_they_are_open_at_home_alone_where_the_yaml_says_so(open_site: Any) -> None:
    site = await open_site(more=", trusted_proxies: 127.0.0.1", sections=OPEN)
    at_home = site.client(**{"X-Forwarded-For": "192.168.1.7"})
    stranger = site.client(**{"X-Forwarded-For": "203.0.113.5"})
    assert (await at_home.get("/metrics")).status_code == 200
    assert (await stranger.get("/metrics")).status_code == 401
    assert (await at_home.get("/api/plugin/metrics")).status_code == 401


async def test_without_the_section_nothing_is_told(site: Any) -> None:
    assert (await site.client().get("/metrics")).status_code == 401
    admin = await site.browser()
    assert (await admin.get("/metrics")).status_code == 404
