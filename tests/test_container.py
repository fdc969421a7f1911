"""The Dockerfile's steps do what they say, tried one after the other without a container engine."""

from __future__ import annotations

import json
import os
import re
import shlex
import shutil
import subprocess
import sys
from collections.abc import Iterator
from fnmatch import fnmatch
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
PLACES = ("/src", "/opt/hearth", "/config")


def steps() -> Iterator[tuple[str, str]]:
    """Yield the instructions with their arguments, continued lines joined."""
    text = (ROOT / "Dockerfile").read_text(encoding="utf-8").replace("\\\n", " ")
    for line in text.splitlines():
        word, _, rest = line.strip().partition(" ")
        if word and not word.startswith("#"):
            yield word, rest


def copied() -> list[tuple[list[str], str]]:
    """Return what is copied from the sources, and where to."""
    found = [shlex.split(rest) for word, rest in steps() if word == "COPY" and not rest.startswith("--from")]
    return [(words[:-1], words[-1]) for words in found]


def test_what_is_copied_is_there_and_not_ignored() -> None:
    ignored = (ROOT / ".dockerignore").read_text(encoding="utf-8").split()
    for sources, _ in copied():
        for name in sources:
            assert (ROOT / name).exists(), name
            assert not any(fnmatch(name, pattern) for pattern in ignored), name


def test_it_ends_as_a_user_without_rights_and_keeps_no_secret() -> None:
    last = [rest for word, rest in steps() if word == "USER"][-1]
    assert last not in ("root", "0")
    assert not re.search("password|token|secret", (ROOT / "Dockerfile").read_text(), re.IGNORECASE)
    assert ("VOLUME", "/config") in list(steps())


@pytest.mark.timeout(600)
def test_its_steps_build_a_hub_that_makes_a_configuration_and_checks_it(tmp_path: Path) -> None:
    def moved(text: str) -> str:
        for place in PLACES:
            text = re.sub(rf"(?<![\w/]){place}\b", str(tmp_path) + place, text)
        return text

    source = tmp_path / "src"
    source.mkdir()
    for sources, target in copied():
        for name in sources:
            into = source / name if target != "./" else source / Path(name).name
            leave = shutil.ignore_patterns("node_modules", "__pycache__", "static", "_bundled")
            if (ROOT / name).is_dir():
                shutil.copytree(ROOT / name, into, ignore=leave)
            else:
                shutil.copy(ROOT / name, into)
    (tmp_path / "opt").mkdir()
    path = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
    [build] = [rest for word, rest in steps() if word == "RUN" and "pip" in rest]
    subprocess.run(["sh", "-ec", moved(build)], cwd=source, check=True, env={**os.environ, "PATH": path})

    environment = dict(pair.split("=", 1) for pair in shlex.split(moved(dict(steps())["ENV"])))
    hub = {**os.environ, "HUB_CONFIG": environment["HUB_CONFIG"]}
    hub["PATH"] = f"{tmp_path}/opt/hearth/bin{os.pathsep}{os.environ['PATH']}"
    command = json.loads(moved(dict(steps())["CMD"]))
    command[-1] = command[-1].replace("exec hub run", "exec hub check")
    done = subprocess.run(command, cwd=tmp_path, env=hub, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    assert (tmp_path / "config" / "config.yaml").exists()
    listed = subprocess.run(["hub", "plugin", "list", "--json"], env=hub, capture_output=True, check=True)
    assert {"state", "mqtt"} <= {plugin["name"] for plugin in json.loads(listed.stdout)}
    health = json.loads(next(rest for word, rest in steps() if word == "HEALTHCHECK").partition("CMD ")[2])
    assert subprocess.run(health, env=hub, capture_output=True, check=False).returncode == 1
