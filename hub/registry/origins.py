"""Tell the house which registry and device a message is of, and under which filters theirs come."""

from __future__ import annotations

from collections.abc import Iterator

from hub.core.errors import HubError, NotFound
from hub.core.ports import Origin
from hub.registry.aliases import Alias
from hub.registry.directory import Directory
from hub.registry.owners import Device, Registry
from hub.registry.topics import DEVICES, FROM_DEVICE, REGISTRIES, ROOTS, TO_DEVICE

_KINDS = (*FROM_DEVICE, *TO_DEVICE)


class Origins:
    """The house's view of a directory; `live` if it is that of the server that runs."""

    def __init__(self, directory: Directory, *, live: bool = False) -> None:
        self._directory = directory
        self.live = live

    def origin(self, topic: str) -> Origin | None:
        """Return whose topic this is, None if it is no topic of a device or registry that is known."""
        levels = topic.split("/", 2)
        if levels[0] not in ROOTS or len(levels) < 2:
            return None
        owner = self._directory.get(levels[1])
        if isinstance(owner, Registry) and levels[0] == REGISTRIES:
            return Origin(owner.id, owner.name)
        if not isinstance(owner, Device) or levels[0] == REGISTRIES:
            return None
        registry = self._directory.get(owner.registry_id)
        return Origin(owner.registry_id, registry.name if registry else "", owner.id, owner.name)

    def filters(self, registry: str | None, device: str | None, topic: str | None) -> list[str]:
        """Return what to subscribe for a topic of a registry or device, each by its id or name.

        The topic is one of theirs (`events/hall`), an alias, or a whole one; None is all of them. Who is
        not known yet may come later, so then the filters are those of all. Raises `HubError`.
        """
        whole = topic is not None and topic.startswith("$")
        if whole and (topic or "").split("/")[0] not in (DEVICES, REGISTRIES):
            raise HubError(
                f"{topic} is no topic of a registry or a device",
                remedy=f"Write events, state, commands or config, or begin with {DEVICES} or {REGISTRIES}.",
            )
        if whole and topic is not None:
            return [topic]
        homes = self._homes(registry, device)
        first = (topic or "#").partition("/")[0]
        if topic is None or first in _KINDS or first in ("+", "#"):
            return [f"{home}/{topic or '#'}" for home in homes]
        found = [grant for alias in self._aliases(registry, device) if (grant := alias.resolve_filter(topic))]
        if not found:
            raise HubError(
                f"{topic} is neither a topic nor an alias of the {'device' if device else 'registry'} "
                f"{device or registry}",
                remedy="Topics begin with events, state, commands or config.",
            )
        return found

    def _homes(self, registry: str | None, device: str | None) -> list[str]:
        try:
            if device is not None:
                return [f"{DEVICES}/{self._directory.find('device', device, registry).id}"]
            assert registry is not None
            id = self._directory.find("registry", registry).id
        except NotFound:
            return [f"{DEVICES}/+"] if device is not None else [f"{DEVICES}/+", f"{REGISTRIES}/+"]
        return [f"{DEVICES}/+", f"{REGISTRIES}/{id}"]

    def _aliases(self, registry: str | None, device: str | None) -> Iterator[Alias]:
        try:
            if device is not None:
                found = self._directory.find("device", device, registry)
                assert isinstance(found, Device)
                yield from (Alias.of(name, target) for name, target in found.aliases.items())
            elif registry is not None:
                yield from self._directory.aliases_of(self._directory.find("registry", registry).id)
        except NotFound:
            return
