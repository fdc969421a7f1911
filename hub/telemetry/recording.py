"""Listen to streams, show them as entities, and write what they tell (`hub.core.telemetry.Telemetry`)."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Mapping, Sequence
from typing import Any, Protocol

from hub.core.clock import Detach, nothing
from hub.core.entities import EntityInfo
from hub.core.errors import HubError, NotFound, StoreBroken
from hub.core.notices import post, take_down
from hub.core.ports import House, Message
from hub.core.store import MICRO
from hub.core.telemetry import NoTelemetry, Point
from hub.storage.sampling import extremes
from hub.telemetry.alarm import Alarm
from hub.telemetry.chunk import Chunk
from hub.telemetry.payload import Format, decode
from hub.telemetry.store import FILE, TelemetryFile
from hub.telemetry.stream import Stream

log = logging.getLogger("hub.telemetry")

# How often the sensor of a stream tells its latest value: people read no faster.
SHOWN_SECONDS = 1.0
RETRY_SECONDS = 10.0
PURGE_SECONDS = 3600.0
DAY = 86_400
# What can wait for a disk that is full: an hour of a stream of 250 a second, in chunks of two seconds.
MOST_WAITING = 1800
TELEMETRY_FAILING = "telemetry_failing"
TELEMETRY_RECOVERED = "telemetry_recovered"
# More chunks than this in a view are told by their extremes alone.
_MOST_OPENED = 120


class Described(Protocol):
    """What the configuration says of a stream."""

    @property
    def topic(self) -> str: ...
    @property
    def rate(self) -> float: ...
    @property
    def format(self) -> Format: ...
    @property
    def field(self) -> str | None: ...
    @property
    def scale(self) -> float: ...
    @property
    def unit(self) -> str | None: ...
    @property
    def keep_days(self) -> float: ...
    @property
    def chunk(self) -> Any: ...
    @property
    def silent_after(self) -> Any: ...
    @property
    def alarms(self) -> tuple[Any, ...]: ...


class Recording:
    """All streams of a house."""

    def __init__(self, house: House, models: Mapping[str, Described]) -> None:
        self._house = house
        self._waiting: list[tuple[str, Chunk]] = []
        self.lost = 0
        """How many chunks there was no room for."""
        self._wake = asyncio.Event()
        self._over = False
        self._failing = False
        self._retry: Detach = nothing
        self._file: TelemetryFile | None = None
        self._opened = asyncio.Lock()
        self._turn = asyncio.Lock()
        self._streams = {name: _Live(self, house, name, model) for name, model in models.items()}
        house.telemetry = self
        self._purge_timer = house.clock.call_later(PURGE_SECONDS, self._purge_later)
        self._writer = house.tasks.spawn(self._write_on(), "writing telemetry")

    def stop(self) -> None:
        """Take the streams out; what was heard is written when the house's tasks end."""
        self._purge_timer()
        self._retry()
        for live in self._streams.values():
            live.stop()
        self._over = True
        self._wake.set()
        self._house.telemetry = NoTelemetry()

    def put(self, name: str, chunk: Chunk) -> None:
        """Let a chunk be written. If too many wait for that, the oldest is lost and counted."""
        if len(self._waiting) >= MOST_WAITING:
            del self._waiting[0]
            self.lost += 1
        self._waiting.append((name, chunk))
        self._wake.set()

    # --- written ---

    async def _write_on(self) -> None:
        try:
            while not self._over:
                await self._wake.wait()
                self._wake.clear()
                await self._write()
        finally:
            self._over = True
            await asyncio.shield(self._write_last())

    async def _write_last(self) -> None:
        for live in self._streams.values():
            live.cut()
        await self._write()
        if self._file is not None:
            file, self._file = self._file, None
            await file.close()

    async def _write(self) -> None:
        async with self._turn:
            waiting, self._waiting = self._waiting, []
            if not waiting:
                return
            try:
                await self._write_into_file(waiting)
            except asyncio.CancelledError:
                self._waiting[:0] = waiting
                raise
            except HubError as error:  # also a file of a newer hub
                self._waiting[:0] = waiting
                self._complain(error)
                return
            self._all_is_well()

    async def _write_into_file(self, chunks: Sequence[tuple[str, Chunk]]) -> None:
        file = await self._ready()
        try:
            await file.write(chunks)
        except StoreBroken as error:
            self._file = None
            await file.set_aside(self._house.clock, str(error))
            await (await self._ready()).write(chunks)

    def _complain(self, error: HubError) -> None:
        if not self._failing:
            text = f"telemetry is not recorded: {error}. The house goes on; this is tried again and again"
            log.error("%s", text)
            post(self._house, TELEMETRY_FAILING, "Telemetry is not recorded", text)
            self._house.bus.emit(TELEMETRY_FAILING, {"problem": str(error)})
        self._failing = True
        self._retry()
        if not self._over:
            self._retry = self._house.clock.call_later(RETRY_SECONDS, self._wake.set)

    def _all_is_well(self) -> None:
        if self.lost:
            log.error("%s chunks of telemetry were not recorded: there was no room for them", self.lost)
            self.lost = 0
        if self._failing:
            self._failing = False
            log.warning("telemetry is recorded again")
            take_down(self._house, TELEMETRY_FAILING)
            self._house.bus.emit(TELEMETRY_RECOVERED, {})

    async def _ready(self) -> TelemetryFile:
        async with self._opened:
            if self._file is None:
                path = self._house.settings.data_dir / FILE
                self._file = await TelemetryFile.open(path, self._house.clock)
            return self._file

    def _purge_later(self) -> None:
        self._purge_timer = self._house.clock.call_later(PURGE_SECONDS, self._purge_later)
        self._house.tasks.spawn(self.purge(), "purging telemetry")

    async def purge(self) -> None:
        """Delete chunks that are older than they are to be kept, in small steps."""
        try:
            await self._purge(await self._ready())
        except HubError as error:
            self._complain(error)

    async def _purge(self, file: TelemetryFile) -> None:
        for name, live in self._streams.items():
            before = int((self._house.clock.timestamp() - live.model.keep_days * DAY) * MICRO)
            while await file.purge(name, before):
                pass  # what else is to be written comes between two steps

    # --- asked ---

    async def streams(self) -> Sequence[Mapping[str, Any]]:
        """See `Telemetry.streams`."""
        return [live.told() for live in self._streams.values()]

    async def view(
        self, name: str, since: float, until: float | None = None, *, most: int = 2000
    ) -> Sequence[Point]:
        """See `Telemetry.view`."""
        live = self._streams.get(name)
        if live is None:
            known = ", ".join(self._streams)
            raise NotFound(f"no stream is called {name!r}", remedy=f"Those there are: {known}.")
        until = self._house.clock.timestamp() if until is None else until
        live.cut()
        await self._write()
        return await viewed(await self._ready(), name, since, until, most)


