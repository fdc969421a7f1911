"""A heart is watched: samples in over MQTT, a curve, gaps and alarms out. The heart is made of numbers."""

from __future__ import annotations

import math
import os
import random
import sqlite3
import struct
from collections.abc import AsyncIterator
from contextlib import closing
from datetime import timedelta
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest

from hub.core.clock import SystemClock
from hub.core.errors import HubError
from hub.core.settings import Settings
from hub.telemetry import recording
from hub.telemetry.recording import viewed
from hub.telemetry.store import MIGRATIONS, TelemetryFile
from hub.testing import SimulatedHouse
from hub.testing.house import START

BEGAN = START.timestamp()
RATE = 250
OLD = Path(__file__).parents[1] / "old_databases"
CONFIG: dict[str, Any] = {
    "telemetry": {
        "heart": {
            "topic": "strap/ecg",
            "rate": RATE,
            "format": "int16",
            "scale": 0.001,
            "unit": "mV",
            "alarms": [
                {"name": "too high", "above": 2.5, "clear": 1.8},
                {"name": "jump", "rate_above": 170, "over": 0.01, "clear": 100},
            ],
        },
        "pulse": {"topic": "strap/pulse", "rate": 1, "alarms": {"name": "fast", "above": 150, "for": 3}},
    }
}


def ecg(seconds: float, beats: float = 72, seed: int = 1) -> list[int]:
    """Return microvolts like those of a heart: P, QRS and T waves, and a little noise."""
    dice = random.Random(seed)
    waves = (
        (-0.2, 0.15, 0.025),
        (-0.03, -0.15, 0.01),
        (0.0, 1.2, 0.012),
        (0.035, -0.25, 0.01),
        (0.25, 0.3, 0.04),
    )
    period = 60 / beats
    values = []
    for number in range(int(seconds * RATE)):
        phase = (number / RATE + 0.4 * period) % period - 0.4 * period
        value = sum(high * math.exp(-((phase - at) ** 2) / (2 * width**2)) for at, high, width in waves)
        values.append(round((value + dice.gauss(0, 0.01)) * 1000))
    return values


@pytest.fixture
async def home(tmp_path: Path) -> AsyncIterator[SimulatedHouse]:
    simulated = SimulatedHouse(settings=Settings(config_dir=tmp_path, data_dir=tmp_path))
    assert simulated.set_up(CONFIG).errors == []
    yield simulated
    await simulated.stop()


async def play(house: SimulatedHouse, values: list[int], size: int = 50) -> None:
    for begin in range(0, len(values), size):
        part = values[begin : begin + size]
        await house.advance(len(part) / RATE)
        house.mqtt.deliver("strap/ecg", struct.pack(f"<{len(part)}h", *part))


async def test_every_beat_is_recorded(home: SimulatedHouse) -> None:
    values = ecg(20)
    await play(home, values)
    points = await home.house.telemetry.view("heart", BEGAN, most=len(values))
    assert [value for _, value in points] == pytest.approx([value / 1000 for value in values])
    steps = {round(after[0] - before[0], 4) for before, after in pairwise(points)}
    assert steps == {0.004}


async def test_a_view_of_few_points_shows_every_peak(home: SimulatedHouse) -> None:
    values = ecg(60)
    values[9_000] = 2_400
    await play(home, values)
    points = await home.house.telemetry.view("heart", BEGAN, most=300)
    shown = [value for _, value in points if value is not None]
    assert len(points) <= 300
    assert (max(shown), min(shown)) == (2.4, pytest.approx(min(values) / 1000))
    assert sum(value > 0.9 for value in shown) >= 60, "each of the 72 beats a minute has its peak"


async def test_a_long_view_is_made_of_outlines(home: SimulatedHouse) -> None:
    for _ in range(3):
        await play(home, ecg(120), size=500)
    points = await home.house.telemetry.view("heart", BEGAN, most=200)
    assert len(points) <= 200
    assert max(value for _, value in points if value is not None) > 1.1


async def test_a_gap_is_marked(home: SimulatedHouse) -> None:
    await play(home, ecg(5))
    await home.advance(30)
    await play(home, ecg(5))
    points = await home.house.telemetry.view("heart", BEGAN)
    assert sum(value is None for _, value in points) == 1
    assert (await home.house.telemetry.streams())[0]["gaps"] == 1


