"""Know which living entity each kind of options makes."""

from __future__ import annotations

from typing import Any

from hub.api import House
from plugins.template_entities.alarm import AlarmOptions, LiveAlarm
from plugins.template_entities.binary_sensor import BinarySensorOptions, LiveBinarySensor
from plugins.template_entities.button import ButtonOptions, LiveButton
from plugins.template_entities.cover import CoverOptions, LiveCover
from plugins.template_entities.event import EventOptions, LiveEvent
from plugins.template_entities.fan import FanOptions, LiveFan
from plugins.template_entities.image import ImageOptions, LiveImage
from plugins.template_entities.light import LightOptions, LiveLight
from plugins.template_entities.live import Live
from plugins.template_entities.lock import LiveLock, LockOptions
from plugins.template_entities.number import LiveNumber, NumberOptions
from plugins.template_entities.options import EntityOptions
from plugins.template_entities.select import LiveSelect, SelectOptions
from plugins.template_entities.sensor import LiveSensor, SensorOptions
from plugins.template_entities.switch import LiveSwitch, SwitchOptions
from plugins.template_entities.update import LiveUpdate, UpdateOptions
from plugins.template_entities.vacuum import LiveVacuum, VacuumOptions
from plugins.template_entities.weather import LiveWeather, WeatherOptions

_LIVES: dict[type[EntityOptions], type[Live[Any]]] = {
    AlarmOptions: LiveAlarm,
    BinarySensorOptions: LiveBinarySensor,
    ButtonOptions: LiveButton,
    CoverOptions: LiveCover,
    EventOptions: LiveEvent,
    FanOptions: LiveFan,
    ImageOptions: LiveImage,
    LightOptions: LiveLight,
    LockOptions: LiveLock,
    NumberOptions: LiveNumber,
    SelectOptions: LiveSelect,
    SensorOptions: LiveSensor,
    SwitchOptions: LiveSwitch,
    UpdateOptions: LiveUpdate,
    VacuumOptions: LiveVacuum,
    WeatherOptions: LiveWeather,
}


def make(house: House, options: EntityOptions, unique_id: str | None) -> Live[Any]:
    """Return the entity, which shows itself when it is started. Raises `HubError` if the id is taken."""
    return _LIVES[type(options)](house, options, unique_id)
