"""Read Mosquitto's password and ACL files (mosquitto_passwd(1), mosquitto.conf(5)), purely."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import zip_longest

from hub.broker.topics import check_filter
from hub.broker.wire import ProtocolError
from hub.core.errors import HubError
from hub.registry import Secret
from hub.registry.credentials import PBKDF2

_MAY_PUBLISH = ("write", "readwrite")
_MAY_SUBSCRIBE = ("read", "readwrite")
_KINDS = (*_MAY_PUBLISH, "read", "deny")


@dataclass(slots=True)
class Given:
    """What somebody may do."""

    publish: list[str] = field(default_factory=list)
    subscribe: list[str] = field(default_factory=list)
    denied: list[str] = field(default_factory=list)

    def hold_back(self) -> Iterator[str]:
        """Take away what would allow something that is denied, and yield the filters that went."""
        for filters in (self.publish, self.subscribe):
            wide = [each for each in filters if any(overlap(each, denied) for denied in self.denied)]
            filters[:] = [each for each in filters if each not in wide]
            yield from wide

    def add(self, kind: str, filter: str) -> None:
        if kind in _MAY_PUBLISH and filter not in self.publish:
            self.publish.append(filter)
        if kind in _MAY_SUBSCRIBE and filter not in self.subscribe:
            self.subscribe.append(filter)


@dataclass(slots=True)
class Found:
    """What the files say. `passwords` has None for one whose hash can't be taken over."""

    passwords: dict[str, str | None] = field(default_factory=dict)
    users: dict[str, Given] = field(default_factory=dict)
    nameless: Given = field(default_factory=Given)
    everybody: Given = field(default_factory=Given)
    """The patterns: what each user may do, `%u` and `%c` being the user's name and the client's id."""
    problems: list[str] = field(default_factory=list)


def read_passwords(text: str, name: str, found: Found) -> None:
    """Read a password file, `user:hash` a line."""
    for number, line in _lines(text):
        user, colon, hash = line.partition(":")
        if not user or not colon:
            found.problems.append(f"{name}:{number}: this is no `user:hash`")
            continue
        try:
            taken = hash if hash.startswith(PBKDF2) and Secret(hash) else None
        except HubError:
            taken = None
        if taken is None:
            found.problems.append(
                f"{name}:{number}: the hash of {user} is of an old kind: a new password is made"
            )
        found.passwords[user] = taken


def read_acl(text: str, name: str, found: Found) -> None:
    """Read an ACL file: `user NAME`, `topic [read|write|readwrite|deny] FILTER`, `pattern …`."""
    whose = found.nameless
    for number, line in _lines(text):
        word, _, rest = line.partition(" ")
        rest = rest.strip()
        if word == "user" and rest:
            whose = found.users.setdefault(rest, Given())
        elif word in ("topic", "pattern") and rest:
            trouble = _grant(found.everybody if word == "pattern" else whose, rest)
            if trouble:
                found.problems.append(f"{name}:{number}: {trouble}")
        else:
            found.problems.append(f"{name}:{number}: {word!r} is neither user nor topic nor pattern")


def _grant(given: Given, rest: str) -> str:
    """Add what a line grants; return why it can't be taken over, if so."""
    kind, _, filter = rest.partition(" ")
    if kind not in _KINDS or not filter.strip():
        kind, filter = "readwrite", rest
    filter = filter.strip()
    if kind == "deny":
        given.denied.append(filter)
        return f"`deny {filter}` is left out: here everything is denied that is not allowed"
    try:
        check_filter(filter)
    except ProtocolError as error:
        return f"{filter!r} is no MQTT filter: {error}"
    given.add(kind, filter)
    return ""


def overlap(one: str, other: str) -> bool:
    """Tell whether a topic can match both filters."""
    for here, there in zip_longest(one.split("/"), other.split("/")):
        if "#" in (here, there):
            return True
        if here != there and "+" not in (here, there):
            return False
        if here is None or there is None:
            return False
    return True


def _lines(text: str) -> Iterator[tuple[int, str]]:
    for number, line in enumerate(text.splitlines(), start=1):
        if line.strip() and not line.lstrip().startswith("#"):
            yield number, line.strip()
