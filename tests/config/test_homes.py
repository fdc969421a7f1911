"""Configurations in the manner in which people publish those of their homes are read without an error."""

from __future__ import annotations

from pathlib import Path

import pytest

from hub.cli.checking import check_files
from hub.testing.house import known_plugins

HOMES = Path(__file__).parent / "homes"
_PARTS = ("secrets.yaml", "customize_that_is_empty.yaml")
FILES = sorted(path for path in HOMES.glob("*.yaml") if path.name not in _PARTS)
FOLDERS = sorted(path for path in HOMES.glob("*/configuration.yaml"))


@pytest.mark.parametrize("path", [*FILES, *FOLDERS], ids=lambda path: path.relative_to(HOMES).as_posix())
async def test_a_home_has_no_error(path: Path) -> None:
    problems = check_files(path, known_plugins())

    assert [str(problem) for problem in problems if problem.is_error] == []
