"""The second generation and later: JSON-RPC on `<topic>/rpc`, news on `<topic>/events/rpc`.

The hub asks as `<topic>/events`, so that answers come where the news comes: one topic tells everything.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping
from typing import Any

from plugins.shelly.heating import thermostat, valve
from plugins.shelly.part import Maker, Part, Quantity
from plugins.shelly.virtual import virtual
from plugins.shelly.wording import NEWS, command, pick

_PRESSES = {
    "single_push": "single", "double_push": "double", "triple_push": "triple", "long_push": "long",
    "btn_down": "down", "btn_up": "up",
}  # fmt: skip
_READINGS: Mapping[str, tuple[str, Quantity]] = {
    "apower": ("apower", Quantity("Power", "power", "W")),
    "voltage": ("voltage", Quantity("Voltage", "voltage", "V")),
    "current": ("current", Quantity("Current", "current", "A")),
    "freq": ("freq", Quantity("Frequency", "frequency", "Hz")),
    "pf": ("pf", Quantity("Power factor", "power_factor", None)),
    "aenergy": ("aenergy.total", Quantity("Energy", "energy", "Wh", "total_increasing")),
    "ret_aenergy": ("ret_aenergy.total", Quantity("Returned energy", "energy", "Wh", "total_increasing")),
    "act_power": ("act_power", Quantity("Power", "power", "W")),
    "total_act_power": ("total_act_power", Quantity("Power", "power", "W")),
    "total_current": ("total_current", Quantity("Current", "current", "A")),
    "a_act_power": ("a_act_power", Quantity("Power A", "power", "W")),
    "b_act_power": ("b_act_power", Quantity("Power B", "power", "W")),
    "c_act_power": ("c_act_power", Quantity("Power C", "power", "W")),
    "a_voltage": ("a_voltage", Quantity("Voltage A", "voltage", "V")),
    "b_voltage": ("b_voltage", Quantity("Voltage B", "voltage", "V")),
    "c_voltage": ("c_voltage", Quantity("Voltage C", "voltage", "V")),
    "total_act": ("total_act", Quantity("Energy", "energy", "Wh", "total_increasing")),
    "total_act_ret": ("total_act_ret", Quantity("Returned energy", "energy", "Wh", "total_increasing")),
    "total_act_energy": ("total_act_energy", Quantity("Energy", "energy", "Wh", "total_increasing")),
    "tC": ("tC", Quantity("Temperature", "temperature", "°C")),
    "rh": ("rh", Quantity("Humidity", "humidity", "%")),
    "lux": ("lux", Quantity("Illuminance", "illuminance", "lx")),
    "percent": ("percent", Quantity("Level", None, "%")),
    "counts": ("counts.total", Quantity("Count", None, None, "total_increasing")),
    "pos": ("pos", Quantity("Valve", None, "%")),
    "battery": ("battery.percent", Quantity("Battery", "battery", "%", category="diagnostic")),
    "rssi": ("rssi", Quantity("Signal", "signal_strength", "dBm", category="diagnostic")),
}
_METERS = frozenset(
    {"switch", "light", "cover", "pm1", "em", "em1", "emdata", "em1data", "rgb", "rgbw", "cct"}
)
_DETECTED = {"flood": "moisture", "smoke": "smoke"}


def maker_of(topic: str, info: Mapping[str, Any]) -> Maker:
    """Return what all entities of a device share, from the answer to `Shelly.GetDeviceInfo`."""
    mac = str(info.get("mac", ""))
    told = {
        "identifiers": [f"shelly-{str(info['id']).lower()}"],
        "connections": [["mac", mac]] if len(mac) == 12 else [],
        "name": info.get("name") or info["id"],
        "manufacturer": "Shelly",
        "model": info.get("app") or info.get("model"),
        "model_id": info.get("model"),
        "sw_version": info.get("ver"),
    }
    online = {
        "topic": f"{topic}/online",
        "payload_available": "true",
        "payload_not_available": "false",
    }
    return Maker({key: value for key, value in told.items() if value}, online, str(info["id"]).lower())


def question(topic: str, method: str, **params: Any) -> str:
    """Return a request; its answer comes among the news."""
    return json.dumps({"id": 1, "src": f"{topic}/events", "method": method, "params": params})


def parts_of(topic: str, status: Mapping[str, Any]) -> Iterator[Part]:
    """Return the entities that a device's whole status shows to be there."""
    for component, content in status.items():
        if isinstance(content, Mapping):
            yield from _of_component(topic, component, content)


def _of_component(topic: str, component: str, content: Mapping[str, Any]) -> Iterator[Part]:
    kind, _, number = component.partition(":")
    make: Mapping[str, Callable[[str, str], Part]] = {
        "switch": _switch,
        "cover": _cover,
        "thermostat": thermostat,
        "blutrv": valve,
        **dict.fromkeys(("light", "rgb", "rgbw", "cct"), _light),
    }
    if kind in make:
        yield make[kind](topic, component)
    elif kind == "input":
        yield from _input(topic, component, content)
    elif kind in _DETECTED:
        template = pick(component, "alarm", "'ON' if {} else 'OFF'")
        name = f"{kind.capitalize()} {number}"
        yield Part("binary_sensor", component, {
            "name": name, "state_topic": f"{topic}/{NEWS}", "value_template": template,
            "device_class": _DETECTED[kind],
        })  # fmt: skip
    yield from virtual(topic, component, content)
    yield from _readings(topic, component, kind, number, content)


