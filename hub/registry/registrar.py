"""Keep the register: what the YAML declares and what commands made, in one directory; apply each change.

A change is checked whole, then stored, then takes effect on whoever is connected.
"""

from __future__ import annotations

import asyncio
import logging
import sqlite3
from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from typing import Self, TypeVar

from hub.broker import Access, Authenticator, Limits
from hub.broker import Broker as Server
from hub.core.clock import Clock, Detach, nothing, together
from hub.core.errors import Denied, HubError, NotNow
from hub.registry.access import THE_HUB, OwnerAccess, access_of
from hub.registry.audit import Audited, audited
from hub.registry.connections import ConnectionLog
from hub.registry.database import Contents, Database
from hub.registry.declared import UNKNOWN
from hub.registry.directory import Directory, registry_of
from hub.registry.expiry import LOOK_EVERY, ending, warn
from hub.registry.following import Feed
from hub.registry.identities import Identities
from hub.registry.metrics import Metrics
from hub.registry.monitoring import Monitoring
from hub.registry.owners import Broker, Certificate, Device, Owner, Password, Registry
from hub.registry.proofs import Proofs
from hub.registry.topics import DEVICES, REGISTRIES

log = logging.getLogger(__name__)

OwnerT = TypeVar("OwnerT", bound=Owner)

SAVE_EVERY = 60.0
"""Seconds after which it is stored when devices were heard of."""

Credentials = tuple[tuple[Certificate, ...], tuple[Password, ...]]


