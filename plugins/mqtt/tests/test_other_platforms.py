"""Check the smaller platforms: what they show and what they send."""

from __future__ import annotations

import base64
from typing import Any

import pytest

from hub.api import HubError


def entity(home: Any, domain: str, **options: Any) -> list[str]:
    problems: list[str] = home.set_up(mqtt={domain: {"name": "X", **options}})
    return problems


# --- what is used once -------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("domain", "options", "service", "data", "sent"),
    [
        ("button", {}, "press", {}, "PRESS"),
        ("button", {"payload_press": "", "command_template": "<{{ value }}>"}, "press", {}, "<>"),
        ("scene", {"payload_on": "evening"}, "turn_on", {}, "evening"),
        ("notify", {}, "send_message", {"message": "hi"}, "hi"),
        (
            "notify",
            {"command_template": "{{ title }}: {{ value }}"},
            "send_message",
            {"message": "hi", "title": "You"},
            "You: hi",
        ),
    ],
)
async def test_sends_and_remembers_when(
    home: Any, domain: str, options: dict[str, Any], service: str, data: dict[str, Any], sent: str
) -> None:
    entity(home, domain, command_topic="set", **options)
    assert home.state(f"{domain}.x") == "unknown"

    await home.call(f"{domain}.{service}", f"{domain}.x", **data)

    assert home.sent() == [("set", sent)]
    assert home.state(f"{domain}.x") == "2024-05-06T12:00:00+00:00"


# --- selects and texts -------------------------------------------------------------------------------

SELECT = {"command_topic": "set", "options": ["milk", "beer", "tea"]}


@pytest.mark.parametrize(
    ("service", "data", "sent"),
    [
        ("select_option", {"option": "tea"}, "tea"),
        ("select_first", {}, "milk"),
        ("select_last", {}, "tea"),
        ("select_next", {}, "tea"),
        ("select_previous", {}, "milk"),
    ],
)
async def test_a_select_is_commanded(home: Any, service: str, data: dict[str, Any], sent: str) -> None:
    entity(home, "select", **SELECT, state_topic="st")
    home.message("st", "beer")

    await home.call(f"select.{service}", "select.x", **data)

    assert home.sent() == [("set", sent)]


@pytest.mark.parametrize(("cycle", "sent"), [(True, "milk"), (False, "tea")])
async def test_after_the_last_option_comes_the_first(home: Any, cycle: bool, sent: str) -> None:
    entity(home, "select", **SELECT, state_topic="st")
    home.message("st", "tea")

    await home.call("select.select_next", "select.x", cycle=cycle)

    assert home.sent() == [("set", sent)]


async def test_a_select_knows_only_its_options(home: Any) -> None:
    entity(home, "select", **SELECT, state_topic="st")
    home.message("st", "beer")
    home.message("st", "wine")
    assert home.state("select.x") == "beer"

    with pytest.raises(HubError, match="no option 'wine'"):
        await home.call("select.select_option", "select.x", option="wine")


@pytest.mark.parametrize(("value", "fits"), [("ab", True), ("a", False), ("abcdef", False), ("12", False)])
async def test_a_text_fits_its_length_and_pattern(home: Any, value: str, fits: bool) -> None:
    entity(home, "text", command_topic="set", state_topic="st", min=2, max=5, pattern="[a-z]+")

    home.message("st", value)

    assert (home.state("text.x") == value) is fits


async def test_a_text_refuses_what_does_not_fit(home: Any) -> None:
    entity(home, "text", command_topic="set", max=3)

    with pytest.raises(HubError, match="4 characters"):
        await home.call("text.set_value", "text.x", value="long")


@pytest.mark.parametrize("pattern", ["(", "(a+)+b"])
async def test_a_pattern_that_is_none_or_may_never_end_is_refused(home: Any, pattern: str) -> None:
    assert "pattern" in "".join(entity(home, "text", command_topic="set", pattern=pattern))