def _readings(
    topic: str, component: str, kind: str, number: str, content: Mapping[str, Any]
) -> Iterator[Part]:
    for field, (path, quantity) in _READINGS.items():
        if field not in content or not _measures(kind, field):
            continue
        title = f"{quantity.name} {number}".rstrip()
        options = quantity.options(title, state_topic=f"{topic}/{NEWS}", value_template=pick(component, path))
        yield Part("sensor", f"{component}-{field}", options)


def _measures(kind: str, field: str) -> bool:
    """Tell whether a field of a component is worth a sensor."""
    expected = {
        "temperature": ("tC",), "humidity": ("rh",), "illuminance": ("lux",), "input": ("percent", "counts"),
        "voltmeter": ("voltage",), "devicepower": ("battery",), "wifi": ("rssi",),
    }  # fmt: skip
    if kind == "blutrv":
        return field in ("pos", "rssi")
    if kind in expected:
        return field in expected[kind]
    return kind in _METERS and field not in ("tC", "rh", "lux", "percent", "battery", "rssi")


def _switch(topic: str, component: str) -> Part:
    number = component.partition(":")[2]
    return Part("switch", component, {
        "name": f"Switch {number}",
        "state_topic": f"{topic}/{NEWS}",
        "value_template": pick(component, "output", "'on' if {} else 'off'"),
        "state_on": "on",
        "state_off": "off",
        "command_topic": f"{topic}/rpc",
        "payload_on": command(topic, "Switch.Set", f'{{"id":{number},"on":true}}'),
        "payload_off": command(topic, "Switch.Set", f'{{"id":{number},"on":false}}'),
    })  # fmt: skip


def _cover(topic: str, component: str) -> Part:
    number = component.partition(":")[2]
    states = "{'open': 'open', 'closed': 'closed', 'opening': 'opening', 'closing': 'closing'}"
    shape = states + ".get({}, 'stopped')"
    return Part("cover", component, {
        "name": f"Cover {number}",
        "device_class": "shutter",
        "state_topic": f"{topic}/{NEWS}",
        "value_template": pick(component, "state", shape),
        "position_topic": f"{topic}/{NEWS}",
        "position_template": pick(component, "current_pos"),
        "command_topic": f"{topic}/rpc",
        "payload_open": command(topic, "Cover.Open", f'{{"id":{number}}}'),
        "payload_close": command(topic, "Cover.Close", f'{{"id":{number}}}'),
        "payload_stop": command(topic, "Cover.Stop", f'{{"id":{number}}}'),
        "set_position_topic": f"{topic}/rpc",
        "set_position_template": command(
            topic, "Cover.GoToPosition", f'{{"id":{number},"pos":{{{{ position }}}}}}'
        ),
    })  # fmt: skip


def _light(topic: str, component: str) -> Part:
    kind, _, number = component.partition(":")
    method = {"light": "Light.Set", "rgb": "RGB.Set", "rgbw": "RGBW.Set", "cct": "CCT.Set"}[kind]
    brightness = (
        '{%- if brightness is defined %},"brightness":{{ (brightness / 2.55) | round | int }}{% endif %}'
    )
    extra = ""
    options: dict[str, Any] = {}
    if kind in ("rgb", "rgbw"):
        extra = '{%- if red is defined %},"rgb":[{{ red }},{{ green }},{{ blue }}]{% endif %}'
        for index, name in enumerate(("red", "green", "blue")):
            options[f"{name}_template"] = pick(component, f"rgb[{index}]")
    elif kind == "cct":
        extra = '{%- if color_temp is defined %},"ct":{{ color_temp }}{% endif %}'
        options |= {"color_temp_kelvin": True, "color_temp_template": pick(component, "ct")}
    on = f'{{"id":{number},"on":true{brightness}{extra}}}'
    return Part("light", component, {
        "schema": "template",
        "name": f"Light {number}",
        "state_topic": f"{topic}/{NEWS}",
        "state_template": pick(component, "output", "'on' if {} else 'off'"),
        "brightness_template": pick(component, "brightness", "({} * 2.55) | round | int"),
        "command_topic": f"{topic}/rpc",
        "command_on_template": command(topic, method, on),
        "command_off_template": command(topic, method, f'{{"id":{number},"on":false}}'),
        **options,
    })  # fmt: skip


def _input(topic: str, component: str, content: Mapping[str, Any]) -> Iterator[Part]:
    number = component.partition(":")[2]
    if content.get("state") is not None:
        yield Part("binary_sensor", component, {
            "name": f"Input {number}",
            "state_topic": f"{topic}/{NEWS}",
            "value_template": pick(component, "state", "'ON' if {} else 'OFF'"),
        })  # fmt: skip
    elif "percent" not in content and "counts" not in content:
        words = ", ".join(f"'{key}': '{word}'" for key, word in _PRESSES.items())
        template = (
            "{% set words = {" + words + "} %}"
            "{% for one in (value_json.get('params') or {}).get('events', []) if one.component == '"
            + component
            + "' "
            "and one.event in words %}{{ {'event_type': words[one.event]} | to_json }}{% endfor %}"
        )
        yield Part("event", component, {
            "name": f"Button {number}",
            "device_class": "button",
            "state_topic": f"{topic}/{NEWS}",
            "event_types": list(_PRESSES.values()),
            "value_template": template,
        })  # fmt: skip
