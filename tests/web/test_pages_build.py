"""What was built: small enough, complete in each language, and nothing inline."""

from __future__ import annotations

import gzip
import json
import re
import shutil
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
UI = ROOT / "hub/web/ui"
STATIC = ROOT / "hub/web/static"
MOST_AT_FIRST = 150_000
LANGUAGES = ("en", "de", "ru")

built = pytest.mark.skipif(not STATIC.exists(), reason="the pages were not built: scripts/pages.py")


def messages(language: str) -> dict[str, str]:
    found: dict[str, str] = json.loads((UI / f"src/messages/{language}.json").read_text(encoding="utf-8"))
    return found


@built
def test_the_first_load_is_small() -> None:
    first = json.loads((STATIC / "first.json").read_text())
    sizes = [len(gzip.compress((STATIC / name.lstrip("/")).read_bytes(), 9)) for name in first]
    overview = next(STATIC.glob("assets/overview-*.js"))
    assert sum(sizes) + len(gzip.compress(overview.read_bytes(), 9)) <= MOST_AT_FIRST


@built
def test_nothing_stands_in_the_page_itself() -> None:
    html = (STATIC / "index.html").read_text()
    assert re.findall(r"<script(?![^>]* src=)[^>]*>", html) == []
    assert re.findall(r"<style|style=|\son\w+=", html) == []
    assert re.findall(r"(?:src|href)=\"(?!/)", html) == []


@built
def test_the_build_is_of_these_sources() -> None:
    done = subprocess.run(
        ["python3", "scripts/pages.py"], cwd=ROOT, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr


@pytest.mark.parametrize("language", LANGUAGES[1:])
def test_each_language_has_the_same_texts(language: str) -> None:
    plain = {key for key in messages("en") if "#" not in key}
    assert {key for key in messages(language) if "#" not in key} == plain


@pytest.mark.parametrize("language", LANGUAGES[1:])
def test_each_text_has_the_same_gaps(language: str) -> None:
    english, other = messages("en"), messages(language)
    gaps = re.compile(r"\{\w+\}")
    different = [
        key
        for key, text in english.items()
        if "#" not in key and sorted(gaps.findall(text)) != sorted(gaps.findall(other[key]))
    ]
    assert different == []


def test_no_text_is_left_over() -> None:
    sources = "".join(path.read_text(encoding="utf-8") for path in UI.glob("src/**/*.ts*"))
    families = set(re.findall(r"`([a-z]+\.[\w.]*)\$\{", sources)) | {"iot.monitoring."}
    unused = [
        key
        for key in messages("en")
        if f'"{key}"' not in sources
        and "#" not in key
        and not any(key.startswith(family) for family in families)
    ]
    assert unused == []


def test_the_lock_file_names_no_host() -> None:
    assert "resolved" not in (UI / "package-lock.json").read_text()


@pytest.mark.skipif(shutil.which("node") is None, reason="node is not installed")
@pytest.mark.skipif(
    not (UI / "node_modules/typescript").exists(), reason="scripts/pages.py installs TypeScript"
)
def test_the_sources_are_typed() -> None:
    command = ["node", "node_modules/typescript/bin/tsc", "--noEmit"]
    done = subprocess.run(command, cwd=UI, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout
