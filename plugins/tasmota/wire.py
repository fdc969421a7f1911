"""How the entities of one device reach it, and what it tells them."""

from __future__ import annotations

from enum import Enum, auto

from hub.api import DeviceInfo, House
from plugins.tasmota.announcement import Announcement


class Channel(Enum):
    """What a device tells: of itself from time to time, or when asked."""

    STATE = auto()  # tele/STATE
    RESULT = auto()  # stat/RESULT
    SENSOR = auto()  # tele/SENSOR, and the same in stat/STATUS10
    PARAMETERS = auto()  # stat/STATUS1
    FIRMWARE = auto()  # stat/STATUS2
    STATUS = auto()  # stat/STATUS11


class Wire:
    """The way to one device; `announcement` is what it said of itself last."""

    def __init__(self, house: House, announcement: Announcement) -> None:
        self.house = house
        self.announcement = announcement

    @property
    def device(self) -> DeviceInfo:
        return self.announcement.device()

    def send(self, command: str, argument: str = "") -> None:
        """Tell the device to do something."""
        self.house.mqtt.publish(self.announcement.command_topic + command, argument)
