"""Keep the latest message on a topic of a device, for people who look at its page."""

from __future__ import annotations

from collections.abc import Callable

from hub.api import Clock, Detach, Heard, House, Message, together


class Ear:
    """Hands messages on, and keeps the latest."""

    def __init__(self, clock: Clock, callback: Callable[[Message], None]) -> None:
        self._clock = clock
        self._callback = callback
        self.heard: Heard | None = None

    def __call__(self, message: Message) -> None:
        self.heard = Heard(message.payload, self._clock.timestamp())
        self._callback(message)


def listen(house: House, device_id: str, topic: str, callback: Callable[[Message], None]) -> Detach:
    """Listen to a topic of a device."""
    ear = Ear(house.clock, callback)
    return together([house.hearing.add(device_id, topic, ear), house.mqtt.subscribe(topic, ear)])
