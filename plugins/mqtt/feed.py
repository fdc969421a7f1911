"""Take messages from the house's MQTT once per topic, and hand each to every entity that wants it.

What is costly is done once per message, however many entities share the topic: decoding, parsing JSON.
Entities that were touched by a message show themselves when all its listeners have seen it, so that a
thermostat whose seven readings come in one message changes once.
"""

from __future__ import annotations

import logging
from collections.abc import Callable
from typing import Any, Protocol

import orjson

from hub.api import Cause, Detach, Echoes, Heard, House, Message, Mqtt, nothing

log = logging.getLogger(__name__)

NO_JSON: Any = object()
"""Stands for the content of a payload that is no JSON."""


def content_of(payload: str | bytes) -> Any:
    """Return what a payload says in JSON, `NO_JSON` if it is none."""
    try:
        return orjson.loads(payload)
    except ValueError:
        return NO_JSON


Handler = Callable[["Reading"], None]


class Reading:
    """A message with what was already made of its payload."""

    __slots__ = ("_cause", "_json", "_text", "echoes", "message")

    def __init__(self, message: Message, echoes: Echoes | None = None) -> None:
        self.message = message
        self.echoes = echoes
        self._cause: Cause | None = None
        self._text: str | None = None
        self._json: Any = None

    @property
    def text(self) -> str:
        """The payload as UTF-8; raises `UnicodeDecodeError`."""
        text = self._text
        if text is None:
            text = self._text = self.message.payload.decode()
        return text

    @property
    def json(self) -> Any:
        """The payload's content, `NO_JSON` if it is no JSON."""
        if self._json is None:
            self._json = (content_of(self.message.payload),)
        return self._json[0]

    def cause(self) -> Cause:
        """Return the cause of what the message brings about."""
        if self._cause is None:
            message = self.message
            echoes = self.echoes
            self._cause = echoes.cause_of(message.topic, message.payload) if echoes is not None else Cause()
        return self._cause


class Shown(Protocol):
    """What can show itself after it was touched."""

    def show(self) -> None: ...


class Slot:
    """One listener's place in a channel; its handler may be exchanged."""

    __slots__ = ("detach", "handler", "key")

    def __init__(self, key: tuple[str, int], handler: Handler) -> None:
        self.key = key
        self.handler = handler
        self.detach: Detach = nothing


class Feed:
    """The subscriptions of all entities, shared by filter."""

    def __init__(self, mqtt: Mqtt, house: House | None = None) -> None:
        self._mqtt = mqtt
        self._echoes = house.echoes if house is not None else None
        self._entities = house.entities if house is not None else None
        self._hearing = house.hearing if house is not None else None
        self.clock = house.clock if house is not None else None
        self._channels: dict[tuple[str, int], _Channel] = {}
        self._delivering = False
        self._touched: dict[Shown, None] = {}

    def listen(self, filter: str, handler: Handler, *, qos: int = 0, by: str = "") -> Slot:
        """Call `handler(reading)` for each message; kept ones come first, for each listener anew.

        `by` is the entity that listens, for people who want to know what it heard.
        """
        key = (filter, qos)
        slot = Slot(key, handler)
        channel = self._channels.get(key)
        if channel is None:
            channel = self._channels[key] = _Channel(self)
            leave = channel.join(slot)
            channel.stop = self._mqtt.subscribe(filter, channel.deliver, qos=qos)
        else:
            late = _Replay(self, slot)
            late.stop = self._mqtt.subscribe(filter, late.deliver, qos=qos)
            late.started()
            joined = channel.join(slot)

            def leave() -> None:
                late.finish()
                joined()

        unhear = self._hearing.add(by, filter, channel) if by and self._hearing is not None else nothing

        def detach() -> None:
            leave()
            unhear()
            if not channel.slots and self._channels.get(key) is channel:
                del self._channels[key]
                channel.stop()

        slot.detach = detach
        return slot

    def touch(self, shown: Shown) -> None:
        """Let something show itself once the message under way has reached everybody, else now."""
        if self._delivering:
            self._touched[shown] = None
        else:
            shown.show()

    def deliver(self, slots: tuple[Slot, ...], message: Message) -> None:
        reading = Reading(message, self._echoes)
        outermost = not self._delivering
        self._delivering = True
        entities = self._entities
        if entities is not None:
            before, entities.under_way = entities.under_way, reading.cause
        try:
            for slot in slots:
                try:
                    slot.handler(reading)
                except Exception:  # one entity's bug must not silence the others
                    log.exception("a message on %s could not be used", message.topic)
            if outermost and self._touched:
                self._delivering = False
                self._show_touched()
        finally:
            if outermost:
                self._delivering = False
            if entities is not None:
                entities.under_way = before

    def _show_touched(self) -> None:
        touched = self._touched
        self._touched = {}
        for shown in touched:
            try:
                shown.show()
            except Exception:  # as above
                log.exception("an entity could not be shown")


class _Channel:
    """All that listen to one filter."""

    __slots__ = ("_at", "_clock", "_feed", "_last", "slots", "stop")

    def __init__(self, feed: Feed) -> None:
        self._feed = feed
        self._clock = feed.clock
        self._last: Message | None = None
        self._at = 0.0
        self.slots: tuple[Slot, ...] = ()
        self.stop: Detach = nothing

    def join(self, slot: Slot) -> Detach:
        # Tuples are replaced, never changed, so a delivery under way is not disturbed.
        self.slots = (*self.slots, slot)

        def leave() -> None:
            self.slots = tuple(other for other in self.slots if other is not slot)

        return leave

    @property
    def heard(self) -> Heard | None:
        return Heard(self._last.payload, self._at) if self._last is not None else None

    def deliver(self, message: Message) -> None:
        self._last = message
        if self._clock is not None:
            self._at = self._clock.timestamp()
        self._feed.deliver(self.slots, message)


class _Replay:
    """Brings the kept messages to one who joins a channel late, and goes when the first live one comes."""

    __slots__ = ("_done", "_feed", "_slots", "_started", "stop")

    def __init__(self, feed: Feed, slot: Slot) -> None:
        self._feed = feed
        self._slots = (slot,)
        self._done = False
        self._started = False
        self.stop: Detach = nothing

    def deliver(self, message: Message) -> None:
        if self._done:
            return
        if message.retain:
            self._feed.deliver(self._slots, message)
        else:
            self.finish()

    def started(self) -> None:
        """Say that `stop` is known now."""
        self._started = True
        if self._done:
            self.stop()

    def finish(self) -> None:
        if self._done:
            return
        self._done = True
        if self._started:
            self.stop()
