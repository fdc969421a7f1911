"""Sensors: what devices measure, and how they are doing themselves."""

from __future__ import annotations

import pytest

ENERGY = {
    "ENERGY": {
        "TotalStartTime": "2018-11-23T15:33:47",
        "Total": 0.017,
        "TotalTariff": [0.0, 0.017],
        "Today": 0.002,
        "Factor": 0.39,
        "Voltage": 234.31,
        "ReactivePower": -7.21,
    }
}
WIND = {
    "TX23": {"Speed": {"Act": 14.8, "Avg": 8.5}, "Dir": {"Card": "WSW", "Deg": 247.5}},
    "SpeedUnit": "km/h",
}


def found(home, sample):
    """Announce a device that is online, with sensors; return the ids of these."""
    home.announce()
    home.announce_sensors({"Time": "2020-09-25T12:47:15", **sample})
    home.online()
    return home.entities("sensor")


def measured(home, entity_id):
    attributes = home.attributes(entity_id)
    return tuple(attributes.get(name) for name in ("unit_of_measurement", "device_class", "state_class"))


def test_each_value_has_a_sensor(home):
    assert found(home, ENERGY) == [
        "sensor.tasmota_energy_totalstarttime",
        "sensor.tasmota_energy_total",
        "sensor.tasmota_energy_totaltariff_0",
        "sensor.tasmota_energy_totaltariff_1",
        "sensor.tasmota_energy_today",
        "sensor.tasmota_energy_factor",
        "sensor.tasmota_energy_voltage",
        "sensor.tasmota_energy_reactivepower",
    ]
    entry = home.house.registry.get("sensor.tasmota_energy_totaltariff_1")
    assert entry.unique_id == "00000049A3BC_sensor_sensor_ENERGY_TotalTariff_1"


@pytest.mark.parametrize(
    ("sample", "entity_id", "shown"),
    [
        (ENERGY, "sensor.tasmota_energy_total", ("kWh", "energy", "total")),
        (ENERGY, "sensor.tasmota_energy_today", ("kWh", "energy", "total_increasing")),
        (ENERGY, "sensor.tasmota_energy_totaltariff_0", ("kWh", "energy", "total")),
        (ENERGY, "sensor.tasmota_energy_factor", (None, "power_factor", "measurement")),
        (ENERGY, "sensor.tasmota_energy_reactivepower", ("var", "reactive_power", "measurement")),
        (ENERGY, "sensor.tasmota_energy_totalstarttime", (None, None, None)),
        (WIND, "sensor.tasmota_tx23_speed_act", ("km/h", None, None)),
        (WIND, "sensor.tasmota_tx23_dir_deg", (None, None, "measurement")),
        (WIND, "sensor.tasmota_tx23_dir_card", (None, None, None)),
        (
            {"A": {"Temperature": 1}, "TempUnit": "F"},
            "sensor.tasmota_a_temperature",
            ("°C", "temperature", "measurement"),
        ),
        (
            {"A": {"SeaPressure": 1}, "PressureUnit": "hPa"},
            "sensor.tasmota_a_seapressure",
            ("hPa", "pressure", "measurement"),
        ),
        (
            {"A": {"Temperature": None}},
            "sensor.tasmota_a_temperature",
            (None, "temperature", "measurement"),
        ),
        ({"A": {"PM2.5": 1}}, "sensor.tasmota_a_pm2_5", ("μg/m³", "pm25", "measurement")),
        ({"A": {"Something": 1}}, "sensor.tasmota_a_something", (None, None, "measurement")),
        ({"A": {"Something": True}}, "sensor.tasmota_a_something", (None, None, None)),
        ({"AS3935": {"Energy": 1}}, "sensor.tasmota_as3935_energy", (None, None, "measurement")),
        ({"A": {"Energy": 1}}, "sensor.tasmota_a_energy", ("kWh", "energy", "total")),
        (
            {"ANALOG": {"Temperature1": 1}, "TempUnit": "C"},
            "sensor.tasmota_analog_temperature1",
            ("°C", "temperature", "measurement"),
        ),
        (
            {"ANALOG": {"CTEnergy1": {"Power": 1}}},
            "sensor.tasmota_analog_ctenergy1_power",
            ("W", "power", "measurement"),
        ),
        ({"PN532": {"UID": "1"}, "A": {"B": "c"}}, "sensor.tasmota_a_b", (None, None, None)),
    ],
)
def test_its_name_says_what_is_measured(home, sample, entity_id, shown):
    assert entity_id in found(home, sample)
    assert measured(home, entity_id) == shown


