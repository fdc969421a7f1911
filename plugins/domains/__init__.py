"""Offer the classes of entities that Home Assistant's YAML knows, with their services."""

from __future__ import annotations

from hub.api import Domain, hookimpl
from plugins.domains.air import Climate, Fan, Humidifier, WaterHeater
from plugins.domains.alarm import AlarmControlPanel
from plugins.domains.buttons import Button, Notify, Scene, Update
from plugins.domains.light import Light
from plugins.domains.machines import LawnMower, Vacuum
from plugins.domains.media import MediaPlayer
from plugins.domains.openings import Cover, Lock, Valve
from plugins.domains.readings import BinarySensor, DeviceTracker, Event, Image, Sensor
from plugins.domains.switches import Camera, Siren, Switch
from plugins.domains.values import Date, DateTime, Number, Select, Text, Time
from plugins.domains.weather import Weather

_DOMAINS: tuple[type[Domain], ...] = (
    AlarmControlPanel, BinarySensor, Button, Camera, Climate, Cover, Date, DateTime, DeviceTracker, Event,
    Fan, Humidifier, Image, LawnMower, Light, Lock, MediaPlayer, Notify, Number, Scene, Select, Sensor,
    Siren, Switch, Text, Time, Update, Vacuum, Valve, WaterHeater, Weather,
)  # fmt: skip


@hookimpl
def domains() -> dict[str, type[Domain]]:
    return {domain.name: domain for domain in _DOMAINS}
