"""What becomes of messages while the server is away."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from hub.core.clock import SimulatedClock
from hub.mqtt import outbox as module
from hub.mqtt.outbox import Outbox


def outbox(size: int = 3, policy: Any = "drop_oldest", keep_for: float | None = None) -> Outbox:
    return Outbox(size, policy, keep_for, lambda: 0.0)


def put(box: Outbox, *topics: str) -> None:
    for number, topic in enumerate(topics):
        box.put(topic, str(number).encode(), 0, False)


def taken(box: Outbox) -> list[tuple[str, bytes]]:
    messages = [box.take() for _ in range(len(box))]
    return [(message.topic, message.payload) for message in messages]


@pytest.mark.parametrize(
    ("policy", "kept", "dropped"),
    [
        ("drop_oldest", [("b", b"2"), ("a", b"3"), ("c", b"4")], 2),
        ("drop_newest", [("a", b"0"), ("a", b"1"), ("b", b"2")], 2),
        ("last", [("b", b"2"), ("a", b"3"), ("c", b"4")], 2),
    ],
)
def test_a_full_outbox_keeps_what_the_policy_says(policy: str, kept: Any, dropped: int) -> None:
    box = outbox(3, policy)

    put(box, "a", "a", "b", "a", "c")

    assert taken(box) == kept
    assert box.dropped == dropped


def test_last_keeps_one_message_of_each_topic_also_when_there_is_room() -> None:
    box = outbox(10, "last")

    put(box, "a", "a", "b", "a")

    assert taken(box) == [("b", b"2"), ("a", b"3")]


def test_a_size_of_nothing_keeps_nothing() -> None:
    box = outbox(0)

    put(box, "a")

    assert not box
    assert box.dropped == 1


def test_while_the_server_is_there_nothing_is_dropped() -> None:
    box = outbox(1, "last")
    box.back()

    put(box, "a", "a", "a")

    assert len(taken(box)) == 3


def test_even_then_there_is_an_end(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "MOST_ONLINE", 2)
    box = outbox(1)
    box.back()

    put(box, "a", "b", "c")

    assert [topic for topic, _ in taken(box)] == ["b", "c"]


def test_what_was_not_acknowledged_comes_first_again() -> None:
    box = outbox(3)
    box.back()
    put(box, "a", "b", "c")
    unsent = [box.take(), box.take()]

    box.away(unsent)

    assert [topic for topic, _ in taken(box)] == ["a", "b", "c"]


def test_when_the_server_goes_the_policy_holds_for_what_waits() -> None:
    box = outbox(1, "last")
    box.back()
    put(box, "a", "a", "b")

    box.away()

    assert taken(box) == [("b", b"2")]


def test_what_is_too_old_is_not_sent_any_more() -> None:
    clock = SimulatedClock(datetime(2024, 5, 6, tzinfo=UTC))
    box = Outbox(3, "drop_oldest", 60, clock.monotonic)
    put(box, "old")
    clock.run_next(clock.now() + timedelta(seconds=50))
    put(box, "new")
    clock.run_next(clock.now() + timedelta(seconds=20))

    box.back()

    assert [topic for topic, _ in taken(box)] == ["new"]
    assert box.dropped == 1
