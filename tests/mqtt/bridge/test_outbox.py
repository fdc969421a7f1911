"""What waits for a bridge: in its order, within its bounds, and on the disk."""

from __future__ import annotations

import asyncio
import itertools
import sqlite3
import stat
from collections.abc import AsyncIterator, Callable
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from hub.core.clock import SimulatedClock
from hub.core.errors import HubError
from hub.mqtt.bridge.echoes import LATE, Echoes
from hub.mqtt.bridge.outbox import Outbox, Outgoing, Room
from hub.mqtt.bridge.store import OutboxFile
from hub.mqtt.bridge.writer import AGAIN, GATHER, Writer

OLD = Path(__file__).parents[2] / "old_databases"
ROOMY = Room(1_000, 1_000_000)


def outbox(room: Room = ROOMY, now: Callable[[], float] = lambda: 1_000.0) -> Outbox:
    return Outbox(room, now)


def payloads(box: Outbox) -> list[bytes]:
    """Take everything whose turn it is."""
    return [message.payload for message in iter(box.take, None)]


# The line.


def test_messages_are_sent_in_their_order() -> None:
    box = outbox()
    box.online = True
    for payload in (b"1", b"2", b"3"):
        box.put("a", payload, 1, False)

    assert payloads(box) == [b"1", b"2", b"3"]


def test_what_is_not_acknowledged_is_sent_again_before_what_came_later() -> None:
    box = outbox()
    box.online = True
    for payload in (b"1", b"2"):
        box.put("a", payload, 1, False)
    first = box.take()
    assert first is not None
    box.take()
    box.done(first)
    box.away()

    box.put("a", b"3", 1, False)

    assert payloads(box) == [b"2", b"3"]


def test_while_the_other_side_is_away_only_promises_and_states_are_kept() -> None:
    box = outbox()
    box.put("a", b"gone", 0, False)
    box.put("a", b"promise", 1, False)
    box.put("b", b"old state", 0, True)
    box.put("b", b"state", 0, True)

    assert payloads(box) == [b"promise", b"state"]
    assert box.dropped == 1


def test_what_would_not_last_is_dropped_when_the_other_side_goes() -> None:
    box = outbox()
    box.online = True
    box.put("a", b"gone", 0, False)
    box.put("a", b"promise", 1, False)

    box.away()

    assert payloads(box) == [b"promise"]


@pytest.mark.parametrize("room", [Room(2, 1_000), Room(1_000, 10)])
def test_the_oldest_gives_way(room: Room) -> None:
    box = outbox(room)
    for payload in (b"1___", b"2___", b"3___"):
        box.put("a", payload, 1, False)

    assert payloads(box) == [b"2___", b"3___"]
    assert box.dropped == 1


def test_what_is_too_old_is_not_sent() -> None:
    times = itertools.chain([0.0, 50.0], itertools.repeat(70.0))
    box = outbox(Room(10, 1_000, keep_for=60), lambda: next(times))
    box.put("a", b"old", 1, False)
    box.put("a", b"new", 1, False)

    assert payloads(box) == [b"new"]


def test_it_is_empty_when_all_is_acknowledged() -> None:
    box = outbox()
    box.put("a", b"1", 1, False)
    assert not box.empty.is_set()

    message = box.take()
    assert message is not None
    box.done(message)

    assert box.empty.is_set()
    assert len(box) == 0


def test_it_knows_of_which_topics_a_state_waits() -> None:
    box = outbox()
    box.put("state", b"1", 1, True)
    box.put("word", b"1", 1, False)
    assert box.has_state_of("state")
    assert not box.has_state_of("word")

    message = box.take()
    assert message is not None
    box.done(message)

    assert not box.has_state_of("state")


# On the disk.


@pytest.fixture
async def file(tmp_path: Path) -> AsyncIterator[OutboxFile]:
    opened = await OutboxFile.open(tmp_path / "bridge.db")
    yield opened
    await opened.close()


def seen(messages: list[Outgoing]) -> list[tuple[int, str, bytes, int, bool]]:
    return [(m.number, m.topic, m.payload, m.qos, m.retain) for m in messages]


STEPS = st.lists(
    st.sampled_from(
        ["put", "put state", "put word", "take", "begin", "release", "done", "away", "write", "fail"]
    ),
    max_size=40,
)


@given(steps=STEPS)
@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
async def test_the_file_has_exactly_what_is_to_last(tmp_path: Path, steps: list[str]) -> None:
    path = tmp_path / f"{next(NUMBERS)}.db"
    file = await OutboxFile.open(path)
    box = outbox(Room(5, 1_000))
    box.online = True
    taken: list[Outgoing] = []
    for number, step in enumerate([*steps, "write"]):
        match step:
            case "put":
                box.put("a", str(number).encode(), 1, False)
            case "put state":
                box.put("b", str(number).encode(), 0, True)
            case "put word":
                box.put("c", str(number).encode(), 0, False)
            case "take":
                taken += [message for message in [box.take()] if message is not None]
            case "begin" if taken and taken[0].lasts:
                box.begin(taken[0], number + 1)
            case "release" if taken:
                box.release(taken[0].packet_id)
            case "done":
                box.done(taken.pop(0)) if taken else None
            case "away":
                box.away()
                taken.clear()
            case "write":
                await file.commit(box.changes())
            case "fail":
                box.give_back(box.changes())
    kept = await file.load()
    await file.close()
    box.away()
    left = [*box.begun(), *iter(box.take, None)]

    assert seen(kept) == seen(sorted(left, key=lambda message: message.number))
    assert [(m.packet_id, m.released) for m in kept if m.packet_id] == [
        (m.packet_id, m.released) for m in box.begun()
    ]


