"""What plugin writers are given works: the examples of the manual, and what `hub plugin new` writes.

Each is built as a wheel, installed into an environment of its own, and tried by its own tests there.
"""

from __future__ import annotations

import json
import os
import subprocess
from pathlib import Path

import pytest
from typer.testing import CliRunner

from hub.cli.app import app
from tests.borrowed import borrowed_environment

ROOT = Path(__file__).parents[1]
EXAMPLES = sorted(path.parent for path in (ROOT / "docs/plugins").glob("*/pyproject.toml"))


@pytest.fixture(scope="module")
def python(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return borrowed_environment(tmp_path_factory.mktemp("environment") / "venv")


def run(*words: str | Path, cwd: Path) -> str:
    clean = {
        **os.environ,
        "PIP_NO_INDEX": "1",
        "PIP_DISABLE_PIP_VERSION_CHECK": "1",
        "PYTHONDONTWRITEBYTECODE": "1",
    }
    done = subprocess.run([*map(str, words)], cwd=cwd, env=clean, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def check(python: Path, project: Path, work: Path) -> None:
    name = project.name.removeprefix("hub-").replace("-", "_")
    run(python, "-m", "pip", "wheel", "--no-build-isolation", "--no-deps", "-w", work, project, cwd=work)
    [wheel] = work.glob("*.whl")
    run(python, "-m", "pip", "install", "--no-deps", wheel, cwd=work)
    (work / "config.yaml").write_text(f"plugins: [{name}]\n")
    listed = json.loads(
        run(python, "-m", "hub", "plugin", "list", "--json", "--config", work / "config.yaml", cwd=work)
    )
    plugin = next(plugin for plugin in listed if plugin["name"] == name)
    assert (plugin["loaded"], plugin["error"]) == (True, "")
    run(python, "-m", "pytest", "-q", "-p", "no:cacheprovider", "-W", "error", project, cwd=project)


def test_there_are_three_examples() -> None:
    assert [path.name for path in EXAMPLES] == ["knock", "meter", "pump"]


@pytest.mark.parametrize("example", EXAMPLES, ids=[path.name for path in EXAMPLES])
def test_an_example_is_built_installed_and_tried(python: Path, example: Path, tmp_path: Path) -> None:
    check(python, example, tmp_path)


def test_a_new_plugin_passes_its_own_tests_at_once(python: Path, tmp_path: Path) -> None:
    project = tmp_path / "hub-door-bell"
    words = ["plugin", "new", "door_bell", "--folder", str(project), "--description", "Fire when it rings."]
    result = CliRunner().invoke(app, words)
    assert result.exit_code == 0, result.output
    (tmp_path / "work").mkdir()

    check(python, project, tmp_path / "work")
    again = CliRunner().invoke(app, words)
    assert "is not empty" in str(again.exception)


@pytest.mark.parametrize("name", ["Door", "door-bell", "9to5", "../x", ""])
def test_a_name_that_cannot_be_one_is_refused(name: str) -> None:
    result = CliRunner().invoke(app, ["plugin", "new", name])
    assert "can't be a plugin's name" in str(result.exception)
