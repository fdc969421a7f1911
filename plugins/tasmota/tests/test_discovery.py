"""Devices come, change and go."""

from __future__ import annotations

import pytest

from hub.api import EntityEntry

CONFIG = "tasmota/discovery/00000049A3BC/config"


def device(home):
    return home.house.devices.find(connections=[("mac", "00:00:00:49:a3:bc")])


def test_a_device_is_known_by_its_mac(home):
    home.announce(rl=[1])

    entry = device(home)
    assert (entry.name, entry.manufacturer, entry.model) == ("Tasmota", "Tasmota", "Sonoff Basic")
    assert (entry.sw_version, entry.configuration_url) == ("13.4.0", "http://192.168.15.10/")
    assert home.house.registry.get("switch.tasmota_test").device_id == entry.id


def test_it_is_unavailable_until_it_says_online(home):
    home.announce(rl=[1])
    assert home.state("switch.tasmota_test") == "unavailable"

    home.online()
    assert home.state("switch.tasmota_test") == "off"

    home.offline()
    assert home.state("switch.tasmota_test") == "unavailable"


def test_words_for_online_and_offline_are_its_own(home):
    home.announce(rl=[1], onln="da", ofln="weg")

    home.online()
    assert home.state("switch.tasmota_test") == "unavailable"

    home.tell("tele/LWT", "da")
    assert home.state("switch.tasmota_test") == "off"


def test_the_state_is_kept_while_it_is_away(home):
    home.announce(rl=[1])
    home.online()
    home.tell("tele/STATE", {"POWER": "ON"})

    home.offline()
    home.online()

    assert home.state("switch.tasmota_test") == "on"


async def test_it_is_asked_how_it_is_when_it_has_been_online_for_a_second(home):
    home.announce(rl=[1], swc=[1])
    home.online()
    await home.advance(0.5)
    home.online()
    await home.advance(0.9)
    assert home.sent() == []

    await home.advance(0.1)

    assert sorted(home.sent()) == [
        ("cmnd/STATE", ""),
        ("cmnd/STATUS", "1"),
        ("cmnd/STATUS", "10"),
        ("cmnd/STATUS", "11"),
    ]


async def test_one_that_sleeps_is_available_and_asked_at_once(home):
    home.announce(rl=[1], dslp=1)
    assert home.state("switch.tasmota_test") == "off"

    home.offline()
    await home.advance(1)

    assert home.state("switch.tasmota_test") == "off"
    assert ("cmnd/STATE", "") in home.sent()


def test_nothing_is_published_before_a_device_is_there(home):
    assert home.sent() == []


@pytest.mark.parametrize(
    ("full_topic", "topic"),
    [
        ("%prefix%/%topic%/", "tele/tasmota_49A3BC/STATE"),
        ("%topic%/%prefix%", "tasmota_49A3BC/tele/STATE"),
        ("home/%hostname%/%id%/%prefix%/", "home/tasmota_49A3BC-0956/49A3BC/tele/STATE"),
    ],
)
def test_topics_follow_the_full_topic(home, full_topic, topic):
    home.announce(rl=[1], ft=full_topic, dslp=1)

    home.message(topic, {"POWER": "ON"})

    assert home.state("switch.tasmota_test") == "on"


def test_the_same_announcement_again_changes_nothing(home):
    home.announce(rl=[1])
    home.online()
    home.tell("tele/STATE", {"POWER": "ON"})
    before = home.house.states.get("switch.tasmota_test")

    home.announce(rl=[1])

    assert home.house.states.get("switch.tasmota_test") is before


def test_a_changed_name_is_taken_over_and_the_id_stays(home):
    home.announce(rl=[1])
    home.online()
    home.tell("tele/STATE", {"POWER": "ON"})

    home.announce(rl=[1], fn=["Milk"], dn="Kitchen")

    assert home.state("switch.tasmota_test") == "on"
    assert home.attributes("switch.tasmota_test")["friendly_name"] == "Kitchen Milk"


