"""Check how devices announce themselves, change and go."""

from __future__ import annotations

from typing import Any

import pytest

DEVICE = {"ids": ["d1"], "name": "Plug"}


def found(home: Any, topic: str, **options: Any) -> None:
    home.discover(topic, {"name": "X", "stat_t": "t", **options})


@pytest.fixture(autouse=True)
def _set_up(home: Any) -> None:
    home.set_up()


async def test_short_keys_and_base_topic_are_put_in(home: Any) -> None:
    home.discover(
        "switch/x",
        {
            "~": "base",
            "name": "X",
            "cmd_t": "~/set",
            "stat_t": "state/~",
            "avty": [{"t": "~/up", "pl_avail": 1, "pl_not_avail": 0}],
            "dev": {"ids": "d1", "name": "Plug", "mf": "Maker", "sw": 2},
            "uniq_id": "u1",
        },
    )

    home.message("base/up", "1")
    home.message("state/base", "ON")
    await home.call("switch.turn_off", "switch.plug_x")

    assert home.state("switch.plug_x") == "on"
    assert home.sent() == [("base/set", "OFF")]
    device = home.house.devices.find([("mqtt", "d1")])
    assert (device.manufacturer, device.sw_version) == ("Maker", "2")


async def test_a_base_in_the_middle_of_a_topic_stays(home: Any) -> None:
    home.discover("sensor/x", {"~": "base", "name": "X", "stat_t": "a/~/b"})

    home.message("a/~/b", "1")

    assert home.state("sensor.x") == "1"


async def test_a_changed_announcement_changes_the_entity_in_place(home: Any) -> None:
    found(home, "sensor/x", unit_of_meas="W")
    home.message("t", "5")
    states = home.states_of("sensor.x")

    found(home, "sensor/x", name="Y", unit_of_meas="kW")

    assert home.attributes("sensor.x")["friendly_name"] == "Y"
    assert home.attributes("sensor.x")["unit_of_measurement"] == "kW"
    assert states == ["5"]


async def test_the_same_announcement_again_changes_nothing(home: Any) -> None:
    found(home, "sensor/x", expire_after=10)
    home.message("t", "5")
    states = home.states_of("sensor.x")

    found(home, "sensor/x", expire_after=10)

    assert states == []


async def test_an_old_topic_is_not_heard_any_more(home: Any) -> None:
    found(home, "sensor/x")
    found(home, "sensor/x", stat_t="other")

    home.message("t", "old")
    assert home.state("sensor.x") == "unknown"

    home.message("other", "new")
    assert home.state("sensor.x") == "new"


@pytest.mark.parametrize("payload", ["", {}])
async def test_an_empty_message_takes_the_entity_away(home: Any, payload: Any) -> None:
    found(home, "sensor/x", uniq_id="u", dev=DEVICE)

    home.discover("sensor/x", payload)

    assert home.state("sensor.plug_x") is None
    assert home.house.registry.get("sensor.plug_x") is None
    assert home.house.devices.find([("mqtt", "d1")]) is None


async def test_a_device_stays_as_long_as_it_has_something(home: Any) -> None:
    found(home, "sensor/x", uniq_id="u1", dev=DEVICE)
    found(home, "sensor/y", uniq_id="u2", dev=DEVICE)

    home.discover("sensor/x", "")

    assert home.house.devices.find([("mqtt", "d1")]) is not None


async def test_an_entity_that_comes_back_gets_its_id_again(home: Any) -> None:
    found(home, "sensor/x", uniq_id="u1")
    home.discover("sensor/x", "")

    found(home, "sensor/x", uniq_id="u1", name="Other")

    assert home.attributes("sensor.x")["friendly_name"] == "Other"


@pytest.mark.parametrize(
    ("topic", "payload", "word"),
    [
        ("sensor/x", "no json", "it is no JSON"),
        ("sensor/x", "[1]", "no object"),
        ("sensor/x", {"name": "X"}, "state_topic: is missing"),
        ("sensor/x", {"stat_t": "t", "dev": {"name": "D"}}, "identifiers or connections"),
        ("sensor/x", {"stat_t": "t", "dev": {"ids": "d", "colour": 1}}, "device.colour: unknown key"),
        ("sensor/x", {"stat_t": "t", "o": {"sw": 1}}, "its origin is wrong"),
        ("sensor/x", {"stat_t": "t", "dev_cla": "power", "unit_of_meas": "kWh"}, "no unit of device_class"),
        ("sensor/x", {"stat_t": "t", "val_tpl": "{{ broken"}, "value_template"),
        ("sensor/a.b", {"stat_t": "t"}, "characters other than"),
        ("light/x", {"cmd_t": "t", "schema": "neon"}, "schema"),
    ],
)
async def test_what_can_not_be_used_is_told(
    home: Any, caplog: Any, topic: str, payload: Any, word: str
) -> None:
    home.discover(topic, payload)

    assert word in caplog.text
    assert home.entities() == []


