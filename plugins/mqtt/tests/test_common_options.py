"""Check the options that every MQTT entity shares."""

from __future__ import annotations

from typing import Any

import pytest

DEVICE = {"identifiers": "d1", "name": "Kettle"}
OWN = {"device": DEVICE, "unique_id": "u"}


def sensor(home: Any, **options: Any) -> None:
    home.set_up(mqtt={"sensor": {"state_topic": "t", **options}})


@pytest.mark.parametrize(
    ("options", "entity_id", "name"),
    [
        ({}, "sensor.mqtt_sensor", "MQTT Sensor"),
        ({"name": "Tea"}, "sensor.tea", "Tea"),
        ({"device_class": "temperature"}, "sensor.temperature", "Temperature"),
        ({"device_class": "pm25"}, "sensor.pm2_5", "PM2.5"),
        (OWN, "sensor.kettle_mqtt_sensor", "Kettle MQTT Sensor"),
        ({**OWN, "name": "Tea"}, "sensor.kettle_tea", "Kettle Tea"),
        ({**OWN, "name": None}, "sensor.kettle", "Kettle"),
        ({**OWN, "name": ""}, "sensor.kettle", "Kettle"),
        ({"device": DEVICE, "name": "Tea"}, "sensor.tea", "Tea"),
        ({"name": "Tea", "object_id": "Own Id"}, "sensor.own_id", "Tea"),
        ({"name": "Tea", "default_entity_id": "sensor.mine"}, "sensor.mine", "Tea"),
        ({"name": "Tea", "default_entity_id": "light.mine"}, "sensor.mine", "Tea"),
    ],
)
async def test_names_itself(home: Any, options: dict[str, Any], entity_id: str, name: str) -> None:
    sensor(home, **options)

    assert home.attributes(entity_id)["friendly_name"] == name


@pytest.mark.parametrize(
    ("mode", "heard", "state"),
    [
        ("latest", [], "unavailable"),
        ("latest", [("a", "online")], "unknown"),
        ("latest", [("a", "online"), ("b", "offline")], "unavailable"),
        ("latest", [("a", "online"), ("b", "something")], "unknown"),
        ("any", [("a", "online"), ("b", "offline")], "unknown"),
        ("any", [("a", "offline"), ("b", "offline")], "unavailable"),
        ("all", [("a", "online")], "unavailable"),
        ("all", [("a", "online"), ("b", "online")], "unknown"),
    ],
)
async def test_is_there_as_its_availability_topics_say(
    home: Any, mode: str, heard: list[tuple[str, str]], state: str
) -> None:
    sensor(home, name="S", availability=[{"topic": "a"}, {"topic": "b"}], availability_mode=mode)

    for topic, payload in heard:
        home.message(topic, payload)

    assert home.state("sensor.s") == state


async def test_one_availability_topic_may_have_a_template(home: Any) -> None:
    sensor(
        home,
        name="S",
        availability_topic="a",
        availability_template="{{ value_json.up }}",
        payload_available=True,
        payload_not_available=False,
    )

    home.message("a", {"up": True})
    assert home.state("sensor.s") == "unknown"

    home.message("a", {"up": False})
    assert home.state("sensor.s") == "unavailable"


async def test_what_came_while_it_was_away_shows_when_it_is_back(home: Any) -> None:
    sensor(home, name="S", availability_topic="a")

    home.message("t", "5")
    home.message("a", "online")

    assert home.state("sensor.s") == "5"


async def test_attributes_come_on_a_topic_of_their_own(home: Any) -> None:
    sensor(
        home, name="S", json_attributes_topic="attr", json_attributes_template="{{ value_json.x | tojson }}"
    )

    home.message("attr", {"x": {"Time": "22:18", "friendly_name": "no", "state_class": "no"}})

    attributes = home.attributes("sensor.s")
    assert attributes["Time"] == "22:18"
    assert attributes["friendly_name"] == "S"
    assert "state_class" not in attributes


