"""Let users in who know their password, and hold them to their rights."""

from __future__ import annotations

from collections.abc import Awaitable, Iterable, Sequence
from dataclasses import dataclass, field

from hub.broker import Access, Credentials, Grant, Limits
from hub.registry.credentials import Passwords, Secret
from hub.registry.permissions import Rights
from hub.registry.topics import is_permanent


@dataclass(frozen=True, slots=True)
class User:
    """Somebody with a name and a password. An admin may do everything, whatever the rights say."""

    name: str
    secret: Secret
    rights: Rights = field(default_factory=Rights)
    admin: bool = False
    limits: Limits | None = None
    """Own limits; None means the server's."""


class UserAccess(Access):
    """What one client of a user, or a nameless one, may do."""

    def __init__(
        self, name: str, rights: Rights, *, admin: bool = False, limits: Limits | None = None
    ) -> None:
        self.name = name
        self.limits = limits
        self._rights = rights
        self._admin = admin

    def publish_topic(self, topic: str) -> str | None:
        return topic if self._admin or self._rights.may_publish(topic) else None

    def subscribe_filters(self, filter: str) -> Sequence[Grant] | None:
        return (Grant(filter),) if self._admin or self._rights.may_subscribe(filter) else None

    def may_receive(self, topic: str) -> bool:
        return self._admin or self._rights.may_receive(topic)

    def keeps(self, topic: str) -> bool:
        return is_permanent(topic)


class Users:
    """The server's authenticator: users by password; those without a name where a listener allows it."""

    def __init__(
        self,
        users: Iterable[User] = (),
        *,
        nameless: Rights | None = None,
        open_listeners: Iterable[str] = (),
    ) -> None:
        """`nameless` are the rights of clients that give no name on one of the `open_listeners`."""
        self._users = {user.name: user for user in users}
        self._passwords = Passwords({user.name: user.secret for user in self._users.values()})
        self._nameless = nameless
        self._open = frozenset(open_listeners)

    def authenticate(self, credentials: Credentials) -> Access | Awaitable[Access | None] | None:
        if not credentials.username and not credentials.password:
            return self._without_name(credentials)
        name = credentials.username or ""
        verdict = self._passwords.check(name, credentials.password)
        if isinstance(verdict, bool):
            return self._access(name, credentials) if verdict else None
        return self._later(name, credentials, verdict)

    def close(self) -> None:
        self._passwords.close()

    async def _later(self, name: str, credentials: Credentials, verdict: Awaitable[bool]) -> Access | None:
        return self._access(name, credentials) if await verdict else None

    def _access(self, name: str, credentials: Credentials) -> Access:
        user = self._users[name]
        rights = user.rights.of(name, credentials.client_id)
        return UserAccess(name, rights, admin=user.admin, limits=user.limits)

    def _without_name(self, credentials: Credentials) -> Access | None:
        if self._nameless is None or credentials.listener not in self._open:
            return None
        return UserAccess("", self._nameless.of("", credentials.client_id))
