"""What is handed out works: the wheel, built from the source distribution, in a clean environment."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import tarfile
from collections.abc import Callable
from pathlib import Path

import pytest

from hub import __version__
from tests.borrowed import ROOT, borrowed_environment

READY_WITHIN = 60
UI = ("web", "ui")
"""The sources of the pages, which are built."""

Hub = Callable[..., str]


def build(target: str, project: Path, folder: Path) -> Path:
    """Build with what is installed here: nothing is fetched."""
    command = [sys.executable, "-m", "hatchling", "build", "--target", target, "--directory", str(folder)]
    done = subprocess.run(command, cwd=project, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    [made] = folder.glob("*.whl" if target == "wheel" else "*.tar.gz")
    return made


def data_files(home: Path) -> set[str]:
    """Return what is no code: pages, templates, units, demos."""
    found = {path.relative_to(home) for path in home.rglob("*") if path.is_file()}
    return {path.as_posix() for path in found if path.suffix not in (".py", ".pyc") and path.parts[:2] != UI}


@pytest.fixture(scope="module")
def sources(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The source distribution, unpacked."""
    folder = tmp_path_factory.mktemp("sdist")
    with tarfile.open(build("sdist", ROOT, folder)) as archive:
        archive.extractall(folder, filter="data")
    return folder / f"hearth_hub-{__version__}"


@pytest.fixture(scope="module")
def python(sources: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An environment with the wheel in it, and nothing of the sources."""
    folder = tmp_path_factory.mktemp("wheel")
    wheel = build("wheel", sources, folder)
    python = borrowed_environment(folder / "venv", with_hub=False)
    words = ["-m", "pip", "install", "--quiet", "--no-deps", "--ignore-installed", "--no-index", str(wheel)]
    subprocess.run([python, *words], check=True, capture_output=True)
    return python


@pytest.fixture
def hub(python: Path, tmp_path: Path) -> Hub:
    def run(*words: str) -> str:
        command = [str(python.with_name("hub")), *words]
        done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stdout + done.stderr
        return done.stdout

    return run


def test_the_sources_hold_all_that_is_needed_to_build_and_to_try(sources: Path) -> None:
    for name in (
        "README.md",
        "CHANGELOG.md",
        "config.example.yaml",
        "scripts/pages.py",
        "tests/test_package.py",
    ):
        assert (sources / name).is_file()
    assert (sources / "hub/web/ui/src/app.tsx").is_file()
    assert not (sources / "hub/web/ui/node_modules").exists()


def test_it_is_the_wheel_that_runs(python: Path, hub: Hub, tmp_path: Path) -> None:
    where = subprocess.run(
        [python, "-c", "import hub; print(hub.__file__)"],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=True,
    )
    home = Path(where.stdout.strip()).parent
    assert home.is_relative_to(python.parents[1])
    assert hub("--version").strip() == f"hub {__version__}"
    assert data_files(ROOT / "hub") - data_files(home) == set()
    assert "web/static/index.html" in data_files(home)


def test_a_house_is_made_checked_and_its_plugins_are_there(hub: Hub) -> None:
    hub("init", "--yes", "house")
    assert "all is well" in hub("check", "--config", "house")
    assert "persistent_notification" in hub("plugin", "list", "--config", "house")


def test_the_demo_runs_until_it_is_told_to_stop(python: Path, tmp_path: Path) -> None:
    command = [str(python.with_name("hub")), "demo", "--plain"]
    clean = {**os.environ, "PYTHONUNBUFFERED": "1"}
    process = subprocess.Popen(
        command, cwd=tmp_path, env=clean, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
    )
    try:
        assert process.stdout is not None
        told = []
        for line in process.stdout:
            told.append(line)
            if "/setup#" in line or "http://" in line:
                break
        else:
            pytest.fail("".join(told))
        process.send_signal(signal.SIGINT)
        process.communicate(timeout=READY_WITHIN)
    finally:
        process.kill()
        process.wait()
    assert process.returncode in (0, 130)