# --- events ------------------------------------------------------------------------------------------

EVENT = {"state_topic": "st", "event_types": ["press", "hold"]}


async def test_an_event_tells_its_type_and_what_goes_with_it(home: Any) -> None:
    entity(home, "event", **EVENT)

    home.message("st", {"event_type": "press", "times": 2})

    attributes = home.attributes("event.x")
    assert home.state("event.x") == "2024-05-06T12:00:00.000+00:00"
    assert (attributes["event_type"], attributes["times"]) == ("press", 2)
    assert attributes["event_types"] == ["press", "hold"]


@pytest.mark.parametrize(
    "payload", ["", "{}", "None", "no json", "[1]", '{"event": "press"}', '{"event_type": "drop"}']
)
async def test_what_is_no_event_is_ignored(home: Any, payload: str) -> None:
    entity(home, "event", **EVENT)

    home.message("st", payload)

    assert home.state("event.x") == "unknown"


async def test_a_kept_event_happened_before(home: Any) -> None:
    entity(home, "event", **EVENT)

    home.message("st", {"event_type": "press"}, retain=True)

    assert home.state("event.x") == "unknown"


# --- sirens ------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("payload", "state", "tone"),
    [
        ("ON", "on", None),
        ("OFF", "off", None),
        ("None", "unknown", None),
        ('{"state": "ON", "tone": "bell"}', "on", "bell"),
        ('{"tone": "bell"}', "unknown", "bell"),
        ("{}", "unknown", None),
        ("noise", "unknown", None),
    ],
)
async def test_a_siren_tells(home: Any, payload: str, state: str, tone: str | None) -> None:
    entity(home, "siren", command_topic="set", state_topic="st", available_tones=["bell"])

    home.message("st", payload)

    assert home.state("siren.x") == state
    assert home.attributes("siren.x")["tone"] == tone


async def test_a_siren_is_commanded_with_an_object(home: Any) -> None:
    entity(home, "siren", command_topic="set", available_tones=["bell"], support_volume_set=False)

    await home.call("siren.turn_on", "siren.x", tone="bell", duration=5, volume_level=1)
    await home.call("siren.toggle", "siren.x")

    assert home.sent() == [("set", '{"state":"ON","duration":5,"tone":"bell"}'), ("set", '{"state":"OFF"}')]
    assert home.state("siren.x") == "off"


async def test_a_siren_refuses_a_tone_that_it_has_not(home: Any) -> None:
    entity(home, "siren", command_topic="set", available_tones=["bell"])

    with pytest.raises(HubError, match="no tone 'horn'"):
        await home.call("siren.turn_on", "siren.x", tone="horn")


# --- updates -----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("told", "state"),
    [
        ({"installed_version": "1.0.0", "latest_version": "1.0.1"}, "on"),
        ({"installed_version": "1.0.0", "latest_version": "1.0.0"}, "off"),
        ({"installed_version": "2.0", "latest_version": "1.9"}, "off"),
        ({"installed_version": "1.9", "latest_version": "1.10"}, "on"),
        ({"installed_version": "abc", "latest_version": "abd"}, "on"),
        ({"installed_version": 3, "latest_version": 4}, "on"),
        ({"installed_version": "1"}, "unknown"),
        ({"colour": "red"}, "unknown"),
        ({"update_percentage": 200}, "unknown"),
    ],
)
async def test_an_update_is_on_if_there_is_a_newer_version(
    home: Any, told: dict[str, Any], state: str
) -> None:
    entity(home, "update", state_topic="st")

    home.message("st", told)

    assert home.state("update.x") == state


async def test_the_versions_may_come_on_two_topics(home: Any) -> None:
    entity(home, "update", state_topic="st", latest_version_topic="latest", title="Firmware")

    home.message("st", "1.0")
    home.message("latest", "1.1")

    attributes = home.attributes("update.x")
    assert home.state("update.x") == "on"
    assert (attributes["installed_version"], attributes["latest_version"]) == ("1.0", "1.1")
    assert attributes["title"] == "Firmware"


