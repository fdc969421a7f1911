"""Check the names, labels, ids and passwords of registries, devices and brokers, and make up new ids."""

from __future__ import annotations

import base64
import hashlib
import re
import secrets
from collections.abc import Mapping

from hub.core.errors import HubError

LONGEST_NAME = 63
LONGEST_DESCRIPTION = 256
MOST_LABELS = 64
SHORTEST_PASSWORD = 14
LONGEST_PASSWORD = 1_024

_NAME = re.compile(rf"[A-Za-z0-9_-]{{1,{LONGEST_NAME}}}")
_ID = re.compile(r"[A-Za-z0-9][A-Za-z0-9_-]{0,49}")
_LABEL_KEY = re.compile(r"[a-z][-_0-9a-z]{0,62}")
_LABEL_VALUE = re.compile(r"[-_0-9a-z]{0,63}")
_GROUPS = (re.compile(r"[a-z]"), re.compile(r"[A-Z]"), re.compile(r"[0-9]"), re.compile(r"[^a-zA-Z0-9]"))
_PREFIX = "are"
_TAIL = 17


def check_name(name: str) -> str:
    """Return `name`, or raise `HubError` if nothing may be called so."""
    if not _NAME.fullmatch(name):
        raise HubError(
            f"{name!r} can't be a name",
            remedy=f"A name has 1 to {LONGEST_NAME} of a-z, A-Z, 0-9, - and _.",
        )
    return name


def check_id(id: str) -> str:
    if not _ID.fullmatch(id):
        raise HubError(
            f"{id!r} can't be an id",
            remedy="An id has up to 50 letters, digits, hyphens and underscores, and begins with neither of "
            "the last two.",
        )
    return id


def check_description(text: str) -> str:
    if len(text) > LONGEST_DESCRIPTION:
        raise HubError(f"a description of {len(text)} characters; there is room for {LONGEST_DESCRIPTION}")
    return text


def check_labels(labels: Mapping[str, str]) -> dict[str, str]:
    """Return the labels in the order of their keys. Raises `HubError` for one that can't be."""
    if len(labels) > MOST_LABELS:
        raise HubError(f"{len(labels)} labels; there is room for {MOST_LABELS}")
    for key, value in labels.items():
        if not _LABEL_KEY.fullmatch(key):
            raise HubError(
                f"{key!r} can't be the key of a label",
                remedy="It has 1 to 63 of a-z, 0-9, - and _, and begins with a letter.",
            )
        if not _LABEL_VALUE.fullmatch(value):
            raise HubError(
                f"{value!r} can't be the value of the label {key}",
                remedy="It has up to 63 of a-z, 0-9, - and _.",
            )
    return dict(sorted(labels.items()))


def check_password(password: str) -> str:
    """Return `password`, or raise `HubError` (which does not show it) if it is too easy to guess."""
    if len(password) < SHORTEST_PASSWORD:
        raise HubError(
            f"a password of {len(password)} characters is too short",
            remedy=f"Take at least {SHORTEST_PASSWORD}, or let the hub make one up.",
        )
    if len(password) > LONGEST_PASSWORD:
        raise HubError(f"a password of more than {LONGEST_PASSWORD} characters")
    if sum(group.search(password) is not None for group in _GROUPS) < 3:
        raise HubError(
            "a password of too few kinds of characters",
            remedy="Take three of these four: small letters, capitals, digits, other signs.",
        )
    return password


def new_password() -> str:
    """Make up a password of 128 bits."""
    while True:
        password = secrets.token_urlsafe(16)
        if sum(group.search(password) is not None for group in _GROUPS[:3]) == 3:
            return password


def new_id() -> str:
    """Make up an id nothing else has."""
    return _PREFIX + _letters(secrets.token_bytes(11))


def derived_id(*names: str) -> str:
    """Return the id of what the configuration declares without one: the same names, the same id."""
    return _PREFIX + _letters(hashlib.sha256("/".join(names).encode()).digest())


def _letters(data: bytes) -> str:
    return base64.b32encode(data).decode().lower()[:_TAIL]
