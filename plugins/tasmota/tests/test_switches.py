"""Relays, shutters, fans, and switches that are wired to a device."""

from __future__ import annotations

import pytest

from hub.api import ServiceRefused


class TestRelays:
    def test_names_come_from_the_device(self, home):
        home.announce(rl=[1, 1, 1], fn=["Tasmota", "Beer"])

        assert home.entities("switch") == [
            "switch.tasmota",
            "switch.tasmota_beer",
            "switch.tasmota_switch_3",
        ]

    @pytest.mark.parametrize("topic", ["tele/STATE", "stat/RESULT"])
    def test_the_state_is_what_the_device_tells(self, home, topic):
        home.announce(rl=[1, 1])
        home.online()

        home.tell(topic, {"POWER1": "ON", "POWER2": "OFF"})
        assert [home.state(name) for name in home.entities("switch")] == ["on", "off"]

        home.tell(topic, {"POWER2": "ON"})
        assert [home.state(name) for name in home.entities("switch")] == ["on", "on"]

    @pytest.mark.parametrize("told", ["{", [], {"POWER": "HOLD"}, {"POWER": 1}, {}])
    def test_what_tells_nothing_changes_nothing(self, home, told):
        home.announce(rl=[1])
        home.online()
        home.tell("tele/STATE", {"POWER": "ON"})

        home.tell("tele/STATE", told)

        assert home.state("switch.tasmota_test") == "on"

    async def test_it_is_commanded_by_its_number_in_its_own_words(self, home):
        home.announce(rl=[0, 1], state=["AUS", "EIN", "UM", "HALT"])
        home.online()

        await home.call("switch.turn_on", "switch.tasmota_beer")
        await home.call("switch.turn_off", "switch.tasmota_beer")

        assert home.sent() == [("cmnd/Power2", "EIN"), ("cmnd/Power2", "AUS")]

    async def test_with_set_option_30_it_is_a_light(self, home):
        home.announce(rl=[1], so={"30": 1})
        home.online()
        home.tell("tele/STATE", {"POWER": "ON"})

        assert home.entities() == ["light.tasmota_test"]
        assert home.attributes("light.tasmota_test")["supported_color_modes"] == ["onoff"]
        await home.call("light.toggle", "light.tasmota_test")
        await home.call("light.turn_on", "light.tasmota_test", brightness=0)
        assert home.sent() == [("cmnd/Power1", "OFF"), ("cmnd/Power1", "OFF")]


class TestShutters:
    def told(self, home, **shutter):
        home.tell("tele/SENSOR", {"Shutter1": shutter})
        shown = home.attributes("cover.tasmota_cover_1")
        return (
            home.state("cover.tasmota_cover_1"),
            shown.get("current_position"),
            shown.get("current_tilt_position"),
        )

    def test_two_relays_make_one(self, home):
        home.announce(rl=[3, 3, 1, 3, 3])

        assert home.entities("cover") == ["cover.tasmota_cover_1", "cover.tasmota_cover_2"]

    @pytest.mark.parametrize("relays", [[3, 1], [3, 3, 3], [3]])
    def test_one_relay_alone_is_no_shutter(self, home, caplog, relays):
        home.announce(rl=relays)

        assert home.entities("cover") == []
        assert "but not the next one" in caplog.text

    def test_the_state_is_where_it_goes_or_stands(self, home):
        home.announce(rl=[3, 3])
        home.online()

        assert home.state("cover.tasmota_cover_1") == "unknown"
        assert self.told(home, Position=54, Direction=-1) == ("closing", 54, None)
        assert self.told(home, Position=70, Direction=1) == ("opening", 70, None)
        assert self.told(home, Position=70, Direction=0) == ("open", 70, None)
        assert self.told(home, Position=0, Direction=0) == ("closed", 0, None)

    @pytest.mark.parametrize(
        ("topic", "content"),
        [
            ("stat/RESULT", {"Shutter1": {"Position": 30, "Direction": 0}}),
            ("stat/STATUS10", {"StatusSNS": {"Shutter1": {"Position": 30, "Direction": 0}}}),
        ],
    )
    def test_it_is_told_in_answers_too(self, home, topic, content):
        home.announce(rl=[3, 3])
        home.online()

        home.tell(topic, content)

        assert home.attributes("cover.tasmota_cover_1")["current_position"] == 30

    async def test_an_inverted_one_counts_from_the_other_end(self, home):
        home.announce(rl=[3, 3], sho=[1])
        home.online()

        assert self.told(home, Position=54, Direction=-1) == ("opening", 46, None)
        assert self.told(home, Position=100, Direction=0) == ("closed", 0, None)
        await home.call("cover.set_cover_position", "cover.tasmota_cover_1", position=30)
        assert home.sent() == [("cmnd/ShutterPosition1", "70")]

    def test_tilt_is_a_part_of_its_range(self, home):
        home.announce(rl=[3, 3], sht=[[-90, 90, 24]])
        home.online()

        assert self.told(home, Position=54, Direction=0, Tilt=-90) == ("open", 54, 0)
        assert self.told(home, Position=54, Direction=0, Tilt=0) == ("open", 54, 50)
        assert self.told(home, Position=54, Direction=0, Tilt=45) == ("open", 54, 75)

    @pytest.mark.parametrize("tilts", [[], [[-90, 90, 0]], [[90, 90, 3]]])
    async def test_without_slats_it_does_not_tilt(self, home, tilts):
        home.announce(rl=[3, 3], sht=tilts)
        home.online()

        with pytest.raises(ServiceRefused):
            await home.call("cover.open_cover_tilt", "cover.tasmota_cover_1")

    @pytest.mark.parametrize(
        ("direction", "position", "command"),
        [(1, 50, "Stop"), (-1, 50, "Stop"), (0, 0, "Open"), (0, 100, "Close")],
    )
    async def test_toggle_stops_what_moves_and_turns_what_stands(self, home, direction, position, command):
        home.announce(rl=[3, 3])
        home.online()
        self.told(home, Position=position, Direction=direction)

        await home.call("cover.toggle", "cover.tasmota_cover_1")

        assert home.sent() == [(f"cmnd/Shutter{command}1", "")]

    async def test_toggle_goes_back_from_halfway(self, home):
        home.announce(rl=[3, 3])
        home.online()
        self.told(home, Position=40, Direction=-1)
        self.told(home, Position=40, Direction=0)

        await home.call("cover.toggle", "cover.tasmota_cover_1")

        assert home.sent() == [("cmnd/ShutterOpen1", "")]