async def test_progress_is_told(home: Any) -> None:
    entity(home, "update", state_topic="st")

    home.message("st", {"installed_version": "1", "latest_version": "2", "update_percentage": 40})

    attributes = home.attributes("update.x")
    assert (attributes["in_progress"], attributes["update_percentage"]) == (True, 40)


async def test_an_update_is_installed_or_skipped(home: Any) -> None:
    entity(home, "update", state_topic="st", command_topic="set", payload_install="go")
    home.message("st", {"installed_version": "1", "latest_version": "2"})

    await home.call("update.install", "update.x")
    assert home.sent() == [("set", "go")]

    await home.call("update.skip", "update.x")
    assert home.state("update.x") == "off"
    assert home.attributes("update.x")["skipped_version"] == "2"

    home.message("st", {"latest_version": "3"})
    assert home.state("update.x") == "on"


# --- where somebody is -------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("payload", "state"),
    [("home", "home"), ("away", "not_home"), ("Work", "Work"), ("None", "unknown"), (" ", "unknown")],
)
async def test_a_tracker_names_the_place(home: Any, payload: str, state: str) -> None:
    entity(home, "device_tracker", state_topic="st", payload_not_home="away")

    home.message("st", payload)

    assert home.state("device_tracker.x") == state
    assert home.attributes("device_tracker.x")["source_type"] == "gps"


@pytest.mark.parametrize(
    ("position", "state"),
    [
        ({"latitude": 52.0, "longitude": 4.0}, "home"),
        ({"latitude": 52.1, "longitude": 4.0}, "Work"),
        ({"latitude": 53.0, "longitude": 4.0}, "not_home"),
        ({"latitude": 52.0}, "unknown"),
    ],
)
async def test_a_position_is_in_a_zone(home: Any, position: dict[str, float], state: str) -> None:
    entity(home, "device_tracker", json_attributes_topic="attr")
    home.simulated.set("zone.home", "0", {"latitude": 52.0, "longitude": 4.0, "radius": 100})
    home.simulated.set(
        "zone.work", "0", {"latitude": 52.1, "longitude": 4.0, "radius": 100, "friendly_name": "Work"}
    )

    home.message("attr", {**position, "gps_accuracy": 5, "battery": 80})

    assert home.state("device_tracker.x") == state
    assert home.attributes("device_tracker.x")["battery"] == 80


async def test_a_tracker_needs_some_topic(home: Any) -> None:
    assert "needs state_topic or json_attributes_topic" in "".join(entity(home, "device_tracker"))


# --- machines ----------------------------------------------------------------------------------------


async def test_a_vacuum_tells_and_is_commanded(home: Any) -> None:
    entity(
        home,
        "vacuum",
        state_topic="st",
        command_topic="set",
        supported_features=["start", "fan_speed", "send_command"],
        set_fan_speed_topic="speed",
        fan_speed_list=["low", "high"],
        send_command_topic="raw",
    )
    home.message("st", {"state": "docked", "fan_speed": "low"})

    await home.call("vacuum.start", "vacuum.x")
    await home.call("vacuum.set_fan_speed", "vacuum.x", fan_speed="high")
    await home.call("vacuum.send_command", "vacuum.x", command="go", params={"room": 3})

    assert home.state("vacuum.x") == "docked"
    assert home.attributes("vacuum.x")["fan_speed"] == "low"
    assert home.sent() == [("set", "start"), ("speed", "high"), ("raw", '{"command":"go","room":3}')]
    with pytest.raises(HubError, match="does not support"):
        await home.call("vacuum.pause", "vacuum.x")
    with pytest.raises(HubError, match="no fan_speed"):
        await home.call("vacuum.set_fan_speed", "vacuum.x", fan_speed="max")


