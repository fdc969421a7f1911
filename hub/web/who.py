"""Who asks, and what they may see and do: asked at every object, with the rights as they are now."""

from __future__ import annotations

from collections.abc import Iterable

from hub.core.cause import Cause
from hub.core.errors import Denied, HubError
from hub.core.ports import House
from hub.registry.accounts import Account, Accounts, Proof, Role, Scope, Session, Token
from hub.registry.accounts.account import registers_of
from hub.web.need import Need


class Forbidden(Denied):
    """Somebody may not do this."""


class Gone(HubError):
    """Whoever this was has no account, session or token any more."""


class Who:
    """Somebody who is logged in, by a session or a token."""

    def __init__(self, proof: Proof, accounts: Accounts, house: House, *, address: str = "") -> None:
        self.proof = proof
        self.address = address
        self._accounts = accounts
        self._house = house

    @property
    def account(self) -> Account:
        """The account as it is now. Raises `Gone`."""
        account = self._accounts.get(self.proof.account_id)
        if account is None or not self._accounts.holds(self.proof):
            raise Gone("this log-in is over", remedy="Log in again.")
        return account

    @property
    def is_valid(self) -> bool:
        """Whether session or token is still good."""
        return self._accounts.holds(self.proof) and self._accounts.get(self.proof.account_id) is not None

    @property
    def role(self) -> Role:
        """The role in the whole house."""
        return min(self.account.role, self._most)

    @property
    def _most(self) -> Role:
        if isinstance(self.proof, Token):
            return max((scope.role for scope in self.proof.scopes), default=Role.GUEST)
        return Role.ADMIN

    @property
    def is_admin(self) -> bool:
        return self.role is Role.ADMIN

    def registers(self) -> frozenset[Scope]:
        """Return what is allowed with registries, devices and brokers."""
        allowed = self.account.registers()
        if isinstance(self.proof, Token):
            return allowed & registers_of(self.proof.scopes)
        return allowed

    def meets(self, need: Need) -> bool:
        """Tell whether a route is open."""
        if need.browser_only and not isinstance(self.proof, Session):
            return False
        if need.scope is not None and need.scope not in self.registers():
            return False
        return self.role >= need.role

    # Objects.

    def role_for(self, entity_id: str) -> Role:
        """Return the role that holds for an entity: the house's, or more in the area where it is."""
        return min(self.account.role_in(area_of(self._house, entity_id)), self._most)

    def sees(self, entity_id: str) -> bool:
        role = self.role
        return role >= Role.VIEWER or self.role_for(entity_id) >= Role.VIEWER

    def operates(self, entity_id: str) -> bool:
        role = self.role
        return role >= Role.OPERATOR or self.role_for(entity_id) >= Role.OPERATOR

    @property
    def sees_all(self) -> bool:
        return self.role >= Role.VIEWER

    def seen(self, entity_ids: Iterable[str]) -> list[str]:
        """Return those of the entities that may be seen."""
        if self.sees_all:
            return list(entity_ids)
        return [entity_id for entity_id in entity_ids if self.sees(entity_id)]

    def sees_device(self, device_id: str) -> bool:
        device = self._house.devices.get(device_id)
        if device is None:
            return False
        return self.sees_all or self._sees_area(device.area_id)

    def sees_area(self, area_id: str) -> bool:
        return self.sees_all or self._sees_area(area_id)

    def _sees_area(self, area_id: str | None) -> bool:
        return min(self.account.role_in(area_id), self._most) >= Role.VIEWER

    def must_see(self, entity_id: str) -> None:
        """Raise `Forbidden` for an entity that may not be seen, whether or not there is one."""
        if not self.sees(entity_id):
            raise Forbidden(f"you may not see {entity_id}")

    def cause(self) -> Cause:
        """Return the beginning of a chain of causes: this person."""
        account = self.account
        return Cause(user_id=account.id, origin=f"{account.name} (web)")


def area_of(house: House, entity_id: str) -> str | None:
    """Return the area in which an entity is: its own, or its device's."""
    entry = house.registry.get(entity_id)
    if entry is None:
        return None
    if entry.area_id is not None or entry.device_id is None:
        return entry.area_id
    device = house.devices.get(entry.device_id)
    return device.area_id if device is not None else None
