"""Configurations in the manner in which people publish those of their homes are read without an error."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from hub.cli.checking import check_files, examine
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
    ("sensor: {platform: statistics, entity_id: sensor.lake, sampling_size: 5}", "sensor"),
    (
        "sensor: {platform: statistics, entity_id: sensor.a, state_characteristic: mean, sampling_size: 5, "
        "quantile_intervals: 4}",
        "quantile_intervals",
    ),
    (
        "climate: {platform: generic_thermostat, heater: switch.a, target_sensor: sensor.a, tolerance: 1}",
        "climate.tolerance",
    ),
    (
        "automation: {trigger: {platform: time, after: '14:00'}, action: []}",
        "automation.trigger.after: `after` is called `at` today",
    ),
    (
        "automation: {trigger: {platform: state, entity_id: a.b, state: 'on'}, action: []}",
        "automation.trigger.state: `state` is called `to` today",
    ),
    ("automation: {trigger: {platform: state, entity_id: light.pier_}, action: []}", "light.pier_"),
    ("script: {a: !include ../elsewhere/a.yaml}", "lies outside the configuration folder, so it is not read"),
    ("sensor: [{platform: !secret service, name: a}]", "sensor[0].platform"),
    ("lock: [{platform: template, name: shed, lock: [], unlock: []}]", "lock[0].platform"),
]


@pytest.mark.parametrize(("text", "where"), RETIRED, ids=[where for _, where in RETIRED])
async def test_what_is_read_no_more_is_warned_of_at_its_place(text: str, where: str, tmp_path: Path) -> None:
    path = tmp_path / "automation.yaml"
    path.write_text(text)

    problems = check_files(path, known_plugins())

    assert [problem for problem in problems if problem.is_error] == []
    assert any(where in str(problem) for problem in problems), [str(problem) for problem in problems]


async def test_a_file_that_does_not_fit_into_its_folder_is_left_out(tmp_path: Path) -> None:
    path = tmp_path / "config.yaml"
    path.write_text("counter: !include_dir_merge_named counters\nscene: !include_dir_merge_list scenes\n")
    (tmp_path / "counters").mkdir()
    (tmp_path / "scenes").mkdir()
    (tmp_path / "counters" / "a.yaml").write_text("boats: {initial: 1}\n")
    (tmp_path / "counters" / "b.yaml").write_text("boats: {initial: 2}\n")
    (tmp_path / "scenes" / "a.yaml").write_text("name: evening\n")

    configuration, problems = examine(path, known_plugins())

    assert configuration.document.data == {"counter": {"boats": {"initial": 2}}, "scene": []}
    assert [(str(problem.place), problem.is_error) for problem in problems] == [
        ("counters/b.yaml:1:1", False),
        ("scenes/a.yaml:1:1", False),
    ]


async def test_nothing_of_who_may_do_what_is_left_out(tmp_path: Path) -> None:
    path = tmp_path / "config.yaml"
    path.write_text("broker: {users: !include ../users.yaml}\n")

    problems = check_files(path, known_plugins())

    assert [problem.is_error for problem in problems if "outside" in problem.text] == [True]


FOREIGN = ["sense", "izone", "generic_thermostat_pid", "shelly: {coap_port: 0}"]


@pytest.mark.parametrize("section", FOREIGN)
async def test_a_section_of_another_integration_is_no_misspelling(section: str, tmp_path: Path) -> None:
    path = tmp_path / "config.yaml"
    path.write_text(section if ":" in section else f"{section}:")

    problems = check_files(path, known_plugins())

    assert [problem.is_error for problem in problems] == [False]


async def test_what_somebody_installed_of_his_own_is_no_misspelling(tmp_path: Path) -> None:
    path = tmp_path / "config.yaml"
    path.write_text("sceen:")
    before = check_files(path, known_plugins())
    (tmp_path / "custom_components" / "sceen").mkdir(parents=True)

    after = check_files(path, known_plugins())

    assert ([problem.is_error for problem in before], [problem.is_error for problem in after]) == (
        [True],
        [False],
    )


async def test_a_name_that_nothing_stands_behind_is_told_once(tmp_path: Path) -> None:
    path = tmp_path / "config.yaml"
    calls = "".join("    - {action: light.turn_on, target: {entity_id: light.pier}}\n" for _ in range(3))
    path.write_text(f"automation:\n- alias: a\n  triggers: []\n  actions:\n{calls}")

    problems = check_files(path, known_plugins())

    assert [str(problem) for problem in problems] == [
        "config.yaml:5:51: automation[0].actions[0].target.entity_id: "
        "nothing here defines light.pier (it stands 3 times)"
    ]


FORGIVEN = [
    "triggers: [], actions: [{alias: 5, delay: 1}]",
    "triggers: [], actions: [{condition: template, alias: 1.5, value_template: '{{ 1 }}'}]",
    "triggers: [], actions: [{delay: 1, enabled: 'no'}]",
    "triggers: [], actions: [{delay: 1, enabled: 0}]",
    "triggers: [], actions: [{event: 12}]",
    "triggers: [], actions: [{action: input_boolean.reload_all, data: ''}]",
    "actions: [], triggers: [{trigger: event, event_type: []}]",
    "actions: [], triggers: [{trigger: tag, tag_id: []}]",
]


@pytest.mark.parametrize("text", FORGIVEN)
async def test_values_that_home_assistant_takes_for_others_are_taken(text: str, tmp_path: Path) -> None:
    path = tmp_path / "config.yaml"
    path.write_text(f"automation: [{{alias: a, {text}}}]")

    problems = check_files(path, known_plugins())

    assert [str(problem) for problem in problems if problem.is_error] == []


async def test_a_text_for_the_data_of_a_service_is_doubted(tmp_path: Path) -> None:
    path = tmp_path / "config.yaml"
    path.write_text("automation: [{alias: a, triggers: [], actions: [{action: scene.turn_on, data: all}]}]")

    problems = check_files(path, known_plugins())

    assert ["the call will fail" in str(problem) for problem in problems if not problem.is_error] == [True]


LENGTHS = [
    ("delay: 10:00", 600, "10:00 without quotes is 0:10:00, for YAML counts minutes and seconds here"),
    ("delay: '10:00'", 36_000, ""),
    ("delay: 1:30:00", 5_400, ""),
    ("delay: 00:10", 600, ""),
    ("{wait_template: '{{ 1 }}', timeout: 2:00}", 120, "2:00 without quotes is 0:02:00"),
]


@pytest.mark.parametrize(("step", "seconds", "said"), LENGTHS, ids=[step for step, _, _ in LENGTHS])
async def test_minutes_without_quotes_last_as_long_as_yaml_says(
    step: str, seconds: float, said: str, tmp_path: Path
) -> None:
    path = tmp_path / "config.yaml"
    path.write_text(f"automation:\n- alias: a\n  triggers: []\n  actions:\n  - {step}\n")

    configuration, problems = examine(path, known_plugins())

    model = configuration.automations[0].model
    assert model is not None
    action: Any = model.actions[0]
    assert (action.delay if "delay" in step else action.timeout).fixed == seconds
    assert [said in str(problem) for problem in problems] == ([True] if said else [])