@pytest.mark.parametrize("payload", ["no json", '{"state": "dancing"}', "[]"])
async def test_a_vacuum_ignores_what_it_does_not_know(home: Any, payload: str) -> None:
    entity(home, "vacuum", state_topic="st")
    home.message("st", {"state": "cleaning"})

    home.message("st", payload)

    assert home.state("vacuum.x") == "cleaning"


async def test_a_lawn_mower_tells_and_is_commanded(home: Any) -> None:
    entity(home, "lawn_mower", activity_state_topic="st", dock_command_topic="dock")
    home.message("st", "mowing")
    home.message("st", "dancing")

    await home.call("lawn_mower.dock", "lawn_mower.x")

    assert home.state("lawn_mower.x") == "mowing"
    assert home.sent() == [("dock", "dock")]


# --- alarms ------------------------------------------------------------------------------------------

ALARM = {"command_topic": "set", "state_topic": "st"}


async def test_an_alarm_tells_its_state(home: Any) -> None:
    entity(home, "alarm_control_panel", **ALARM, code="REMOTE_CODE")

    home.message("st", "armed_home")
    home.message("st", "sleeping")

    assert home.state("alarm_control_panel.x") == "armed_home"
    assert home.attributes("alarm_control_panel.x")["code_format"] == "number"


@pytest.mark.parametrize(
    ("options", "given", "sent"),
    [
        ({"code_arm_required": False}, None, "ARM_AWAY"),
        ({}, "12", "ARM_AWAY"),
        ({"code": "12"}, "12", "ARM_AWAY"),
        ({"code": 12}, 12, "ARM_AWAY"),
        ({"code": "12", "code_arm_required": False}, None, "ARM_AWAY"),
        (
            {"code": "REMOTE_CODE_TEXT", "command_template": "{{ action }}/{{ code }}"},
            "abc",
            "ARM_AWAY/abc",
        ),
    ],
)
async def test_an_alarm_is_armed(home: Any, options: dict[str, Any], given: object, sent: str) -> None:
    entity(home, "alarm_control_panel", **ALARM, **options)
    data = {} if given is None else {"code": given}

    await home.call("alarm_control_panel.alarm_arm_away", "alarm_control_panel.x", **data)

    assert home.sent() == [("set", sent)]


@pytest.mark.parametrize("options", [{"code": "12"}, {"code": "REMOTE_CODE"}])
async def test_an_alarm_refuses_without_the_code(home: Any, options: dict[str, Any]) -> None:
    entity(home, "alarm_control_panel", **ALARM, **options)

    with pytest.raises(HubError, match="the code is wrong"):
        await home.call("alarm_control_panel.alarm_disarm", "alarm_control_panel.x")

    assert home.sent() == []


# --- pictures ----------------------------------------------------------------------------------------


async def test_an_image_says_when_it_came(home: Any) -> None:
    entity(home, "image", image_topic="pic", image_encoding="b64")

    home.message("pic", base64.b64encode(b"JPEG"))

    assert home.state("image.x") == "2024-05-06T12:00:00+00:00"


async def test_an_image_may_be_an_address(home: Any) -> None:
    entity(home, "image", url_topic="url", url_template="{{ value_json.url }}")

    home.message("url", {"url": "https://example.org/x.png"})
    home.message("url", {"url": "file:///etc/passwd"})

    assert home.attributes("image.x")["image_url"] == "https://example.org/x.png"


@pytest.mark.parametrize("options", [{}, {"image_topic": "a", "url_topic": "b"}])
async def test_an_image_has_one_topic(home: Any, options: dict[str, Any]) -> None:
    assert "image_topic or url_topic" in "".join(entity(home, "image", **options))


async def test_a_camera_takes_pictures_and_refuses_what_is_none(home: Any, caplog: Any) -> None:
    entity(home, "camera", topic="pic", image_encoding="b64")

    home.message("pic", "no base64!")

    assert home.state("camera.x") == "idle"
    assert "no base64" in caplog.text
