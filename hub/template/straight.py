"""Render the simplest templates without Jinja: text, and values reached by names alone.

`{{ value_json.temperature }}` and `OFF {{ trigger.to_state.state }}` are most of what runs for each message.
Where anything is out of the ordinary (a name that is missing, a value that is no plain one), nothing is
decided here: the template is rendered by Jinja as any other.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from jinja2 import nodes

from hub.core.state import State
from hub.template.states import READABLE

_MISSING = object()
_PLAIN = frozenset({int, float, bool, type(None)})
_DICT_METHODS = frozenset(dir(dict))


class Chain:
    """A variable's name, and the keys that lead from it to a value."""

    __slots__ = ("name", "steps")

    def __init__(self, name: str, steps: tuple[Any, ...]) -> None:
        self.name = name
        self.steps = steps


Part = str | Chain


def straight(tree: nodes.Template) -> tuple[Part, ...] | None:
    """Return the parts of a template that is nothing but texts and chains, None for any other."""
    if len(tree.body) != 1 or not isinstance(tree.body[0], nodes.Output):
        return None
    parts: list[Part] = []
    for node in tree.body[0].nodes:
        part = node.data if isinstance(node, nodes.TemplateData) else _chain(node)
        if part is None:
            return None
        parts.append(part)
    return tuple(parts)


def _chain(node: nodes.Expr) -> Chain | None:
    steps: list[Any] = []
    while not isinstance(node, nodes.Name):
        if isinstance(node, nodes.Getattr):
            key: Any = node.attr
        elif isinstance(node, nodes.Getitem) and isinstance(node.arg, nodes.Const):
            key = node.arg.value
        else:
            return None
        if not isinstance(key, str) or key.startswith("_") or key in _DICT_METHODS:
            return None
        steps.append(key)
        node = node.node
    return Chain(node.name, tuple(reversed(steps)))


def read(parts: tuple[Part, ...], variables: Mapping[str, Any], longest: int) -> str | None:
    """Return the text, None if Jinja is to decide."""
    if len(parts) == 1:
        part = parts[0]
        text = part if type(part) is str else _value(part, variables)  # type: ignore[arg-type]
    else:
        texts = [part if type(part) is str else _value(part, variables) for part in parts]  # type: ignore[arg-type]
        text = None if None in texts else "".join(texts)  # type: ignore[arg-type]
    return text.strip() if text is not None and len(text) <= longest else None


def _value(chain: Chain, variables: Mapping[str, Any]) -> str | None:
    value = variables.get(chain.name, _MISSING)
    for key in chain.steps:
        kind = type(value)
        if kind is dict:
            value = value.get(key, _MISSING)
        elif kind is State and key in READABLE:
            value = READABLE[key](value)
        else:
            return None
    kind = type(value)
    if kind is str:
        return value  # type: ignore[no-any-return]  # told by its type
    return str(value) if kind in _PLAIN else None
