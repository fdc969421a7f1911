"""All people who may log in to the pages and the API: make and change them, let them in, put them out."""

from __future__ import annotations

import asyncio
import secrets
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path

from hub.core.clock import Clock, Detach
from hub.core.errors import HubError, NotFound
from hub.registry.accounts import recovery, totp
from hub.registry.accounts.account import (
    Account,
    Role,
    Scope,
    check_grants,
    check_name,
    check_password,
)
from hub.registry.accounts.database import AccountDatabase
from hub.registry.accounts.lockout import Locked, LockOut
from hub.registry.accounts.proof import Proof, Session, Token, digest_of, new_secret
from hub.registry.credentials import Passwords, Secret, hash_password

SEEN_EVERY = timedelta(minutes=10)
"""How much later a session must be used again before that is stored."""
AT_ONCE = 4
"""Passwords that are looked at at the same time."""
MOST_WAITING = 50

# Nobody's password: with no account at all a wrong one takes as long as with some.
_NOBODY = Secret(
    "$argon2id$v=19$m=65536,t=3,p=4$YmCKpIQHPz9U5uPofuOrFA$BHg++jsKaiMoTDquh3RNPzPHvjw7lMCJMv6yN2meCWw"
)


class CodeNeeded(HubError):
    """The password was right, and the account has a second factor: its code is missing."""

    def __init__(self) -> None:
        super().__init__("a code is needed too", remedy="Type the code that your authenticator app shows.")


class Refused(HubError):
    """Name, password or code are wrong; which of them is not said."""

    def __init__(self) -> None:
        super().__init__("this name, password or code is wrong", remedy="Try again.")


