"""Say what the hub's own topics mean: a topic of a broker, an alias of a device, or just themselves."""

from __future__ import annotations

from dataclasses import dataclass

from hub.core.errors import HubError
from hub.registry import Directory

BROKERS = "$brokers/"


@dataclass(frozen=True, slots=True)
class Placed:
    """A topic or filter in its space. What begins with `canonical` there the hub knows under `shown`."""

    space: str
    topic: str
    canonical: str = ""
    shown: str = ""

    def rename(self, topic: str) -> str:
        return self.shown + topic[len(self.canonical) :]


def placed_topic(topic: str, directory: Directory | None) -> Placed:
    """Return where a message of the hub's goes. Raises `HubError` if there is no such broker, or if several
    devices have the alias."""
    if topic.startswith(BROKERS):
        return _in_broker(topic, directory)
    found = _through_aliases(topic, directory)
    if len(found) > 1:
        raise HubError(
            f"{topic} is an alias of {len(found)} devices",
            remedy="Write the topic that is meant, such as $devices/ID/commands.",
        )
    return found[0] if found else Placed("", topic)


def placed_filters(filter: str, directory: Directory | None) -> set[Placed]:
    """Return all that the hub subscribes for a filter: itself, and what it means as an alias.

    Raises `HubError` if there is no such broker.
    """
    if filter.startswith(BROKERS):
        return {_in_broker(filter, directory)}
    return {Placed("", filter), *_through_aliases(filter, directory)}


def _through_aliases(filter: str, directory: Directory | None) -> list[Placed]:
    if directory is None:
        return []
    return [
        Placed("", meant, alias.target, alias.name)
        for alias in directory.aliases_for(filter)
        if (meant := alias.resolve_filter(filter)) is not None
    ]


def _in_broker(topic: str, directory: Directory | None) -> Placed:
    name, _, rest = topic.removeprefix(BROKERS).partition("/")
    if not rest:
        raise HubError(f"{topic} names no topic of a broker", remedy=f"Write it as {BROKERS}NAME/TOPIC.")
    if directory is None:
        raise HubError(f"there is no broker {name!r}", remedy="Declare it under `brokers:`.")
    return Placed(directory.find("broker", name).login, rest, "", f"{BROKERS}{name}/")
