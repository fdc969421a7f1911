"""Plugins are installed, upgraded and removed; what does not fit or load leaves everything as it was."""

from __future__ import annotations

import base64
import hashlib
import json
import os
import subprocess
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest

from hub.cli.installer import _told
from tests.borrowed import borrowed_environment

GOOD = '''
"""Knocks."""
from hub.api import Trigger, hookimpl
HUB_API = "1"

class Knock(Trigger):
    """Fire never."""

@hookimpl
def triggers():
    return {"knock": Knock}
'''

Hub = Callable[..., subprocess.CompletedProcess[str]]


@pytest.fixture(scope="module")
def environment(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return borrowed_environment(tmp_path_factory.mktemp("environment") / "venv")


@pytest.fixture
def hub(environment: Path, tmp_path: Path) -> Hub:
    (tmp_path / "config.yaml").write_text("hub: {name: Test}\nplugins: [knock]\n")

    def run(*words: str) -> subprocess.CompletedProcess[str]:
        command = [str(environment), "-m", "hub", "plugin", *words]
        clean = {
            **os.environ,
            "HUB_CONFIG": str(tmp_path / "config.yaml"),
            "COLUMNS": "200",
            "PIP_NO_INDEX": "1",
        }
        return subprocess.run(command, cwd=tmp_path, env=clean, capture_output=True, text=True, check=False)

    return run


def wheel(
    folder: Path, source: str = GOOD, version: str = "1.0", name: str = "knock", needs: str = ""
) -> Path:
    """Write a wheel by hand: no build, no network."""
    path = folder / f"hub_{name}-{version}-py3-none-any.whl"
    info = f"hub_{name}-{version}.dist-info"
    requires = f"Requires-Dist: {needs}\n" if needs else ""
    files = {
        f"hub_{name}.py": source,
        f"{info}/METADATA": f"Metadata-Version: 2.1\nName: hub-{name}\nVersion: {version}\n"
        f"Summary: Knocks at doors\n{requires}",
        f"{info}/WHEEL": "Wheel-Version: 1.0\nGenerator: test\nRoot-Is-Purelib: true\nTag: py3-none-any\n",
        f"{info}/entry_points.txt": f"[hub]\n{name} = hub_{name}\n",
    }
    record = "".join(f"{file},{_digest(text)},{len(text.encode())}\n" for file, text in files.items())
    with zipfile.ZipFile(path, "w") as archive:
        for file, text in {**files, f"{info}/RECORD": f"{record}{info}/RECORD,,\n"}.items():
            archive.writestr(file, text)
    return path


def _digest(text: str) -> str:
    digest = hashlib.sha256(text.encode()).digest()
    return "sha256=" + base64.urlsafe_b64encode(digest).decode().rstrip("=")


def listed(hub: Hub, name: str) -> dict[str, object] | None:
    found = json.loads(hub("list", "--all", "--json").stdout)
    return next((plugin for plugin in found if plugin["name"] == name), None)


def test_from_the_wheel_to_the_trigger_and_away_again(hub: Hub, tmp_path: Path) -> None:
    missing = listed(hub, "knock")
    assert missing is not None
    assert "config.yaml:2:11: no plugin 'knock' is installed" in str(missing["error"])

    done = hub("install", "--yes", str(wheel(tmp_path)))
    assert done.returncode == 0, done.stdout + done.stderr
    assert "hub-knock 1.0 is new" in done.stdout
    assert "plugins: [knock]" in done.stdout
    plugin = listed(hub, "knock")
    assert plugin is not None
    assert (plugin["loaded"], plugin["version"], plugin["offers"]) == (True, "1.0", {"triggers": ["knock"]})

    done = hub("install", "--yes", str(wheel(tmp_path, version="1.1")))
    assert "hub-knock 1.0 becomes 1.1" in done.stdout, done.stderr

    (tmp_path / "config.yaml").write_text("hub: {name: Test}\n")
    idle = listed(hub, "knock")
    assert idle is not None
    assert (idle["loaded"], idle["off"]) == (False, "nobody names it under plugins:")
    assert "1 more are installed and not in use" in hub("list").stdout

    assert hub("remove", "--yes", "knock").returncode == 0
    assert listed(hub, "knock") is None


@pytest.mark.parametrize(
    ("source", "needs", "words"),
    [
        ("raise ValueError('broken')", "", "plugin bad does not load: ValueError: broken; all is as before"),
        (GOOD.replace('HUB_API = "1"', 'HUB_API = "9"'), "", "made for hub_api '9'"),
        (GOOD.replace('{"knock"', '{"state"'), "", "already offered by plugin 'state'"),
        (GOOD, "pluggy<0.1", "can't be installed"),
    ],
)
def test_what_does_not_fit_leaves_all_as_it_was(
    hub: Hub, tmp_path: Path, source: str, needs: str, words: str
) -> None:
    done = hub("install", "--yes", str(wheel(tmp_path, source, name="bad", needs=needs)))

    assert done.returncode == 1
    assert words in done.stderr
    assert listed(hub, "bad") is None


def test_without_a_yes_nothing_happens(hub: Hub, tmp_path: Path) -> None:
    done = hub("install", str(wheel(tmp_path, name="shy")))

    assert done.returncode == 1
    assert "hub-shy 1.0 is new" in done.stdout
    assert listed(hub, "shy") is None


@pytest.mark.parametrize(
    ("line", "change"),
    [
        (" + hub-knock==1.0", "hub-knock 1.0 is new"),
        (" + hub-knock @ file:///w/hub_knock-1.2-py3-none-any.whl", "hub-knock 1.2 is new"),
        (" + hub-knock @ file:///home/me/hub-knock", "hub-knock from /home/me/hub-knock is new"),
        (" + hub-knock==1.0 (from file:///w/x.whl)", "hub-knock 1.0 is new"),
    ],
)
def test_what_uv_says_is_understood(line: str, change: str) -> None:
    said = f"Resolved 58 packages in 662ms\nWould install 1 package\n{line}\n"
    assert [str(each) for each in _told(said)] == [change]


def test_an_index_is_searched(hub: Hub, tmp_path: Path) -> None:
    index = tmp_path / "plugin-index.json"
    assert "there is no index" in hub("search").stderr
    index.write_text(
        json.dumps([{"name": "knock", "package": "hub-knock", "description": "Doors"}, {"name": "rain"}])
    )

    assert hub("search", "doors").stdout.split() == ["knock", "Doors"]
    assert len(hub("search").stdout.splitlines()) == 2
    assert "hub-knock can't be installed" in hub("install", "--yes", "knock").stderr


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["install", "https://example.org/a.whl"], "neither a name nor a file"),
        (["install", "nowhere.whl"], "there is no nowhere.whl"),
        (["remove", "--yes", "ghost"], "no plugin 'ghost' is installed"),
        (["upgrade", "--yes", "ghost"], "no plugin 'ghost' is installed"),
    ],
)
def test_mistakes_are_told(hub: Hub, words: list[str], said: str) -> None:
    done = hub(*words)
    assert done.returncode == 1
    assert said in done.stderr
