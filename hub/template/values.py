"""Render the templates within YAML data, and leave everything else as it is."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from hub.core.errors import TemplateError
from hub.core.ports import Template
from hub.template.compiled import is_template

_Render = Callable[[Mapping[str, Any] | None], Any]
_Compile = Callable[[str], Template]


class TemplateValue:
    """YAML data in which any text may be a template (`hub.core.ports.Value`)."""

    __slots__ = ("_render", "data", "names", "static")

    def __init__(self, data: Any, render: _Render | None, names: frozenset[str]) -> None:
        self.data = data
        self.static = render is None
        self.names = names
        self._render = render

    def render(self, variables: Mapping[str, Any] | None = None) -> Any:
        """Return the data with its templates rendered; without any, the very data."""
        return self.data if self._render is None else self._render(variables)

    def __repr__(self) -> str:
        return f"<Value {self.data!r}>"


def compile_value(data: Any, compile: _Compile) -> TemplateValue:
    """Compile all templates within `data`; keys of mappings may be templates too."""
    names: set[str] = set()
    return TemplateValue(data, _part(data, compile, names), frozenset(names))


def _part(data: Any, compile: _Compile, names: set[str]) -> _Render | None:
    if isinstance(data, str):
        if not is_template(data):
            return None
        template = compile(data)
        names |= template.names
        return template.render
    if isinstance(data, Mapping):
        return _mapping(data, compile, names)
    if isinstance(data, list):
        return _list(data, compile, names)
    return None


def _list(data: list[Any], compile: _Compile, names: set[str]) -> _Render | None:
    parts = [(item, _part(item, compile, names)) for item in data]
    if all(part is None for _, part in parts):
        return None

    def render(variables: Mapping[str, Any] | None) -> list[Any]:
        return [item if part is None else part(variables) for item, part in parts]

    return render


def _mapping(data: Mapping[Any, Any], compile: _Compile, names: set[str]) -> _Render | None:
    parts = [
        (key, _part(key, compile, names), item, _part(item, compile, names)) for key, item in data.items()
    ]
    if all(key_part is None and part is None for _, key_part, _, part in parts):
        return None

    def render(variables: Mapping[str, Any] | None) -> dict[Any, Any]:
        rendered = {}
        key: Any = None
        try:
            for key, key_part, item, part in parts:
                name = key if key_part is None else key_part(variables)
                rendered[name] = item if part is None else part(variables)
        except TemplateError as error:
            error.within(key)
            raise
        return rendered

    return render