def test_a_changed_topic_is_heard_and_the_old_one_is_not(home):
    home.announce(rl=[1])
    home.online()

    home.announce(rl=[1], t="elsewhere")
    home.message("elsewhere/tele/STATE", {"POWER": "ON"})
    home.tell("tele/STATE", {"POWER": "OFF"})

    assert home.state("switch.tasmota_test") == "on"


def test_a_relay_that_became_a_light_is_a_light(home):
    home.announce(rl=[1])

    home.announce(rl=[2], lt_st=1)

    assert home.entities() == ["light.tasmota_test"]
    assert home.house.registry.get("switch.tasmota_test") is None


def test_an_empty_announcement_takes_the_device_away(home):
    home.announce(rl=[1])
    home.announce_sensors({"DHT11": {"Temperature": 1}, "TempUnit": "C"})

    home.message(CONFIG, "")

    assert home.entities() == []
    assert device(home) is None
    assert [entry for entry in home.house.registry.entries.values() if entry.platform == "tasmota"] == []


def test_a_device_that_comes_back_has_its_sensors_again(home):
    home.announce(rl=[1])
    home.announce_sensors({"DHT11": {"Temperature": 1}, "TempUnit": "C"})
    home.message(CONFIG, "")

    home.announce(rl=[1])

    assert home.entities() == ["switch.tasmota_test", "sensor.tasmota_dht11_temperature"]


def test_sensors_may_be_announced_before_the_device(home):
    home.announce_sensors({"DHT11": {"Temperature": 1}, "TempUnit": "C"})
    assert home.entities() == []

    home.announce()

    assert home.entities() == ["sensor.tasmota_dht11_temperature"]


@pytest.mark.parametrize(
    ("place", "payload"),
    [
        ("00000049A3BC/config", "{"),
        ("00000049A3BC/config", "[]"),
        ("00000049A3BC/config", '{"mac": "00000049A3BC"}'),
        ("00000049A3BC/config", '{"mac": "1", "t": "a", "ft": "%topic%/%prefix%/"}'),
        ("00000049A3BC/config", '{"mac": "00000049A3BC", "t": "#", "ft": "%topic%/%prefix%/"}'),
        ("lower/config", "{}"),
        ("00000049A3BC/else", "{}"),
        ("00000049A3BC/sensors", "{"),
        ("00000049A3BC/sensors", '{"sn": 1}'),
    ],
)
def test_what_can_not_be_read_is_told_and_left(home, caplog, place, payload):
    home.message(f"tasmota/discovery/{place}", payload)

    assert home.entities() == []
    assert [record.levelname for record in caplog.records] == ["WARNING"]


def test_what_old_firmware_leaves_out_is_taken_for_granted(home):
    home.message(
        CONFIG, {"mac": home.mac, "t": "t", "ft": "%topic%/%prefix%/", "dn": "Old", "rl": [1], "fn": None}
    )

    assert home.entities() == ["switch.old_switch_1"]


class TestTwoOnOneTopic:
    def both(self, home):
        home.announce(rl=[1], mac="000000000001", dn="First")
        home.announce(rl=[1], mac="000000000002", dn="Second")

    def test_only_the_first_gets_entities(self, home, caplog):
        self.both(home)

        assert home.entities() == ["switch.first_test"]
        assert "First (192.168.15.10) and Second (192.168.15.10) share the topic" in caplog.text
        assert {entry.name for entry in home.house.devices.entries.values()} == {"First", "Second"}

    def test_the_second_gets_them_with_a_topic_of_its_own(self, home):
        self.both(home)

        home.announce(rl=[1], mac="000000000002", dn="Second", t="second")

        assert home.entities() == ["switch.first_test", "switch.second_test"]

    def test_the_second_gets_them_when_the_first_moves(self, home):
        self.both(home)

        home.announce(rl=[1], mac="000000000001", dn="First", t="first")

        assert home.entities() == ["switch.first_test", "switch.second_test"]

    def test_the_second_gets_them_when_the_first_goes(self, home):
        self.both(home)

        home.message("tasmota/discovery/000000000001/config", "")

        assert home.entities() == ["switch.second_test"]

    def test_the_first_goes_on_as_before(self, home):
        self.both(home)

        home.announce(rl=[1], mac="000000000001", dn="First", fn=["Tea"])

        assert home.attributes("switch.first_test")["friendly_name"] == "First Tea"

    def test_the_second_can_go(self, home):
        self.both(home)

        home.message("tasmota/discovery/000000000002/config", "")

        assert {entry.name for entry in home.house.devices.entries.values()} == {"First"}