async def test_a_bad_change_leaves_the_entity_and_a_good_one_mends_it(home: Any) -> None:
    found(home, "sensor/x")
    found(home, "sensor/x", avty=1)
    home.message("t", "1")
    assert home.state("sensor.x") == "1"

    found(home, "sensor/x", stat_t="t2")
    home.message("t2", "2")
    assert home.state("sensor.x") == "2"


async def test_problems_can_be_asked_for_until_they_are_solved(home: Any) -> None:
    home.discover("sensor/x", {"name": "X", "o": {"name": "maker2mqtt"}})
    answer = await home.house.services.wait("mqtt", "discovery_problems", {}, return_response=True)
    (problem,) = answer["problems"]
    assert problem["topic"] == "homeassistant/sensor/x/config"
    assert problem["origin"] == "maker2mqtt"
    assert "state_topic" in problem["reason"]

    found(home, "sensor/x")
    answer = await home.house.services.wait("mqtt", "discovery_problems", {}, return_response=True)
    assert answer["problems"] == []


async def test_unknown_options_are_left_out_and_told(home: Any) -> None:
    found(home, "sensor/x", bogus=1, avty={"t": "a", "odd": 2})

    answer = await home.house.services.wait("mqtt", "discovery_problems", {}, return_response=True)

    assert home.state("sensor.x") == "unavailable"
    assert "bogus, availability.odd" in answer["problems"][0]["reason"]


async def test_numbers_and_booleans_may_be_text(home: Any) -> None:
    home.discover(
        "number/x",
        {"name": "X", "cmd_t": "c", "min": "5", "max": "35", "qos": "1", "ret": "true", "opt": "1"},
    )

    await home.call("number.set_value", "number.x", value=20)

    message = home.simulated.mqtt.published[-1]
    assert (message.qos, message.retain, home.state("number.x")) == (1, True, "20")


async def test_the_same_unique_id_on_another_topic_is_refused(home: Any, caplog: Any) -> None:
    found(home, "sensor/a", uniq_id="u", name="A")
    found(home, "sensor/b", uniq_id="u", name="B")

    assert "already used" in caplog.text
    assert home.entities("sensor") == ["sensor.a"]


async def test_another_prefix_may_be_set(home: Any) -> None:
    home.set_up(discovery={"prefix": "my/devices"})

    home.message("my/devices/sensor/x/config", {"name": "Z", "stat_t": "t"})

    assert home.state("sensor.z") == "unknown"


async def test_discovery_may_be_switched_off(home: Any) -> None:
    await home.simulated.stop()
    home.set_up(discovery={"enabled": False})

    found(home, "sensor/x")

    assert home.state("sensor.x") is None


# --- the device form ----------------------------------------------------------------------------------


def device(home: Any, topic: str = "device/d1", **more: Any) -> None:
    parts = more.pop("cmps", {"a": {"p": "sensor", "name": "A", "uniq_id": "a", "stat_t": "t/a"}})
    home.discover(topic, {"dev": DEVICE, "o": {"name": "x"}, "cmps": parts, **more})


async def test_a_device_announces_all_its_parts_in_one_message(home: Any) -> None:
    device(
        home,
        state_topic="shared",
        avty_t="up",
        cmps={
            "a": {"p": "sensor", "name": "A", "uniq_id": "a"},
            "b": {"p": "sensor", "name": "B", "uniq_id": "b", "~": "own", "stat_t": "~/b"},
            "bad": {"p": "number", "name": "C", "uniq_id": "c"},
        },
    )

    home.message("up", "online")
    home.message("shared", "1")
    home.message("own/b", "2")

    assert home.state("sensor.plug_a") == "1"
    assert home.state("sensor.plug_b") == "2"
    assert home.entities("number") == []


async def test_a_part_goes_when_only_its_platform_is_left(home: Any) -> None:
    two = {
        "a": {"p": "sensor", "uniq_id": "a", "stat_t": "t"},
        "b": {"p": "sensor", "uniq_id": "b", "stat_t": "t"},
    }
    device(home, cmps=two)

    device(home, cmps={**two, "b": {"p": "sensor"}})

    assert len(home.entities("sensor")) == 1


async def test_a_part_that_is_not_named_any_more_stays(home: Any) -> None:
    two = {
        "a": {"p": "sensor", "name": "A", "uniq_id": "a", "stat_t": "t"},
        "b": {"p": "sensor", "name": "B", "uniq_id": "b", "stat_t": "t"},
    }
    device(home, cmps=two)

    device(home, cmps={"a": two["a"]})

    assert home.state("sensor.plug_b") == "unknown"


@pytest.mark.parametrize("topic", ["device/d1", "device/node/d1"])
async def test_an_empty_message_takes_all_parts_away(home: Any, topic: str) -> None:
    device(home, topic)
    assert home.state("sensor.plug_a") == "unknown"

    home.discover(topic, "")

    assert home.entities() == []
    assert home.house.devices.find([("mqtt", "d1")]) is None


