"""Decide what a list of MQTT filters allows. Pure functions of texts: no clients, no clock, no I/O."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass

from hub.broker.topics import matches

_PLACEHOLDER = re.compile(r"%[uc]")


def covers(grant: str, filter: str) -> bool:
    """Tell whether every topic that `filter` matches is also matched by `grant`.

    As in MQTT 3.1.1, 4.7: a grant that starts with a wildcard covers nothing that starts with `$`.
    """
    wanted, given = filter.split("/"), grant.split("/")
    if wanted[0].startswith("$") and given[0] in ("+", "#"):
        return False
    if given == ["+", "#"]:  # every topic has a first level, so this is all of them
        return True
    for at, level in enumerate(given):
        if level == "#":
            return True  # also when the filter ends here: "a/#" matches "a"
        if at == len(wanted) or wanted[at] == "#" or level not in ("+", wanted[at]):
            return False
    return len(wanted) == len(given)


def expand(filter: str, username: str, client_id: str) -> str | None:
    """Put a client's names in the place of `%u` and `%c`; None if that would not be safe.

    A name must not bring levels or wildcards of its own, or lead into the topics that start with `$`.
    """
    values = {"%u": username, "%c": client_id}
    if not all(_is_harmless(values[found]) for found in _PLACEHOLDER.findall(filter)):
        return None
    # One pass over the text: a client that calls itself "%u" gets just that.
    return _PLACEHOLDER.sub(lambda found: values[found[0]], filter)


def _is_harmless(name: str) -> bool:
    return bool(name) and not name.startswith("$") and not any(sign in name for sign in "/+#")


@dataclass(frozen=True, slots=True)
class Rights:
    """The filters that somebody may publish to and subscribe. None of them means nothing at all."""

    publish: tuple[str, ...] = ()
    subscribe: tuple[str, ...] = ()

    def of(self, username: str, client_id: str) -> Rights:
        """Return these rights with a client's names in the placeholders; what is not safe is left out."""
        return Rights(
            _expanded(self.publish, username, client_id), _expanded(self.subscribe, username, client_id)
        )

    def may_publish(self, topic: str) -> bool:
        return any(matches(grant, topic) for grant in self.publish)

    def may_subscribe(self, filter: str) -> bool:
        """Tell whether one of the grants covers the whole filter; two that do so together don't count."""
        return any(covers(grant, filter) for grant in self.subscribe)

    def may_receive(self, topic: str) -> bool:
        return any(matches(grant, topic) for grant in self.subscribe)


def _expanded(filters: Iterable[str], username: str, client_id: str) -> tuple[str, ...]:
    found = (expand(filter, username, client_id) for filter in filters)
    return tuple(filter for filter in found if filter is not None)
