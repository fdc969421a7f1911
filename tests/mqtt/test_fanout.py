"""Who gets what comes from a server."""

from __future__ import annotations

from typing import Any

from hub.mqtt.fanout import Fanout, Receiver


def receiver(fanout: Fanout, filter: str, callback: Any, qos: int = 0) -> Receiver:
    made = Receiver(filter, callback, qos)
    fanout.add(made)
    return made


def test_what_is_kept_is_told_once_to_each(inbox: Any) -> None:
    fanout, first, second = Fanout(), inbox(), inbox()
    receiver(fanout, "a/+", first)
    fanout.deliver("a/b", b"1", 0, True)
    receiver(fanout, "a/+", second)

    fanout.deliver("a/b", b"1", 0, True)

    assert first.seen == second.seen == [("a/b", b"1", True)]


def test_who_heard_a_live_message_is_not_told_what_was_kept(inbox: Any) -> None:
    fanout, seen = Fanout(), inbox()
    receiver(fanout, "a", seen)
    fanout.deliver("a", b"2", 0, False)

    fanout.deliver("a", b"2", 0, True)

    assert seen.seen == [("a", b"2", False)]


def test_over_a_new_connection_everything_kept_is_news(inbox: Any) -> None:
    fanout, seen = Fanout(), inbox()
    receiver(fanout, "a", seen)
    fanout.deliver("a", b"1", 0, True)

    fanout.begin()
    fanout.deliver("a", b"2", 0, True)

    assert seen.seen == [("a", b"1", True), ("a", b"2", True)]


def test_the_quality_of_service_is_not_more_than_was_asked_for(inbox: Any) -> None:
    fanout, seen = Fanout(), inbox()
    receiver(fanout, "a", seen, qos=1)

    fanout.deliver("a", b"x", 2, False)

    assert seen.messages[0].qos == 1


def test_a_receiver_removed_by_another_gets_nothing_more(inbox: Any) -> None:
    fanout, seen = Fanout(), inbox()
    receiver(fanout, "a", lambda message: fanout.remove(late))
    late = receiver(fanout, "a", seen)

    fanout.deliver("a", b"x", 0, False)

    assert seen.seen == []


def test_a_bug_in_one_receiver_does_not_reach_the_others(inbox: Any) -> None:
    fanout, seen = Fanout(), inbox()
    receiver(fanout, "a", lambda message: 1 / 0)
    receiver(fanout, "a", seen)

    fanout.deliver("a", b"x", 0, False)

    assert seen.seen == [("a", b"x", False)]


def test_a_receiver_added_later_is_found_for_a_topic_already_seen(inbox: Any) -> None:
    fanout, seen = Fanout(), inbox()
    fanout.deliver("a", b"x", 0, False)
    receiver(fanout, "#", seen)

    fanout.deliver("a", b"y", 0, False)

    assert seen.seen == [("a", b"y", False)]
