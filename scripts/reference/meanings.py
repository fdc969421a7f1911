"""What keys mean: as the docstring below a field says, or the table of the page that a person wrote."""

from __future__ import annotations

import ast
import functools
import inspect
import itertools
import re
import textwrap
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from pydantic import BaseModel

ROOT = Path(__file__).parents[2]
_CODE = re.compile(r"`([^`]+)`")
_LINK = re.compile(r"\]\((?!https?:)([^)#\s]*)(#[^)\s]*)?\)")


@dataclass(frozen=True)
class Row:
    """A row of a table: under which heading it stands, which keys it is about, what it says."""

    heading: str
    keys: frozenset[str]
    text: str


@functools.cache
def rows(page: Path) -> tuple[Row, ...]:
    """Return the rows of a page's tables that say something of keys."""
    return tuple(_rows(page)) if page.is_file() else ()


def _rows(page: Path) -> Iterator[Row]:
    heading, fenced = "", False
    for line in page.read_text(encoding="utf-8").splitlines():
        fenced ^= line.startswith("```")
        if line.startswith("#") and not fenced:
            heading = line.lstrip("# ").lower()
        if fenced or not line.startswith("|") or set(line) <= set("|- :"):
            continue
        cells = [cell.strip() for cell in re.split(r"(?<!\\)\|", line.strip("|"))]
        keys = frozenset(_CODE.findall(cells[0].partition(" (")[0]))
        if keys and len(cells) > 1 and cells[-1] and not _NOTHING.fullmatch(cells[-1]):
            yield Row(heading, keys, _moved(cells[-1], page))


def _moved(text: str, page: Path) -> str:
    """Let the links of a page's text lead to the same places from docs/reference/FOLDER/."""

    def lead(found: re.Match[str]) -> str:
        target = page if not found[1] else page.parent / found[1]
        place = target.resolve().relative_to(ROOT).as_posix()
        return f"](../../../{place}{found[2] or ''})"

    return _LINK.sub(lead, text)


_CATEGORIES = ("trigger", "condition", "action", "service", "step", "event")
_NOTHING = re.compile(r"see (below|there)|or \S+|\[[^]]*\]\([^)]*\)", re.IGNORECASE)
_USUAL = {
    "name": "What people call it.",
    "icon": "Such as `mdi:sofa`.",
    "unique_id": "Needed to be renamed and to keep its entity id.",
    "entity_id": "Which entities it is about.",
    "entities": "Its members.",
    "device_class": "What it measures or is, in Home Assistant's words.",
    "unit_of_measurement": "Shown behind the value.",
    "state_class": "`measurement`, `total` or `total_increasing`: then there are statistics.",
    "attribute": "Look at this attribute instead of the state.",
    "source": "The entity that it is made of.",
    "username": "To log in with.",
    "password": "To log in with; best `!secret NAME`.",
    "headers": "HTTP headers by name.",
    "retain": "Whether the server keeps the commands that are sent.",
    "qos": "With which it is heard and told.",
    "encoding": "Of its payloads; empty: raw bytes for templates.",
    "enabled_by_default": "`false`: it is there once somebody enables it.",
    "entity_category": "For what is of use to those who look after the device.",
    "entity_picture": "The address of its picture.",
    "timeout": "How long to wait for an answer.",
    "verify_ssl": "`false` takes any certificate.",
    "scan_interval": "How often it is asked.",
    "variables": "Values for its templates.",
    "default_entity_id": "The entity id that it gets at first.",
    "availability": "Whether it is available.",
    "attributes": "Its attributes by name.",
    "picture": "The address of its picture.",
    "options": "What can be chosen.",
    "event_types": "What can happen.",
    "min": "The least that it takes.",
    "max": "The most that it takes.",
    "step": "From one value to the next.",
    "initial": "What it is at each start; without, as it was.",
    "sequence": "What is done.",
    "domains": "All entities of these classes.",
    "entity_globs": "All entities whose ids look like this.",
    "modes": "Those that it has.",
    "preset_modes": "Those that it has.",
    "brightness_scale": "The number that is fully bright.",
    "min_temp": "The lowest that can be set.",
    "max_temp": "The highest that can be set.",
    "min_humidity": "The lowest that can be set.",
    "max_humidity": "The highest that can be set.",
    "cycle": "How often it begins anew.",
    "transition": "Seconds that the change takes.",
    "code": "The code, if one is asked for.",
    "temperature": "The temperature to reach.",
    "humidity": "The humidity to reach.",
    "position": "From 0, closed, to 100, open.",
    "percentage": "From 0 to 100.",
}
"""What keys mean wherever nothing else is said."""
_FAMILIES = (
    (re.compile("state_topic"), "Where it tells its state."),
    (re.compile("command_topic"), "Where it is told what to do."),
    (re.compile("command_template"), "Makes the payload; `value` is what is to be sent."),
    (re.compile("value_template"), "Finds the state in the payload."),
    (re.compile("optimistic"), "Assume what it was told, without waiting for its word."),
    (re.compile(r"(\w+)_command_topic"), "Where it is told its {}."),
    (re.compile(r"(\w+)_state_topic"), "Where it tells its {}."),
    (re.compile(r"(\w+)_command_template"), "Makes the payload of its {}; `value` is what is to be sent."),
    (re.compile(r"(\w+)_(?:state|value)_template"), "Finds its {} in the payload."),
    (re.compile(r"payload_(\w+)"), "The payload that means {}."),
    (re.compile(r"state_(\w+)"), "The payload that says {}."),
)
"""What keys mean by the way they are put together, as those of MQTT entities are."""


