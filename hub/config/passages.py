"""Find the passage of a YAML file that one item takes, and change it there: all else keeps its very bytes."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from ruamel.yaml import YAML
from ruamel.yaml.error import MarkedYAMLError
from ruamel.yaml.nodes import MappingNode, Node, SequenceNode

from hub.core.errors import HubError

INDENT = 2


@dataclass(frozen=True, slots=True)
class Passage:
    """Where an item stands: characters `start` to `end` of the text, its lines moved in by `column`.

    `flowing` items stand in brackets, as JSON does.
    """

    start: int
    end: int
    column: int
    flowing: bool = False


def find(text: str, line: int, column: int) -> Passage:
    """Return the passage of the value that begins at a line and column, both counted from 1.

    Raises `HubError` if none begins there: the file is another one by now.
    """
    for node in _nodes(_root(text)):
        if (node.start_mark.line, node.start_mark.column) == (line - 1, column - 1):
            return _passage(text, node)
    raise HubError(
        f"nothing begins in line {line}, column {column}", remedy="The file has changed: load it again."
    )


def mappings(text: str) -> dict[tuple[int, int], MappingNode]:
    """Return the mappings of a text by line and column, both counted from 1."""
    return {
        (node.start_mark.line + 1, node.start_mark.column + 1): node
        for node in _nodes(_root(text))
        if isinstance(node, MappingNode)
    }


def passage_of(text: str, node: Node) -> Passage:
    """Return the passage of a node of this text."""
    return _passage(text, node)


def section(text: str, name: str) -> Passage | None:
    """Return the passage of a top-level section's value, None if there is none or it is empty.

    Without a name it is the whole file's, where that is a list: an included one.
    """
    root = _root(text)
    if not name:
        return _passage(text, root) if isinstance(root, SequenceNode) and root.value else None
    if not isinstance(root, MappingNode):
        return None
    for key, value in root.value:
        if key.value == name and isinstance(value, (SequenceNode, MappingNode)) and value.value:
            return _passage(text, value)
    return None


def take(text: str, passage: Passage) -> str:
    """Return an item's own text, moved to the margin, with a newline at its end."""
    part = text[passage.start : passage.end]
    if passage.flowing:
        return part + "\n"
    first, *rest = part.rstrip("\n").split("\n")
    return "\n".join([first, *(_moved_out(line, passage.column) for line in rest)]) + "\n"


def put(text: str, passage: Passage, item: str) -> str:
    """Return the whole text with an item's text replaced by one that `take` could have given."""
    if passage.flowing:
        return text[: passage.start] + item.strip() + text[passage.end :]
    margin = " " * passage.column
    first, *rest = item.strip("\n").split("\n")
    moved = "\n".join([first, *(margin + line if line.strip() else "" for line in rest)]) + "\n"
    return text[: passage.start] + moved + text[passage.end :]


def remove(text: str, passage: Passage) -> str:
    """Return the text without an item of a list. Raises `HubError` for one in brackets."""
    if passage.flowing:
        raise HubError("this stands in brackets", remedy="Remove it in the file itself.")
    start = text.rfind("-", 0, passage.start)
    begin = text.rfind("\n", 0, start) + 1
    left = text[:begin] + text[passage.end :]
    if text[begin:start].strip():  # `- - a`, or `key: - a`, which nobody writes
        raise HubError("this shares its line with something else", remedy="Remove it in the file itself.")
    return left


def append(text: str, name: str, item: str) -> str:
    """Return the text with an item at the end of a section's list; the section is made if it is not there.

    Without a name the file itself is the list.
    """
    found = section(text, name)
    if found is None:
        return _with_new_section(text, name, item)
    if found.flowing:
        raise HubError(f"'{name}:' stands in brackets", remedy="Add to it in the file itself.")
    if not text[found.start :].startswith("-"):
        raise HubError(f"'{name}:' is no list", remedy="Begin each of its items with a dash.")
    before = text[: found.end]
    if not before.endswith("\n"):
        before += "\n"
    gap = "\n" if "\n\n" in text[found.start : found.end].rstrip("\n") else ""
    return before + gap + _dashed(item, found.column) + text[found.end :]


def _with_new_section(text: str, name: str, item: str) -> str:
    if not name:
        kept = "" if text.strip() == "[]" else text
        return kept + ("" if not kept or kept.endswith("\n") else "\n") + _dashed(item, 0)
    for line in text.split("\n"):
        key = line.partition("#")[0].rstrip()
        if key in (f"{name}:", f"{name}: []"):  # it is there, and empty
            return text.replace(line, f"{name}:\n{_dashed(item, INDENT)}".rstrip("\n"), 1)
    gap = "" if not text.strip() else "\n" if text.endswith("\n") else "\n\n"
    return f"{text}{gap}{name}:\n{_dashed(item, INDENT)}"


def _dashed(item: str, column: int) -> str:
    """Return an item as one of a list whose dashes stand at `column`."""
    first, *rest = item.strip("\n").split("\n")
    margin = " " * (column + INDENT)
    lines = [" " * column + "- " + first, *(margin + line if line.strip() else "" for line in rest)]
    return "\n".join(lines) + "\n"


def _moved_out(line: str, column: int) -> str:
    """Return a line without its margin; a comment may stand nearer to the edge than that."""
    return line[min(column, len(line) - len(line.lstrip(" "))) :]


def _root(text: str) -> Node | None:
    try:
        found: Node | None = YAML(typ="rt", pure=True).compose(text)
    except MarkedYAMLError as error:
        line = error.problem_mark.line + 1 if error.problem_mark is not None else 1
        raise HubError(f"the file is no YAML any more, see line {line}: {error.problem}") from None
    return found


def _nodes(root: Node | None) -> Iterator[Node]:
    todo = [root] if root is not None else []
    seen: set[int] = set()
    while todo:
        node = todo.pop()
        if id(node) in seen:  # an alias stands for a node that was there before
            continue
        seen.add(id(node))
        yield node
        if isinstance(node, MappingNode):
            todo.extend(value for _, value in node.value)
        elif isinstance(node, SequenceNode):
            todo.extend(node.value)


def _passage(text: str, node: Node) -> Passage:
    start, end = node.start_mark.index, node.end_mark.index
    column = node.start_mark.column
    if getattr(node, "flow_style", False) or not isinstance(node, (MappingNode, SequenceNode)):
        return Passage(start, end, column, flowing=True)
    return Passage(start, _end_of_block(text, start, end, column), column)


def _end_of_block(text: str, start: int, end: int, column: int) -> int:
    """Leave out what follows a block and belongs to the next: empty lines, and comments further out."""
    begin = text.rfind("\n", 0, end) + 1
    if text[begin:end].strip():
        end = len(text) if text.find("\n", end) < 0 else text.find("\n", end) + 1
    else:  # it ends where the next thing begins
        end = begin
    lines = text[start:end].removesuffix("\n").split("\n")
    while len(lines) > 1:
        last = lines[-1]
        margin = len(last) - len(last.lstrip(" "))
        if last.strip() and not (last.lstrip().startswith("#") and margin < column):
            break
        lines.pop()
    length = len("\n".join(lines))
    return min(start + length + 1, len(text))
