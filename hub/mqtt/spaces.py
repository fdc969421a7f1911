"""Let the hub itself reach into brokers: `$brokers/<name or id>/<topic>` is that topic in that broker."""

from __future__ import annotations

from dataclasses import dataclass

from hub.core.errors import HubError
from hub.registry import Directory

BROKERS = "$brokers/"


@dataclass(frozen=True, slots=True)
class Placed:
    """A topic or filter in its space; `prefix` is what the hub says before it."""

    space: str
    topic: str
    prefix: str = ""


def placed(topic: str, directory: Directory | None) -> Placed:
    """Return the space that is meant and the topic there. Raises `HubError` if there is no such broker."""
    if not topic.startswith(BROKERS):
        return Placed("", topic)
    name, _, rest = topic.removeprefix(BROKERS).partition("/")
    if not rest:
        raise HubError(f"{topic} names no topic of a broker", remedy=f"Write it as {BROKERS}NAME/TOPIC.")
    if directory is None:
        raise HubError(f"there is no broker {name!r}", remedy="Declare it under `brokers:`.")
    return Placed(directory.find("broker", name).login, rest, f"{BROKERS}{name}/")
