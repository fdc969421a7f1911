"""The other simulated devices: plugs with Tasmota; thermostats, covers and meters as with ESPHome."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any, ClassVar

from plugins.demo.things import Said, Thing, World, config, title_of


@dataclass
class Plug(Thing):
    """A plug with Tasmota, in Tasmota's own words: `tasmota/discovery/…`, `cmnd`, `stat`, `tele`."""

    watts: float = 100.0
    cycle: float = 0.0
    on: bool = True
    energy: float = 0.0

    fails: ClassVar[tuple[str, ...]] = ("offline",)

    @property
    def mac(self) -> str:
        return f"{sum(ord(letter) * 17**place for place, letter in enumerate(self.name)) % 2**40:012X}"

    def announcements(self) -> Iterator[Said]:
        about = {
            "ip": "192.0.2.1", "dn": self.title, "fn": [self.title, *[None] * 7], "hn": self.name,
            "mac": self.mac, "md": "Athom Plug", "ty": 0, "if": 0, "ofln": "Offline", "onln": "Online",
            "state": ["OFF", "ON", "TOGGLE", "HOLD"], "sw": "14.0.0", "t": self.name,
            "ft": "%prefix%/%topic%/", "tp": ["cmnd", "stat", "tele"], "rl": [1, 0, 0, 0, 0, 0, 0, 0],
            "swc": [-1] * 8, "swn": [None] * 8, "btn": [0] * 8,
            "so": dict.fromkeys(("4", "11", "13", "17", "20", "30", "68", "73", "82", "114", "117"), 0),
            "lk": 0, "lt_st": 0, "sho": [0] * 4, "ver": 1,
        }  # fmt: skip
        yield f"tasmota/discovery/{self.mac}/config", json.dumps(about), True
        sample = {"Time": "2024-01-01T00:00:00", "ENERGY": self._measured(0)}
        yield f"tasmota/discovery/{self.mac}/sensors", json.dumps({"sn": sample, "ver": 1}), True

    def _measured(self, power: float) -> dict[str, Any]:
        return {"Total": round(self.energy, 3), "Power": round(power), "Voltage": 230}

    def power(self, world: World) -> float:
        if not self.on:
            return 0.0
        if self.cycle and (world.house.seconds + len(self.name) * 7) % self.cycle > self.cycle / 2:
            return 1.0
        return self.watts * (0.9 + world.chance.random() * 0.2)

    def tell(self, world: World) -> Iterator[Said]:
        there = "Offline" if self.has("offline", world) else "Online"
        yield f"tele/{self.name}/LWT", there, True
        if there == "Offline":
            return
        power = world.watts[self.name] = self.power(world)
        yield f"tele/{self.name}/STATE", json.dumps({"POWER": "ON" if self.on else "OFF"}), False
        yield f"tele/{self.name}/SENSOR", json.dumps({"ENERGY": self._measured(power)}), False

    def pass_time(self, seconds: float, world: World) -> None:
        self.energy += world.watts.get(self.name, 0) / 1000 * seconds * world.house.speed / 3600

    def commands(self) -> dict[str, Callable[[str, World], None]]:
        return {f"cmnd/{self.name}/{word}": self._obey for word in ("POWER", "Power", "Power1", "POWER1")}

    def _obey(self, payload: str, world: World) -> None:
        if not self.has("offline", world):
            self.on = payload.upper() in ("ON", "1")


class Device(Thing):
    """A device with a firmware like ESPHome: a topic for each value."""

    fails: ClassVar[tuple[str, ...]] = ("offline",)

    def shared(self) -> dict[str, Any]:
        return {
            "availability_topic": f"esphome/{self.name}/status",
            "device": {
                "identifiers": [f"esphome-{self.name}"],
                "name": self.title,
                "manufacturer": "Demo",
                **({"suggested_area": title_of(self.room_name)} if self.room_name else {}),
            },
            "origin": {"name": "ESPHome", "sw": "demo"},
            "unique_id": f"esphome-{self.name}",
        }

    @property
    def room_name(self) -> str:
        """The room that it suggests."""
        return ""

    def there(self, world: World) -> Said:
        online = "offline" if self.has("offline", world) else "online"
        return f"esphome/{self.name}/status", online, True


@dataclass
class Thermostat(Device):
    """The valve of a radiator: it heats its room until the target is reached."""

    room: str = ""
    target: float = 20.0
    mode: str = "heat"

    fails = ("offline", "sensor_dead", "heater_stuck")

    @property
    def place(self) -> str:
        return self.room

    @property
    def room_name(self) -> str:
        return self.room

    def announcements(self) -> Iterator[Said]:
        base = f"esphome/{self.name}"
        yield config(
            "climate", "demo", self.name, **self.shared(), name=None, modes=["off", "heat"],
            mode_state_topic=f"{base}/mode", mode_command_topic=f"{base}/mode/command",
            temperature_state_topic=f"{base}/target", temperature_command_topic=f"{base}/target/command",
            current_temperature_topic=f"{base}/temperature", action_topic=f"{base}/action", min_temp=5,
            max_temp=30, temp_step=0.5, temperature_unit="C",
        )  # fmt: skip

    def tell(self, world: World) -> Iterator[Said]:
        yield self.there(world)
        base, room = f"esphome/{self.name}", world.rooms[self.room]
        if self.has("sensor_dead", world):
            return
        action = "off" if self.mode == "off" else "heating" if room.heater else "idle"
        yield f"{base}/mode", self.mode, True
        yield f"{base}/target", f"{self.target:.1f}", True
        yield f"{base}/temperature", f"{room.temperature:.1f}", True
        yield f"{base}/action", action, True

    def pass_time(self, seconds: float, world: World) -> None:
        room = world.rooms[self.room]
        wanted = self.mode == "heat" and room.temperature < self.target + (0.2 if room.heater else -0.2)
        room.heater = True if self.has("heater_stuck", world) else wanted

    def commands(self) -> dict[str, Callable[[str, World], None]]:
        base = f"esphome/{self.name}"
        return {f"{base}/mode/command": self._mode, f"{base}/target/command": self._target}

    def _mode(self, payload: str, world: World) -> None:
        self.mode = payload if payload in ("off", "heat") else self.mode

    def _target(self, payload: str, world: World) -> None:
        self.target = min(30.0, max(5.0, float(payload)))


