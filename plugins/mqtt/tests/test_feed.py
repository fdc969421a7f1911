"""Check that messages are taken once per topic and reach everybody."""

from __future__ import annotations

from collections.abc import Callable

from hub.api import Detach, Message
from plugins.mqtt.feed import Feed, Reading


class Kept:
    """An MQTT server with one kept message on `t`, which it replays to each who subscribes."""

    def __init__(self) -> None:
        self.listeners: list[Callable[[Message], None]] = []

    def subscribe(self, filter: str, callback: Callable[[Message], None], *, qos: int = 0) -> Detach:
        self.listeners.append(callback)
        callback(Message("t", b"kept", 0, True))
        return lambda: self.listeners.remove(callback)

    def live(self, payload: bytes) -> None:
        for callback in list(self.listeners):
            callback(Message("t", payload))


def texts(into: list[str]) -> Callable[[Reading], None]:
    return lambda reading: into.append(reading.text)


def test_each_gets_the_kept_message_once_and_live_ones_once() -> None:
    server, first, second = Kept(), list[str](), list[str]()
    feed = Feed(server)  # type: ignore[arg-type]  # only what a feed asks for

    feed.listen("t", texts(first))
    feed.listen("t", texts(second))
    server.live(b"1")
    server.live(b"2")

    assert first == second == ["kept", "1", "2"]
    assert len(server.listeners) == 1


def test_nothing_is_left_when_all_have_left() -> None:
    server, seen = Kept(), list[str]()
    feed = Feed(server)  # type: ignore[arg-type]  # as above
    slots = [feed.listen("t", texts(seen)) for _ in range(3)]

    for slot in slots:
        slot.detach()

    assert server.listeners == []


def test_the_first_may_leave_before_the_second() -> None:
    server, seen = Kept(), list[str]()
    feed = Feed(server)  # type: ignore[arg-type]  # as above
    first = feed.listen("t", texts([]))
    feed.listen("t", texts(seen))

    first.detach()
    server.live(b"1")

    assert seen == ["kept", "1"]


def test_one_that_fails_does_not_silence_the_others(caplog: object) -> None:
    server, seen = Kept(), list[str]()
    feed = Feed(server)  # type: ignore[arg-type]  # as above
    feed.listen("t", lambda reading: 1 / 0)  # type: ignore[arg-type,return-value]  # it fails

    feed.listen("t", texts(seen))
    server.live(b"1")

    assert seen == ["kept", "1"]


def test_json_is_parsed_once_for_all() -> None:
    server, seen = Kept(), list[object]()
    feed = Feed(server)  # type: ignore[arg-type]  # as above
    feed.listen("t", lambda reading: seen.append(reading.json))
    feed.listen("t", lambda reading: seen.append(reading.json))
    seen.clear()

    server.live(b'{"a": 1}')

    assert seen[0] == {"a": 1}
    assert seen[0] is seen[1]
