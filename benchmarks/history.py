"""What does it cost to remember, and how soon is it told?

Beside this hub's recorder stand the layout of Home Assistant's recorder (its tables and indexes, filled in
the same batches) and plain rows (entity, time, state, attributes as JSON, one index), all in one run.

    python benchmarks/history.py [accept] [heater] [plot] [start]
"""

from __future__ import annotations

import asyncio
import json
import random
import resource
import sqlite3
import sys
import tempfile
import time
from collections.abc import Awaitable, Callable, Iterable
from pathlib import Path
from typing import Any

import heater

from hub.app import App
from hub.building import build_house
from hub.configuration import read_data
from hub.core.clock import SystemClock
from hub.core.settings import Settings
from hub.loader import load_plugins
from hub.mqtt.closed import ClosedMqtt
from hub.storage.archive import Archive

ENTITIES = 500
RATE = 20_000
SECONDS = 5
BATCH = 500
PLOT_ROWS = 260_000
POINTS = 1000
GIGABYTE = 1 << 30


class Plain:
    """A row for each change, with everything in it."""

    name = "plain rows"
    tables = """
        CREATE TABLE states (entity_id TEXT, at REAL, state TEXT, attributes TEXT);
        CREATE INDEX by_entity ON states (entity_id, at);
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        self.db = sqlite3.connect(path, isolation_level=None)
        self.db.execute("PRAGMA journal_mode = WAL")
        self.db.execute("PRAGMA synchronous = NORMAL")
        self.db.executescript(self.tables)

    def write(self, changes: list[tuple[str, float, str, dict[str, Any]]]) -> None:
        rows = [(entity, at, state, json.dumps(attributes)) for entity, at, state, attributes in changes]
        self.db.execute("BEGIN")
        self.db.executemany("INSERT INTO states VALUES (?, ?, ?, ?)", rows)
        self.db.execute("COMMIT")

    def points(self, entity: str, since: float, until: float) -> list[tuple[float, str]]:
        query = "SELECT at, state FROM states WHERE entity_id = ? AND at >= ? AND at < ? ORDER BY at"
        return self.db.execute(query, (entity, since, until)).fetchall()

    def size(self) -> int:
        self.db.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        return self.path.stat().st_size


class HomeAssistant(Plain):
    """The tables and indexes of Home Assistant's recorder, schema 48, without its events."""

    name = "Home Assistant's layout"
    tables = """
        CREATE TABLE states_meta (metadata_id INTEGER PRIMARY KEY, entity_id VARCHAR(255));
        CREATE UNIQUE INDEX ix_states_meta_entity_id ON states_meta (entity_id);
        CREATE TABLE state_attributes (attributes_id INTEGER PRIMARY KEY, hash BIGINT, shared_attrs TEXT);
        CREATE INDEX ix_state_attributes_hash ON state_attributes (hash);
        CREATE TABLE states (
            state_id INTEGER PRIMARY KEY, entity_id CHAR(0), state VARCHAR(255), attributes CHAR(0),
            event_id SMALLINT, last_changed CHAR(0), last_changed_ts FLOAT, last_reported_ts FLOAT,
            last_updated CHAR(0), last_updated_ts FLOAT, old_state_id INTEGER, attributes_id INTEGER,
            context_id CHAR(0), context_user_id CHAR(0), context_parent_id CHAR(0), origin_idx SMALLINT,
            context_id_bin BLOB, context_user_id_bin BLOB, context_parent_id_bin BLOB, metadata_id INTEGER
        );
        CREATE INDEX ix_states_last_updated_ts ON states (last_updated_ts);
        CREATE INDEX ix_states_context_id_bin ON states (context_id_bin);
        CREATE INDEX ix_states_metadata_id_last_updated_ts ON states (metadata_id, last_updated_ts);
        CREATE INDEX ix_states_old_state_id ON states (old_state_id);
        CREATE INDEX ix_states_attributes_id ON states (attributes_id);
    """

    def __init__(self, path: Path) -> None:
        super().__init__(path)
        self._entities: dict[str, int] = {}
        self._attributes: dict[str, int] = {}
        self._last: dict[int, int] = {}
        self._next = 1
        self._dice = random.Random(1)

    def write(self, changes: list[tuple[str, float, str, dict[str, Any]]]) -> None:
        rows = []
        self.db.execute("BEGIN")
        for entity, at, state, attributes in changes:
            meta = self._entities.get(entity)
            if meta is None:
                meta = self._entities[entity] = len(self._entities) + 1
                self.db.execute("INSERT INTO states_meta VALUES (?, ?)", (meta, entity))
            data = json.dumps(attributes)
            shared = self._attributes.get(data)
            if shared is None:
                shared = self._attributes[data] = len(self._attributes) + 1
                self.db.execute("INSERT INTO state_attributes VALUES (?, ?, ?)", (shared, hash(data), data))
            context = self._dice.randbytes(16)
            rows.append((self._next, state, at, self._last.get(meta), shared, 0, context, meta))
            self._last[meta] = self._next
            self._next += 1
        self.db.executemany(
            "INSERT INTO states (state_id, state, last_updated_ts, old_state_id, attributes_id, origin_idx, "
            "context_id_bin, metadata_id) VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
            rows,
        )
        self.db.execute("COMMIT")

    def points(self, entity: str, since: float, until: float) -> list[tuple[float, str]]:
        query = (
            "SELECT last_updated_ts, state FROM states WHERE metadata_id = ? AND last_updated_ts >= ? "
            "AND last_updated_ts < ? ORDER BY metadata_id, last_updated_ts"
        )
        return self.db.execute(query, (self._entities[entity], since, until)).fetchall()


