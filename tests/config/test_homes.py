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


RETIRED = [
    ("recorder: {purge_interval: 2}", "recorder.purge_interval"),
    ("scene: [{platform: hue}]", "scene[0].platform"),
    ("mqtt: {fan: {command_topic: a, speeds: [low]}}", "mqtt.fan.speeds"),
    ("mqtt: [{light: {platform: mqtt, command_topic: a}}]", "mqtt[0].light.platform"),
    ("template: {binary_sensor: {state: 'on', auto_off: 5}}", "binary_sensor.auto_off"),
    ("sensor: {platform: integration, source: sensor.a, unit: kWh}", "sensor.unit"),
    (
        "automation: {triggers: {trigger: numeric_state, entity_id: a.b, above: !secret a}, actions: []}",
        "above",
    ),
    ("automation: !include_dir_list automation", "automation"),
]


@pytest.mark.parametrize(("text", "where"), RETIRED, ids=[where for _, where in RETIRED])
async def test_what_is_read_no_more_is_warned_of_at_its_place(text: str, where: str, tmp_path: Path) -> None:
    path = tmp_path / "automation.yaml"
    path.write_text(text)

    problems = check_files(path, known_plugins())

    assert [problem for problem in problems if problem.is_error] == []
    assert any(where in str(problem) for problem in problems), [str(problem) for problem in problems]
