"""Find where an automation or script stands in the files, and what of a text would be wrong there."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

from pydantic import BaseModel

from hub.automation.model import AutomationModel, ScriptModel
from hub.config import passages
from hub.config.dashboards import DashboardModel, slug
from hub.config.document import Document
from hub.config.layout import lay_out
from hub.config.passages import Passage
from hub.config.problems import Problem
from hub.config.source import load, load_text
from hub.config.validate import validate
from hub.core.errors import HubError, NotFound
from hub.core.ports import House
from hub.fields import Parsing

Kind = Literal["automation", "script", "dashboards"]
_MODELS: dict[str, type[BaseModel]] = {
    "automation": AutomationModel,
    "script": ScriptModel,
    "dashboards": DashboardModel,
}
UNSAVED = "text"
"""How problems of a text call its file."""


@dataclass(frozen=True, slots=True)
class Place:
    """Where an item stands: its file below the configuration's folder, and the passage there."""

    file: str
    line: int
    text: str
    """The whole file's."""
    passage: Passage

    @property
    def item(self) -> str:
        return passages.take(self.text, self.passage)


@dataclass(frozen=True, slots=True)
class Home:
    """Where a new item goes: a file, and the section in it; no name where the file itself is the list."""

    file: str
    section: str


def locate(path: Path, kind: Kind, names: frozenset[str]) -> Place:
    """Find the item that has one of these names: its id, its alias or, for a script, its key.

    Raises `NotFound`, or `HubError` where it can't be edited on its own.
    """
    document = load(path)
    layout = lay_out(document)
    section = layout.sections.get(kind)
    for item in section.items if section is not None else ():
        data = item.data if isinstance(item.data, Mapping) else {}
        called = _names_of(kind, item.key, data)
        if called & names:
            return _place(document, item.data)
    raise NotFound(
        f"no {kind} of this name stands in the files", remedy="It may have been renamed or removed: reload."
    )


def _names_of(kind: Kind, key: object, data: Mapping[str, Any]) -> set[str]:
    if kind == "script":
        return {str(key)}
    if kind == "dashboards":
        return {str(data.get("id") or slug(str(data.get("title", ""))))}
    return {str(data.get("id")), str(data.get("alias"))}


def _place(document: Document, data: object) -> Place:
    spot = document.spot_of(data)
    text = document.texts.get(spot.file)
    if text is None:
        raise HubError(f"{spot.file or 'this place'} can't be edited here", remedy="Edit the file itself.")
    return Place(spot.file, spot.line, text, passages.find(text, spot.line, spot.column))


def home_of(path: Path, kind: Kind) -> Home:
    """Say where a new item goes: where the others are, else into the main file."""
    document = load(path)
    section = lay_out(document).sections.get(kind)
    if section is None or not section.items:
        return Home(path.name, kind)
    spot = document.spot_of(section.items[-1].data)
    inside = document.texts.get(spot.file, "")
    return Home(spot.file, "" if passages.section(inside, "") is not None else kind)


def problems_in(text: str, kind: Kind, house: House) -> list[Problem]:
    """Say what is wrong with one item's text, as far as it can be told without the rest of the files."""
    document = load_text(text, UNSAVED, root=house.settings.config_dir)
    problems = list(document.problems)
    data = document.data
    if any(problem.is_error for problem in problems):
        return problems
    if not isinstance(data, Mapping):
        place = document.spot.place
        return [Problem(place, f"an {kind} is a mapping of keys", "Begin with `alias: …`")]
    if "use_blueprint" in data:
        return problems
    context = Parsing(house.kinds, house.templates).context()
    return [*problems, *validate(_MODELS[kind], data, document, (), context)[1]]


def about(problem: Problem) -> dict[str, Any]:
    """Return a problem as plain data."""
    return {
        "file": problem.place.file,
        "line": problem.place.line,
        "column": problem.place.column,
        "path": [str(step) for step in problem.path],
        "message": problem.text,
        "remedy": problem.hint,
        "error": problem.is_error,
    }
