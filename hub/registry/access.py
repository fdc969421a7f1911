"""What clients of registries, devices and brokers may do: the matrix of topics and directions.

Answers are worked out from the directory as it is now, so that a client whose credential is deleted, or
whose registry is disabled, may do nothing more even before its connection ends.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence

from hub.broker import Access, Grant, Limits
from hub.registry.aliases import Alias, device_aliases, registry_aliases
from hub.registry.directory import Directory, is_open
from hub.registry.owners import Broker, Device, Owner, Registry
from hub.registry.topics import (
    DEVICES,
    FROM_DEVICE,
    MONITORING,
    REGISTRIES,
    ROOTS,
    TO_DEVICE,
    intersection,
    is_permanent,
    owner_of,
)

_ME = "$me/"
THE_HUB = "(the hub)"
"""A credential that no client has: the hub vouches for who it is, such as for one with a token of its API."""


class OwnerAccess(Access):
    """What somebody may do who logged in as an owner with one credential."""

    on_denied_publish = "disconnect"

    def __init__(self, directory: Directory, owner: Owner, credential: str, limits: Limits | None) -> None:
        self.name = owner.login
        self.credential = credential
        self.owner_id = owner.id
        self.limits = limits
        self._directory = directory

    @property
    def is_valid(self) -> bool:
        """Whether its owner may still be in with this credential."""
        owner = self._directory.get(self.owner_id)
        if owner is None or not is_open(self._directory, owner):
            return False
        return self.credential == THE_HUB or owner.has(self.credential)


class BrokerAccess(OwnerAccess):
    """Everything in a topic space of its own, except the topics that begin with `$`."""

    def __init__(self, directory: Directory, owner: Broker, credential: str, limits: Limits | None) -> None:
        super().__init__(directory, owner, credential, limits)
        self.space = owner.login

    def publish_topic(self, topic: str) -> str | None:
        return topic if self.may_receive(topic) else None

    def subscribe_filters(self, filter: str) -> Sequence[Grant] | None:
        return (Grant(filter),) if self.may_receive(filter) else None

    def may_receive(self, topic: str) -> bool:
        return not topic.startswith("$") and self.is_valid


class TopicAccess(OwnerAccess):
    """The topics of devices and registries, under their own names and under aliases."""

    def publish_topic(self, topic: str) -> str | None:
        if not self.is_valid:
            return None
        meant = self._meant(topic)
        return meant if meant is not None and self._may_publish(meant) else None

    def subscribe_filters(self, filter: str) -> Sequence[Grant] | None:
        if not self.is_valid:
            return None
        root = filter.partition("/")[0]
        if root in ROOTS:
            return tuple(Grant(narrow) for narrow in self._narrowed(filter))
        aliases = self._me() if root == "$me" else self._aliases()
        return tuple(grant for alias in aliases for grant in self._through(alias, filter))

    def may_receive(self, topic: str) -> bool:
        return self.is_valid and self._may_read(topic)

    def keeps(self, topic: str) -> bool:
        return is_permanent(topic)

    def _meant(self, topic: str) -> str | None:
        if topic.startswith(_ME):
            return next((meant for alias in self._me() if (meant := alias.resolve(topic))), None)
        if topic.startswith("$"):
            return topic
        alias = self._find_alias(topic)
        return alias.resolve(topic) if alias is not None else None

    def _through(self, alias: Alias, filter: str) -> Iterator[Grant]:
        """Yield what a filter over aliases is granted of one of them."""
        meant = alias.resolve_filter(filter)
        if meant is not None:
            for narrow in self._narrowed(meant):
                yield Grant(narrow, alias.target, alias.name)

    def _narrowed(self, filter: str) -> Iterator[str]:
        """Yield the parts of a filter that the client may read. One that is too short has none."""
        for readable in self._readable():
            common = intersection(readable, filter)
            if common is not None and self._is_ours(common):
                yield common

    def _is_ours(self, filter: str) -> bool:
        """Tell whether a filter that names a device names one of ours."""
        root, id = filter.split("/", 2)[:2]
        return id == "+" or root == REGISTRIES or self._directory.in_registry(id, self._registry_id)

    # What differs between a device and a registry.

    _registry_id: str

    def _may_publish(self, topic: str) -> bool:
        raise NotImplementedError

    def _may_read(self, topic: str) -> bool:
        raise NotImplementedError

    def _readable(self) -> Iterable[str]:
        """Return the filters for all that may be read; a `+` stands for the devices of the registry."""
        raise NotImplementedError

    def _me(self) -> Iterable[Alias]:
        raise NotImplementedError

    def _aliases(self) -> Iterable[Alias]:
        raise NotImplementedError

    def _find_alias(self, topic: str) -> Alias | None:
        return next((alias for alias in self._aliases() if alias.resolve(topic) is not None), None)


class DeviceAccess(TopicAccess):
    """Says its own events and state, hears its own commands and configuration, and so with its registry."""

    def __init__(self, directory: Directory, owner: Device, credential: str, limits: Limits | None) -> None:
        super().__init__(directory, owner, credential, limits)
        self._registry_id = owner.registry_id
        self.on_subscribe: Callable[[], None] | None = None

    def subscribe_filters(self, filter: str) -> Sequence[Grant] | None:
        if self.on_subscribe is not None:
            self.on_subscribe()
        return super().subscribe_filters(filter)

    def _may_publish(self, topic: str) -> bool:
        return self._is_own(topic, FROM_DEVICE)

    def _may_read(self, topic: str) -> bool:
        return self._is_own(topic, TO_DEVICE) or _is_monitoring(self._directory, topic, self._registry_id)

    def _is_own(self, topic: str, kinds: tuple[str, ...]) -> bool:
        levels = topic.split("/", 3)
        return len(levels) > 2 and levels[2] in kinds and levels[:2] in self._homes

    @property
    def _homes(self) -> tuple[list[str], list[str]]:
        return [DEVICES, self.owner_id], [REGISTRIES, self._registry_id]

    def _readable(self) -> Iterator[str]:
        for root, id in self._homes:
            yield from (f"{root}/{id}/{kind}/#" for kind in TO_DEVICE)
        yield f"{MONITORING}/+/json"

    def _me(self) -> Iterable[Alias]:
        return device_aliases(self.owner_id, self._registry_id)

    def _aliases(self) -> Iterator[Alias]:
        device = self._directory.get(self.owner_id)
        if isinstance(device, Device):
            yield from (Alias.of(name, target) for name, target in device.aliases.items())


class RegistryAccess(TopicAccess):
    """Hears events and state, says commands and configuration: of each of its devices, and of itself."""

    def __init__(self, directory: Directory, owner: Registry, credential: str, limits: Limits | None) -> None:
        super().__init__(directory, owner, credential, limits)
        self._registry_id = owner.id

    def _may_publish(self, topic: str) -> bool:
        return self._is_of_ours(topic, TO_DEVICE)

    def _may_read(self, topic: str) -> bool:
        return self._is_of_ours(topic, FROM_DEVICE) or _is_monitoring(self._directory, topic, self.owner_id)

    def _is_of_ours(self, topic: str, kinds: tuple[str, ...]) -> bool:
        levels = topic.split("/", 3)
        if len(levels) < 3 or levels[2] not in kinds:
            return False
        if levels[0] == REGISTRIES:
            return levels[1] == self.owner_id
        return levels[0] == DEVICES and self._directory.in_registry(levels[1], self.owner_id)

    def _readable(self) -> Iterator[str]:
        for home in (f"{DEVICES}/+", f"{REGISTRIES}/{self.owner_id}"):
            yield from (f"{home}/{kind}/#" for kind in FROM_DEVICE)
        yield f"{MONITORING}/+/json"

    def _me(self) -> Iterable[Alias]:
        return registry_aliases(self.owner_id)

    def _aliases(self) -> Iterable[Alias]:
        return self._directory.aliases_of(self.owner_id)

    def _find_alias(self, topic: str) -> Alias | None:
        return self._directory.find_alias(self.owner_id, topic)


def _is_monitoring(directory: Directory, topic: str, registry_id: str) -> bool:
    levels = topic.split("/")
    return (
        len(levels) == 3
        and levels[0] == MONITORING
        and levels[2] == "json"
        and directory.in_registry(owner_of(topic), registry_id)
    )


def access_of(directory: Directory, owner: Owner, credential: str, limits: Limits | None) -> OwnerAccess:
    """Return what a client that is `owner` may do."""
    if isinstance(owner, Device):
        return DeviceAccess(directory, owner, credential, limits)
    if isinstance(owner, Registry):
        return RegistryAccess(directory, owner, credential, limits)
    assert isinstance(owner, Broker)
    return BrokerAccess(directory, owner, credential, limits)
