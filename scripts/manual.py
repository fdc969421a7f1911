"""Build the manual: pages that lie about the repository become one site that needs no network.

The site is built from a copy in which only what belongs to the manual stands, each file at its place in the
repository, so that links between pages are the same here, there and on the project's page.
"""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from io import StringIO
from pathlib import Path
from typing import Any

from ruamel.yaml import YAML

ROOT = Path(__file__).parents[1]
PLAN = "docs/manual.yaml"
_PARTS = ("*.md", "LICENSE", "config.example.yaml", "docs", "plugins/*/README.md")
_WORKER = re.compile(r'https://unpkg\.com/iframe-worker/shim"')
_AWAY = re.compile(r'<(?:script|img|link|iframe)\b[^>]*?(?:src|href)="?(?:https?:)?//', re.IGNORECASE)


def build(folder: Path, root: Path = ROOT) -> Path:
    """Build the site in `folder` and return where it lies. Raises `SystemExit` if a link leads nowhere."""
    source, site = folder / "source", folder / "site"
    for old in (source, site):
        shutil.rmtree(old, ignore_errors=True)
    _gather(root, source)
    plan = _plan(source)
    (folder / "mkdocs.yml").write_text(_dumped(plan), encoding="utf-8")
    _run_builder(folder)
    _close_off(site)
    return site


def _gather(root: Path, source: Path) -> None:
    for pattern in _PARTS:
        for found in sorted(root.glob(pattern)):
            place = source / found.relative_to(root)
            place.parent.mkdir(parents=True, exist_ok=True)
            if found.is_dir():
                shutil.copytree(found, place)
            else:
                shutil.copyfile(found, place)


def _plan(source: Path) -> dict[str, Any]:
    with (source / PLAN).open(encoding="utf-8") as file:
        plan: dict[str, Any] = YAML(typ="safe").load(file)
    return {**plan, "docs_dir": "source", "site_dir": "site", "nav": _filled(plan["nav"], source)}


def _filled(entries: list[Any], source: Path) -> list[Any]:
    """Put pages in the place of patterns such as `plugins/*/README.md`."""
    return [one for entry in entries for one in _entries(entry, source)]


def _entries(entry: Any, source: Path) -> Iterator[Any]:
    if isinstance(entry, str):
        yield from _pages(entry, source)
        return
    ((title, inner),) = entry.items()
    if isinstance(inner, list):
        yield {title: _filled(inner, source)}
    elif "*" in inner:
        yield {title: list(_pages(inner, source))}
    else:
        yield entry


def _pages(pattern: str, source: Path) -> Iterator[str]:
    if "*" not in pattern:
        yield pattern
        return
    yield from sorted(path.relative_to(source).as_posix() for path in source.glob(pattern))


def _dumped(plan: dict[str, Any]) -> str:
    text = StringIO()
    YAML().dump(plan, text)
    return text.getvalue()


def _run_builder(folder: Path) -> None:
    command = [sys.executable, "-m", "zensical", "build", "--strict", "--clean"]
    ended = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)
    if ended.returncode:
        said = (ended.stdout + ended.stderr).partition("Traceback")[0].strip()
        raise SystemExit(f"{said}\nThe manual could not be built.")


def _close_off(site: Path) -> None:
    """Take what a page would fetch from elsewhere from the site itself, and see that nothing else is."""
    shutil.copyfile(ROOT / "scripts" / "manual_worker.js", site / "assets" / "worker.js")
    for page in site.rglob("*.html"):
        up = "../" * (len(page.relative_to(site).parts) - 1)
        text = _WORKER.sub(f'{up}assets/worker.js"', page.read_text(encoding="utf-8"))
        if found := _AWAY.search(text):
            raise SystemExit(f"{page} fetches something from elsewhere: {found[0]}…")
        page.write_text(text, encoding="utf-8")


if __name__ == "__main__":
    print(build(ROOT / "build" / "manual") / "index.html")
