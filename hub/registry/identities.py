"""Say who a client is: a registry, device or broker by password or certificate, or else a user."""

from __future__ import annotations

from collections.abc import Awaitable, Sequence
from dataclasses import replace
from typing import Protocol

from hub.broker import Access, Authenticator, Credentials, Limits
from hub.registry.access import OwnerAccess, access_of
from hub.registry.certificates import fingerprint_of
from hub.registry.directory import Directory, is_open
from hub.registry.owners import Owner, Registry
from hub.registry.proofs import Proofs

_ROOM = 2_048
"""Bytes that a packet may have around a payload of the greatest size."""


class Watcher(Protocol):
    """Is told who came in, and who did not."""

    def logged_in(self, access: OwnerAccess, credentials: Credentials) -> None: ...

    def refused(self, owner: Owner, credentials: Credentials, reason: str) -> None: ...


class Identities:
    """The server's authenticator: a password decides, whatever the certificate; without one the certificate.

    Who is not known here is asked of `others`.
    """

    def __init__(
        self,
        directory: Directory,
        proofs: Proofs,
        watchers: Sequence[Watcher],
        others: Authenticator,
        limits: Limits,
    ) -> None:
        self._directory = directory
        self._proofs = proofs
        self._watchers = watchers
        self._others = others
        self._limits = replace(limits, packet=limits.packet + _ROOM)
        # A registry speaks to each of its devices, so what it may have kept is not counted like a device's.
        self._registry_limits = replace(self._limits, retained_per_client=limits.retained)

    def authenticate(self, credentials: Credentials) -> Access | Awaitable[Access | None] | None:
        if credentials.password is None:
            return self._by_certificate(credentials)
        owner = self._directory.by_login(credentials.username or "")
        if owner is None:
            return self._others.authenticate(credentials)
        verdict = self._proofs.check(owner, credentials.password)
        if verdict is None or isinstance(verdict, str):
            return self._access(owner, verdict, credentials)
        return self._later(owner, verdict, credentials)

    def _by_certificate(self, credentials: Credentials) -> Access | Awaitable[Access | None] | None:
        owner = None
        fingerprint = ""
        if credentials.certificate is not None:
            fingerprint = fingerprint_of(credentials.certificate)
            owner = self._directory.by_certificate(fingerprint)
        named = self._directory.by_login(credentials.username) if credentials.username else owner
        if owner is None and named is None:
            return self._others.authenticate(credentials)
        if owner is not None and named is owner:
            return self._access(owner, fingerprint, credentials)
        found = named or owner
        assert found is not None
        unknown = "unknown certificate" if fingerprint else "no password"
        self._refuse(found, credentials, unknown if owner is None else "the certificate is that of another")
        return None

    async def _later(
        self, owner: Owner, verdict: Awaitable[str | None], credentials: Credentials
    ) -> Access | None:
        return self._access(owner, await verdict, credentials)

    def _access(self, owner: Owner, credential: str | None, credentials: Credentials) -> OwnerAccess | None:
        """Let an owner in as it is now: while its password was checked it may have been deleted."""
        present = self._directory.get(owner.id)
        if credential is None or present is None or not present.has(credential):
            self._refuse(owner, credentials, "wrong password")
            return None
        if not is_open(self._directory, present):
            self._refuse(owner, credentials, "the registry is disabled")
            return None
        limits = self._registry_limits if isinstance(present, Registry) else self._limits
        access = access_of(self._directory, present, credential, limits)
        for watcher in self._watchers:
            watcher.logged_in(access, credentials)
        return access

    def _refuse(self, owner: Owner, credentials: Credentials, reason: str) -> None:
        for watcher in self._watchers:
            watcher.refused(owner, credentials, reason)
