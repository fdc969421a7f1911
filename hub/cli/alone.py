"""Find out what stands in a file that a configuration includes, so that it can be checked by itself."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from pathlib import Path
from typing import Any

from hub.config.blueprint import DOMAINS, HEADER
from hub.config.blueprints import FOLDER
from hub.config.layout import LISTS

_TRIGGERS = ("trigger", "triggers", "use_blueprint")
_ACTIONS = ("action", "actions", "use_blueprint")
_SCRIPTS = frozenset({"sequence", "use_blueprint"})
# Whole configurations are called so, and Home Assistant has integrations of these names.
_WHOLE = frozenset({"config", "homeassistant", "hub"})
_OF_THE_HUB = ("customize", "customize_domain", "customize_glob")


def is_blueprint(data: object) -> bool:
    return isinstance(data, Mapping) and isinstance(data.get(HEADER), Mapping)


def including(path: Path, data: object, ours: Collection[str], others: Collection[str]) -> str | None:
    """Return a configuration that includes the file `path` where it belongs; None if it is a configuration.

    What it is can be seen in `data`, which was read from it, or by its name: `sensors.yaml`. `ours` are the
    sections that somebody here reads, `others` those of Home Assistant.
    """
    if isinstance(data, list) and data:
        section = _section_of_list(path, data)
    elif isinstance(data, Mapping) and data:
        section = _by_its_keys(data)
        if section is None and not any(_is_section(key, ours, others) for key in data):
            section = _by_what_is_in_it(path, data, {*ours, *others} - _WHOLE)
    else:
        section = None
    if section is None:
        return None
    if section == "one script":
        return f"script:\n  {path.stem}: !include {path.name}\n"
    if section in _OF_THE_HUB:
        return f"homeassistant:\n  {section}: !include {path.name}\n"
    return f"{section}: !include {path.name}\n"


def place_of_blueprint(path: Path) -> tuple[Path, str]:
    """Return the folder of the configuration that a blueprint belongs to, and how `path:` names it there."""
    for folder in path.parents:
        if folder.name in DOMAINS and folder.parent.name == FOLDER:
            return folder.parent.parent, path.relative_to(folder).as_posix()
    return path.parent, ""


def _section_of_list(path: Path, items: list[Any]) -> str | None:
    first = next((item for item in items if isinstance(item, Mapping)), {})
    if "platform" not in first:
        if any(key in first for key in _TRIGGERS) and any(key in first for key in _ACTIONS):
            return "automation"
        if isinstance(first.get("entities"), Mapping) and "name" in first:
            return "scene"
    return _named_so(path, LISTS)


def _by_its_keys(data: Mapping[Any, Any]) -> str | None:
    """Tell one automation or script by the keys that only these have."""
    if any(key in data for key in _TRIGGERS) and any(key in data for key in _ACTIONS):
        return "automation"
    return "one script" if isinstance(data.get("sequence"), list | Mapping) else None


def _by_what_is_in_it(path: Path, data: Mapping[Any, Any], sections: Collection[str]) -> str | None:
    if all(isinstance(value, Mapping) and not _SCRIPTS.isdisjoint(value) for value in data.values()):
        return "script"
    return _named_so(path, {*sections, *_OF_THE_HUB})


def _named_so(path: Path, sections: Collection[str]) -> str | None:
    """Return the section that a file is called like, in the singular or the plural."""
    name = path.stem.lower()
    return next(
        (each for each in (name, name.removesuffix("s"), name.removesuffix("es")) if each in sections), None
    )


def _is_section(key: object, ours: Collection[str], others: Collection[str]) -> bool:
    name = str(key).partition(" ")[0]
    return name in ours or name in others
