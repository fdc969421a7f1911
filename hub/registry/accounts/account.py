"""Who a person is to the hub: a name, a role in the whole house, and more in single areas."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import Enum, IntEnum

from hub.core.errors import HubError

LONGEST_NAME = 64
SHORTEST_PASSWORD = 10
LONGEST_PASSWORD = 1_024
_NAME = re.compile(rf"\w[\w .@+-]{{0,{LONGEST_NAME - 1}}}")


class Role(IntEnum):
    """What somebody may do; each role may do what those before it may."""

    GUEST = 0
    """Nothing, but what is granted for single areas."""
    VIEWER = 1
    """See states, history and why automations ran."""
    OPERATOR = 2
    """Switch things, too."""
    ADMIN = 3
    """Everything: configuration, MQTT, registries, people."""

    def __str__(self) -> str:
        return self.name.lower()

    @classmethod
    def named(cls, name: str) -> Role:
        """Return the role of this name. Raises `HubError`."""
        try:
            return cls[name.upper()]
        except KeyError:
            known = ", ".join(str(role) for role in cls)
            raise HubError(f"no role is called {name!r}", remedy=f"There are {known}.") from None


class Scope(Enum):
    """What a token is good for. It never may do more than the account whose it is."""

    VIEWER = "viewer"
    OPERATOR = "operator"
    ADMIN = "admin"
    IOT_VIEWER = "iot.viewer"
    IOT_EDITOR = "iot.editor"
    IOT_ADMIN = "iot.admin"
    DEVICES_WRITER = "iot.devices.writer"
    REGISTRIES_WRITER = "iot.registries.writer"

    @classmethod
    def named(cls, name: str) -> Scope:
        """Return the scope of this name. Raises `HubError`."""
        try:
            return cls(name)
        except ValueError:
            known = ", ".join(scope.value for scope in cls)
            raise HubError(f"no scope is called {name!r}", remedy=f"There are {known}.") from None

    @property
    def role(self) -> Role:
        """The role in the house that goes with it."""
        return Role[self.name] if self.name in Role.__members__ else Role.GUEST


_IOT_OF_ROLE = {
    Role.GUEST: frozenset[Scope](),
    Role.VIEWER: frozenset({Scope.IOT_VIEWER}),
    Role.OPERATOR: frozenset({Scope.IOT_VIEWER}),
    Role.ADMIN: frozenset(scope for scope in Scope if scope.value.startswith("iot.")),
}
_IOT_WITHIN = {
    Scope.IOT_EDITOR: frozenset({Scope.IOT_VIEWER}),
    Scope.IOT_ADMIN: _IOT_OF_ROLE[Role.ADMIN],
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Account:
    """One person. `grants` are roles in areas, by the area's id, beside the role in the whole house."""

    id: str
    name: str
    role: Role
    grants: Mapping[str, Role] = field(default_factory=dict)
    password: str = field(repr=False)
    """The argon2id hash."""
    totp: str | None = field(default=None, repr=False)
    """What the codes of a second factor are made from."""
    totp_used: int = 0
    """The number of the last code that was taken: none is good twice."""
    recovery: tuple[str, ...] = field(default=(), repr=False)
    """The hashes of codes for a phone that is lost, each good once."""
    created_at: datetime

    def __str__(self) -> str:
        return self.name

    def role_in(self, area_id: str | None) -> Role:
        """Return the role that holds for what is in an area; None is what is in no area."""
        granted = self.grants.get(area_id, Role.GUEST) if area_id is not None else Role.GUEST
        return max(self.role, granted)

    def registers(self) -> frozenset[Scope]:
        """Return what the role allows with registries, devices and brokers."""
        return _IOT_OF_ROLE[self.role]


def registers_of(scopes: Iterable[Scope]) -> frozenset[Scope]:
    """Return what scopes allow with registries, devices and brokers."""
    found: set[Scope] = set()
    for scope in scopes:
        found |= {scope} | _IOT_WITHIN.get(scope, frozenset())
        found |= _IOT_OF_ROLE[scope.role]
    return frozenset(found)


def check_name(name: str) -> str:
    """Return a name, or raise `HubError` if nobody may be called so."""
    if not _NAME.fullmatch(name) or name != name.strip():
        raise HubError(
            f"{name!r} can't be the name of a user",
            remedy=f"It begins with a letter or digit and has up to {LONGEST_NAME} of letters, digits, "
            "spaces and . _ - @ +.",
        )
    return name


def check_password(password: str, name: str = "") -> str:
    """Return a password, or raise `HubError` (which does not show it) if it is too easy to guess."""
    if len(password) < SHORTEST_PASSWORD:
        raise HubError(
            f"a password of {len(password)} characters is too short",
            remedy=f"Take at least {SHORTEST_PASSWORD}: a few words are easier to remember than signs.",
        )
    if len(password) > LONGEST_PASSWORD:
        raise HubError(f"a password of more than {LONGEST_PASSWORD} characters")
    if len(set(password)) < 4 or password.casefold() == name.casefold():
        raise HubError("this password is too easy to guess", remedy="Take a few words that nobody expects.")
    return password


def check_grants(grants: Mapping[str, str | Role]) -> dict[str, Role]:
    """Return roles by area. Raises `HubError`; that there is such an area is not asked: it may come yet."""
    return {
        area: role if isinstance(role, Role) else Role.named(str(role))
        for area, role in sorted(grants.items())
    }


def check_scopes(scopes: Collection[str]) -> tuple[Scope, ...]:
    """Return scopes, each once. Raises `HubError`."""
    if not scopes:
        known = ", ".join(scope.value for scope in Scope)
        raise HubError("a token needs a scope", remedy=f"There are {known}.")
    return tuple(dict.fromkeys(Scope.named(name) for name in scopes))