class TestFans:
    def percentage(self, home, speed):
        home.tell("tele/STATE", {"FanSpeed": speed})
        return home.state("fan.tasmota"), home.attributes("fan.tasmota")["percentage"]

    def test_speeds_are_thirds(self, home):
        home.announce(**{"if": 1})
        home.online()

        assert home.state("fan.tasmota") == "off"
        assert [self.percentage(home, speed) for speed in (1, 2, 3, 0)] == [
            ("on", 33),
            ("on", 66),
            ("on", 100),
            ("off", 0),
        ]

    @pytest.mark.parametrize("told", [4, -1, "2", True, None])
    def test_what_is_no_speed_changes_nothing(self, home, told):
        home.announce(**{"if": 1})
        home.online()
        self.percentage(home, 1)

        assert self.percentage(home, told) == ("on", 33)

    @pytest.mark.parametrize(
        ("service", "data", "speed"),
        [
            ("turn_on", {}, "2"),
            ("turn_on", {"percentage": 70}, "3"),
            ("toggle", {}, "0"),
            ("set_percentage", {"percentage": 0}, "0"),
            ("increase_speed", {}, "3"),
            ("decrease_speed", {}, "1"),
            ("increase_speed", {"percentage_step": 10}, "3"),
            ("decrease_speed", {"percentage_step": 66}, "0"),
        ],
    )
    async def test_it_is_told_the_next_speed(self, home, service, data, speed):
        home.announce(**{"if": 1})
        home.online()
        self.percentage(home, 2)

        await home.call(f"fan.{service}", "fan.tasmota", **data)

        assert home.sent() == [("cmnd/FanSpeed", speed)]

    async def test_it_has_no_preset_modes(self, home):
        home.announce(**{"if": 1})
        home.online()

        with pytest.raises(ServiceRefused):
            await home.call("fan.turn_on", "fan.tasmota", preset_mode="auto")

    async def test_its_lamp_is_a_light_without_brightness(self, home):
        home.announce(**{"if": 1}, rl=[2], lt_st=1)
        home.online()

        await home.call("light.turn_on", "light.tasmota_test", brightness=100)

        assert home.sent() == [("cmnd/Power1", "ON")]


class TestSwitchInputs:
    @pytest.mark.parametrize("mode", [1, 2, 3, 4, 5, 6, 9, 10, 13, 14, 15, 16])
    def test_modes_that_tell_on_and_off_make_one(self, home, mode):
        home.announce(swc=[mode])

        assert home.entities() == ["binary_sensor.tasmota_binary_sensor_1"]

    @pytest.mark.parametrize("mode", [-1, 0, 7, 8, 11, 12, 99])
    def test_other_modes_do_not(self, home, mode):
        home.announce(swc=[mode])

        assert home.entities() == []

    def test_a_name_of_its_own_is_used_in_messages_too(self, home):
        home.announce(swc=[1, 1], swn=["Door", None])
        home.online()

        home.tell("stat/RESULT", {"Door": {"Action": "ON"}, "Switch2": {"Action": "OFF"}})

        assert home.state("binary_sensor.tasmota_door") == "on"
        assert home.state("binary_sensor.tasmota_binary_sensor_2") == "off"

    @pytest.mark.parametrize(
        ("topic", "content"),
        [
            ("tele/SENSOR", {"Switch1": "ON"}),
            ("stat/STATUS10", {"StatusSNS": {"Switch1": "ON"}}),
            ("stat/RESULT", {"Switch1": {"Action": "ON"}}),
        ],
    )
    def test_it_is_told_in_reports_and_answers(self, home, topic, content):
        home.announce(swc=[1])
        home.online()
        assert home.state("binary_sensor.tasmota_binary_sensor_1") == "unknown"

        home.tell(topic, content)

        assert home.state("binary_sensor.tasmota_binary_sensor_1") == "on"

    async def test_one_that_goes_away_leaves_no_timer(self, home):
        home.announce(swc=[13])
        home.online()
        home.tell("stat/RESULT", {"Switch1": {"Action": "ON"}})

        home.announce(swc=[0])
        await home.advance(2)

        assert home.state("binary_sensor.tasmota_binary_sensor_1") is None
