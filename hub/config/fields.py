"""Find out which keys a pydantic model takes, and which model reads a part of the data."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Annotated, get_args, get_origin

from pydantic import AliasChoices, BaseModel
from pydantic.fields import FieldInfo

from hub.config.problems import KeyPath


def keys_of(model: type[BaseModel]) -> Iterator[str]:
    """Yield the keys that a model takes in YAML."""
    for name, field in model.model_fields.items():
        yield from _names(name, field)


def models_at(annotation: object, path: KeyPath) -> Iterator[type[BaseModel]]:
    """Yield the models that may read what lies at `path` in data for `annotation`, by its types alone."""
    for model in _models(annotation):
        if not path:
            yield model
            continue
        for name, field in model.model_fields.items():
            if path[0] in list(_names(name, field)):
                yield from models_at(field.annotation, path[1:])
    if _is_collection(annotation):
        items = [each for each in get_args(annotation) if each is not Ellipsis]
        if path:
            yield from models_at(items[-1], path[1:])
        if get_origin(annotation) is not dict and (not path or not isinstance(path[0], int)):
            yield from models_at(items[-1], path)  # one item may stand for a list of one
    for part in _alternatives(annotation):
        yield from models_at(part, path)


def _names(name: str, field: FieldInfo) -> Iterator[str]:
    alias = field.validation_alias or field.alias
    if isinstance(alias, AliasChoices):
        yield from (choice for choice in alias.choices if isinstance(choice, str))
    else:
        yield alias if isinstance(alias, str) else name


def _models(annotation: object) -> Iterator[type[BaseModel]]:
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        yield annotation


def _is_collection(annotation: object) -> bool:
    origin = get_origin(annotation)
    return origin in (list, dict, tuple, set, frozenset) and bool(get_args(annotation))


def _alternatives(annotation: object) -> tuple[object, ...]:
    """Return the members of a union, or what Annotated wraps."""
    if get_origin(annotation) is Annotated:
        return get_args(annotation)[:1]
    if get_origin(annotation) is None or _is_collection(annotation):
        return ()
    return tuple(part for part in get_args(annotation) if get_origin(part) or isinstance(part, type))