@dataclass
class Cover(Device):
    """A blind or a door that takes its time: ten seconds from end to end."""

    kind: str = "shutter"
    position: float = 100.0
    wanted: float = 100.0

    fails = ("offline", "stuck")

    @property
    def room_name(self) -> str:
        return self.name.rpartition("_")[0]

    def announcements(self) -> Iterator[Said]:
        base = f"esphome/{self.name}"
        yield config(
            "cover", "demo", self.name, **self.shared(), name=None, device_class=self.kind,
            command_topic=f"{base}/command", state_topic=f"{base}/state", position_topic=f"{base}/position",
            set_position_topic=f"{base}/position/command",
        )  # fmt: skip

    def tell(self, world: World) -> Iterator[Said]:
        yield self.there(world)
        if self.wanted == self.position:
            state = "closed" if self.position == 0 else "open"
        else:
            state = "opening" if self.wanted > self.position else "closing"
        yield f"esphome/{self.name}/position", f"{self.position:.0f}", True
        yield f"esphome/{self.name}/state", state, True

    def pass_time(self, seconds: float, world: World) -> None:
        if self.has("stuck", world):
            return
        step = 10 * seconds
        gap = self.wanted - self.position
        self.position = self.wanted if abs(gap) <= step else self.position + step * (1 if gap > 0 else -1)

    def commands(self) -> dict[str, Callable[[str, World], None]]:
        base = f"esphome/{self.name}"
        return {f"{base}/command": self._move, f"{base}/position/command": self._go}

    def _move(self, payload: str, world: World) -> None:
        self.wanted = {"OPEN": 100.0, "CLOSE": 0.0}.get(payload, self.position)

    def _go(self, payload: str, world: World) -> None:
        self.wanted = min(100.0, max(0.0, float(payload)))


class Phone(Thing):
    """Somebody's telephone: at home or not."""

    def announcements(self) -> Iterator[Said]:
        yield config(
            "device_tracker", "demo", self.name, name=None, unique_id=f"phone-{self.name}",
            state_topic=f"presence/{self.name}", source_type="router",
            device={"identifiers": [f"phone-{self.name}"], "name": self.title},
        )  # fmt: skip

    def tell(self, world: World) -> Iterator[Said]:
        yield f"presence/{self.name}", "home" if self.name in world.at_home else "not_home", True


@dataclass
class Meter(Device):
    """The meter of the house: what all devices take, and what they took."""

    energy: float = 0.0

    def announcements(self) -> Iterator[Said]:
        topic = f"esphome/{self.name}/reading"
        shared = self.shared()
        shared.pop("unique_id")
        for key, device_class, unit, state_class in (
            ("power", "power", "W", "measurement"),
            ("energy", "energy", "kWh", "total_increasing"),
        ):
            yield config(
                "sensor", "demo", f"{self.name}_{key}", **shared, unique_id=f"esphome-{self.name}-{key}",
                state_topic=topic, value_template=f"{{{{ value_json.{key} }}}}", device_class=device_class,
                unit_of_measurement=unit, state_class=state_class,
            )  # fmt: skip

    def tell(self, world: World) -> Iterator[Said]:
        yield self.there(world)
        told = {"power": round(self._power(world)), "energy": round(self.energy, 3)}
        yield f"esphome/{self.name}/reading", json.dumps(told), True

    def _power(self, world: World) -> float:
        heating = sum(1500 for room in world.rooms.values() if room.heater)
        return 120 + heating + sum(world.watts.values())

    def pass_time(self, seconds: float, world: World) -> None:
        self.energy += self._power(world) / 1000 * seconds * world.house.speed / 3600


def wifi_things() -> list[Thing]:
    """Return all devices that are not behind the bridge."""
    return [
        Plug("fridge", "Fridge", 85, 20),
        Plug("washing_machine", "Washing machine", 600, 60),
        Plug("television", "Television", 110, 45),
        Plug("desk", "Desk", 60),
        Plug("dehumidifier", "Dehumidifier", 220, 30),
        Thermostat("kitchen_radiator", "Kitchen radiator", "kitchen", 20.5),
        Thermostat("office_radiator", "Office radiator", "office", 19.0),
        Cover("living_room_blind", "Living room blind"),
        Cover("bedroom_blind", "Bedroom blind"),
        Cover("garage_door", "Garage door", "garage", 0.0, 0.0),
        Phone("anna", title_of("anna")),
        Phone("ben", title_of("ben")),
        Meter("house_meter", "House meter"),
    ]