async def viewed(file: TelemetryFile, name: str, since: float, until: float, most: int) -> Sequence[Point]:
    """Return a stream's points from a file: all samples, or the extremes where they are too many."""
    begin, end = int(since * MICRO), int(until * MICRO)
    outlines = await file.outlines(name, begin, end)
    runs: list[tuple[list[float], list[float]]] = []
    if len(outlines) > _MOST_OPENED:
        for outline in outlines:
            if outline.gap or not runs:
                runs.append(([], []))
            middle = (outline.end - outline.start) / 4 / MICRO
            runs[-1][0].extend((outline.start / MICRO + middle, outline.end / MICRO - middle))
            runs[-1][1].extend((outline.low, outline.high))
    else:
        for chunk in await file.chunks(name, begin, end):
            if chunk.gap or not runs:
                runs.append(([], []))
            times = [(chunk.start + index * chunk.step) / MICRO for index in range(len(chunk.values))]
            runs[-1][0].extend(times)
            runs[-1][1].extend(chunk.values)
    return _joined(runs, most)


def _joined(runs: list[tuple[list[float], list[float]]], most: int) -> list[Point]:
    """Thin out each run by its part of all, and put a gap between."""
    total = sum(len(times) for times, _ in runs)
    points: list[Point] = []
    for times, values in runs:
        share = max(4, int((most - len(runs)) * len(times) / total)) if total > most else len(times)
        if points:
            points.append((times[0], None))
        points += [(times[at], values[at]) for at in extremes(times, values, share)]
    return points


class _Live:
    """One stream in the house: its subscription, its sensor, its alarms."""

    def __init__(self, recording: Recording, house: House, name: str, model: Described) -> None:
        self.model = model
        self._house = house
        self._name = name
        self._complained = False
        alarms = [Alarm(alarm) for alarm in model.alarms]
        self._stream = Stream(
            model.rate,
            model.chunk.total_seconds(),
            alarms,
            lambda chunk: recording.put(name, chunk),
            after_gap=True,  # nobody listened while the hub was away
        )
        shown = name.replace("_", " ").capitalize()
        self._sensor = house.entities.add(
            EntityInfo(
                "sensor",
                "telemetry",
                unique_id=f"telemetry_{name}",
                name=shown,
                object_id=name,
                unit_of_measurement=model.unit,
                attributes={"state_class": "measurement"},
            )
        )
        self._lights = {
            id(alarm): house.entities.add(
                EntityInfo(
                    "binary_sensor",
                    "telemetry",
                    unique_id=f"telemetry_{name}_{described.name}",
                    name=f"{shown} {described.name}",
                    device_class="problem",
                )
            )
            for alarm, described in zip(alarms, model.alarms, strict=True)
        }
        self._sensor.write(None)
        for light in self._lights.values():
            light.write("off", {"value": None})
        self._shown = float("-inf")
        self._silence: Detach = nothing
        self._unsubscribe = house.mqtt.subscribe(model.topic, self._came)

    def stop(self) -> None:
        self._unsubscribe()
        self._silence()
        self.cut()
        for entity in (self._sensor, *self._lights.values()):
            entity.remove()

    def cut(self) -> None:
        self._stream.cut()

    def told(self) -> Mapping[str, Any]:
        return {
            "name": self._name,
            "unit": self.model.unit,
            "rate": self.model.rate,
            "last": self._stream.last,
            "gaps": self._stream.gaps,
            "alarms": {
                described.name: alarm.active
                for described, alarm in zip(self.model.alarms, self._stream.alarms, strict=True)
            },
        }

    def _came(self, message: Message) -> None:
        if message.retain:  # kept by the server: nobody knows from when it is
            return
        model = self.model
        try:
            samples = decode(message.payload, model.format, model.field, model.scale)
        except (ValueError, TypeError) as error:
            if not self._complained:
                log.warning("telemetry %s: a message on %s is left out: %s", self._name, message.topic, error)
            self._complained = True
            return
        self._complained = False
        now = self._house.clock.timestamp()
        for alarm in self._stream.take(samples, now):
            self._light(alarm)
        self._silence()
        self._silence = self._house.clock.call_later(model.silent_after.total_seconds(), self._is_silent)
        if now - self._shown >= SHOWN_SECONDS or not self._sensor.available:
            self._shown = now
            self._sensor.available = True
            self._sensor.write(f"{samples.values[-1]:.10g}", {})

    def _light(self, alarm: Alarm) -> None:
        value = round(alarm.value, 6)
        self._lights[id(alarm)].write("on" if alarm.active else "off", {"value": value})

    def _is_silent(self) -> None:
        self.cut()
        self._sensor.set_available(False)
