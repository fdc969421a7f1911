"""Who may come in, and what each may do: answers the MQTT server's "who are you, may you?"."""

from __future__ import annotations

from typing import TYPE_CHECKING

from hub.core.lazily import lazily

if TYPE_CHECKING:
    from hub.registry.credentials import Passwords, Secret, hash_password
    from hub.registry.directory import Directory
    from hub.registry.owners import Broker, Device, Owner, Registry
    from hub.registry.permissions import Rights, covers, expand
    from hub.registry.registrar import Registrar
    from hub.registry.users import User, UserAccess, Users

__getattr__ = lazily(
    __name__,
    {
        "credentials": "Passwords Secret hash_password",
        "directory": "Directory",
        "owners": "Broker Device Owner Registry",
        "permissions": "Rights covers expand",
        "registrar": "Registrar",
        "users": "User UserAccess Users",
    },
)

__all__ = [
    "Broker",
    "Device",
    "Directory",
    "Owner",
    "Passwords",
    "Registrar",
    "Registry",
    "Rights",
    "Secret",
    "User",
    "UserAccess",
    "Users",
    "covers",
    "expand",
    "hash_password",
]
