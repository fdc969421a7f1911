"""A file that a configuration includes can be checked by itself."""

from __future__ import annotations

from pathlib import Path

import pytest

from hub.cli.checking import check_files
from hub.config.problems import Problem
from hub.testing.house import known_plugins

RULE = (
    "{alias: a, description: '', condition: [], triggers: [{trigger: homeassistant, event: start}], "
    "actions: [{delay: soon}]}"
)


def check(folder: Path, name: str, text: str) -> list[str]:
    path = folder / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text)
    problems: list[Problem] = check_files(path, known_plugins())
    return [str(problem).partition(". ")[0] for problem in problems]


SOON = "'soon' is no duration"


@pytest.mark.parametrize(
    ("name", "text", "said"),
    [
        ("rules.yaml", f"- {RULE}", f"rules.yaml:1:116: automation[0].actions[0].delay: {SOON}"),
        ("one.yaml", RULE, f"one.yaml:1:114: automation.actions[0].delay: {SOON}"),
        ("dusk.yaml", "sequence: [{delay: soon}]", f"dusk.yaml:1:20: script.dusk.sequence[0].delay: {SOON}"),
        ("all.yaml", "a: {sequence: [{delay: soon}]}", f"all.yaml:1:24: script.a.sequence[0].delay: {SOON}"),
        (
            "moods.yaml",
            "- {name: a, entities: {light.pier: 5}}",
            "moods.yaml:1:23: scene[0].entities: the state of light.pier should be a text",
        ),
        (
            "sensors.yaml",
            "- {platform: random, minimun: 1}",
            "sensors.yaml:1:22: sensor[0].minimun: unknown key",
        ),
        (
            "input_numbers.yaml",
            "level: {min: 1}",
            "input_numbers.yaml:1:8: input_number.level.max: is missing",
        ),
        (
            "customize.yaml",
            "pier: {icon: mdi:x}",
            "customize.yaml:1:1: homeassistant.customize.pier: 'pier' is no entity id",
        ),
        (
            "shell_commands.yaml",
            "timr: reboot",
            "configuration:1:1: shell_command: no plugin offers 'shell_command', so this section is left out",
        ),
        ("config.yaml", "timr: {a: }", "config.yaml:1:1: timr: unknown section"),
        ("lake.yaml", "counter: {a: {stepp: 2}}", "lake.yaml:1:15: counter.a.stepp: unknown key"),
        (
            "words.yaml",
            "- a\n- b\n",
            "words.yaml:1:1: should be a mapping of sections, such as 'automation:'",
        ),
    ],
)
async def test_it_is_read_as_what_it_is(name: str, text: str, said: str, tmp_path: Path) -> None:
    assert check(tmp_path, name, text) == [said]


BLUEPRINT = """\
blueprint:
  name: Pier
  domain: automation
  input:
    wait: {default: soon}
triggers: []
actions: [{delay: !input wait}]
"""


async def test_a_blueprint_is_read_as_one(tmp_path: Path) -> None:
    text = BLUEPRINT.replace("!input wait", "!input wiat")

    assert check(tmp_path, "pier.yaml", text) == ["pier.yaml:7:19: the blueprint has no input 'wiat'"]


async def test_a_blueprint_that_needs_nothing_is_filled_with_what_it_has(tmp_path: Path) -> None:
    said = check(tmp_path, "blueprints/automation/ann/pier.yaml", BLUEPRINT)

    assert [text.partition(": ")[2] for text in said] == [
        "automation[0].actions[0].delay: 'soon' is no duration"
    ]
    assert said[0].startswith("blueprints/automation/ann/pier.yaml:5:21:")


async def test_a_section_of_inputs_may_be_empty(tmp_path: Path) -> None:
    text = BLUEPRINT.replace("    wait:", "    nothing: {name: None yet, collapsed: true}\n    wait:")

    assert check(tmp_path, "pier.yaml", text) == []
