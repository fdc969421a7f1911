"""Devices since the second generation, with the messages that they send."""

from __future__ import annotations

from typing import Any

import orjson
import pytest

ID = "shellyplus1pm-a8032ab12345"
INFO = {
    "name": "Boiler", "id": ID, "mac": "A8032AB12345", "model": "SNSW-001P16EU", "gen": 2, "ver": "1.4.4",
    "app": "Plus1PM", "auth_en": False,
}  # fmt: skip
STATUS = {
    "ble": {}, "cloud": {"connected": False},
    "input:0": {"id": 0, "state": False},
    "input:1": {"id": 1, "state": None},
    "mqtt": {"connected": True},
    "switch:0": {
        "id": 0, "source": "init", "output": False, "apower": 0.0, "voltage": 230.4, "current": 0.0,
        "aenergy": {"total": 1234.5, "by_minute": [0, 0, 0]}, "temperature": {"tC": 41.2, "tF": 106.1},
    },
    "cover:0": {"id": 0, "state": "stopped", "current_pos": 40},
    "light:0": {"id": 0, "output": True, "brightness": 50},
    "temperature:100": {"id": 100, "tC": 21.5, "tF": 70.7},
    "em:0": {"id": 0, "a_act_power": 10.5, "total_act_power": 31.5},
    "sys": {"mac": "A8032AB12345", "uptime": 1, "available_updates": {}},
    "wifi": {"sta_ip": "192.168.33.8", "rssi": -57},
}  # fmt: skip


def news(home: Any, method: str = "NotifyStatus", **params: Any) -> None:
    home.tell(f"{ID}/events/rpc", {"src": ID, "dst": f"{ID}/events", "method": method, "params": params})


def answer(home: Any, result: Any) -> None:
    home.tell(f"{ID}/events/rpc", {"id": 1, "src": ID, "dst": f"{ID}/events", "result": result})


def appear(home: Any) -> None:
    home.sent()
    home.tell(f"{ID}/online", "true", retain=True)
    news(home, ts=1.0, wifi={"rssi": -60})
    answer(home, INFO)
    answer(home, STATUS)
    home.tell(f"{ID}/online", "true", retain=True)
    answer(home, STATUS)


def asked(home: Any) -> list[str]:
    return [orjson.loads(payload)["method"] for topic, payload in home.sent() if topic == f"{ID}/rpc"]


async def test_a_device_is_asked_what_it_is_and_how_it_is(home: Any) -> None:
    appear(home)

    assert asked(home) == ["Shelly.GetDeviceInfo", "Shelly.GetStatus", "Shelly.GetStatus"]
    device = home.house.devices.find([("mqtt", f"shelly-{ID}")])
    assert (device.name, device.model, device.sw_version) == ("Boiler", "Plus1PM", "1.4.4")


async def test_its_parts_are_there_with_their_values(home: Any) -> None:
    appear(home)

    shown = {
        "switch.boiler_switch_0": "off",
        "sensor.boiler_power_0": "0.0",
        "sensor.boiler_voltage_0": "230.4",
        "sensor.boiler_energy_0": "1234.5",
        "binary_sensor.boiler_input_0": "off",
        "event.boiler_button_1": "unknown",
        "cover.boiler_cover_0": "open",
        "light.boiler_light_0": "on",
        "sensor.boiler_temperature_100": "21.5",
        "sensor.boiler_power_a_0": "10.5",
        "sensor.boiler_signal": "-57",
    }
    assert {entity_id: home.state(entity_id) for entity_id in shown} == shown
    assert home.attributes("light.boiler_light_0")["brightness"] == 127
    assert home.attributes("cover.boiler_cover_0")["current_position"] == 40


async def test_news_of_one_part_leaves_the_others(home: Any, caplog: Any) -> None:
    appear(home)

    news(home, ts=2.0, **{"switch:0": {"id": 0, "output": True, "source": "button"}})
    news(home, ts=3.0, **{"switch:0": {"id": 0, "apower": 42.0}})

    assert home.state("switch.boiler_switch_0") == "on"
    assert home.state("sensor.boiler_power_0") == "42.0"
    assert home.state("sensor.boiler_voltage_0") == "230.4"
    assert [record for record in caplog.records if record.levelname in ("WARNING", "ERROR")] == []


async def test_a_button_is_pressed(home: Any) -> None:
    appear(home)
    pressed = {"component": "input:1", "id": 1, "event": "long_push", "ts": 1.0}

    news(home, "NotifyEvent", ts=1.0, events=[pressed])

    assert home.attributes("event.boiler_button_1")["event_type"] == "long"