@pytest.mark.parametrize(("topic", "section"), [("tele/SENSOR", None), ("stat/STATUS10", "StatusSNS")])
def test_values_come_in_reports_and_answers(home, topic, section):
    found(home, {**ENERGY, **WIND})
    told = {"ENERGY": {"Total": 1.5, "TotalTariff": [2, 3.25]}, "TX23": {"Dir": {"Card": "S"}}}

    home.tell(topic, {section: told} if section else told)

    assert home.state("sensor.tasmota_energy_total") == "1.5"
    assert home.state("sensor.tasmota_energy_totaltariff_0") == "2"
    assert home.state("sensor.tasmota_energy_totaltariff_1") == "3.25"
    assert home.state("sensor.tasmota_tx23_dir_card") == "S"
    assert home.state("sensor.tasmota_energy_today") == "unknown"


def test_fewer_values_than_were_announced_are_taken(home):
    found(home, {"ENERGY": {"Voltage": [1, 2, 3]}})

    home.tell("tele/SENSOR", {"ENERGY": {"Voltage": [230, 231]}})
    home.tell("tele/SENSOR", {"ENERGY": {"Voltage": 229}})

    assert [home.state(f"sensor.tasmota_energy_voltage_{index}") for index in range(3)] == [
        "229",
        "231",
        "unknown",
    ]


@pytest.mark.parametrize(
    ("told", "state"),
    [
        ({"A": {"Humidity": None}}, "unknown"),
        ({"A": {"Humidity": "47.5"}}, "47.5"),
        ({"A": {"Humidity": "wet"}}, "1"),
        ({"A": {"Humidity": "nan"}}, "1"),
        ({"A": {"Humidity": True}}, "1"),
        ({"A": {"Humidity": {"x": 1}}}, "1"),
        ({"A": 5}, "1"),
        ({"A": None}, "1"),
        ({}, "1"),
    ],
)
def test_what_is_no_value_is_left_out(home, told, state):
    found(home, {"A": {"Humidity": 1}})
    home.tell("tele/SENSOR", {"A": {"Humidity": 1}})

    home.tell("tele/SENSOR", told)

    assert home.state("sensor.tasmota_a_humidity") == state


def test_a_text_that_is_too_long_for_a_state_is_left_out(home):
    found(home, {"A": {"Note": "x"}})

    home.tell("tele/SENSOR", {"A": {"Note": "x" * 256}})

    assert home.state("sensor.tasmota_a_note") == "unknown"


def test_sensors_come_and_go_with_the_announcement(home):
    found(home, {"A": {"Humidity": 1, "Temperature": 2}, "TempUnit": "C"})
    home.tell("tele/SENSOR", {"A": {"Humidity": 50, "Temperature": 20}})

    home.announce_sensors({"A": {"Temperature": 3}, "TempUnit": "F", "B": {"Humidity": 1}})

    assert home.entities("sensor") == ["sensor.tasmota_a_temperature", "sensor.tasmota_b_humidity"]
    assert home.state("sensor.tasmota_a_temperature") == "-6.66666666666667"
    assert measured(home, "sensor.tasmota_a_temperature")[0] == "°C"
    assert home.house.registry.get("sensor.tasmota_a_humidity") is None


def test_an_empty_announcement_takes_the_sensors_but_not_the_devices_own(home):
    found(home, {"A": {"Humidity": 1}})

    home.message("tasmota/discovery/00000049A3BC/sensors", "")

    assert home.entities("sensor") == []
    assert home.state("sensor.tasmota_ssid") == "unknown"


