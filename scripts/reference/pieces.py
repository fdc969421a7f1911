"""What a page of the reference is made of: what a model says of itself, tables of keys, examples."""

from __future__ import annotations

import inspect
from collections.abc import Iterable
from pathlib import Path

from pydantic import BaseModel

from hub.kinds import Action, Condition, EntityPlatform, Trigger
from scripts.reference import words
from scripts.reference.meanings import ROOT, meaning

UP = "../../.."
HIDDEN = {"platform", "condition", "engine", "blocks", "behind"}
_PARTS = (Trigger, Condition, Action, EntityPlatform)


def said(model: type[BaseModel]) -> str:
    """Return a model's docstring in one paragraph; that of its base if it has none."""
    own = inspect.getdoc(model) if model.__doc__ else ""
    return " ".join((own or "").partition("\n\n")[0].split())


def more(page: Path) -> str:
    if page == ROOT / "docs/README.md":
        return ""
    place = page.relative_to(ROOT).as_posix()
    name = page.parent.name if page.name == "README.md" else page.stem
    return f"More: [{name}]({UP}/{place})."


def unwrapped(model: type[BaseModel]) -> tuple[type[BaseModel], str]:
    """Return what stands under each name, or in each item, of a section that is a collection."""
    fields = {key: each for key, each in model.model_fields.items() if key not in HIDDEN}
    before = any(
        each.info.mode == "before" for each in model.__pydantic_decorators__.model_validators.values()
    )
    extra = model.__annotations__.get("__pydantic_extra__")
    if not fields and extra is not None:
        found = [*words.inner(inspect.get_annotations(model, eval_str=True)["__pydantic_extra__"])]
        return (found[0], "Under each name") if found else (model, "")
    if len(fields) != 1 or not before:
        return model, ""
    ((_, field),) = fields.items()
    found = [*words.inner(field.annotation)]
    if len(found) != 1:
        return model, ""
    by_name = "Mapping" in str(field.annotation) or "dict" in str(field.annotation)
    return found[0], "Under each name" if by_name else "One or a list, each with"


def table(
    model: type[BaseModel],
    page: Path,
    hints: tuple[str, ...],
    *,
    only: tuple[str, ...] = (),
    without: tuple[str, ...] = (),
) -> str:
    lines = []
    for name, field in model.model_fields.items():
        if (only and name not in only) or name in without:
            continue
        key = words.shown_key(name, field)
        said = field.description or meaning(model, name, key, page, hints)
        lines.append(f"| `{key}` | {words.in_words(field)} | {words.default(field)} | {said} |")
    if not lines:
        return ""
    return "\n".join(["| key | takes | default | |", "|---|---|---|---|", *lines, ""])


def models(model: type[BaseModel]) -> set[type[BaseModel]]:
    return {each for field in model.model_fields.values() for each in words.inner(field.annotation)}


def nested(
    model: type[BaseModel],
    page: Path,
    hints: tuple[str, ...],
    level: int,
    *,
    apart: Iterable[type[BaseModel]] = (),
) -> str:
    """Return the tables of the models within a model, each once."""
    text, seen, waiting = [], {model, *apart}, [model]
    while waiting:
        here = waiting.pop(0)
        for field in here.model_fields.values():
            for each in words.inner(field.annotation):
                if each in seen or issubclass(each, _PARTS):
                    continue
                seen.add(each)
                waiting.append(each)
                title = words.title(each.__name__)
                own = (title, *title.split())
                text.append(f"\n{'#' * level} {title}\n\n{said(each)}\n\n{table(each, page, own)}")
    return "\n".join(text)


def example(text: str) -> str:
    return f"\n```yaml\n{text.rstrip()}\n```\n" if text else ""
