"""People who log in to the pages and the API, their sessions and tokens. MQTT users are another thing."""

from __future__ import annotations

from typing import TYPE_CHECKING

from hub.core.lazily import lazily

if TYPE_CHECKING:
    from hub.registry.accounts.account import Account, Role, Scope
    from hub.registry.accounts.accounts import Accounts
    from hub.registry.accounts.desk import AccountDesk, account_commands
    from hub.registry.accounts.lockout import Locked, LockOut
    from hub.registry.accounts.proof import Proof, Session, Token

__getattr__ = lazily(
    __name__,
    {
        "account": "Account Role Scope",
        "accounts": "Accounts",
        "desk": "AccountDesk account_commands",
        "lockout": "Locked LockOut",
        "proof": "Proof Session Token",
    },
)

__all__ = [
    "Account",
    "AccountDesk",
    "Accounts",
    "LockOut",
    "Locked",
    "Proof",
    "Role",
    "Scope",
    "Session",
    "Token",
    "account_commands",
]
