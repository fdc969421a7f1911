"""Work out which services bring an entity from the state it is in into the one that is wanted."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Any, NamedTuple

from hub.api import HubError, State
from plugins.scenes.wanted import Wanted

Can = Callable[[str], bool]
"""Whether the entity obeys a service."""


class Call(NamedTuple):
    """A service of the entity's own domain, and its data without the entity id."""

    service: str
    data: Mapping[str, Any] = {}


class Task(NamedTuple):
    """From where to where, what the entity can do, and how long lights may take."""

    wanted: Wanted
    now: State
    can: Can
    transition: float | None

    @property
    def told(self) -> Mapping[str, Any]:
        return self.wanted.attributes

    def differs(self, name: str) -> bool:
        return bool(self.told.get(name) != self.now.attributes.get(name))

    def wrong(self) -> HubError:
        return HubError(f"{self.wanted.entity_id} can't be brought into the state {self.wanted.state!r}")


Plan = Callable[[Task], Iterable[Call]]
_COLORS = (
    "hs_color", "color_temp", "color_temp_kelvin", "rgb_color", "rgbw_color", "rgbww_color", "xy_color",
)  # fmt: skip
_MODE_COLORS = {
    "color_temp": ("color_temp_kelvin", "color_temp_kelvin"),
    "hs": ("hs_color", "hs_color"),
    "rgb": ("rgb_color", "rgb_color"),
    "rgbw": ("rgbw_color", "rgbw_color"),
    "rgbww": ("rgbww_color", "rgbww_color"),
    "white": ("white", "brightness"),
    "xy": ("xy_color", "xy_color"),
}


def _on_off(task: Task) -> Iterable[Call]:
    if task.wanted.state not in ("on", "off"):
        raise task.wrong()
    if task.now.state != task.wanted.state:
        yield Call(f"turn_{task.wanted.state}")


def _light(task: Task) -> Iterable[Call]:
    state, told = task.wanted.state, task.told
    if state not in ("on", "off"):
        raise task.wrong()
    mode = told.get("color_mode", "unknown")
    same_mode = mode == "unknown" or mode == task.now.attributes.get("color_mode", "unknown")
    same = not any(task.differs(name) for name in ("brightness", "effect", *_COLORS))
    if state == task.now.state and same_mode and same:
        return
    data: dict[str, Any] = {}
    if task.transition is not None:
        data["transition"] = task.transition
    if state == "on":
        data |= {name: told[name] for name in ("brightness", "effect") if told.get(name) is not None}
        data |= _color(told, mode)
    yield Call(f"turn_{state}", data)


def _color(told: Mapping[str, Any], mode: str) -> dict[str, Any]:
    """Return the colour: that of the mode, else the first that is given."""
    if mode in _MODE_COLORS:
        field, name = _MODE_COLORS[mode]
        if told.get(name) is not None:
            return {field: told[name]}
    if mode not in ("unknown", *_MODE_COLORS):
        return {}
    return next(({name: told[name]} for name in _COLORS if told.get(name) is not None), {})


def _cover(task: Task) -> Iterable[Call]:
    state = task.wanted.state
    if state not in ("open", "opening", "closed", "closing"):
        raise task.wrong()
    moves = task.differs("current_position") or task.differs("current_tilt_position")
    if task.now.state == state and not moves:
        return
    done = False
    for name, field, service in (
        ("current_position", "position", "set_cover_position"),
        ("current_tilt_position", "tilt_position", "set_cover_tilt_position"),
    ):
        value = task.told.get(name)
        if value is not None and task.can(service):
            done = True
            yield Call(service, {field: value})
    if not done:
        yield Call("open_cover" if state.startswith("open") else "close_cover")


def _fan(task: Task) -> Iterable[Call]:
    state, told = task.wanted.state, task.told
    if state not in ("on", "off"):
        raise task.wrong()
    if state == "off":
        yield from _on_off(task)
        return
    speeds = {"percentage": "set_percentage", "preset_mode": "set_preset_mode"}
    if task.now.state != "on":
        yield Call("turn_on", {name: told[name] for name in speeds if told.get(name) is not None})
    else:
        yield from _set(task, speeds)
    yield from _set(task, {"oscillating": "oscillate", "direction": "set_direction"})


