"""Hold all registries, devices and brokers in memory, found by id, name and certificate; nothing twice."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TypeVar

from hub.core.errors import HubError, NotFound, Taken
from hub.registry.aliases import Alias, AliasBook
from hub.registry.owners import Broker, Device, Kind, Owner, Registry

OwnerT = TypeVar("OwnerT", bound=Owner)


class Directory:
    """What is in it is consistent: each change is checked whole before anything of it is done."""

    def __init__(self) -> None:
        self._owners: dict[str, Owner] = {}
        self._by_name: dict[tuple[str, str], str] = {}
        self._by_certificate: dict[str, str] = {}
        self._by_password: dict[str, str] = {}
        self._devices: dict[str, dict[str, None]] = {}
        self._aliases: dict[str, AliasBook] = {}

    # Asking.

    def get(self, id: str) -> Owner | None:
        return self._owners.get(id)

    def all(self, kind: type[OwnerT]) -> Iterator[OwnerT]:
        return (owner for owner in self._owners.values() if isinstance(owner, kind))

    def devices_of(self, registry_id: str) -> Iterator[Device]:
        for id in self._devices.get(registry_id, ()):
            device = self._owners[id]
            assert isinstance(device, Device)
            yield device

    def in_registry(self, device_id: str, registry_id: str) -> bool:
        return device_id in self._devices.get(registry_id, ())

    def has_devices(self, registry_id: str) -> bool:
        return bool(self._devices.get(registry_id))

    def find_alias(self, registry_id: str, topic: str) -> Alias | None:
        book = self._aliases.get(registry_id)
        return book.find(topic) if book is not None else None

    def aliases_of(self, registry_id: str) -> Iterator[Alias]:
        return iter(self._aliases.get(registry_id, ()))

    def aliases_for(self, filter: str) -> Iterator[Alias]:
        """Yield the aliases of all registries that a filter of the hub's own may be about.

        Only one that begins with a level in words is about aliases: `#` is not.
        """
        if not filter.startswith(("$", "+", "#")):
            for book in self._aliases.values():
                yield from book.meant_by(filter)

    def by_certificate(self, fingerprint: str) -> Owner | None:
        id = self._by_certificate.get(fingerprint)
        return None if id is None else self._owners[id]

    def by_login(self, name: str) -> Owner | None:
        """Find who a user name means: an id, or a device's `registry/name`, the registry by id or name."""
        owner = self._owners.get(name)
        if owner is not None:
            return owner
        registry, slash, device = name.partition("/")
        return self._device(registry, device) if slash else None

    def _device(self, registry: str, name: str) -> Owner | None:
        registry_id = registry if registry in self._devices else self._by_name.get(("registry", registry), "")
        return self._owners.get(self._by_name.get((f"device of {registry_id}", name), ""))

    def find(self, kind: Kind, wanted: str, registry: str | None = None) -> Owner:
        """Find by id or name; the name of a device needs its registry, or to be the only one.

        Raises `NotFound`, or `HubError` for a name that several devices have.
        """
        owner = self._owners.get(wanted)
        if owner is not None and owner.kind == kind:
            return owner
        found = self._named(kind, wanted, registry)
        if len(found) > 1:
            raise HubError(
                f"{len(found)} devices are called {wanted}", remedy="Name the registry too, or take the id."
            )
        if not found:
            raise NotFound(f"there is no {kind} {wanted!r}", remedy=f"See `hub {kind} list`.")
        return found[0]

    def _named(self, kind: Kind, name: str, registry: str | None) -> list[Owner]:
        if kind != "device":
            id = self._by_name.get((kind, name))
            return [self._owners[id]] if id is not None else []
        if registry is not None:
            registry_id = self.find("registry", registry).id
            return [device for device in self.devices_of(registry_id) if device.name == name]
        return [device for device in self.all(Device) if device.name == name]

    # Changing.

    def check(self, owner: Owner) -> None:
        """Raise `Taken` if there is no place for an owner, new or in the place of one with its id."""
        known = self._owners.get(owner.id)
        if known is not None and known.kind != owner.kind:
            raise Taken(f"the id {owner.id} is taken by the {known}")
        named = self._by_name.get(_name_key(owner), owner.id)
        if named != owner.id:
            where = " in this registry" if isinstance(owner, Device) else ""
            raise Taken(
                f"the name {owner.name} is taken by another {owner.kind}{where} ({named})",
                remedy="Take another name.",
            )
        self._check_credentials(owner)
        if isinstance(owner, Device) and owner.aliases:
            book = self._aliases.get(owner.registry_id) or AliasBook()
            book.check(owner.aliases, owner.id)

    def _check_credentials(self, owner: Owner) -> None:
        mine = [certificate.fingerprint for certificate in owner.certificates]
        for fingerprint in mine:
            other = self._by_certificate.get(fingerprint, owner.id)
            if other != owner.id:
                raise Taken(
                    f"the certificate {fingerprint} belongs to the {self._owners[other]} already",
                    remedy="A certificate says who somebody is, so it has one owner only: make another one.",
                )
            if mine.count(fingerprint) > 1:
                raise Taken(f"the {owner} has the certificate {fingerprint} twice")
        for password in owner.passwords:
            if self._by_password.get(password.id, owner.id) != owner.id:
                raise Taken(f"the id of the password {password.id} is taken")

    def put(self, owner: Owner) -> None:
        """Add an owner, or put it in the place of the one with its id."""
        self.check(owner)
        known = self._owners.get(owner.id)
        if known is not None:
            self._unlink(known)
        self._owners[owner.id] = owner
        self._by_name[_name_key(owner)] = owner.id
        self._by_certificate |= dict.fromkeys((c.fingerprint for c in owner.certificates), owner.id)
        self._by_password |= dict.fromkeys((password.id for password in owner.passwords), owner.id)
        if isinstance(owner, Device):
            self._devices.setdefault(owner.registry_id, {})[owner.id] = None
            if owner.aliases:
                self._aliases.setdefault(owner.registry_id, AliasBook()).add(owner.aliases, owner.id)

    def copy(self) -> Directory:
        """Return another directory with the same owners, to try changes in."""
        other = Directory()
        for owner in self._owners.values():
            other.put(owner)
        return other

    def become(self, other: Directory) -> None:
        """Hold what another directory holds, for all who know this one."""
        self.__dict__.update(other.__dict__)

    def remove(self, owner: Owner) -> None:
        self._unlink(self._owners[owner.id])
        del self._owners[owner.id]
        if isinstance(owner, Device):
            del self._devices[owner.registry_id][owner.id]

    def _unlink(self, owner: Owner) -> None:
        del self._by_name[_name_key(owner)]
        for certificate in owner.certificates:
            del self._by_certificate[certificate.fingerprint]
        for password in owner.passwords:
            del self._by_password[password.id]
        if isinstance(owner, Device) and owner.aliases:
            self._aliases[owner.registry_id].remove(owner.aliases)


def _name_key(owner: Owner) -> tuple[str, str]:
    return (f"device of {owner.registry_id}" if isinstance(owner, Device) else owner.kind, owner.name)


def registry_of(directory: Directory, owner: Owner) -> Registry | None:
    """Return the registry that lets an owner in: its own for a device, itself for a registry."""
    found = directory.get(owner.registry_id) if isinstance(owner, Device) else owner
    return found if isinstance(found, Registry) else None


def is_open(directory: Directory, owner: Owner) -> bool:
    """Tell whether an owner may be in: a broker always, all others while their registry is enabled."""
    if isinstance(owner, Broker):
        return True
    registry = registry_of(directory, owner)
    return registry is not None and registry.enabled
