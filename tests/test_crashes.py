"""A hub that keeps falling over comes up without others' plugins."""

from __future__ import annotations

import asyncio
import subprocess
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from hub.core.clock import SimulatedClock
from hub.crashes import NAME, Crashes
from hub.loader import SAFE_MODE, load_plugins

CRASHING = '''
"""Ends the hub."""
import os
from hub.api import Integration, hookimpl
HUB_API = "1"

class Bomb(Integration):
    """Goes off."""
    def start(self, house):
        os._exit(70)

@hookimpl
def integrations():
    return {"bomb": Bomb}
'''


def at(seconds: float) -> SimulatedClock:
    return SimulatedClock(datetime(2026, 1, 1, tzinfo=UTC) + timedelta(seconds=seconds))


def test_three_starts_without_an_end_in_ten_minutes_are_too_many(tmp_path: Path) -> None:
    for second in (0, 1, 2):
        assert not Crashes(tmp_path, at(second)).too_many
        Crashes(tmp_path, at(second)).began()

    assert Crashes(tmp_path, at(3)).too_many
    assert not Crashes(tmp_path, at(601)).too_many
    Crashes(tmp_path, at(4)).ended()
    assert not Crashes(tmp_path, at(5)).too_many


@pytest.mark.parametrize("text", ["", "{", "[1, null]", '{"a": 1}'])
def test_a_file_that_was_cut_off_counts_nothing(tmp_path: Path, text: str) -> None:
    (tmp_path / NAME).write_text(text)
    assert not Crashes(tmp_path, at(0)).too_many


def test_safe_mode_loads_only_what_comes_with_the_hub(tmp_path: Path) -> None:
    (tmp_path / "plugins").mkdir()
    (tmp_path / "plugins/bomb.py").write_text(CRASHING)

    assert "bomb" in load_plugins(tmp_path, installed=False).catalogs.integrations
    safe = load_plugins(tmp_path, installed=False, safe=True)
    assert "bomb" not in safe.catalogs.integrations
    assert next(plugin for plugin in safe.found if plugin.name == "bomb").off == SAFE_MODE


async def test_after_three_crashes_it_comes_up_by_itself(tmp_path: Path) -> None:
    (tmp_path / "plugins").mkdir()
    (tmp_path / "plugins/bomb.py").write_text(CRASHING)
    config = tmp_path / "config.yaml"
    config.write_text("broker: {listeners: [{host: 127.0.0.1, port: 0}]}\nbomb: {}\n")
    command = [sys.executable, "-m", "hub", "run", "--config", str(config)]

    for _ in range(3):
        done = await asyncio.to_thread(subprocess.run, command, capture_output=True, check=False)
        assert done.returncode == 70
    hub = await asyncio.create_subprocess_exec(*command, stderr=asyncio.subprocess.PIPE)
    assert hub.stderr is not None
    said = b""
    while b"try next" not in said:
        said += await hub.stderr.readline()
    hub.terminate()
    await hub.communicate()

    assert b"safe mode" in said
    assert hub.returncode == 0
    assert not (tmp_path / "data" / NAME).exists()