class Accounts:
    """The accounts while the hub runs, or while a command works on its files."""

    def __init__(self, database: AccountDatabase, clock: Clock) -> None:
        self._database = database
        self._clock = clock
        self._accounts: dict[str, Account] = {}
        self._proofs: dict[bytes, Proof] = {}
        self._passwords = Passwords({"": _NOBODY})
        self._listeners: list[Callable[[], None]] = []
        self._locks = LockOut(clock)
        self._room = asyncio.Semaphore(AT_ONCE)
        self._waiting = 0

    @classmethod
    async def open(cls, folder: Path, clock: Clock) -> Accounts:
        """Open what is kept in the data folder. Raises `HubError`."""
        accounts = cls(await AccountDatabase.open(folder), clock)
        for account in await accounts._database.accounts():
            accounts._take(account)
        proofs = await accounts._database.proofs()
        accounts._proofs = {proof.digest: proof for proof in proofs}
        await accounts._end([proof for proof in proofs if accounts._is_over(proof)])
        return accounts

    async def close(self) -> None:
        self._passwords.close()
        await self._database.close()

    def listen(self, callback: Callable[[], None]) -> Detach:
        """Call `callback()` when somebody may do less than before, or is gone."""
        self._listeners.append(callback)

        def detach() -> None:
            if callback in self._listeners:
                self._listeners.remove(callback)

        return detach

    # Asking.

    def all(self) -> list[Account]:
        return list(self._accounts.values())

    def get(self, id: str) -> Account | None:
        return self._accounts.get(id)

    def find(self, who: str) -> Account:
        """Find somebody by name or id. Raises `NotFound`."""
        found = self._accounts.get(who) or self._named(who)
        if found is None:
            raise NotFound(f"no user is called {who!r}", remedy="See `hub user list`.")
        return found

    def _named(self, name: str) -> Account | None:
        wanted = name.casefold()
        return next((one for one in self._accounts.values() if one.name.casefold() == wanted), None)

    def has_admin(self) -> bool:
        return any(account.role is Role.ADMIN for account in self._accounts.values())

    def proofs_of(self, account: Account) -> list[Proof]:
        return [proof for proof in self._proofs.values() if proof.account_id == account.id]

    def holds(self, proof: Proof) -> bool:
        """Tell whether a session or token is (still) good."""
        return proof.digest in self._proofs and not self._is_over(proof)

    # People.

    async def add(
        self, name: str, password: str, role: Role, grants: Mapping[str, str | Role] | None = None
    ) -> Account:
        """Make an account. Its password is hashed beside the loop. Raises `HubError`."""
        check_password(password, check_name(name))
        granted = check_grants(grants or {})
        hash = await asyncio.to_thread(hash_password, password)
        if self._named(name) is not None:
            raise HubError(f"there is a user {name} already", remedy="Take another name.")
        account = Account(
            id=secrets.token_hex(16),
            name=name,
            role=role,
            grants=granted,
            password=hash,
            created_at=self._clock.now(),
        )
        await self._database.save_account(account)
        self._take(account)
        return account

    async def remove(self, account: Account) -> None:
        """Delete an account; its sessions and tokens end at once."""
        self._refuse_last_admin(account, "deleted")
        await self._database.delete_account(account)
        del self._accounts[account.id]
        self._passwords.remove(account.id)
        self._proofs = {key: proof for key, proof in self._proofs.items() if proof.account_id != account.id}
        self._tell()

    async def set_role(
        self, account: Account, role: Role, grants: Mapping[str, str | Role] | None = None
    ) -> Account:
        """Give another role, and with `grants` other roles in areas than before."""
        if role is not Role.ADMIN:
            self._refuse_last_admin(account, "made less")
        granted = account.grants if grants is None else check_grants(grants)
        return await self._change(account.id, role=role, grants=granted)

    async def set_password(self, account: Account, password: str, *, keep: Proof | None = None) -> Account:
        """Give another password. All sessions end, except `keep`; tokens stay."""
        check_password(password, account.name)
        hash = await asyncio.to_thread(hash_password, password)
        changed = await self._change(account.id, password=hash)
        await self.end_sessions(account, keep=keep)
        return changed

    async def set_totp(self, account: Account, secret: str | None) -> Account:
        """Ask for codes of this secret from now on, or for none. Older recovery codes are good no more."""
        return await self._change(account.id, totp=secret, totp_used=0, recovery=())

    async def renew_recovery(self, account: Account) -> list[str]:
        """Return new recovery codes, which are nowhere else; those of before are good no more."""
        if self.find(account.id).totp is None:
            raise HubError(f"{account.name} has no second factor", remedy="Begin with one first.")
        codes = recovery.new_codes()
        await self._change(account.id, recovery=tuple(map(recovery.digest_of, codes)))
        return codes

    async def _change(self, id: str, **changes: object) -> Account:
        present = self._accounts.get(id)
        if present is None:
            raise NotFound("this user is gone")
        changed = replace(present, **changes)  # type: ignore[arg-type]  # names are those of Account
        await self._database.save_account(changed)
        self._take(changed)
        self._tell()
        return changed

    def _take(self, account: Account) -> None:
        self._accounts[account.id] = account
        self._passwords.set(account.id, Secret(account.password))

    def _refuse_last_admin(self, account: Account, what: str) -> None:
        others = [one for one in self._accounts.values() if one.role is Role.ADMIN and one.id != account.id]
        if account.role is Role.ADMIN and not others:
            raise HubError(
                f"{account.name} is the last admin and can't be {what}", remedy="Make another admin first."
            )

    def _tell(self) -> None:
        for listener in list(self._listeners):
            listener()

    # Log-in.

    async def check_password(self, name: str, password: str, code: str | None, address: str) -> Account:
        """Return who this is. Raises `Locked`, `CodeNeeded`, or `Refused`, which says nothing more."""
        keys = (f"name {name.casefold()}", f"address {address}")
        self._locks.check(*keys)
        account = self._named(name)
        right = await self._is_right(account.id if account is not None else "", password)
        if account is None or not right or self._accounts.get(account.id) is not account:
            self._locks.wrong(*keys)
            raise Refused
        if account.totp is not None:
            await self._check_code(account, account.totp, code, keys)
        self._locks.right(*keys)
        return account

    async def is_password(self, account: Account, password: str, address: str) -> bool:
        """Tell whether somebody who is logged in knows the password; wrong tries count as at the log-in."""
        keys = (f"name {account.name.casefold()}", f"address {address}")
        self._locks.check(*keys)
        right = await self._is_right(account.id, password)
        if right:
            self._locks.right(*keys)
        else:
            self._locks.wrong(*keys)
        return right

    async def _check_code(
        self, account: Account, secret: str, code: str | None, keys: tuple[str, ...]
    ) -> None:
        if not code:
            raise CodeNeeded
        number = totp.code_number(secret, code, self._clock.timestamp(), account.totp_used)
        left = recovery.without(code, account.recovery) if number is None else None
        if number is None and left is None:
            self._locks.wrong(*keys)
            raise Refused
        changed = replace(
            account,
            totp_used=account.totp_used if number is None else number,
            recovery=account.recovery if left is None else left,
        )
        self._accounts[account.id] = changed  # before it is stored: the same code must not be taken twice
        await self._database.save_account(changed)

    async def _is_right(self, id: str, password: str) -> bool:
        if self._waiting >= MOST_WAITING:
            raise Locked(1.0)
        self._waiting += 1
        try:
            async with self._room:
                verdict = self._passwords.check(id, password.encode(errors="replace"))
                return verdict if isinstance(verdict, bool) else await verdict
        finally:
            self._waiting -= 1

    # Sessions and tokens.

    async def begin_session(self, account: Account, address: str, agent: str) -> tuple[Session, str]:
        """Return a new session and its secret, which is nowhere else."""
        secret, now = new_secret(), self._clock.now()
        session = Session(
            id=secrets.token_hex(8),
            digest=digest_of(secret),
            account_id=account.id,
            created_at=now,
            seen_at=now,
            address=address,
            agent=agent[:200],
        )
        await self._keep(session)
        return session, secret

    async def make_token(
        self, account: Account, name: str, scopes: Iterable[Scope], expires_at: datetime | None = None
    ) -> tuple[Token, str]:
        """Return a new long-lived token and its secret, which is nowhere else."""
        secret = new_secret()
        token = Token(
            id=secrets.token_hex(8),
            digest=digest_of(secret),
            account_id=account.id,
            name=name,
            scopes=tuple(scopes),
            created_at=self._clock.now(),
            expires_at=expires_at,
        )
        await self._keep(token)
        return token, secret

    def proof(self, secret: str) -> Proof | None:
        """Return the session or token with this secret, if it is good."""
        found = self._proofs.get(digest_of(secret))
        if found is None or self._is_over(found) or found.account_id not in self._accounts:
            return None
        return found

    async def saw(self, proof: Proof) -> None:
        """Remember that a session or token was used just now."""
        now = self._clock.now()
        present = self._proofs.get(proof.digest)
        if present is None or (present.seen_at is not None and now - present.seen_at < SEEN_EVERY):
            return
        seen = replace(present, seen_at=now)
        self._proofs[proof.digest] = seen
        await self._database.save_proofs([seen])

    async def end(self, proof: Proof) -> None:
        """End one session or token, at once."""
        await self._end([proof])

    async def end_sessions(self, account: Account, *, keep: Proof | None = None) -> None:
        """End all sessions of somebody, except `keep`."""
        kept = keep.id if keep is not None else ""
        ended = [one for one in self.proofs_of(account) if isinstance(one, Session) and one.id != kept]
        await self._end(ended)

    async def _end(self, proofs: Sequence[Proof]) -> None:
        for proof in proofs:
            self._proofs.pop(proof.digest, None)
        self._tell()
        await self._database.delete_proofs(proofs)

    async def _keep(self, proof: Proof) -> None:
        if proof.account_id not in self._accounts:
            raise NotFound("this user is gone")
        await self._database.save_proofs([proof])
        self._proofs[proof.digest] = proof

    def _is_over(self, proof: Proof) -> bool:
        present = self._proofs.get(proof.digest, proof)
        end = present.ends_at()
        return end is not None and end <= self._clock.now()
