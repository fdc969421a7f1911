"""Know what the house itself published lately: what comes back has the same cause."""

from __future__ import annotations

from hub.core.cause import Cause

MOST = 256
# So much of a payload is shown to people.
_SHOWN = 80


class MessageCause(Cause):
    """A message that brought something about; what it says is put into words only when asked for."""

    __slots__ = ("_payload", "_topic")

    def __init__(self, topic: str, payload: bytes, parent: Cause | None = None) -> None:
        super().__init__(parent)
        self._topic = topic
        self._payload = payload

    @property
    def origin(self) -> str:  # of others it is written when they are made
        payload = self._payload
        text = payload[:_SHOWN].decode(errors="replace")
        return f"message {self._topic}: {text}{'…' if len(payload) > _SHOWN else ''}"

    @origin.setter
    def origin(self, origin: str) -> None:
        """Take no other words."""


class Echoes:
    """The latest publications by topic, each with its cause."""

    def __init__(self) -> None:
        self._sent: dict[str, tuple[str | bytes, Cause]] = {}

    def sent(self, topic: str, payload: str | bytes, cause: Cause) -> None:
        """Note what is about to be published."""
        sent = self._sent
        sent[topic] = (payload, cause)
        if len(sent) > MOST:
            del sent[next(iter(sent))]

    def cause_of(self, topic: str, payload: bytes) -> Cause:
        """Return the cause of what a message brings about: the message, and before it who published it."""
        known = self._sent.get(topic)
        if known is None:
            return MessageCause(topic, payload)
        sent = known[0].encode() if isinstance(known[0], str) else known[0]
        return MessageCause(topic, payload, known[1] if sent == payload else None)
