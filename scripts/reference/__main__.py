"""`python -m scripts.reference` writes the pages; those that are no longer wanted go."""

from __future__ import annotations

from pathlib import Path

from scripts.reference.pages import all_pages

FOLDER = Path(__file__).parents[2] / "docs" / "reference"


def write() -> None:
    pages = all_pages()
    for old in FOLDER.glob("**/*.md"):
        if old.relative_to(FOLDER).as_posix() not in pages:
            old.unlink()
    for path, text in pages.items():
        (FOLDER / path).parent.mkdir(parents=True, exist_ok=True)
        (FOLDER / path).write_text(text, encoding="utf-8")
    print(f"{len(pages)} pages in {FOLDER}")


write()