def _humidifier(task: Task) -> Iterable[Call]:
    yield from _on_off(task)
    if task.wanted.state == "on":
        yield from _set(task, {"mode": "set_mode", "humidity": "set_humidity"})


def _set(task: Task, services: Mapping[str, str]) -> Iterable[Call]:
    """Call the service of each attribute that is wanted and differs."""
    for name, service in services.items():
        if task.told.get(name) is not None and task.differs(name):
            yield Call(service, {name: task.told[name]})


def _climate(task: Task) -> Iterable[Call]:
    told = task.told
    modes = ("off", "heat", "cool", "heat_cool", "auto", "dry", "fan_only")
    if task.wanted.state in modes:
        yield Call("set_hvac_mode", {"hvac_mode": task.wanted.state})
    targets = ("temperature", "target_temp_high", "target_temp_low")
    data = {name: told[name] for name in targets if told.get(name) is not None}
    if data:
        yield Call("set_temperature", data)
    for name in ("preset_mode", "swing_mode", "swing_horizontal_mode", "fan_mode", "humidity"):
        if told.get(name) is not None:
            yield Call(f"set_{name}", {name: told[name]})


def _water_heater(task: Task) -> Iterable[Call]:
    if task.now.state != task.wanted.state:
        if task.wanted.state in ("on", "off"):
            yield Call(f"turn_{task.wanted.state}")
        else:
            yield Call("set_operation_mode", {"operation_mode": task.wanted.state})
    yield from _set(task, {"temperature": "set_temperature", "away_mode": "set_away_mode"})


def _by_state(services: Mapping[str, str]) -> Plan:
    def plan(task: Task) -> Iterable[Call]:
        if task.wanted.state not in services:
            raise task.wrong()
        if task.now.state != task.wanted.state:
            yield Call(services[task.wanted.state])

    return plan


def _by_value(service: str, field: str) -> Plan:
    def plan(task: Task) -> Iterable[Call]:
        if task.now.state != task.wanted.state:
            yield Call(service, {field: task.wanted.state})

    return plan


def _input_datetime(task: Task) -> Iterable[Call]:
    if task.now.state != task.wanted.state:
        has_date, has_time = (task.now.attributes.get(name) for name in ("has_date", "has_time"))
        field = "datetime" if has_date and has_time else "time" if has_time else "date"
        yield Call("set_datetime", {field: task.wanted.state})


def _timer(task: Task) -> Iterable[Call]:
    state = task.wanted.state
    if state not in ("idle", "active", "paused"):
        raise task.wrong()
    if state == "active" and (task.now.state != state or task.differs("duration")):
        duration = task.told.get("duration")
        yield Call("start", {"duration": duration} if duration is not None else {})
    elif state != task.now.state:
        yield Call("pause" if state == "paused" else "cancel")


_ALARM = {
    "disarmed": "alarm_disarm",
    "triggered": "alarm_trigger",
    **{f"armed_{way}": f"alarm_arm_{way}" for way in ("away", "home", "night", "vacation", "custom_bypass")},
}
_LOCK = {
    "locked": "lock", "locking": "lock", "unlocked": "unlock", "unlocking": "unlock", "open": "open",
    "opening": "open",
}  # fmt: skip
_VACUUM = {
    "cleaning": "start", "docked": "return_to_base", "returning": "return_to_base", "idle": "stop",
    "paused": "pause",
}  # fmt: skip

PLANS: dict[str, Plan] = {
    "alarm_control_panel": _by_state(_ALARM),
    "alert": _on_off,
    "automation": _on_off,
    "climate": _climate,
    "counter": _by_value("set_value", "value"),
    "cover": _cover,
    "fan": _fan,
    "humidifier": _humidifier,
    "input_boolean": _on_off,
    "input_datetime": _input_datetime,
    "input_number": _by_value("set_value", "value"),
    "input_select": _by_value("select_option", "option"),
    "input_text": _by_value("set_value", "value"),
    "light": _light,
    "lock": _by_state(_LOCK),
    "number": _by_value("set_value", "value"),
    "remote": _on_off,
    "select": _by_value("select_option", "option"),
    "siren": _on_off,
    "switch": _on_off,
    "text": _by_value("set_value", "value"),
    "timer": _timer,
    "vacuum": _by_state(_VACUUM),
    "water_heater": _water_heater,
}
