"""Who may come in, and what each may do: answers the MQTT server's "who are you, may you?"."""

from hub.registry.credentials import Passwords, Secret, hash_password
from hub.registry.directory import Directory
from hub.registry.owners import Broker, Device, Owner, Registry
from hub.registry.permissions import Rights, covers, expand
from hub.registry.registrar import Registrar
from hub.registry.users import User, UserAccess, Users

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
