"""The page of hooks: what a plugin can offer, and what the class of each kind has."""

from __future__ import annotations

import inspect
import re
import typing
from collections.abc import Iterator
from typing import Any, ClassVar, get_args, get_origin, get_type_hints

from hub import kinds
from hub.hookspecs import HOOKS, HookSpecs

_EXTRA = {"attach": (kinds.Attachment,), "run": (kinds.Run,), "open": (kinds.Door,)}
"""What a method of a kind is given or gives, where that has methods of its own."""


def page() -> str:
    """Return the page."""
    text = [
        "# Hooks\n",
        "Mark a function of your plugin's module with `hub.api.hookimpl` and give it the name of a hook. It "
        "takes nothing, is called once, when plugins are loaded, and returns names with what they stand for. "
        "All classes named here are in `hub.api`. How to write a plugin says [the guide](../plugins.md).\n",
    ]
    shown: set[type] = set()
    for hook in HOOKS:
        specification = getattr(HookSpecs, hook)
        kind = _offered(specification)
        text.append(
            f"\n## {hook}\n\n{_words(specification)}\n\n```py\n{_signature(hook, specification)}\n```\n"
        )
        if kind is not None:
            text += _described(kind, shown)
    return "\n".join(text)


def _offered(specification: Any) -> type | None:
    """Return the class of what a hook offers, None if it offers functions."""
    offered = get_args(get_type_hints(specification)["return"])[1]
    return get_args(offered)[0] if get_origin(offered) is type else None


def _signature(hook: str, specification: Any) -> str:
    returned = _plain(inspect.signature(specification).return_annotation).replace("Mapping", "dict")
    return f"@hookimpl\ndef {hook}() -> {returned}: ..."


def _described(kind: type, shown: set[type]) -> Iterator[str]:
    if kind in shown:
        return
    shown.add(kind)
    yield f"\n### {kind.__name__}\n\n{_words(kind)}\n"
    yield from _attributes(kind)
    for name, method in _methods(kind):
        yield f"- `{name}{_plain(str(inspect.signature(method)))}`: {_words(method)}".rstrip(": ")
    for name, _ in _methods(kind):
        for other in _EXTRA.get(name, ()):
            yield from _given(other, shown)


def _given(other: type, shown: set[type]) -> Iterator[str]:
    """Describe what a method deals with, in a list of its own."""
    if other in shown:
        return
    shown.add(other)
    yield f"\n#### {other.__name__}\n\n{_words(other)}\n"
    for name, method in _methods(other):
        yield f"- `{name}{_plain(str(inspect.signature(method)))}`: {_words(method)}".rstrip(": ")
    yield ""


def _attributes(kind: type) -> Iterator[str]:
    """Yield what a class says of itself beside its fields: the `ClassVar`s that are its own."""
    hints = typing.get_type_hints(kind, vars(kinds), include_extras=True)
    own = [name for name in inspect.get_annotations(kind) if get_origin(hints.get(name)) is ClassVar]
    if own:
        yield f"It says of itself {', '.join(f'`{name}`' for name in own if not name.startswith('_'))}.\n"


def _methods(kind: type) -> Iterator[tuple[str, Any]]:
    for name, method in vars(kind).items():
        function = method.__func__ if isinstance(method, (classmethod, staticmethod)) else method
        if not name.startswith("_") and inspect.isfunction(function):
            yield name, function


def _words(of: Any) -> str:
    return " ".join(inspect.cleandoc(of.__doc__ or "").split())


def _plain(signature: str) -> str:
    """Return a signature without what Python adds: quotes around types, and `self`."""
    bare = re.sub(r"(: |-> )'([^']*)'", r"\1\2", signature)
    return re.sub(r"^\((?:self|cls)(?:, )?", "(", bare)
