"""States in the short form of `subscribe_entities`: a first picture, then differences."""

from __future__ import annotations

from typing import Any

from hub.core.state import State


def whole(state: State) -> dict[str, Any]:
    """Return a state as it is first told: state, attributes, context, last changed (and updated if later)."""
    told: dict[str, Any] = {
        "s": state.state,
        "a": dict(state.attributes),
        "c": state.context.id,
        "lc": state.changed,
    }
    if state.updated != state.changed:
        told["lu"] = state.updated
    return told


def difference(old: State, new: State) -> dict[str, Any]:
    """Return what makes the new state of the old one: what is added or differs, and which attributes went."""
    added: dict[str, Any] = {"c": new.context.id}
    if old.state != new.state:
        added["s"] = new.state
    if old.changed != new.changed:
        added["lc"] = new.changed
    else:
        added["lu"] = new.updated
    attributes = {
        key: value
        for key, value in new.attributes.items()
        if key not in old.attributes or old.attributes[key] != value
    }
    if attributes:
        added["a"] = attributes
    told: dict[str, Any] = {"+": added}
    gone = [key for key in old.attributes if key not in new.attributes]
    if gone:
        told["-"] = {"a": gone}
    return told