NUMBERS = itertools.count()


def modes(folder: Path) -> set[int]:
    return {stat.S_IMODE(path.stat().st_mode) for path in folder.iterdir()}


async def test_only_the_owner_may_read_it(tmp_path: Path, file: OutboxFile) -> None:
    box = outbox()
    box.put("a", b"secret", 1, False)
    await file.commit(box.changes())

    assert modes(tmp_path) == {0o600}


async def test_the_client_id_is_the_same_each_time(tmp_path: Path, file: OutboxFile) -> None:
    made = await file.client_id("far")

    assert made.startswith("hearth-far-")
    assert await file.client_id("far") == made


async def test_numbers_go_on_where_they_ended(file: OutboxFile) -> None:
    box = outbox()
    box.put("a", b"1", 1, False)
    await file.commit(box.changes())

    again = Outbox(ROOMY, lambda: 1_000.0, await file.load())
    again.put("a", b"2", 1, False)
    await file.commit(again.changes())

    assert [message.payload for message in await file.load()] == [b"1", b"2"]


async def test_a_file_of_a_newer_version_is_left_alone(tmp_path: Path) -> None:
    with closing(sqlite3.connect(tmp_path / "new.db")) as database:
        database.execute("PRAGMA user_version = 99")

    with pytest.raises(HubError, match="newer version"):
        await OutboxFile.open(tmp_path / "new.db")


@pytest.fixture(params=sorted(OLD.glob("bridge-*.sql")), ids=lambda path: path.stem)
def old(request: pytest.FixtureRequest, tmp_path: Path) -> None:
    with closing(sqlite3.connect(tmp_path / "old.db")) as database:
        database.executescript(request.param.read_text(encoding="utf-8"))


@pytest.mark.usefixtures("old")
async def test_what_older_versions_wrote_is_sent(tmp_path: Path) -> None:
    file = await OutboxFile.open(tmp_path / "old.db")
    kept, client_id, filters = await file.load(), await file.client_id("far"), await file.filters()
    await file.close()

    assert seen(kept) == [(7, "a/ä", b"\x00\xff", 1, False), (9, "b", b"", 0, True)]
    assert (client_id, filters) == ("hearth-far-0a1b2c3d", {"in/#"})


class Clock(SimulatedClock):
    """A clock to move, and a loop that gets its turns."""

    def __init__(self) -> None:
        super().__init__(datetime(2025, 1, 1, tzinfo=UTC))

    async def wait(self, seconds: float) -> None:
        while self.next_due() is None:  # noqa: ASYNC110 - the timer is what is waited for
            await asyncio.sleep(0)
        until = self.now() + timedelta(seconds=seconds)
        while self.run_next(until):
            pass


async def test_what_crosses_at_once_is_never_written(tmp_path: Path, file: OutboxFile) -> None:
    box, clock = outbox(), Clock()
    writer = Writer(box, file, clock)
    box.put("a", b"quick", 1, False)
    message = box.take()
    assert message is not None
    box.done(message)
    box.put("a", b"slow", 1, False)

    await clock.wait(GATHER)
    await writer.close()
    again = await OutboxFile.open(tmp_path / "bridge.db")

    assert [message.payload for message in await again.load()] == [b"slow"]
    await again.close()


async def test_a_full_disk_is_tried_again_and_told_once(
    tmp_path: Path, file: OutboxFile, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    box, clock = outbox(), Clock()
    writer = Writer(box, file, clock)
    commit, tries = file.commit, itertools.count(1)

    async def fail_twice(changes: object) -> None:
        if next(tries) <= 2:
            raise sqlite3.OperationalError("disk is full")
        await commit(changes)  # type: ignore[arg-type]

    monkeypatch.setattr(file, "commit", fail_twice)
    box.put("a", b"1", 1, False)
    for seconds in (GATHER, AGAIN, GATHER, AGAIN, GATHER):
        await clock.wait(seconds)
    await writer.close()
    again = await OutboxFile.open(tmp_path / "bridge.db")

    assert [message.payload for message in await again.load()] == [b"1"]
    assert [record.levelname for record in caplog.records] == ["ERROR", "WARNING"]
    await again.close()


# Echoes.


def test_a_message_is_known_again_once_for_each_time_it_was_sent() -> None:
    echoes = Echoes(lambda: 0.0)
    echoes.expect("a", b"1")
    echoes.expect("a", b"1")

    assert [echoes.is_echo("a", b"1") for _ in range(3)] == [True, True, False]
    assert not echoes.is_echo("a", b"2")


def test_an_echo_that_is_late_is_news_but_not_when_the_connection_was_cut() -> None:
    now = 0.0
    echoes = Echoes(lambda: now)
    echoes.expect("a", b"1")
    echoes.expect("b", b"1")
    now = LATE + 1
    assert not echoes.is_echo("a", b"1")

    echoes.begin()

    assert echoes.is_echo("b", b"1")
