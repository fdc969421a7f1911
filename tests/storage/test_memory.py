"""What an entity was is known after a restart, also after a kill, and a damaged file harms nobody."""

from __future__ import annotations

import asyncio
import os
import signal
import sqlite3
import sys
from pathlib import Path

import pytest

from hub.core.bus import Bus
from hub.core.clock import SimulatedClock, SystemClock
from hub.core.errors import HubError, StoreFailed
from hub.core.states import States
from hub.storage.memory import LastingMemory
from hub.testing.house import START


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "memory.db"


async def opened(file: Path):
    clock = SimulatedClock(START)
    memory = await LastingMemory.open(file, clock)
    bus = Bus(clock)
    states = States(bus, clock)
    memory.attend(bus, states)
    return memory, states


async def test_the_last_state_comes_back(file):
    memory, states = await opened(file)
    states.set("sensor.a", "1", {"unit": "m", "when": START, "tags": {"x"}})
    states.set("sensor.a", "2", {"unit": "m", "when": START, "tags": {"x"}})
    await memory.close()
    again, _ = await opened(file)
    told = again.recall("sensor.a")
    assert (told.state, told.attributes["unit"], told.attributes["tags"]) == ("2", "m", ["x"])
    assert told.saved == START.timestamp()
    await again.close()


async def test_unavailable_does_not_cover_what_was_known(file):
    memory, states = await opened(file)
    states.set("sensor.a", "1")
    states.set("sensor.a", "unavailable")
    states.set("sensor.b", "5")
    states.remove("sensor.b")
    memory.keep("input_number.n", "7", {"step": 1})
    await memory.close()
    again, _ = await opened(file)
    assert again.recall("sensor.a").state == "1"
    assert again.recall("sensor.b").state == "5"
    assert again.recall("input_number.n").state == "7"
    await again.close()


async def test_what_was_known_stays_when_it_goes(file):
    memory, states = await opened(file)
    states.set("sensor.a", "1")
    await memory.close()
    memory, states = await opened(file)
    states.set("sensor.a", "unavailable")
    await memory.close()
    memory, _ = await opened(file)
    assert memory.recall("sensor.a").state == "1"
    await memory.close()


async def test_a_damaged_file_is_set_aside_and_the_house_goes_on(file, caplog):
    file.write_bytes(b"this is no database at all, but long enough to be looked at" * 50)
    memory, states = await opened(file)
    states.set("sensor.a", "1")
    await memory.close()
    assert "is damaged" in caplog.text
    assert [path.name for path in file.parent.glob("*damaged*")] == ["memory.db.damaged-20240506-120000"]


async def test_a_file_from_a_newer_hub_is_refused_and_left_alone(file):
    memory, _ = await opened(file)
    await memory.close()
    with sqlite3.connect(file) as database:
        database.execute("PRAGMA user_version=99")
    database.close()
    with pytest.raises(HubError, match="newer version"):
        await opened(file)


async def test_the_first_released_schema_still_opens(tmp_path):
    frozen = Path(__file__).parents[1] / "old_databases" / "memory-1.sql"
    file = tmp_path / "memory.db"
    database = sqlite3.connect(file)
    database.executescript(frozen.read_text())
    database.close()
    memory, _ = await opened(file)
    assert memory.recall("input_boolean.guests").state == "on"
    await memory.close()


async def test_nobody_else_may_read_the_file(file):
    memory, _ = await opened(file)
    await memory.close()
    assert file.stat().st_mode & 0o077 == 0


WRITER = """
import asyncio, sys
from pathlib import Path
from hub.core.bus import Bus
from hub.core.clock import SystemClock
from hub.core.states import States
from hub.storage.memory import LastingMemory

async def main():
    clock = SystemClock()
    memory = await LastingMemory.open(Path(sys.argv[1]), clock)
    bus = Bus(clock); states = States(bus, clock); memory.attend(bus, states)
    states.set("sensor.a", "first")
    while memory._dirty or memory._writing is None or not memory._writing.done():
        await asyncio.sleep(0.02)
    print("written", flush=True)
    number = 0
    while True:
        number += 1
        states.set("sensor.a", str(number))
        await asyncio.sleep(0)

asyncio.run(main())
"""


async def test_a_kill_leaves_a_sound_file_with_what_was_written(file):
    writer = await asyncio.create_subprocess_exec(
        sys.executable, "-c", WRITER, str(file), stdout=asyncio.subprocess.PIPE
    )
    assert writer.stdout is not None
    assert (await writer.stdout.readline()) == b"written\n"
    os.kill(writer.pid, signal.SIGKILL)
    await writer.wait()
    memory = await LastingMemory.open(file, SystemClock())
    assert memory.recall("sensor.a") is not None
    await memory.close()
    database = sqlite3.connect(file)
    assert database.execute("PRAGMA integrity_check").fetchone() == ("ok",)
    database.close()


async def test_a_full_disk_is_not_taken_for_damage(small_disk):
    file = small_disk.path / "memory.db"
    clock = SimulatedClock(START)
    memory = await LastingMemory.open(file, clock)
    memory.keep("sensor.a", "21")
    await memory.close()
    small_disk.fill()

    with pytest.raises(StoreFailed, match=r"memory\.db can't be opened.*disk"):
        await LastingMemory.open(file, clock)

    small_disk.free()
    memory = await LastingMemory.open(file, clock)
    assert memory.recall("sensor.a").state == "21"
    await memory.close()
