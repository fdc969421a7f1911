"""Devices of the first generation, with the messages that they send."""

from __future__ import annotations

from typing import Any

import orjson

PM = {
    "id": "shelly1pm-84CCA8B0A1B2", "model": "SHSW-PM", "mac": "84CCA8B0A1B2", "ip": "192.168.33.7",
    "new_fw": False, "fw_ver": "20230913-112003/v1.14.0",
}  # fmt: skip
RGBW = {"id": "shellyrgbw2-ABC123", "model": "SHRGBW2", "mac": "ABC123ABC123", "fw_ver": "v1.14.0"}


def announce(home: Any, device: dict[str, Any], **told: Any) -> str:
    home.tell("shellies/announce", device)
    base = f"shellies/{device['id']}"
    for topic, payload in told.items():
        home.tell(f"{base}/{topic.replace('__', '/')}", payload)
    # The server hands what it keeps to each new subscriber; the played one does not by itself.
    home.tell(f"{base}/online", "true", retain=True)
    return base


async def test_a_device_that_says_something_is_asked_once_who_it_is(home: Any) -> None:
    home.tell("shellies/shelly1-1/online", "true", retain=True)
    home.tell("shellies/shelly1-1/relay/0", "on", retain=True)

    assert home.sent() == [("shellies/shelly1-1/command", "announce")]


async def test_a_relay_with_a_meter(home: Any) -> None:
    told = {"relay__0": "off", "relay__0__power": "0.00", "relay__0__energy": "1200", "temperature": "40.1"}
    base = announce(home, PM, **told)
    announce(home, PM, **told)
    home.sent()

    name = "shelly1pm_84cca8b0a1b2"
    assert home.state(f"switch.{name}_relay_0") == "off"
    assert home.state(f"sensor.{name}_energy_0") == "20.0"
    assert home.state(f"sensor.{name}_temperature") == "40.1"
    device = home.house.devices.find([("mqtt", "shelly-shelly1pm-84cca8b0a1b2")])
    assert (device.manufacturer, device.model) == ("Shelly", "Shelly 1PM")
    assert ("mac", "84:cc:a8:b0:a1:b2") in device.connections

    await home.call("switch.turn_on", f"switch.{name}_relay_0")
    assert home.sent() == [(f"{base}/relay/0/command", "on")]
    home.tell(f"{base}/relay/0", "on")
    assert home.state(f"switch.{name}_relay_0") == "on"

    home.tell(f"{base}/online", "false")
    assert home.state(f"switch.{name}_relay_0") == "unavailable"


async def test_what_is_new_is_asked_for_its_values_once_more(home: Any) -> None:
    announce(home, PM, relay__0="on")
    home.sent()

    await home.simulated.advance(1.5)

    assert home.sent() == [(f"shellies/{PM['id']}/command", "update")]


async def test_a_cover(home: Any) -> None:
    device = {"id": "shellyswitch25-1", "model": "SHSW-25", "mac": "1"}
    base = announce(home, device, roller__0__pos="30")
    home.tell(f"{base}/roller/0/pos", "30")
    home.sent()

    await home.call("cover.set_cover_position", "cover.shellyswitch25_1_cover_0", position=80)
    await home.call("cover.stop_cover", "cover.shellyswitch25_1_cover_0")

    assert home.state("cover.shellyswitch25_1_cover_0") == "open"
    assert home.sent() == [
        (f"{base}/roller/0/command/pos", "80"),
        (f"{base}/roller/0/command", "stop"),
    ]


async def test_a_light_in_colour(home: Any) -> None:
    status = {"ison": True, "mode": "color", "red": 255, "green": 0, "blue": 0, "white": 0, "gain": 40}
    base = announce(home, RGBW, color__0__status=status)
    home.tell(f"{base}/color/0/status", status)
    home.sent()
    light = "light.shellyrgbw2_abc123_light_0"

    assert (home.state(light), home.attributes(light)["brightness"]) == ("on", 102)
    await home.call("light.turn_on", light, rgb_color=[0, 0, 255], brightness=255)
    ((topic, payload),) = home.sent()

    assert topic == f"{base}/color/0/set"
    assert orjson.loads(payload) == {"turn": "on", "gain": 100, "red": 0, "green": 0, "blue": 255}


async def test_a_button(home: Any) -> None:
    device = {"id": "shellybutton1-1", "model": "SHBTN-2", "mac": "1"}
    base = announce(home, device, input_event__0={"event": "", "event_cnt": 3})

    home.tell(f"{base}/input_event/0", {"event": "SS", "event_cnt": 4})

    assert home.attributes("event.shellybutton1_1_button_0")["event_type"] == "double"


async def test_a_flood_sensor(home: Any) -> None:
    device = {"id": "shellyflood-1", "model": "SHWT-1", "mac": "1"}
    base = announce(home, device, sensor__flood="false", sensor__battery="87")

    home.tell(f"{base}/sensor/flood", "true")

    assert home.state("binary_sensor.shellyflood_1_flood") == "on"
    assert home.attributes("binary_sensor.shellyflood_1_flood")["device_class"] == "moisture"


async def test_a_device_that_a_program_announces_is_left_to_it(home: Any) -> None:
    relay = {
        "name": "Relay", "cmd_t": "shellies/shelly1-40F52000CC66/relay/0/command", "uniq_id": "other",
        "stat_t": "shellies/shelly1-40F52000CC66/relay/0", "dev": {"cns": [["mac", "40:F5:20:00:CC:66"]]},
    }  # fmt: skip
    home.tell("homeassistant/switch/shelly1-40F52000CC66/config", relay, retain=True)
    home.sent()

    home.tell("shellies/shelly1-40F52000CC66/relay/0", "on")

    assert home.sent() == []
