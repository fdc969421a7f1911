"""The simulated Zigbee devices, as Zigbee2MQTT announces them: sensors, lights, a remote."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any, ClassVar

from plugins.demo.things import Said, Thing, World, config

BRIDGE = "zigbee2mqtt/bridge/state"
_READINGS = {
    "temperature": ("temperature", "°C"), "humidity": ("humidity", "%"), "battery": ("battery", "%"),
    "illuminance": ("illuminance", "lx"), "linkquality": (None, "lqi"),
}  # fmt: skip
_DETECTED = {"occupancy": "occupancy", "contact": "door", "water_leak": "moisture", "smoke": "smoke"}


@dataclass
class Zigbee(Thing):
    """A device behind the bridge: one message of JSON tells all of it."""

    model: str = "Sensor"
    area: str | None = None
    tells: tuple[str, ...] = ()
    battery: float = 100.0
    content: dict[str, Any] = field(default_factory=dict)

    fails: ClassVar[tuple[str, ...]] = ("sensor_dead", "offline", "low_battery")

    @property
    def topic(self) -> str:
        return f"zigbee2mqtt/{self.name}"

    @property
    def ieee(self) -> str:
        return (
            f"0x00158d00{sum(ord(letter) * 31**place for place, letter in enumerate(self.name)) % 2**32:08x}"
        )

    def shared(self) -> dict[str, Any]:
        return {
            "availability": [
                {"topic": BRIDGE, "value_template": "{{ value_json.state }}"},
                {"topic": f"{self.topic}/availability", "value_template": "{{ value_json.state }}"},
            ],
            "availability_mode": "all",
            "device": {
                "identifiers": [f"zigbee2mqtt_{self.ieee}"],
                "name": self.title,
                "manufacturer": "Demo",
                "model": self.model,
                "via_device": "zigbee2mqtt_bridge",
                **({"suggested_area": self.area} if self.area else {}),
            },
            "origin": {"name": "Zigbee2MQTT", "sw": "demo"},
            "state_topic": self.topic,
        }

    def announcements(self) -> Iterator[Said]:
        for reading in self.tells:
            unique_id = f"{self.ieee}_{reading}_zigbee2mqtt"
            if reading in _DETECTED:
                yield config(
                    "binary_sensor", self.ieee, reading, **self.shared(), unique_id=unique_id,
                    device_class=_DETECTED[reading], payload_on=reading != "contact",
                    payload_off=reading == "contact",
                    value_template=f"{{{{ value_json.{reading} }}}}",
                )  # fmt: skip
                continue
            device_class, unit = _READINGS[reading]
            more: dict[str, Any] = {"device_class": device_class} if device_class else {"name": "Linkquality"}
            if reading in ("battery", "linkquality"):
                more["entity_category"] = "diagnostic"
                more["enabled_by_default"] = reading != "linkquality"
            yield config(
                "sensor", self.ieee, reading, **self.shared(), **more, unique_id=unique_id,
                unit_of_measurement=unit, state_class="measurement",
                value_template=f"{{{{ value_json.{reading} }}}}",
            )  # fmt: skip

    def tell(self, world: World) -> Iterator[Said]:
        if self.has("sensor_dead", world):
            return
        yield self.there(world)
        self.battery = 3.0 if self.has("low_battery", world) else self.battery
        self.content = {**self.content, **self.measured(world), "battery": round(self.battery)}
        self.content["linkquality"] = 90 + world.chance.randrange(40)
        yield self.topic, json.dumps({key: self.content[key] for key in self.content}), True

    def there(self, world: World) -> Said:
        state = "offline" if self.has("offline", world) else "online"
        return f"{self.topic}/availability", json.dumps({"state": state}), True

    @property
    def place(self) -> str:
        return self.name.rpartition("_")[0]

    def measured(self, world: World) -> dict[str, Any]:
        return {}

    def pass_time(self, seconds: float, world: World) -> None:
        self.battery = max(1.0, self.battery - seconds * 0.001)


class Climate(Zigbee):
    """A thermometer with a hygrometer."""

    def measured(self, world: World) -> dict[str, Any]:
        temperature = world.rooms[self.place].temperature
        return {"temperature": round(temperature, 2), "humidity": round(75 - 1.4 * temperature, 1)}


class Motion(Zigbee):
    def measured(self, world: World) -> dict[str, Any]:
        return {"occupancy": self.place in world.busy, "illuminance": round(world.light / 200)}


class Contact(Zigbee):
    """A door or a window; `contact` is true while it is closed."""

    fails = (*Zigbee.fails, "door_open")

    @property
    def place(self) -> str:
        return self.name

    def measured(self, world: World) -> dict[str, Any]:
        return {"contact": self.name not in world.open and not self.has("door_open", world)}


class Leak(Zigbee):
    fails = (*Zigbee.fails, "leak")

    def measured(self, world: World) -> dict[str, Any]:
        return {"water_leak": self.has("leak", world)}


class Smoke(Zigbee):
    fails = (*Zigbee.fails, "smoke")

    def measured(self, world: World) -> dict[str, Any]:
        return {"smoke": self.has("smoke", world)}


class Outdoor(Zigbee):
    def measured(self, world: World) -> dict[str, Any]:
        temperature = world.house.outdoor
        return {
            "temperature": round(temperature, 2),
            "humidity": round(95 - 2 * temperature, 1),
            "illuminance": round(world.light),
        }


@dataclass
class Bulb(Zigbee):
    """A light that is dimmed, and whose white is warm or cold."""

    shine: dict[str, Any] = field(
        default_factory=lambda: {
            "state": "OFF",
            "brightness": 180,
            "color_mode": "color_temp",
            "color_temp": 370,
        }
    )

    def announcements(self) -> Iterator[Said]:
        yield config(
            "light", self.ieee, "light", **self.shared(), schema="json", name=None, brightness=True,
            brightness_scale=254, supported_color_modes=["color_temp"], min_mireds=250, max_mireds=454,
            command_topic=f"{self.topic}/set", unique_id=f"{self.ieee}_light_zigbee2mqtt",
        )  # fmt: skip

    def measured(self, world: World) -> dict[str, Any]:
        on = self.shine["state"] == "ON"
        world.watts[self.name] = 9 * self.shine["brightness"] / 254 if on else 0.3
        return self.shine

    def commands(self) -> dict[str, Callable[[str, World], None]]:
        return {f"{self.topic}/set": self._obey}

    def _obey(self, payload: str, world: World) -> None:
        told = json.loads(payload)
        if not self.has("offline", world):
            self.shine |= {key: told[key] for key in ("state", "brightness", "color_temp") if key in told}


class Remote(Zigbee):
    """A button that somebody presses now and then."""

    fails = ("sensor_dead", "offline")

    def announcements(self) -> Iterator[Said]:
        shared = self.shared()
        yield config(
            "event", self.ieee, "action", **shared, name="Button", device_class="button",
            event_types=["single", "double"], unique_id=f"{self.ieee}_action_zigbee2mqtt",
            value_template="{% if value_json.action in ('single', 'double') %}"
            "{{ {'event_type': value_json.action} | to_json }}{% endif %}",
        )  # fmt: skip

    def tell(self, world: World) -> Iterator[Said]:
        yield self.there(world)
        if self.has("sensor_dead", world) or self.has("offline", world):
            return
        if world.at_home and world.chance.random() < 0.01 * world.house.speed:
            yield self.topic, json.dumps({"action": world.chance.choice(("single", "double"))}), False


def zigbee_things() -> list[Zigbee]:
    """Return all devices behind the bridge."""
    rooms = ("living_room", "bedroom", "bathroom", "kitchen", "office", "hall")
    climate = ("temperature", "humidity", "battery", "linkquality")
    found: list[Zigbee] = [
        Climate(f"{room}_climate", f"{_title(room)} climate", "WSDCGQ11LM", _title(room), climate)
        for room in rooms
    ]
    found += [
        Motion(f"{room}_motion", f"{_title(room)} motion", "RTCGQ11LM", _title(room),
               ("occupancy", "illuminance", "battery"))
        for room in ("hall", "living_room", "bathroom")
    ]  # fmt: skip
    found += [
        Contact(name, _title(name), "MCCGQ11LM", area, ("contact", "battery"))
        for name, area in (
            ("front_door", "Hall"), ("balcony_door", "Living room"), ("kitchen_window", "Kitchen"),
        )
    ]  # fmt: skip
    found += [
        Leak(f"{room}_leak", f"{_title(room)} leak", "SJCGQ11LM", _title(room), ("water_leak", "battery"))
        for room in ("bathroom", "kitchen")
    ]
    found += [
        Smoke("hall_smoke", "Hall smoke", "JTYJ-GD-01LM/BW", "Hall", ("smoke", "battery")),
        Outdoor("garden_station", "Garden station", "LYWSD03MMC", "Garden",
                ("temperature", "humidity", "illuminance", "battery")),
        Bulb("living_room_lamp", "Living room lamp", "LED1732G11", "Living room"),
        Bulb("bedroom_lamp", "Bedroom lamp", "LED1732G11", "Bedroom"),
        Bulb("kitchen_lamp", "Kitchen lamp", "LED1732G11", "Kitchen"),
        Remote("living_room_remote", "Living room remote", "TS0041", "Living room"),
    ]  # fmt: skip
    return found


def _title(name: str) -> str:
    return name.replace("_", " ").capitalize()