def meaning(model: type[BaseModel], name: str, key: str, page: Path, hints: tuple[str, ...]) -> str:
    """Say what a field means, or nothing. `hints` are words of the headings that are about this model."""
    own = docstrings(model).get(name, "")
    if own:
        return own
    usual = _USUAL.get(key) or ("" if hints[:1] and hints[0] in _CATEGORIES else _of_family(key, page))
    best = sorted(_fitting(key, page, hints), key=lambda each: -each[0])
    if not best or (len(best) > 1 and best[0][0] == best[1][0] and best[0][1] != best[1][1]):
        return usual
    _, text, together = best[0]
    return usual if usual and together > 3 else _sentence(text)


def _of_family(key: str, page: Path) -> str:
    if page.parent.name != "mqtt":
        return ""
    for family, text in _FAMILIES:
        if found := family.fullmatch(key):
            return text.format(*(word.replace("_", " ") for word in found.groups()))
    return ""


def _sentence(text: str) -> str:
    text = text[:1].upper() + text[1:]
    return text if text.endswith((".", "…", ":")) else f"{text}."


def _fitting(key: str, page: Path, hints: tuple[str, ...]) -> Iterator[tuple[int, str, int]]:
    """Yield how well each row fits, what it says, and of how many keys at once."""
    for row in rows(page):
        if key not in row.keys:
            continue
        fits = sum(hint in row.heading for hint in hints)
        of_part = hints[:1] and hints[0] in _CATEGORIES
        if fits or not (of_part or any(other in row.heading for other in _CATEGORIES)):
            yield fits * 10 - len(row.keys), row.text, len(row.keys)


@functools.cache
def docstrings(model: type[BaseModel]) -> dict[str, str]:
    """Return the texts that stand below the fields of a model and of those it is made of."""
    found: dict[str, str] = {}
    for each in reversed(model.__mro__):
        if issubclass(each, BaseModel) and each is not BaseModel:
            found |= _below_fields(each)
    return found


def _below_fields(model: type[BaseModel]) -> dict[str, str]:
    try:
        tree = ast.parse(textwrap.dedent(inspect.getsource(model)))
    except (OSError, TypeError):  # made by a function: it has no source of its own
        return {}
    [body] = [node.body for node in tree.body if isinstance(node, ast.ClassDef)]
    found = {}
    for field, text in itertools.pairwise(body):
        if isinstance(field, ast.AnnAssign) and isinstance(field.target, ast.Name):
            value = text.value if isinstance(text, ast.Expr) else None
            if isinstance(value, ast.Constant) and isinstance(value.value, str):
                found[field.target.id] = " ".join(value.value.split())
    return found
