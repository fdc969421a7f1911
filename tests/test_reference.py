"""The reference of the manual says what the models say now."""

from __future__ import annotations

from pathlib import Path

from scripts.reference.pages import all_pages

FOLDER = Path(__file__).parents[1] / "docs" / "reference"


def test_the_reference_is_current() -> None:
    shown = {
        str(path.relative_to(FOLDER)): path.read_text(encoding="utf-8") for path in FOLDER.glob("**/*.md")
    }
    wanted = all_pages()
    stale = sorted(path for path in {*shown, *wanted} if shown.get(path) != wanted.get(path))
    assert stale == [], "run: .venv/bin/python -m scripts.reference"
