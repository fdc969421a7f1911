"""MQTT as it happens: the latest message of each topic, or every message."""

from __future__ import annotations

import base64
from typing import Any

from hub.core.ports import House, Message
from hub.web.answers import dumps
from hub.web.live.channel import Wake

MOST_TOPICS = 20_000
MOST_MESSAGES = 200
"""Messages that are shown of one moment; `dropped` counts the rest. Nobody reads more."""
SHOWN = 4_096
"""Bytes of a payload that are shown; `size` says how long it is."""


def _payload(payload: bytes) -> dict[str, Any]:
    shown = payload[:SHOWN]
    try:
        # The cut may have gone through a character.
        return {"payload": shown.decode(errors="strict" if len(payload) <= SHOWN else "ignore")}
    except UnicodeDecodeError:
        return {"payload_base64": base64.b64encode(shown).decode()}


class TopicsChannel:
    """The latest message of each topic that a filter matches, and how many there were."""

    def __init__(self, house: House, wake: Wake, filter: str) -> None:
        self._clock = house.clock
        self._wake = wake
        self._counts: dict[str, int] = {}
        self._changed: dict[str, tuple[Message, float]] = {}
        self._left_out = 0
        self._first = True
        self._detach = house.mqtt.subscribe(filter, self._on_message, qos=2)

    def _on_message(self, message: Message) -> None:
        topic = message.topic
        count = self._counts.get(topic)
        if count is None and len(self._counts) >= MOST_TOPICS:
            self._left_out += 1
            return
        self._counts[topic] = (count or 0) + 1
        self._changed[topic] = (message, self._clock.timestamp())
        self._wake()

    def take(self) -> bytes | None:
        if not self._changed and not self._first:
            return None
        changed, self._changed = self._changed, {}
        first, self._first = self._first, False
        topics = {
            topic: {
                **_payload(message.payload),
                "size": len(message.payload),
                "qos": message.qos,
                "retain": message.retain,
                "time": at,
                "count": self._counts[topic],
            }
            for topic, (message, at) in changed.items()
        }
        told = b'"topics":' + dumps(topics)
        if self._left_out:
            told += b',"left_out":' + dumps(self._left_out)
        return told + (b',"first":true' if first else b"")

    def close(self) -> None:
        self._detach()


class MessagesChannel:
    """Every message that a filter matches, as far as anybody can read."""

    def __init__(self, house: House, wake: Wake, filter: str) -> None:
        self._clock = house.clock
        self._wake = wake
        self._waiting: list[dict[str, Any]] = []
        self._dropped = 0
        self._detach = house.mqtt.subscribe(filter, self._on_message, qos=2)

    def _on_message(self, message: Message) -> None:
        if len(self._waiting) >= MOST_MESSAGES:
            self._dropped += 1
            return
        told = {
            "topic": message.topic,
            **_payload(message.payload),
            "size": len(message.payload),
            "qos": message.qos,
            "retain": message.retain,
            "time": self._clock.timestamp(),
        }
        self._waiting.append(told)
        self._wake()

    def take(self) -> bytes | None:
        if not self._waiting:
            return None
        waiting, self._waiting = self._waiting, []
        dropped, self._dropped = self._dropped, 0
        return b'"messages":' + dumps(waiting) + b',"dropped":' + dumps(dropped)

    def close(self) -> None:
        self._detach()
