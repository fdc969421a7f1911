"""The section `demo:`: a simulated house whose devices connect as those of any house do."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable
from contextlib import AsyncExitStack
from pathlib import Path
from typing import Annotated, ClassVar, Self

from pydantic import Field, SecretStr, ValidationInfo, model_validator

from hub.api import (
    ClientDoor,
    Detach,
    House,
    HubError,
    Integration,
    Mqtt,
    MqttServer,
    Text,
    nothing,
    together,
    warn,
)
from plugins.demo.devices import RoomDevices, Speaker
from plugins.demo.faults import offer_faults
from plugins.demo.house import DemoHouse
from plugins.demo.things import World
from plugins.demo.wifi import wifi_things
from plugins.demo.zigbee import BRIDGE, zigbee_things

log = logging.getLogger(__name__)
_STARTED = "homeassistant_started"
STEP = 0.5
"""Seconds between two readings of a thermometer."""


class Demo(Integration):
    """A simulated house: some thirty devices that connect over MQTT, announce themselves and obey."""

    uninvited: ClassVar[bool] = True

    house_file: ClassVar[Path] = Path(__file__).with_name("demo.yaml")
    """The configuration of the house that `hub demo` runs."""

    host: Text = "127.0.0.1"
    port: Annotated[int, Field(gt=0, le=65_535)] = 1883
    username: Text = ""
    password: SecretStr = SecretStr("")
    speed: Annotated[float, Field(gt=0, le=50)] = 1.0

    @model_validator(mode="after")
    def _somebody(self, info: ValidationInfo) -> Self:
        """Home Assistant has an empty `demo:`; here somebody has to connect."""
        if not self.username:
            warn(
                info,
                "without a user of the MQTT server nothing is simulated",
                "Add `username` and `password`",
            )
        return self

    def start(self, house: House) -> Detach:
        if not self.username:
            return nothing
        life = _Life(house, self)
        faults = life.faults()
        if house.started:
            life.begin()
            return together([faults, life.end])
        # Rules should see it from the beginning.
        waiting = house.bus.listen(_STARTED, lambda event: life.begin())
        return together([faults, waiting, life.end])


class _Life:
    """Time that passes in the simulated house, and what its devices make of it."""

    def __init__(self, house: House, options: Demo) -> None:
        self._house = house
        self._options = options
        self._home = DemoHouse(speed=options.speed)
        self._world = World(self._home)
        self._zigbee, self._wifi = zigbee_things(), wifi_things()
        self._rooms: list[RoomDevices] = []
        self._speakers: list[Speaker] = []
        self._weather: Callable[[], None] = nothing
        self._next: Detach = nothing
        self._task: asyncio.Task[None] | None = None

    def begin(self) -> None:
        self._task = self._house.tasks.spawn(self._live(), "the simulated devices")

    def end(self) -> None:
        if self._task is not None:
            self._task.cancel()

    def faults(self) -> Detach:
        return offer_faults(self._house, self._world, [*self._zigbee, *self._wifi])

    async def _live(self) -> None:
        """Connect the devices, and let time pass until cancelled."""
        async with AsyncExitStack() as doors:
            try:
                await self._connect(doors)
            except HubError as error:
                log.error("demo: the simulated devices can't connect: %s", error)
                return
            self._tell()
            try:
                await asyncio.Event().wait()
            finally:
                self._next()

    async def _connect(self, doors: AsyncExitStack) -> None:
        async def client(name: str) -> Mqtt:
            options = self._options
            password = options.password.get_secret_value()
            server = MqttServer(options.host, options.port, options.username, password, f"demo-{name}")
            door = await ClientDoor.open(server, self._house.clock)
            doors.push_async_callback(door.close)
            return door.mqtt

        weather = await client("weather")
        self._weather = lambda: weather.publish("sensors/outdoor/temperature", f"{self._home.outdoor:.1f}")
        self._rooms = [RoomDevices(room, await client(room.name)) for room in self._home.rooms]
        bridge, wifi = await client("zigbee2mqtt"), await client("wifi")
        bridge.publish(BRIDGE, '{"state":"online"}', retain=True)
        self._speakers = [
            Speaker(bridge, self._world, self._zigbee),
            Speaker(wifi, self._world, self._wifi),
        ]

    def _tell(self) -> None:
        """Let every device say how it is, and half a second later again."""
        self._weather()
        for room in self._rooms:
            room.measure(self._world)
        for speaker in self._speakers:
            speaker.tell()
        self._next = self._house.clock.call_later(STEP, self._pass_time)

    def _pass_time(self) -> None:
        self._home.pass_time(STEP)
        self._world.pass_time(STEP)
        for speaker in self._speakers:
            speaker.pass_time(STEP)
        self._tell()