async def test_a_silent_strap_is_unavailable(home: SimulatedHouse) -> None:
    await play(home, ecg(2))
    assert home.state("sensor.heart") not in ("unavailable", "unknown", None)
    await home.advance(6)
    assert home.state("sensor.heart") == "unavailable"
    await play(home, ecg(1))
    assert home.state("sensor.heart") != "unavailable"


async def test_a_threshold_switches_a_sensor_on_and_off(home: SimulatedHouse) -> None:
    await play(home, ecg(2))
    assert home.state("binary_sensor.heart_too_high") == "off"
    await play(home, [2600, 2000, 1900])
    assert home.state("binary_sensor.heart_too_high") == "on"
    await play(home, [1700, 0, 0])
    assert home.state("binary_sensor.heart_too_high") == "off"


async def test_a_fast_change_is_an_alarm(home: SimulatedHouse) -> None:
    await play(home, [0] * 50)
    assert home.state("binary_sensor.heart_jump") == "off"
    await play(home, [0, 1000, 2000, 2300, 2300])
    assert home.state("binary_sensor.heart_jump") == "on"


async def test_a_pulse_that_stays_fast_is_an_alarm(home: SimulatedHouse) -> None:
    for value in (160, 100, 160, 160, 160, 160):
        home.mqtt.deliver("strap/pulse", str(value).encode())
        await home.advance(1)
    assert home.state("binary_sensor.pulse_fast") == "on"


async def test_what_is_no_sample_is_left_out_and_told_once(home: SimulatedHouse, caplog: Any) -> None:
    for _ in range(3):
        home.mqtt.deliver("strap/ecg", b"odd")
    assert caplog.text.count("is left out") == 1


async def test_it_is_there_after_a_restart(home: SimulatedHouse, tmp_path: Path) -> None:
    await play(home, ecg(3))
    await home.household.stop()
    file = await TelemetryFile.open(tmp_path / "telemetry.db", SystemClock())
    assert file.names() == ["heart"]
    assert len(await viewed(file, "heart", 0, BEGAN * 2, 10_000)) == 3 * RATE
    await file.close()


async def test_the_time_in_which_the_hub_was_away_is_a_gap(home: SimulatedHouse, tmp_path: Path) -> None:
    await play(home, ecg(3))
    await home.household.stop()
    settings = Settings(config_dir=tmp_path, data_dir=tmp_path)
    again = SimulatedHouse(start=home.clock.now() + timedelta(minutes=5), settings=settings)
    again.set_up(CONFIG)
    await play(again, ecg(3))
    points = await again.house.telemetry.view("heart", BEGAN)
    assert [value for _, value in points].count(None) == 1
    await again.stop()


async def test_old_chunks_go(home: SimulatedHouse) -> None:
    await play(home, ecg(4))
    await home.house.telemetry.view("heart", BEGAN)
    home.clock._move(home.clock.now().replace(day=20))
    await home.house.telemetry.purge()  # type: ignore[attr-defined]  # of the recording behind the port
    assert await home.house.telemetry.view("heart", BEGAN) == []


async def test_a_full_disk_gives_one_alarm_and_loses_nothing(small_disk: Any, caplog: Any) -> None:
    house = SimulatedHouse(settings=Settings(config_dir=small_disk.path, data_dir=small_disk.path))
    house.set_up(CONFIG)
    told: list[str] = []
    for name in ("telemetry_failing", "telemetry_recovered"):
        house.house.bus.listen(name, lambda event: told.append(event.event_type))
    await play(house, ecg(4))
    await house.house.telemetry.view("heart", BEGAN)
    small_disk.fill()
    dice = random.Random(5)
    noise = [dice.randrange(-30_000, 30_000) for _ in range(40 * RATE)]
    await play(house, noise, size=500)
    for _ in range(3):
        await house.house.telemetry.view("heart", BEGAN)
    assert house.state("sensor.heart") == f"{noise[-1] * 0.001:.10g}", "the house goes on"
    assert told == ["telemetry_failing"]
    assert notices(house) == ["Telemetry is not recorded"]

    small_disk.free()
    await house.advance(11)
    points = await house.house.telemetry.view("heart", BEGAN, most=50 * RATE)

    assert len([value for _, value in points if value is not None]) == 44 * RATE
    assert told == ["telemetry_failing", "telemetry_recovered"]
    assert notices(house) == []
    said = [record.levelname for record in caplog.records if record.name == "hub.telemetry"]
    assert said == ["ERROR", "WARNING"]
    await house.stop()