async def test_state_and_attributes_in_one_message_are_one_change(home: Any) -> None:
    sensor(home, name="S", json_attributes_topic="t", value_template="{{ value_json.v }}")
    states = home.states_of("sensor.s")

    home.message("t", {"v": 1, "w": 2})

    assert states == ["1"]
    assert home.attributes("sensor.s")["w"] == 2


@pytest.mark.parametrize("payload", ["no json", "[1, 2]"])
async def test_attributes_that_are_no_object_are_told_and_dropped(
    home: Any, caplog: Any, payload: str
) -> None:
    sensor(home, name="S", json_attributes_topic="attr")

    home.message("attr", payload)

    assert "its attributes are" in caplog.text


async def test_an_entity_that_is_off_by_default_is_known_but_not_shown(home: Any) -> None:
    sensor(home, name="S", unique_id="u", enabled_by_default=False)

    assert home.state("sensor.s") is None
    assert home.house.registry.get("sensor.s").disabled_by == "integration"


async def test_its_device_is_known(home: Any) -> None:
    sensor(home, name="S", unique_id="u", device={**DEVICE, "connections": [["mac", "aa:bb"]], "model": 5})

    device = home.house.devices.find([("mqtt", "d1")])
    assert (device.name, device.model) == ("Kettle", "5")
    assert home.house.devices.find(connections=[("mac", "aa:bb")]) == device


async def test_a_second_entity_with_the_same_unique_id_is_left_out(home: Any, caplog: Any) -> None:
    one = {"state_topic": "t", "unique_id": "u"}

    home.set_up(mqtt=[{"sensor": {"name": "A", **one}}, {"sensor": [{"name": "B", **one}]}])

    assert home.state("sensor.a") == "unknown"
    assert home.state("sensor.b") is None
    assert "already used" in caplog.text


async def test_the_section_may_be_empty(home: Any) -> None:
    assert home.set_up(mqtt=None) == []


async def test_all_are_unavailable_while_the_way_to_the_server_is_closed(home: Any, monkeypatch: Any) -> None:
    listeners: list[Any] = []
    way = type(home.simulated.mqtt)
    monkeypatch.setattr(way, "listen_connection", lambda self, tell: listeners.append(tell) or (lambda: None))
    sensor(home, name="S")
    home.message("t", "5")

    monkeypatch.setattr(way, "connected", False)
    for tell in listeners:
        tell(False)
    assert home.state("sensor.s") == "unavailable"

    monkeypatch.setattr(way, "connected", True)
    for tell in listeners:
        tell(True)
    assert home.state("sensor.s") == "5"


@pytest.mark.parametrize(
    ("section", "state"),
    [
        ({"text": {"command_topic": "c"}}, "plain"),
        ({"sensor": {}}, "before"),
        ({"event": {"event_types": ["plain", "before"]}}, None),
    ],
)
async def test_a_payload_that_its_template_can_not_read_is_taken_as_it_came_where_home_assistant_does(
    home: Any, section: dict[str, Any], state: str | None
) -> None:
    [(domain, options)] = section.items()
    read = "{{ value_json.v }}" if domain != "event" else "{{ value_json.v.x }}"
    home.set_up(mqtt={domain: {"name": "A", "state_topic": "t", "value_template": read, **options}})
    home.message("t", '{"v": "before"}')

    home.message("t", "plain")

    assert home.state(f"{domain}.a") in (state, "unknown")
    assert (home.state(f"{domain}.a") == "unknown") == (state is None)


async def test_availability_in_plain_words_is_understood_where_json_is_expected(home: Any) -> None:
    sensor(home, name="S", availability={"topic": "a", "value_template": "{{ value_json.state }}"})

    home.message("a", "online")

    assert home.state("sensor.s") == "unknown"


async def test_an_event_can_not_rename_its_entity(home: Any) -> None:
    event = {"name": "E", "state_topic": "t", "event_types": ["a"], "device_class": "button"}
    home.set_up(mqtt={"event": event})

    home.message("t", '{"event_type": "a", "friendly_name": "X", "device_class": "motion", "n": 1}')

    told = home.attributes("event.e")
    assert (told["friendly_name"], told["device_class"], told["n"]) == ("E", "button", 1)
