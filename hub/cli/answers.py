"""Print answers about registries, devices and brokers as `yc` does: for people, or for programs."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from typing import Any, Literal

import typer

from hub.cli.rows import harmless

Format = Literal["text", "json", "yaml", "json-rest"]

# In a table there is room for what tells one from another; `get` shows the rest.
_NOT_IN_TABLES = ("certificate_data", "description", "labels", "topic_aliases", "device_id", "broker_id")
_WORDS = ("true", "false", "null", "yes", "no", "on", "off", "y", "n")
_PLAIN = re.compile(r"[A-Za-z_$/][A-Za-z0-9_$/.:+-]*[A-Za-z0-9_$/.+-]|[A-Za-z_$/]")
_OF_USERS = ("labels", "topic_aliases")
"""Here the keys are what people wrote."""
_UNDERSCORE = re.compile(r"_([a-z])")


def show(answer: Any, format: Format) -> None:
    """Print an answer."""
    if format in ("json", "json-rest"):
        typer.echo(json.dumps(_cased(answer, format), indent=2, ensure_ascii=False))
    elif format == "text" and isinstance(answer, list):
        _table(answer)
    elif answer is not None:
        typer.echo("\n".join(_yaml(answer)))


def as_line(row: Mapping[str, Any], format: Format) -> str:
    """Return something that happened as one line: with its time first, or JSON."""
    if format != "text":
        return json.dumps(_cased(row, format), ensure_ascii=False)
    when = str(row["time"]).replace("T", " ").replace("Z", "").partition(".")[0]
    return f"{when}     {harmless(_told(row))}"


def _told(row: Mapping[str, Any]) -> str:
    if "message" in row:
        return str(row["message"])
    details = "".join(f", {key}: {_scalar(value)}" for key, value in row.get("details", {}).items())
    return f"{row['action']} {row['name']} ({row['id']}) by {row['by'] or 'somebody'}{details}"


def _cased(value: Any, format: Format) -> Any:
    """Return data with the keys of the original's REST answers, if these are wanted."""
    if format != "json-rest":
        return value
    if isinstance(value, list):
        return [_cased(item, format) for item in value]
    if isinstance(value, Mapping):
        kept = ("labels", "topic_aliases")  # their keys are the user's
        return {
            _UNDERSCORE.sub(lambda found: found[1].upper(), key): item
            if key in kept
            else _cased(item, format)
            for key, item in value.items()
        }
    return value


def _camel(key: str) -> str:
    return _UNDERSCORE.sub(lambda found: found[1].upper(), key)


def _yaml(value: Any, indent: str = "") -> Iterator[str]:
    """Yield the lines of a YAML text: block style, scalars as JSON writes them."""
    if isinstance(value, Mapping):
        for key, item in value.items():
            nested = isinstance(item, (Mapping, list)) and bool(item)
            if nested:
                yield f"{indent}{key}:"
                yield from _yaml(item, indent + "  ")
            elif isinstance(item, str) and "-----\n" in item:
                yield f"{indent}{key}: |"
                yield from (f"{indent}  {line}" for line in item.splitlines())
            else:
                yield f"{indent}{key}: {_scalar(item)}"
    elif isinstance(value, list):
        for item in value:
            first, *rest = _yaml(item, indent + "  ")
            yield f"{indent}- {first.strip()}"
            yield from rest
        if not value:
            yield f"{indent}[]"
    else:
        yield f"{indent}{_scalar(value)}"


def _scalar(value: Any) -> str:
    plain = isinstance(value, str) and _PLAIN.fullmatch(value) and value.lower() not in _WORDS
    return str(value) if plain else json.dumps(value, ensure_ascii=False)


def _table(rows: list[dict[str, Any]]) -> None:
    """Print a table with a frame, as `yc` prints lists."""
    columns = [key for key in dict.fromkeys(key for row in rows for key in row) if key not in _NOT_IN_TABLES]
    if not columns:
        typer.echo("(none)")
        return
    heads = [column.replace("_", " ").upper() for column in columns]
    cells = [[harmless(_cell(row.get(column))) for column in columns] for row in rows]
    widths = [max(len(row[at]) for row in (heads, *cells)) for at in range(len(columns))]
    rule = "+".join(["", *("-" * (width + 2) for width in widths), ""])
    for line in (rule, _row(heads, widths), rule, *(_row(row, widths) for row in cells), rule):
        typer.echo(line)


def _row(cells: list[str], widths: list[int]) -> str:
    return "|".join(["", *(f" {cell.ljust(width)} " for cell, width in zip(cells, widths, strict=True)), ""])


def _cell(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, Mapping):
        return ",".join(f"{key}={item}" for key, item in value.items())
    return str(value)
