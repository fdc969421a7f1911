"""What only tells: sensors, events, pictures, where somebody is."""

from __future__ import annotations

from typing import ClassVar

from hub.api import Domain


class Sensor(Domain):
    """Measured values and texts."""

    name: ClassVar[str] = "sensor"


class BinarySensor(Domain):
    """Readings that are on or off."""

    name: ClassVar[str] = "binary_sensor"


class Event(Domain):
    """Things that happen; the state is when the last one did."""

    name: ClassVar[str] = "event"


class Image(Domain):
    """Pictures; the state is when the last one came."""

    name: ClassVar[str] = "image"


class DeviceTracker(Domain):
    """Where somebody's device is."""

    name: ClassVar[str] = "device_tracker"
