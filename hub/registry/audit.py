"""Say who changed what among registries, devices and brokers, and when: worked out from before and after."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from hub.registry.owners import Device, Owner, Registry

_FIELDS = ("name", "description", "labels", "aliases")


@dataclass(frozen=True, slots=True)
class Audited:
    """One action. `details` says what of it: never a secret."""

    at: datetime
    by: str
    action: str
    """As the original calls it: `CreateDevice`, `AddRegistryPassword`, `DisableRegistry`."""
    kind: str
    id: str
    name: str
    registry_id: str = ""
    details: Mapping[str, Any] = field(default_factory=dict)


def audited(old: Owner | None, new: Owner | None, by: str, at: datetime) -> Iterator[Audited]:
    """Yield what was done to an owner. What the YAML declares was done by whoever wrote it there."""
    owner = new or old
    assert owner is not None
    registry_id = owner.registry_id if isinstance(owner, Device) else ""
    for action, details in _actions(old, new):
        yield Audited(at, by or owner.source, action, owner.kind, owner.id, owner.name, registry_id, details)


def _actions(old: Owner | None, new: Owner | None) -> Iterator[tuple[str, Mapping[str, Any]]]:
    if new is None:
        assert old is not None
        yield f"Delete{_word(old)}", {}
        return
    word = _word(new)
    if old is None:
        yield f"Create{word}", {}
    else:
        changed = {name: _value(new, name) for name in _FIELDS if _value(old, name) != _value(new, name)}
        if changed:
            yield f"Update{word}", changed
        if isinstance(old, Registry) and isinstance(new, Registry) and old.enabled != new.enabled:
            yield f"{'Enable' if new.enabled else 'Disable'}{word}", {}
    yield from _credentials(old, new, word)


def _credentials(old: Owner | None, new: Owner, word: str) -> Iterator[tuple[str, Mapping[str, Any]]]:
    for what, key, before, after in (
        ("Certificate", "fingerprint", _fingerprints(old), _fingerprints(new)),
        ("Password", "password_id", _password_ids(old), _password_ids(new)),
    ):
        yield from ((f"Add{word}{what}", {key: one}) for one in after if one not in before)
        yield from ((f"Delete{word}{what}", {key: one}) for one in before if one not in after)


def _fingerprints(owner: Owner | None) -> list[str]:
    return [] if owner is None else [one.fingerprint for one in owner.certificates]


def _password_ids(owner: Owner | None) -> list[str]:
    return [] if owner is None else [one.id for one in owner.passwords]


def _word(owner: Owner) -> str:
    return owner.kind.capitalize()


def _value(owner: Owner, name: str) -> Any:
    value = getattr(owner, name, None)
    return dict(value) if isinstance(value, Mapping) else value
