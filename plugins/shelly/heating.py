"""What heats: the thermostat of a wall display, and valves behind a gateway."""

from __future__ import annotations

from typing import Any

from plugins.shelly.part import Part
from plugins.shelly.wording import NEWS, command, pick

_COLDEST, _WARMEST, _STEP = 4, 30, 0.1
_TARGET = "{{ value }}"


def thermostat(topic: str, component: str) -> Part:
    """Return the thermostat of a wall display: it is off or heats."""
    number = component.partition(":")[2]
    config = f'{{"id":{number},"config":{{"id":{number},%s}}}}'
    heat = "\"enable\":{{ 'true' if value == 'heat' else 'false' }}"
    return Part("climate", component, {
        "name": f"Thermostat {number}",
        **_temperatures(topic, component),
        "modes": ["off", "heat"],
        "mode_state_topic": f"{topic}/{NEWS}",
        "mode_state_template": pick(component, "enable", "'heat' if {} else 'off'"),
        "mode_command_topic": f"{topic}/rpc",
        "mode_command_template": command(topic, "Thermostat.SetConfig", config % heat),
        "action_topic": f"{topic}/{NEWS}",
        "action_template": pick(component, "output", "'heating' if {} else 'idle'"),
        "temperature_command_template": command(
            topic, "Thermostat.SetConfig", config % f'"target_C":{_TARGET}'
        ),
    })  # fmt: skip


def valve(topic: str, component: str) -> Part:
    """Return the valve of a radiator that a gateway speaks with: it always heats as far as it must."""
    number = component.partition(":")[2]
    inner = f'{{"id":{number},"method":"Trv.SetTarget","params":{{"id":0,"target_C":{_TARGET}}}}}'
    return Part("climate", component, {
        "name": f"Valve {number}",
        **_temperatures(topic, component),
        "modes": ["heat"],
        "mode_state_topic": f"{topic}/{NEWS}",
        "mode_state_template": pick(component, "target_C", "('heat', {})[0]"),
        "action_topic": f"{topic}/{NEWS}",
        "action_template": pick(component, "pos", "'heating' if {} > 0 else 'idle'"),
        "temperature_command_template": command(topic, "BluTRV.Call", inner),
    })  # fmt: skip


def _temperatures(topic: str, component: str) -> dict[str, Any]:
    return {
        "current_temperature_topic": f"{topic}/{NEWS}",
        "current_temperature_template": pick(component, "current_C"),
        "temperature_state_topic": f"{topic}/{NEWS}",
        "temperature_state_template": pick(component, "target_C"),
        "temperature_command_topic": f"{topic}/rpc",
        "temperature_unit": "C",
        "min_temp": _COLDEST,
        "max_temp": _WARMEST,
        "temp_step": _STEP,
    }
