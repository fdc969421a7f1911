"""Answer who may see a topic: each user, device and registry, and what it may do there."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from hub.broker import Access
from hub.mqtt.accounts import UserModel
from hub.registry import Owner, Registrar
from hub.registry.access import access_of
from hub.registry.owners import Device, Registry


@dataclass(frozen=True, slots=True)
class Right:
    """What somebody may do with one topic."""

    name: str
    kind: str
    publish: bool
    subscribe: bool


def who_may(topic: str, users: Iterable[UserModel], registrar: Registrar | None) -> list[Right]:
    """Return everybody who may publish to a topic or get it, by name.

    Brokers have topics of their own and are left out; so is who has no credential to log in with.
    """
    found = [*_users(topic, users), *(_owners(topic, registrar) if registrar is not None else ())]
    return sorted(
        (one for one in found if one.publish or one.subscribe), key=lambda one: (one.kind, one.name)
    )


def _users(topic: str, users: Iterable[UserModel]) -> Iterator[Right]:
    for user in users:
        # What depends on the client's id can't be told without a client.
        rights = user.rights.of(user.name, "")
        publish = user.admin or rights.may_publish(topic)
        yield Right(user.name, "user", publish, user.admin or rights.may_receive(topic))


def _owners(topic: str, registrar: Registrar) -> Iterator[Right]:
    directory = registrar.directory
    owners: list[Owner] = [*directory.all(Registry), *directory.all(Device)]
    for owner in owners:
        credentials = [*(one.id for one in owner.passwords), *(one.fingerprint for one in owner.certificates)]
        if credentials:
            access: Access = access_of(directory, owner, credentials[0], None)
            name = f"{owner.name} ({owner.id})"
            yield Right(name, owner.kind, access.publish_topic(topic) is not None, access.may_receive(topic))