async def test_what_there_is_no_room_for_is_counted(
    home: SimulatedHouse, caplog: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(recording, "MOST_WAITING", 3)
    await play(home, ecg(2))
    await home.house.telemetry.view("heart", BEGAN)
    assert isinstance(home.house.telemetry, recording.Recording)
    file = await home.house.telemetry._ready()
    await file._db.execute("PRAGMA query_only = ON")
    for _ in range(6):
        await play(home, ecg(2))
        await home.house.telemetry.view("heart", BEGAN)
    await file._db.execute("PRAGMA query_only = OFF")
    await home.house.telemetry.view("heart", BEGAN)
    assert "chunks of telemetry were not recorded" in caplog.text


async def test_a_file_that_breaks_is_set_aside_and_the_stream_goes_on(
    home: SimulatedHouse, tmp_path: Path, caplog: Any
) -> None:
    await play(home, ecg(30))
    await home.house.telemetry.view("heart", BEGAN)
    assert isinstance(home.house.telemetry, recording.Recording)
    file = await home.house.telemetry._ready()
    for statement in ("PRAGMA wal_checkpoint(TRUNCATE)", "PRAGMA cache_size = 0", "PRAGMA shrink_memory"):
        await file._db.execute_fetchall(statement)
    path = tmp_path / "telemetry.db"
    size = path.stat().st_size
    with path.open("r+b") as raw:
        raw.seek(4096)
        raw.write(b"\xff" * (size - 4096))
    await play(home, ecg(4))
    points = await home.house.telemetry.view("heart", BEGAN + 30)
    assert max(value for _, value in points if value is not None) > 1.1
    assert any(name.startswith("telemetry.db.damaged-") for name in os.listdir(tmp_path))
    assert "streams begin anew" in caplog.text


async def test_a_file_of_a_newer_hub_is_left_alone(home: SimulatedHouse, tmp_path: Path, caplog: Any) -> None:
    with closing(sqlite3.connect(tmp_path / "telemetry.db")) as db:
        db.execute("PRAGMA user_version = 99")
    await play(home, ecg(4))
    await home.settle()
    with pytest.raises(HubError, match="newer version"):
        await home.house.telemetry.view("heart", BEGAN)
    assert home.state("sensor.heart") not in (None, "unknown", "unavailable")
    assert "telemetry is not recorded" in caplog.text


def notices(house: SimulatedHouse) -> list[str]:
    answer: Any = house.house.services.call("persistent_notification", "get", {}, return_response=True)
    return [str(one["title"]) for one in answer["notifications"]]


async def test_an_unknown_stream_is_refused(home: SimulatedHouse) -> None:
    with pytest.raises(HubError, match="no stream is called"):
        await home.house.telemetry.view("lung", 0)


@pytest.mark.parametrize(
    ("stream", "said"),
    [
        ({"topic": "t", "rate": 300}, "250"),
        ({"topic": "t", "rate": 1, "chunk": 60}, "between 0.2 and 30"),
        ({"topic": "t", "rate": 1, "alarms": [{"name": "a", "above": 1}] * 2}, "same name"),
    ],
)
def test_mistakes_are_found(house: SimulatedHouse, stream: Any, said: str) -> None:
    found = house.read({"telemetry": {"x": stream}})
    assert any(said in str(problem) for problem in found.errors)


@pytest.mark.parametrize("version", range(1, len(MIGRATIONS) + 1))
async def test_a_file_of_each_released_version_is_read(tmp_path: Path, version: int) -> None:
    path = tmp_path / "telemetry.db"
    with closing(sqlite3.connect(path)) as db:
        db.executescript((OLD / f"telemetry-{version}.sql").read_text())
    file = await TelemetryFile.open(path, SystemClock())
    (chunk,) = await file.chunks("heart", 0, 1 << 60)
    assert chunk.values == [0.5, 0.75, -1.25]
    await file.close()
