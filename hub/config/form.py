"""Change single values of a piece of YAML as a form does: comments, order and spelling of the rest stay."""

from __future__ import annotations

import io
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from ruamel.yaml import YAML
from ruamel.yaml.comments import CommentedMap, CommentedSeq
from ruamel.yaml.error import YAMLError

from hub.core.errors import HubError

Step = str | int
_WIDE = 4_096
_LIST = re.compile(r"^( *)[^\s#-][^\n]*:[ \t]*(?:#[^\n]*)?\n(?:[ \t]*(?:#[^\n]*)?\n)*( *)- ", re.MULTILINE)


@dataclass(frozen=True, slots=True)
class Change:
    """Set the value at `path`, or take it out. A list's end is the index that is its length."""

    path: tuple[Step, ...]
    value: Any = None
    remove: bool = False
    move_to: int | None = None
    """Put the item of a list before the one that is then at this index; its comments go along."""


def change(text: str, changes: Iterable[Change]) -> str:
    """Return the text with the changes made. Raises `HubError` if it is no YAML, or has no such place."""
    yaml = _yaml_like(text)
    try:
        data = yaml.load(text)
    except (YAMLError, ValueError) as error:
        raise HubError(f"this is no YAML: {error}", remedy="Mend it in the text first.") from None
    if data is None:
        data = CommentedMap()
    before = _dumped(yaml, data)
    for one in changes:
        _make(data, one)
    after = _dumped(yaml, data)
    return text if after == before else after


def _make(data: Any, change: Change) -> None:
    if not change.path:
        raise HubError("a change needs a path")
    target, last = data, change.path[-1]
    for step, following in zip(change.path, change.path[1:], strict=False):
        target = _stepped(target, step, following)
    if isinstance(target, CommentedMap) and isinstance(last, str):
        if change.remove:
            target.pop(last, None)
        elif (
            last not in target or target[last] != change.value or type(target[last]) is not type(change.value)
        ):
            target[last] = change.value
    elif isinstance(target, CommentedSeq) and isinstance(last, int) and 0 <= last <= len(target):
        _make_in_list(target, last, change)
    else:
        raise HubError(f"there is no place {'.'.join(map(str, change.path))!r}")


def _make_in_list(target: CommentedSeq, index: int, change: Change) -> None:
    if change.move_to is not None:
        if index < len(target):
            target.insert(max(0, min(change.move_to, len(target) - 1)), target.pop(index))
    elif change.remove:
        if index < len(target):
            del target[index]
    elif index == len(target):
        target.append(change.value)
    elif target[index] != change.value:
        target[index] = change.value


def _stepped(target: Any, step: Step, following: Step) -> Any:
    """Go one step further in, and make what is not there yet."""
    if isinstance(target, CommentedMap) and isinstance(step, str):
        if target.get(step) is None:
            target[step] = CommentedSeq() if isinstance(following, int) else CommentedMap()
        elif isinstance(following, int) and isinstance(target[step], Mapping):
            target[step] = CommentedSeq([target[step]])  # one that stood for a list of one
        return target[step]
    if isinstance(target, CommentedSeq) and isinstance(step, int) and 0 <= step < len(target):
        return target[step]
    raise HubError(f"there is no place {step!r} here", remedy="Change it in the text.")


def _yaml_like(text: str) -> YAML:
    """Return a reader and writer that indents lists as the text does."""
    yaml = YAML(typ="rt")
    yaml.preserve_quotes = True
    yaml.width = _WIDE
    found = _LIST.search(text)
    offset = max(0, len(found[2]) - len(found[1])) if found else 2
    yaml.indent(mapping=2, sequence=2 + offset, offset=offset)
    return yaml


def _dumped(yaml: YAML, data: Any) -> str:
    stream = io.StringIO()
    yaml.dump(data, stream)
    return stream.getvalue()


def data_of(text: str) -> Any:
    """Return what a text says as plain data, with tags as they are written; None if it is no YAML."""
    try:
        return _plain(YAML(typ="rt").load(text))
    except (YAMLError, ValueError):
        return None


def _plain(value: Any, depth: int = 40) -> Any:
    if depth == 0:
        return None
    tag = getattr(getattr(value, "tag", None), "value", None)
    if isinstance(value, CommentedMap):
        return {str(key): _plain(each, depth - 1) for key, each in value.items()}
    if isinstance(value, CommentedSeq):
        return [_plain(each, depth - 1) for each in value]
    if tag is not None and hasattr(value, "value"):
        return f"{tag} {value.value}"
    if value is None or isinstance(value, bool):
        return value
    if isinstance(value, int):
        return int(value)
    return float(value) if isinstance(value, float) else str(value)