@pytest.mark.parametrize(
    "message",
    [
        {"dev": DEVICE, "cmps": {}},
        {"o": {"name": "x"}, "cmps": {}},
        {"dev": DEVICE, "o": {"name": "x"}, "cmps": {"a": {"p": "toaster"}}},
        {"dev": DEVICE, "o": {"name": "x"}, "cmps": {"a": {"p": "sensor", "stat_t": "t"}}},
        {"dev": DEVICE, "o": {"name": "x"}, "cmps": {}, "~": "base"},
        {"dev": DEVICE, "o": {"name": "x"}, "cmps": {}, "bogus": 1},
    ],
)
async def test_a_device_message_that_is_wrong_is_refused_as_a_whole(
    home: Any, caplog: Any, message: dict[str, Any]
) -> None:
    home.discover("device/d1", message)

    assert home.entities() == []
    assert "WARNING" in [record.levelname for record in caplog.records]


# --- moving between the forms -------------------------------------------------------------------------


@pytest.mark.parametrize("flag", ["migrate_discovery", "migr_discvry"])
async def test_an_entity_moves_from_its_own_topic_to_that_of_its_device(home: Any, flag: str) -> None:
    found(home, "sensor/d1/a", uniq_id="a", dev=DEVICE, def_ent_id="sensor.kept")

    home.discover("sensor/d1/a", {flag: True})
    assert home.house.registry.get("sensor.kept") is not None
    device(home)
    home.discover("sensor/d1/a", "")

    assert home.state("sensor.kept") == "unknown"


async def test_a_device_moves_back_to_single_topics(home: Any) -> None:
    device(home)

    home.discover("device/d1", {"migrate_discovery": True})
    found(home, "sensor/d1/a", uniq_id="a", dev=DEVICE)
    home.discover("device/d1", "")

    assert home.state("sensor.plug_a") == "unknown"


async def test_while_both_are_there_the_second_is_refused(home: Any, caplog: Any) -> None:
    found(home, "sensor/d1/a", uniq_id="a", dev=DEVICE, name="First")

    device(home)

    assert "was announced on homeassistant/sensor/d1/a/config before" in caplog.text
    assert home.attributes("sensor.plug_first")["friendly_name"] == "Plug First"


async def test_an_entity_without_unique_id_can_not_move(home: Any, caplog: Any) -> None:
    found(home, "sensor/d1/a")

    home.discover("sensor/d1/a", {"migrate_discovery": True})

    assert home.state("sensor.x") == "unknown"
    assert "needs unique_id" in caplog.text


# --- people ------------------------------------------------------------------------------------------


async def test_a_device_that_people_remove_does_not_come_back(home: Any) -> None:
    device(home)
    found(home, "sensor/other", uniq_id="o", dev=DEVICE)

    home.house.devices.remove(home.house.devices.find([("mqtt", "d1")]).id)

    assert home.sent() == [
        ("homeassistant/device/d1/config", ""),
        ("homeassistant/sensor/other/config", ""),
    ]
    assert home.entities() == []


async def test_an_entity_that_people_remove_does_not_come_back(home: Any) -> None:
    found(home, "sensor/x", uniq_id="u")

    home.house.registry.remove("sensor.x")

    assert home.sent() == [("homeassistant/sensor/x/config", "")]
    assert home.state("sensor.x") is None


async def test_an_entity_that_people_rename_goes_on_under_its_new_id(home: Any) -> None:
    found(home, "sensor/x", uniq_id="u")

    home.house.registry.update("sensor.x", entity_id="sensor.mine")
    home.message("t", "1")

    assert home.state("sensor.mine") == "1"
    assert home.state("sensor.x") is None


async def test_people_may_switch_an_entity_off_and_on(home: Any) -> None:
    found(home, "sensor/x", uniq_id="u")

    home.house.registry.update("sensor.x", disabled_by="user")
    assert home.state("sensor.x") is None

    home.house.registry.update("sensor.x", disabled_by=None)
    home.message("t", "1")
    assert home.state("sensor.x") == "1"


async def test_a_name_that_people_give_is_shown(home: Any) -> None:
    found(home, "sensor/x", uniq_id="u")

    home.house.registry.update("sensor.x", name="Mine")

    assert home.attributes("sensor.x")["friendly_name"] == "Mine"


# --- hello and goodbye -------------------------------------------------------------------------------


async def test_says_hello_when_things_are_calm_and_goodbye_at_the_end(home: Any) -> None:
    await home.advance(3)
    assert home.sent() == [("homeassistant/status", "online")]

    await home.simulated.stop()
    assert home.sent() == [("homeassistant/status", "offline")]


async def test_the_greeting_may_be_another_or_none(home: Any) -> None:
    await home.simulated.stop()
    home.set_up(discovery={"birth": {"topic": "hi", "payload": "there"}, "will": None})

    await home.advance(3)
    await home.simulated.stop()

    assert home.sent() == [("hi", "there")]