class Registrar:
    """All registries, devices and brokers while the hub runs, or while a command works on its files."""

    def __init__(self, database: Database, folder: Path, clock: Clock) -> None:
        self.directory = Directory()
        self.folder = folder
        self.clock = clock
        self.monitoring = Monitoring(self.directory, clock)
        self.connections = ConnectionLog(clock)
        self.metrics = Metrics(self.directory, clock)
        self.actions: Feed[Audited] = Feed()
        self._changed: list[Callable[[], None]] = []
        self.proofs = Proofs(database.key)
        self._database = database
        self._made: dict[str, Owner] = {}
        self._added: dict[str, Credentials] = {}
        self._server: Server | None = None
        self._detach: Detach = nothing
        self._turn = asyncio.Lock()
        self._saving: asyncio.Task[None] | None = None
        self._opening = True

    @classmethod
    async def open(cls, folder: Path, clock: Clock, declared: Iterable[Owner] = ()) -> Self:
        """Open what is kept in the data folder, beside what is declared. Raises `HubError`."""
        database = await Database.open(folder)
        try:
            contents = await database.load()
            registrar = cls(database, folder, clock)
            registrar._take_up(contents)
            await registrar._assemble(declared, contents)
        except sqlite3.Error as error:
            await database.close()
            raise HubError(f"the registries can't be read: {error}") from error
        return registrar

    async def close(self) -> None:
        """Store what is not stored, and let go of everything."""
        self._detach()
        self.monitoring.stop()
        if self._saving is not None:
            self._saving.cancel()
            await asyncio.gather(self._saving, return_exceptions=True)
        await self._save_activity()
        self.proofs.close()
        await self._database.close()

    # With the MQTT server.

    def identities(self, others: Authenticator, limits: Limits) -> Identities:
        """Return the server's authenticator; `others` are asked who is not known here."""
        watchers = (self.monitoring, self.connections, self.metrics)
        return Identities(self.directory, self.proofs, watchers, others, limits)

    def listen(self, changed: Callable[[], None]) -> Detach:
        """Call `changed` after each change of what there is."""
        self._changed.append(changed)
        return lambda: self._changed.remove(changed)

    def kept(self, filter: str) -> list[tuple[str, bytes]]:
        """Return topic and payload of the messages kept on topics that match. Raises `HubError`."""
        if self._server is None:
            raise HubError("no MQTT server runs, and only it knows that", remedy="Start it with `hub run`.")
        return [(message.topic, message.payload) for message in self._server.retained(filter)]

    def attach(self, server: Server) -> None:
        """Let changes take effect on the clients of a server, and tell there what devices do."""
        self._server = server
        self._detach = together(
            [
                server.listen_events(self.monitoring.on_event),
                server.listen_events(self.connections.on_event),
                server.listen_events(self.metrics.on_event),
            ]
        )
        self.metrics.settle = server.settle_traffic
        self.monitoring.publish = server.publish
        self._saving = asyncio.create_task(self._work_now_and_then(), name="upkeep of the register")

    def publish_as(self, owner: Owner, topic: str, payload: bytes) -> None:
        """Publish in the name of an owner, held to what it may say. Raises `HubError`."""
        if self._server is None:
            raise NotNow("no MQTT server runs", remedy="Start the hub.")
        access = access_of(self.directory, owner, THE_HUB, None)
        meant = access.publish_topic(topic)
        if meant is None:
            raise Denied(f"the {owner} may not publish to {topic!r}", remedy="See docs/iot-core.md.")
        self._server.publish(meant, payload, 0, access.keeps(meant), access.space)

    async def _work_now_and_then(self) -> None:
        due = asyncio.Event()
        looked: float | None = None
        while True:
            if looked is None or self.clock.monotonic() - looked >= LOOK_EVERY:
                looked = self.clock.monotonic()
                await self._look_at_certificates()
            due.clear()
            self.clock.call_later(SAVE_EVERY, due.set)
            await due.wait()
            await self._save_activity()

    async def _look_at_certificates(self) -> None:
        now, owners = self.clock.now(), list(self.directory.all(Owner))
        warn(await asyncio.to_thread(ending, owners, now), now)

    async def _save_activity(self) -> None:
        try:
            await self._database.save_activity(self.monitoring.unsaved())
            await self._database.save_lines(self.connections.unsaved())
        except sqlite3.Error as error:
            log.warning("the activity of devices is not stored: %s", error)

    async def audited(
        self,
        *,
        since: datetime | None = None,
        until: datetime | None = None,
        id: str | None = None,
        limit: int = 100,
    ) -> list[Audited]:
        """Return who changed what, the newest last; with an id what was done to it and its devices."""
        return await self._database.audited(since, until, id, limit)

    # What is declared.

    async def declare(self, declared: Iterable[Owner]) -> None:
        """Take over what the YAML declares now; what changed takes effect at once."""
        async with self._turn:
            before = {owner.id: owner for owner in self.directory.all(Owner)}
            await self._assemble(declared, await self._database.load())
            after = {owner.id: owner for owner in self.directory.all(Owner)}
            pairs = [(before.get(id), after.get(id)) for id in {**before, **after}]
            changes = [(old, new) for old, new in pairs if old != new]
            actions = self._audited(changes)
            await self._database.record(actions)
            self._take_effect(changes)
            self._tell(actions)

    def _audited(self, changes: Iterable[tuple[Owner | None, Owner | None]], by: str = "") -> list[Audited]:
        now = self.clock.now()
        return [action for old, new in changes for action in audited(old, new, by, now)]

    def _tell(self, actions: Iterable[Audited]) -> None:
        for action in actions:
            self.actions.tell(action)

    def _take_up(self, contents: Contents) -> None:
        self.connections.restore(contents.lines)
        for device_id, text in contents.activity.items():
            self.monitoring.restore(device_id, text)
        for owner in contents.owners:
            certificates, passwords = _kept_of(owner.id, contents)
            self._made[owner.id] = replace(owner, certificates=certificates, passwords=passwords)
        owners = {*contents.certificates, *contents.passwords} - self._made.keys()
        self._added = {id: _kept_of(id, contents) for id in owners}

    async def _assemble(self, declared: Iterable[Owner], contents: Contents) -> None:
        """Make the directory anew. What commands made gives way to what is declared."""
        now = self.clock.now()
        fresh = Directory()
        for owner in declared:
            self._place(fresh, self._completed(_dated(owner, contents.declared.get(owner.id, now))))
        for owner in self._made.values():
            self._place(fresh, owner)
        seen = [owner for owner in fresh.all(Owner) if owner.source and owner.id not in contents.declared]
        await self._database.first_seen([owner.id for owner in seen], now)
        if self._opening:  # later it is told from what was there before
            await self._database.record(self._audited((None, owner) for owner in seen))
            self._opening = False
        for owner in self.directory.all(Owner):
            self._prove(owner, fresh.get(owner.id))
        for owner in fresh.all(Owner):
            self.proofs.add(owner.passwords)
        self.directory.become(fresh)

    def _place(self, directory: Directory, owner: Owner) -> None:
        try:
            directory.put(owner)
        except HubError as error:
            log.error("%s (%s) is left out: %s", owner, owner.id, error)
            return
        if isinstance(owner, Device) and registry_of(directory, owner) is None:
            log.warning("%s (%s) can't log in: its registry %s is gone", owner, owner.id, owner.registry_id)

    def _completed(self, owner: OwnerT) -> OwnerT:
        """Return what is declared with the credentials that commands added."""
        certificates, passwords = self._added.get(owner.id, ((), ()))
        declared = {certificate.fingerprint for certificate in owner.certificates}
        more = tuple(one for one in certificates if one.fingerprint not in declared)
        return replace(
            owner,
            certificates=(*owner.certificates, *more),
            passwords=(*owner.passwords, *passwords),
        )

    # Changes.

    async def save(self, owners: Sequence[Owner], removed: Sequence[Owner] = (), *, by: str = "") -> None:
        """Make all these changes or, if one can't be, none of them; `by` says who. Raises `HubError`."""
        async with self._turn:
            done: list[tuple[Owner | None, Owner | None]] = []
            try:
                for owner in removed:
                    self.directory.remove(owner)
                    done.append((owner, None))
                for owner in owners:
                    known = self.directory.get(owner.id)
                    self.directory.put(owner)
                    done.append((known, owner))
                actions = self._audited(done, by)
                await self._database.save(owners, removed, actions)
            except BaseException as error:
                self._undo(done)
                if isinstance(error, sqlite3.Error):
                    raise HubError(f"this can't be stored: {error}") from error
                raise
            self._remember(done)
            self._take_effect(done)
            self._tell(actions)

    def _undo(self, done: Sequence[tuple[Owner | None, Owner | None]]) -> None:
        for old, new in reversed(done):
            if old is not None:
                self.directory.put(old)
            elif new is not None:
                self.directory.remove(new)

    def _remember(self, done: Iterable[tuple[Owner | None, Owner | None]]) -> None:
        for old, new in done:
            if old is not None:
                self._prove(old, new)
            if new is None:
                assert old is not None
                self._made.pop(old.id, None)
                self._added.pop(old.id, None)
                continue
            self.proofs.add(new.passwords)
            if new.source:
                certificates = tuple(one for one in new.certificates if not one.source)
                self._added[new.id] = (certificates, tuple(one for one in new.passwords if not one.source))
            else:
                self._made[new.id] = new

    def _prove(self, old: Owner, new: Owner | None) -> None:
        """Forget the passwords that an owner has no more."""
        kept = {password.id for password in new.passwords} if new is not None else set()
        self.proofs.remove([password for password in old.passwords if password.id not in kept])

    def _take_effect(self, changes: Sequence[tuple[Owner | None, Owner | None]]) -> None:
        for old, new in changes:
            if old is not None and new is None:
                self._forget(old)
        for changed in tuple(self._changed):
            changed()
        server = self._server
        if server is None:
            return
        server.disconnect_where(_is_over)
        names = {name for old, new in changes for name in _ask_again(old, new)}
        for name in names:
            server.permissions_changed(name)

    def _forget(self, owner: Owner) -> None:
        self.monitoring.forget(owner.id)
        self.connections.forget(owner.login)
        self.metrics.forget(owner.id)
        if self._server is None:
            return
        self._server.forget(name=owner.login)
        if isinstance(owner, Device):
            self._server.clear_retained(f"{DEVICES}/{owner.id}/#")
        elif isinstance(owner, Registry):
            self._server.clear_retained(f"{REGISTRIES}/{owner.id}/#")
        elif isinstance(owner, Broker):
            self._server.clear_retained("#", owner.login)


def _is_over(access: Access) -> bool:
    return isinstance(access, OwnerAccess) and not access.is_valid


def _ask_again(old: Owner | None, new: Owner | None) -> set[str]:
    """Return the log-ins whose rights a change touches."""
    device = new or old
    if not isinstance(device, Device):
        return set()
    if isinstance(old, Device) and isinstance(new, Device) and old.aliases == new.aliases:
        return set()
    return {device.login, f"{Registry.kind}/{device.registry_id}"}


def _kept_of(id: str, contents: Contents) -> Credentials:
    return tuple(contents.certificates.get(id, ())), tuple(contents.passwords.get(id, ()))


def _dated(owner: OwnerT, at: datetime) -> OwnerT:
    """Give what is declared, and its credentials, the time when it was first seen."""
    certificates = [replace(one, created_at=at) for one in owner.certificates if one.created_at == UNKNOWN]
    passwords = [replace(one, created_at=at) for one in owner.passwords if one.created_at == UNKNOWN]
    return replace(owner, created_at=at, certificates=tuple(certificates), passwords=tuple(passwords))
