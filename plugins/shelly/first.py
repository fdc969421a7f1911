"""The first generation: each value has a topic below `shellies/<id>/`; its first message shows an entity."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from typing import Any

from plugins.shelly.part import Maker, Part, Quantity

ROOT = "shellies"
_NAMES = {
    "SHSW-1": "Shelly 1", "SHSW-L": "Shelly 1L", "SHSW-PM": "Shelly 1PM", "SHSW-21": "Shelly 2",
    "SHSW-25": "Shelly 2.5", "SHSW-44": "Shelly 4Pro", "SHPLG-1": "Shelly Plug", "SHPLG-S": "Shelly Plug S",
    "SHPLG-U1": "Shelly Plug US", "SHIX3-1": "Shelly i3", "SHBTN-1": "Shelly Button1",
    "SHBTN-2": "Shelly Button1", "SHDM-1": "Shelly Dimmer", "SHDM-2": "Shelly Dimmer 2",
    "SHBDUO-1": "Shelly Duo", "SHVIN-1": "Shelly Vintage", "SHBLB-1": "Shelly Bulb",
    "SHCB-1": "Shelly Bulb RGBW", "SHRGBW2": "Shelly RGBW2", "SHHT-1": "Shelly H&T", "SHWT-1": "Shelly Flood",
    "SHDW-1": "Shelly Door/Window", "SHDW-2": "Shelly Door/Window 2", "SHSM-01": "Shelly Smoke",
    "SHGS-1": "Shelly Gas", "SHMOS-01": "Shelly Motion", "SHMOS-02": "Shelly Motion 2", "SHEM": "Shelly EM",
    "SHEM-3": "Shelly 3EM", "SHUNI-1": "Shelly UNI", "SHTRV-01": "Shelly TRV",
}  # fmt: skip
_READINGS = {
    "power": Quantity("Power", "power", "W"),
    "current": Quantity("Current", "current", "A"),
    "voltage": Quantity("Voltage", "voltage", "V"),
    "pf": Quantity("Power factor", "power_factor", None),
    "temperature": Quantity("Temperature", "temperature", "°C"),
    "humidity": Quantity("Humidity", "humidity", "%"),
    "battery": Quantity("Battery", "battery", "%", category="diagnostic"),
    "lux": Quantity("Illuminance", "illuminance", "lx"),
    "tilt": Quantity("Tilt", None, "°"),
    "total": Quantity("Energy", "energy", "Wh", "total_increasing"),
    "total_returned": Quantity("Returned energy", "energy", "Wh", "total_increasing"),
    "concentration": Quantity("Gas concentration", None, "ppm"),
}
_TRUE = ("true", "1")
_DETECTED = {
    "flood": ("Flood", "moisture"),
    "smoke": ("Smoke", "smoke"),
    "motion": ("Motion", "motion"),
    "vibration": ("Vibration", "vibration"),
    "overtemperature": ("Overheating", "problem"),
    "overload": ("Overload", "problem"),
}
_YES = "{{ 'ON' if value | lower in ('true', '1', 'open') else 'OFF' }}"
_PRESSES = {
    "S": "single",
    "SS": "double",
    "SSS": "triple",
    "L": "long",
    "SL": "single_long",
    "LS": "long_single",
}


def device_of(announced: Mapping[str, Any]) -> dict[str, Any]:
    """Return the device of an announcement on `shellies/announce`."""
    mac, model = str(announced.get("mac", "")), str(announced.get("model", ""))
    told = {
        "identifiers": [f"shelly-{str(announced['id']).lower()}"],
        "connections": [["mac", mac]] if len(mac) == 12 else [],
        "name": announced["id"],
        "manufacturer": "Shelly",
        "model": _NAMES.get(model, model),
        "model_id": model,
        "sw_version": announced.get("fw_ver"),
    }
    if announced.get("ip"):
        told["configuration_url"] = f"http://{announced['ip']}"
    return {key: value for key, value in told.items() if value}


def maker_of(announced: Mapping[str, Any]) -> Maker:
    id = str(announced["id"])
    online = {
        "topic": f"{ROOT}/{id}/online",
        "payload_available": "true",
        "payload_not_available": "false",
    }
    return Maker(device_of(announced), online, id.lower())


def parts_of(id: str, rest: str) -> Iterator[Part]:
    """Return the entities that a message on `shellies/<id>/<rest>` shows to be there."""
    base = f"{ROOT}/{id}"
    for pattern, make in _MAKERS:
        match = pattern.fullmatch(rest)
        if match is not None:
            yield from make(base, rest, **match.groupdict())
            return


def _relay(base: str, rest: str, number: str) -> Iterator[Part]:
    options = {
        "name": f"Relay {number}",
        "state_topic": f"{base}/{rest}",
        "command_topic": f"{base}/{rest}/command",
        "payload_on": "on",
        "payload_off": "off",
        "value_template": "{{ value if value in ('on', 'off') else 'off' }}",
    }
    yield Part("switch", f"relay-{number}", options)


def _roller(base: str, rest: str, number: str) -> Iterator[Part]:
    yield Part("cover", f"roller-{number}", {
        "name": f"Cover {number}",
        "command_topic": f"{base}/roller/{number}/command",
        "payload_open": "open",
        "payload_close": "close",
        "payload_stop": "stop",
        "position_topic": f"{base}/roller/{number}/pos",
        "position_template": "{{ value if value | int(-1) >= 0 else '' }}",
        "set_position_topic": f"{base}/roller/{number}/command/pos",
        "device_class": "shutter",
    })  # fmt: skip


def _light(base: str, rest: str, kind: str, number: str) -> Iterator[Part]:
    """Return a light; `status` tells all of it as JSON, `set` takes the same."""
    status, command = f"{base}/{kind}/{number}/status", f"{base}/{kind}/{number}/set"
    level = "gain" if kind == "color" else "brightness"
    fields = [
        '"turn":"on"',
        f'{{%- if brightness is defined %}},"{level}":'
        "{{ (brightness / 2.55) | round | int }}{% endif %}",
        '{%- if transition is defined %},"transition":{{ (transition * 1000) | int }}{% endif %}',
    ]
    options: dict[str, Any] = {
        "schema": "template",
        "name": f"Light {number}",
        "state_topic": status,
        "command_topic": command,
        "state_template": "{{ 'on' if value_json.ison else 'off' }}",
        "brightness_template": f"{{{{ (value_json.{level} * 2.55) | round | int }}}}",
        "command_off_template": '{"turn":"off"}',
    }
    if kind == "color":
        options |= {f"{name}_template": f"{{{{ value_json.{name} }}}}" for name in ("red", "green", "blue")}
        rgb = ',"red":{{ red }},"green":{{ green }},"blue":{{ blue }}'
        fields.append(f"{{%- if red is defined %}}{rgb}{{% endif %}}")
    options["command_on_template"] = "{" + "".join(fields) + "}"
    yield Part("light", f"{kind}-{number}", options)


def _reading(base: str, rest: str, name: str, where: str = "", number: str = "") -> Iterator[Part]:
    quantity = _READINGS[name]
    title = f"{quantity.name} {number}".rstrip()
    key = f"{where}-{number}-{name}".strip("-") if where else name
    yield Part("sensor", key, quantity.options(title, state_topic=f"{base}/{rest}"))


def _minutes(base: str, rest: str, where: str, number: str, returned: str | None = None) -> Iterator[Part]:
    """Return the energy of a relay, which is counted in watt-minutes."""
    quantity = Quantity("Energy", "energy", "Wh", "total_increasing")
    title = f"{'Returned energy' if returned else 'Energy'} {number}"
    options = quantity.options(
        title, state_topic=f"{base}/{rest}", value_template="{{ (value | float / 60) | round(2) }}"
    )
    yield Part("sensor", f"{where}-{number}-{'returned-' if returned else ''}energy", options)


def _detected(base: str, rest: str, name: str) -> Iterator[Part]:
    title, device_class = _DETECTED[name]
    options = {
        "name": title,
        "state_topic": f"{base}/{rest}",
        "device_class": device_class,
        "value_template": _YES,
    }
    if device_class == "problem":
        options["entity_category"] = "diagnostic"
    yield Part("binary_sensor", name, options)


def _opening(base: str, rest: str) -> Iterator[Part]:
    options = {
        "name": "Opening",
        "state_topic": f"{base}/{rest}",
        "device_class": "opening",
        "value_template": _YES,
    }
    yield Part("binary_sensor", "opening", options)


def _input(base: str, rest: str, number: str) -> Iterator[Part]:
    options = {
        "name": f"Input {number}",
        "state_topic": f"{base}/{rest}",
        "payload_on": "1",
        "payload_off": "0",
        "enabled_by_default": False,
    }
    yield Part("binary_sensor", f"input-{number}", options)


def _press(base: str, rest: str, number: str) -> Iterator[Part]:
    words = ", ".join(f"'{key}': '{word}'" for key, word in _PRESSES.items())
    options = {
        "name": f"Button {number}",
        "state_topic": f"{base}/{rest}",
        "device_class": "button",
        "event_types": list(_PRESSES.values()),
        "value_template": "{% set words = {" + words + "} %}"
        "{% if value_json.event in words %}"
        "{{ {'event_type': words[value_json.event], 'count': value_json.event_cnt} | to_json }}{% endif %}",
    }
    yield Part("event", f"button-{number}", options)


def _thermostat(base: str, rest: str, number: str) -> Iterator[Part]:
    """Return the valve of a radiator; its `info` tells all of it."""
    yield Part("climate", f"thermostat-{number}", {
        "name": "Thermostat",
        "modes": ["heat"],
        "temperature_state_topic": f"{base}/info",
        "temperature_state_template": f"{{{{ value_json.thermostats[{number}].target_t.value }}}}",
        "temperature_command_topic": f"{base}/thermostat/{number}/command/target_t",
        "current_temperature_topic": f"{base}/info",
        "current_temperature_template": f"{{{{ value_json.thermostats[{number}].tmp.value }}}}",
        "mode_state_topic": f"{base}/info",
        "mode_state_template": "heat",
        "min_temp": 4,
        "max_temp": 31,
        "temp_step": 0.5,
        "temperature_unit": "C",
    })  # fmt: skip


_Make = Callable[..., Iterator[Part]]
_MAKERS: tuple[tuple[re.Pattern[str], _Make], ...] = tuple(
    (re.compile(pattern), make)
    for pattern, make in (
        (r"relay/(?P<number>\d)", _relay),
        (r"roller/(?P<number>\d)/pos", _roller),
        (r"(?P<kind>light|white|color)/(?P<number>\d)/status", _light),
        (r"(?P<where>relay|roller|light|white|color|emeter)/(?P<number>\d)/(?P<name>power)", _reading),
        (r"(?P<where>emeter)/(?P<number>\d)/(?P<name>voltage|current|pf|total|total_returned)", _reading),
        (r"(?P<where>relay|roller|light|white|color)/(?P<number>\d)/energy", _minutes),
        (r"input/(?P<number>\d)", _input),
        (r"input_event/(?P<number>\d)", _press),
        (r"(?:sensor/)?(?P<name>temperature|voltage)", _reading),
        (r"sensor/(?P<name>humidity|battery|lux|tilt|concentration)", _reading),
        (r"(?:sensor/)?(?P<name>flood|smoke|motion|vibration|overtemperature|overload)", _detected),
        (r"sensor/state", _opening),
        (r"thermostat/(?P<number>\d)/.*", _thermostat),
    )
)