class TestTheDeviceItself:
    def start(self, home, **changes):
        home.announce(**changes)
        home.online()

    def test_what_changes_all_the_time_is_switched_off_at_first(self, home):
        self.start(home, bat=1)

        assert sorted(home.house.states.entity_ids("sensor")) == [
            "sensor.tasmota_battery_level",
            "sensor.tasmota_last_restart_time",
            "sensor.tasmota_mqtt_connect_count",
            "sensor.tasmota_restart_reason",
            "sensor.tasmota_ssid",
            "sensor.tasmota_wifi_connect_count",
        ]
        hidden = [entry for entry in home.house.registry.entries.values() if entry.disabled_by]
        assert sorted(entry.original_name for entry in hidden) == [
            "Firmware Version",
            "IP",
            "RSSI",
            "Signal",
        ]
        assert {entry.entity_category for entry in hidden} == {"diagnostic"}

    @pytest.mark.parametrize(
        ("name", "content", "state"),
        [
            ("rssi", {"Wifi": {"RSSI": 84}}, "84"),
            ("signal", {"Wifi": {"Signal": -58}}, "-58"),
            ("wifi_connect_count", {"Wifi": {"LinkCount": 3}}, "3"),
            ("mqtt_connect_count", {"MqttCount": 2}, "2"),
            ("battery_level", {"BatteryPercentage": 60}, "60"),
        ],
    )
    def test_some_comes_in_reports_and_answers(self, home, name, content, state):
        self.start(home, bat=1)
        home.house.registry.update(f"sensor.tasmota_{name}", disabled_by=None)

        home.tell("tele/STATE", content)
        assert home.state(f"sensor.tasmota_{name}") == state

        home.tell("tele/STATE", {"Wifi": {}, "MqttCount": None})
        home.tell("stat/STATUS11", {"StatusSTS": content})
        assert home.state(f"sensor.tasmota_{name}") == state

    def test_the_address_is_the_announced_one(self, home):
        self.start(home)
        home.house.registry.update("sensor.tasmota_ip", disabled_by=None)
        assert home.state("sensor.tasmota_ip") == "192.168.15.10"

        home.announce(ip="192.168.15.11")

        assert home.state("sensor.tasmota_ip") == "192.168.15.11"

    def test_the_network_comes_in_answers_only(self, home):
        self.start(home)

        home.tell("tele/STATE", {"Wifi": {"SSId": "one"}})
        assert home.state("sensor.tasmota_ssid") == "unknown"

        home.tell("stat/STATUS11", {"StatusSTS": {"Wifi": {"SSId": "two"}}})
        assert home.state("sensor.tasmota_ssid") == "two"

    def test_the_firmware_is_told_in_status_2(self, home):
        self.start(home)
        home.house.registry.update("sensor.tasmota_firmware_version", disabled_by=None)

        home.tell("stat/STATUS2", {"StatusFWR": {"Version": "13.4.0(tasmota)"}})

        assert home.state("sensor.tasmota_firmware_version") == "13.4.0(tasmota)"

    def test_the_first_answer_after_it_came_online_counts(self, home):
        self.start(home)

        home.tell("stat/STATUS1", {"StatusPRM": {"RestartReason": "Power on"}})
        home.tell("stat/STATUS1", {"StatusPRM": {"RestartReason": "Watchdog"}})
        assert home.state("sensor.tasmota_restart_reason") == "Power on"

        home.online()
        home.tell("stat/STATUS1", {"StatusPRM": {"RestartReason": "Watchdog"}})
        assert home.state("sensor.tasmota_restart_reason") == "Watchdog"

    @pytest.mark.parametrize(
        ("told", "state"),
        [
            (60, "2024-05-06T11:59:00+00:00"),
            ("60", "2024-05-06T11:59:00+00:00"),
            ({}, "unknown"),
            ("x", "unknown"),
        ],
    )
    def test_the_last_restart_is_counted_back_from_now(self, home, told, state):
        self.start(home)

        home.tell("stat/STATUS11", {"StatusSTS": {"UptimeSec": told}})

        assert home.state("sensor.tasmota_last_restart_time") == state
        assert home.attributes("sensor.tasmota_last_restart_time")["device_class"] == "timestamp"