def recording(folder: Path) -> tuple[Any, Archive]:
    plugins = load_plugins(installed=False)
    settings = Settings(config_dir=folder, data_dir=folder)
    house = build_house(SystemClock(), settings, plugins.catalogs, ClosedMqtt())
    archive = Archive(house, read_data({"recorder": {"purge_keep_days": 60}}, house).recorder)
    archive.begin()
    return house, archive


def readings(count: int, seed: int = 1) -> Iterable[tuple[str, str, dict[str, Any]]]:
    """Yield changes of sensors as houses have them: a number, and attributes that stay."""
    dice = random.Random(seed)
    attributes = [
        {
            "unit_of_measurement": "°C",
            "device_class": "temperature",
            "state_class": "measurement",
            "friendly_name": f"Room {number} temperature",
        }
        for number in range(ENTITIES)
    ]
    for number in range(count):
        room = number % ENTITIES
        yield f"sensor.room_{room}_temperature", f"{dice.uniform(15, 30):.2f}", attributes[room]


def cpu() -> float:
    used = resource.getrusage(resource.RUSAGE_SELF)
    return used.ru_utime + used.ru_stime


async def accept(folder: Path) -> None:
    """20,000 changes a second for some seconds: are all of them written, and what does one cost?"""
    house, archive = recording(folder)
    await archive.ready()
    count = RATE * SECONDS
    began, used, worst = time.perf_counter(), cpu(), 0.0
    for at, (entity, state, attributes) in enumerate(readings(count)):
        house.states.set(entity, state, attributes)
        if at % 200 == 199:
            due = began + at / RATE
            before = time.perf_counter()
            await asyncio.sleep(max(0.0, due - before))
            worst = max(worst, time.perf_counter() - max(before, due))
    sent = time.perf_counter() - began
    await archive.ready()
    took, used = time.perf_counter() - began, cpu() - used
    recorder = archive.recorder
    assert recorder is not None
    written, lost = recorder.written, recorder.lost
    await archive.close()
    size = _size(folder / "history.db")
    print(f"accepted: {count:,} changes sent in {sent:.2f} s, all written after {took:.2f} s, {lost} lost")
    print(
        f"          {used / count * 1e6:.1f} us of processor a change; late by {worst * 1e3:.0f} ms at most"
    )
    print(f"bytes a change: {size / written:.0f}")
    for kind in (HomeAssistant, Plain):
        peer = kind(folder / f"{kind.__name__}.db")
        batch: list[Any] = []
        began, used = time.perf_counter(), cpu()
        now = time.time()
        for at, (entity, state, attributes) in enumerate(readings(count)):
            batch.append((entity, now + at / RATE, state, attributes))
            if len(batch) == BATCH:
                peer.write(batch)
                batch.clear()
        used = cpu() - used
        print(f"          {peer.size() / count:.0f} in {kind.name} ({used / count * 1e6:.1f} us a change)")


def _size(path: Path) -> int:
    db = sqlite3.connect(path)
    db.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    db.close()
    return path.stat().st_size


