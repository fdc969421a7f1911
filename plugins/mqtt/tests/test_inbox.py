"""Check that a flood of announcements is taken in piece by piece and in its order, loop by loop."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Iterator

from hub.api import Message
from hub.core.clock import SystemClock
from plugins.mqtt.inbox import Inbox


async def test_what_is_too_much_for_one_turn_waits_for_the_next() -> None:
    done: list[str] = []

    def take(message: Message) -> Iterator[None]:
        for part in range(2):
            end = time.perf_counter() + 0.004
            while time.perf_counter() < end:
                pass
            done.append(f"{message.topic}{part}")
            yield

    inbox = Inbox(SystemClock(), take)
    for topic in "abcdef":
        inbox.put(Message(topic, b""))
    at_once = len(done)
    turns = 0
    while len(done) < 12:  # the turns of the loop are counted
        turns += 1
        await asyncio.sleep(0)
    inbox.stop()

    assert at_once < 6
    assert turns > 1
    assert done == [f"{topic}{part}" for topic in "abcdef" for part in (0, 1)]


async def test_what_comes_while_one_is_under_way_comes_after_it() -> None:
    done: list[str] = []

    def take(message: Message) -> Iterator[None]:
        if message.topic == "a":
            inbox.put(Message("b", b""))
        done.append(message.topic)
        yield

    inbox = Inbox(SystemClock(), take)
    inbox.put(Message("a", b""))
    while len(done) < 2:  # noqa: ASYNC110  # as above
        await asyncio.sleep(0)
    inbox.stop()

    assert done == ["a", "b"]
