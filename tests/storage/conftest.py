"""A house that records into a real SQLite file."""

from __future__ import annotations

import asyncio
import itertools
import os
import shutil
import signal
import subprocess
import tempfile
from collections.abc import AsyncIterator, Awaitable, Callable, Coroutine, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest

from hub.core.settings import Settings
from hub.storage.archive import Archive
from hub.testing import SimulatedHouse


class RecordingHouse:
    """A simulated house with an archive; `history` asks it."""

    def __init__(self, folder: Path, recorder: dict[str, Any], **more: Any) -> None:
        self.simulated = SimulatedHouse(settings=Settings(config_dir=folder, data_dir=folder), **more)
        configuration = self.simulated.read({"recorder": recorder})
        assert [str(problem) for problem in configuration.problems] == []
        self.archive = Archive(self.simulated.house, configuration.recorder)
        self.archive.begin()
        self.set = self.simulated.set
        self.advance = self.simulated.advance

    @property
    def history(self) -> Any:
        return self.archive.history

    @property
    def now(self) -> float:
        return self.simulated.clock.timestamp()

    async def told(self, entity_id: str, since: float = 0, **more: Any) -> list[tuple[float, str]]:
        """Return when it became what, in seconds before now."""
        found = await self.history.states([entity_id], since, **more)
        return [(round(each.at - self.now, 3), each.state) for each in found.get(entity_id, ())]

    async def stop(self) -> None:
        await self.archive.close()
        await self.simulated.stop()


Start = Callable[..., Awaitable[RecordingHouse]]


@pytest.fixture
async def start(tmp_path: Path) -> AsyncIterator[Start]:
    houses: list[RecordingHouse] = []

    async def begin(
        recorder: dict[str, Any] | None = None, folder: Path = tmp_path, **more: Any
    ) -> RecordingHouse:
        houses.append(RecordingHouse(folder, recorder or {}, **more))
        return houses[-1]

    yield begin
    for house in houses:
        await house.stop()


@pytest.fixture
async def recording(start: Start) -> RecordingHouse:
    return await start()


# --- PostgreSQL, if this machine has it ---


def _initdb() -> Path | None:
    debian = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"))
    found = debian[-1] if debian else shutil.which("initdb")
    return Path(found) if found else None


@pytest.fixture(scope="session")
def postgres_server() -> Iterator[str]:
    """Start a server for the tests, on a socket in a folder of its own; give the folder."""
    pytest.importorskip("asyncpg", reason="history in PostgreSQL needs hearth-hub[postgres]")
    initdb = _initdb()
    if initdb is None:
        pytest.skip("PostgreSQL is not installed: scripts/apt postgresql")
    folder = Path(tempfile.mkdtemp(prefix="hearth-pg-"))
    # The server refuses to run as root; Debian has a user for it.
    user: dict[str, Any] = {}
    if os.geteuid() == 0:
        shutil.chown(folder, "postgres", "postgres")
        user = {"user": "postgres", "group": "postgres", "extra_groups": []}
    data = folder / "data"
    command = [str(initdb), "-D", str(data), "-A", "trust", "-U", "postgres", "-N", "-E", "UTF8"]
    subprocess.run(command, check=True, capture_output=True, cwd=folder, **user)
    quick = ("-c", "fsync=off", "-c", "listen_addresses=", "-c", f"unix_socket_directories={folder}")
    server = subprocess.Popen(
        [str(initdb.with_name("postgres")), "-D", str(data), *quick],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        cwd=folder,
        **user,
    )
    _beside(_until_there(str(folder), server))
    yield str(folder)
    server.send_signal(signal.SIGINT)
    server.wait(30)
    shutil.rmtree(folder, ignore_errors=True)


def _beside(work: Coroutine[Any, Any, None]) -> None:
    """Run something asynchronous in a thread of its own: the test's loop may be running already."""
    with ThreadPoolExecutor(1) as pool:
        pool.submit(asyncio.run, work).result()


async def _until_there(folder: str, server: subprocess.Popen[bytes]) -> None:
    import asyncpg

    while True:
        assert server.poll() is None, "the server ended"
        try:
            await (await asyncpg.connect(f"postgresql://postgres@/postgres?host={folder}")).close()
            return
        except (OSError, asyncpg.PostgresError):
            await asyncio.sleep(0.05)


@pytest.fixture
def postgres_url(postgres_server: str) -> str:
    """Make an empty database, and give its address."""
    name = f"t{next(_numbers)}"
    _beside(_create(postgres_server, name))
    return f"postgresql://postgres@/{name}?host={postgres_server}"


async def _create(server: str, name: str) -> None:
    import asyncpg

    connection = await asyncpg.connect(f"postgresql://postgres@/postgres?host={server}")
    await connection.execute(f"CREATE DATABASE {name}")
    await connection.close()


_numbers = itertools.count(1)