async def plot(folder: Path) -> None:
    """A reading every ten seconds for thirty days, to a thousand points."""
    house, archive = recording(folder)
    store = await archive.ready()
    now = int(time.time()) // 300 * 300
    first = now - PLOT_ROWS * 10
    dice = random.Random(2)
    entity, attributes = "sensor.outdoor", {"unit_of_measurement": "°C"}
    house.states.set(entity, "20", attributes)
    await archive.ready()
    number = (await store.entities())[entity]
    states = [f"{dice.uniform(-5, 30):.1f}" for _ in range(PLOT_ROWS)]
    peers: list[Plain] = [HomeAssistant(folder / "peer_ha.db"), Plain(folder / "peer_plain.db")]
    from hub.core.store import Batch

    for begin in range(0, PLOT_ROWS, 10_000):
        part = states[begin : begin + 10_000]
        times = [first + (begin + at) * 10 for at in range(len(part))]
        rows = [(number, at * 1_000_000, state, 1, None, None) for at, state in zip(times, part, strict=True)]
        await store.write(Batch(changes=rows))  # type: ignore[arg-type]
        for peer in peers:
            peer.write([(entity, at, state, attributes) for at, state in zip(times, part, strict=True)])

    async def asked() -> int:
        return len((await archive.history.states([entity], first, now, most=POINTS))[entity])

    raw = await best(asked)
    assert archive.recorder is not None
    archive.recorder.started = archive.recorder.compiled = first
    archive._compiler._store = None
    await archive.compile()
    made = await best(asked)
    print(f"plot of {PLOT_ROWS:,} readings to {POINTS} points: {made * 1e3:.1f} ms")
    print(f"          {raw * 1e3:.0f} ms without statistics")
    for peer in peers:

        async def whole(peer: Plain = peer) -> int:
            return len(peer.points(entity, first, now))

        print(f"          {await best(whole) * 1e3:.0f} ms to read every row in {peer.name}")
    await archive.close()


async def best(work: Callable[[], Awaitable[int]], rounds: int = 5) -> float:
    found = []
    for _ in range(rounds):
        began = time.perf_counter()
        assert await work()
        found.append(time.perf_counter() - began)
    return min(found)


async def start(folder: Path) -> None:
    """How long does a hub take to start, with a gigabyte of history and without?"""
    config = folder / "config.yaml"
    config.write_text("broker: {listeners: []}\n")
    empty = await ready(config)
    fill(folder / "data" / "history.db")
    full = await ready(config)
    size = (folder / "data" / "history.db").stat().st_size / GIGABYTE
    print(f"start: {empty:.3f} s without history, {full:.3f} s with {size:.2f} GiB, ratio {full / empty:.2f}")


async def ready(config: Path) -> float:
    found = []
    for _ in range(3):
        hub = App(config, watch=False)
        began = time.perf_counter()
        await hub.start()
        found.append(time.perf_counter() - began)
        assert hub._archive is not None
        await hub._archive.ready()
        await hub.stop()
    return min(found)


def fill(path: Path) -> None:
    db = sqlite3.connect(path, isolation_level=None)
    db.execute("PRAGMA synchronous = OFF")
    db.execute("INSERT OR IGNORE INTO entities VALUES (9999, 'sensor.long')")
    at = 1_500_000_000_000_000
    while path.stat().st_size < GIGABYTE:
        db.execute(
            "WITH RECURSIVE n(x) AS (SELECT 0 UNION ALL SELECT x + 1 FROM n WHERE x < 499999) "
            "INSERT INTO changes SELECT 9999, ? + x * 1000000, 'a state that makes a gigabyte full ' || x, "
            "NULL, NULL, NULL FROM n",
            (at,),
        )
        at += 500_000_000_000
        db.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    db.close()


def heaters() -> None:
    """The heater benchmark with the recorder and without, again and again in turn."""
    plain = heater.configuration
    off = {"exclude": {"entity_globs": "*", "event_types": ["automation_triggered", "script_started"]}}
    rates: dict[str, list[float]] = {"without": [], "with": []}
    for _ in range(3):
        for name, section in (("without", off), ("with", {})):
            heater.configuration = lambda *a, section=section: json.dumps(
                {**json.loads(plain(*a)), "recorder": section}
            )
            rates[name].append(heater.measure("embedded", 100, 4)["rate"])
    heater.configuration = plain
    without, recorded = max(rates["without"]), max(rates["with"])
    print(
        f"heater: {without:,.0f} commands/s without recording, {recorded:,.0f} with: {recorded / without:.2f}"
    )


def main() -> None:
    wanted = sys.argv[1:] or ["accept", "heater", "plot", "start"]
    for name in wanted:
        if name == "heater":
            heaters()
            continue
        with tempfile.TemporaryDirectory() as folder:
            asyncio.run({"accept": accept, "plot": plot, "start": start}[name](Path(folder)))


if __name__ == "__main__":
    main()
