"""Who may come in, and what each may do: answers the MQTT server's "who are you, may you?"."""

from hub.registry.credentials import Passwords, Secret, hash_password
from hub.registry.permissions import Rights, covers, expand
from hub.registry.users import User, UserAccess, Users

__all__ = [
    "Passwords",
    "Rights",
    "Secret",
    "User",
    "UserAccess",
    "Users",
    "covers",
    "expand",
    "hash_password",
]