def test_without_a_prefix_in_the_topic_there_are_no_entities(home, caplog):
    home.announce(rl=[1], ft="%topic%/")

    assert home.entities() == []
    assert device(home) is not None
    assert "no %prefix% in its FullTopic" in caplog.text

    home.announce(rl=[1])
    assert home.entities() == ["switch.tasmota_test"]


class TestWhatPeopleDo:
    def test_a_device_that_they_remove_has_its_topics_emptied(self, home):
        home.announce(rl=[1])
        home.announce_sensors({"DHT11": {"Humidity": 1}})

        home.house.devices.remove(device(home).id)

        assert home.entities() == []
        assert home.sent() == [(CONFIG, ""), (CONFIG.replace("config", "sensors"), "")]

    def test_an_entity_that_they_rename_goes_on_under_its_new_id(self, home):
        home.announce(rl=[1])
        home.online()
        home.tell("tele/STATE", {"POWER": "ON"})

        home.house.registry.update("switch.tasmota_test", entity_id="switch.pump")

        assert home.state("switch.pump") == "on"
        assert home.state("switch.tasmota_test") is None

    def test_an_entity_that_they_switch_on_is_asked_how_it_is(self, home):
        home.announce()
        home.online()
        assert home.state("sensor.tasmota_rssi") is None

        home.house.registry.update("sensor.tasmota_rssi", disabled_by=None)

        assert home.state("sensor.tasmota_rssi") == "unknown"

    def test_an_entity_that_they_remove_is_gone(self, home):
        home.announce(rl=[1])

        home.house.registry.remove("switch.tasmota_test")

        assert home.state("switch.tasmota_test") is None

    def test_a_name_that_they_give_is_shown(self, home):
        home.announce(rl=[1])

        home.house.registry.update("switch.tasmota_test", name="Pump")

        assert home.attributes("switch.tasmota_test")["friendly_name"] == "Pump"


async def test_another_prefix_can_be_chosen(house):
    house.set_up({"tasmota": {"discovery_prefix": "found"}})

    payload = b'{"mac": "00AA", "t": "t", "ft": "%topic%/%prefix%/", "dn": "D", "rl": [1]}'
    house.mqtt.deliver("found/00AA/config", payload)

    assert house.state("switch.d_switch_1") == "unavailable"


async def test_it_works_without_being_asked_for(house):
    house.set_up({})

    payload = b'{"mac": "00AA", "t": "t", "ft": "%topic%/%prefix%/", "dn": "D", "rl": [1]}'
    house.mqtt.deliver("tasmota/discovery/00AA/config", payload)

    assert house.state("switch.d_switch_1") == "unavailable"


@pytest.mark.parametrize("prefix", ["", "a/#", "a/+/b", "a/"])
async def test_a_prefix_that_can_be_none_is_refused(house, prefix):
    configuration = house.set_up({"tasmota": {"discovery_prefix": prefix}})

    assert len(configuration.problems) == 1


async def test_entities_of_an_earlier_life_that_are_no_more_are_forgotten(home):
    home.announce(rl=[1])
    home.announce_sensors({"DHT11": {"Humidity": 1}})
    entries, device_id = home.house.registry.entries, device(home).id
    unique_id = f"{home.mac}_sensor_sensor_Old"
    home.house.registry.add(EntityEntry("sensor.old", "tasmota", unique_id, device_id))
    home.house.registry.add(EntityEntry("sensor.of_mqtt", "mqtt", "other", device_id))

    home.announce_sensors({"DHT11": {"Humidity": 2}})

    assert "sensor.old" not in entries
    assert {"sensor.of_mqtt", "sensor.tasmota_dht11_humidity"} <= set(entries)