async def test_it_is_commanded_by_rpc(home: Any) -> None:
    appear(home)
    home.sent()

    await home.call("switch.turn_on", "switch.boiler_switch_0")
    await home.call("light.turn_on", "light.boiler_light_0", brightness=255)
    await home.call("cover.set_cover_position", "cover.boiler_cover_0", position=75)
    await home.call("cover.open_cover", "cover.boiler_cover_0")

    sent = [(topic, orjson.loads(payload)) for topic, payload in home.sent()]
    assert [topic for topic, _ in sent] == [f"{ID}/rpc"] * 4
    assert [(told["method"], told["params"]) for _, told in sent] == [
        ("Switch.Set", {"id": 0, "on": True}),
        ("Light.Set", {"id": 0, "on": True, "brightness": 100}),
        ("Cover.GoToPosition", {"id": 0, "pos": 75}),
        ("Cover.Open", {"id": 0}),
    ]
    assert {told["src"] for _, told in sent} == {f"{ID}/events"}


async def test_it_is_gone_when_it_says_so(home: Any) -> None:
    appear(home)

    home.tell(f"{ID}/online", "false")

    assert home.state("switch.boiler_switch_0") == "unavailable"


async def test_another_programs_rpc_is_left_alone(home: Any) -> None:
    home.sent()

    home.tell("other/events/rpc", {"src": "other", "method": "NotifyStatus", "params": {}})
    home.tell("other/events/rpc", "no json")

    assert home.sent() == []


HEATING = {
    "thermostat:0": {"id": 0, "enable": True, "target_C": 21, "current_C": 20.4, "output": False},
    "blutrv:200": {"id": 200, "target_C": 19.5, "current_C": 19, "pos": 35, "rssi": -61, "battery": 90},
    "boolean:200": {"value": True, "source": "sys"},
    "number:201": {"value": 4.5},
    "text:202": {"value": "hello"},
    "enum:203": {"value": "slow"},
    "input:2": {"id": 2, "counts": {"total": 56, "by_minute": [0, 0, 0]}, "freq": 0},
    "sys": {"mac": "A8032AB12345"},
}


def heats(home: Any) -> None:
    home.sent()
    home.tell(f"{ID}/online", "true", retain=True)
    news(home, ts=1.0, wifi={"rssi": -60})
    for told in (INFO, HEATING, HEATING):
        answer(home, told)
    home.tell(f"{ID}/online", "true", retain=True)
    answer(home, HEATING)
    home.sent()


async def test_what_heats_and_what_people_made_up_is_there(home: Any) -> None:
    heats(home)

    shown = {
        "climate.boiler_thermostat_0": "heat",
        "climate.boiler_valve_200": "heat",
        "sensor.boiler_valve_200": "35",
        "switch.boiler_boolean_200": "on",
        "number.boiler_number_201": "4.5",
        "text.boiler_text_202": "hello",
        "sensor.boiler_enum_203": "slow",
        "sensor.boiler_count_2": "56",
    }
    assert {entity_id: home.state(entity_id) for entity_id in shown} == shown
    assert home.attributes("climate.boiler_thermostat_0")["temperature"] == 21
    assert home.attributes("climate.boiler_thermostat_0")["hvac_action"] == "idle"
    assert home.attributes("climate.boiler_valve_200")["current_temperature"] == 19
    assert home.attributes("climate.boiler_valve_200")["hvac_action"] == "heating"


@pytest.mark.parametrize(
    ("service", "entity_id", "data", "method", "params"),
    [
        (
            "climate.set_temperature", "climate.boiler_thermostat_0", {"temperature": 22.5},
            "Thermostat.SetConfig", {"id": 0, "config": {"id": 0, "target_C": 22.5}},
        ),
        (
            "climate.set_hvac_mode", "climate.boiler_thermostat_0", {"hvac_mode": "off"},
            "Thermostat.SetConfig", {"id": 0, "config": {"id": 0, "enable": False}},
        ),
        (
            "climate.set_temperature", "climate.boiler_valve_200", {"temperature": 18},
            "BluTRV.Call", {"id": 200, "method": "Trv.SetTarget", "params": {"id": 0, "target_C": 18}},
        ),
        ("switch.turn_off", "switch.boiler_boolean_200", {}, "Boolean.Set", {"id": 200, "value": False}),
        ("number.set_value", "number.boiler_number_201", {"value": 7}, "Number.Set", {"id": 201, "value": 7}),
        ("text.set_value", "text.boiler_text_202", {"value": 'a"b'}, "Text.Set", {"id": 202, "value": 'a"b'}),
    ],
)  # fmt: skip
async def test_they_obey(
    home: Any, service: str, entity_id: str, data: dict[str, Any], method: str, params: dict[str, Any]
) -> None:
    heats(home)

    await home.call(service, entity_id, **data)

    [(topic, payload)] = home.sent()
    told = orjson.loads(payload)
    assert (topic, told["method"], told["params"]) == (f"{ID}/rpc", method, params)
