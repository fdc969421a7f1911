"""Blueprints: their gaps are filled, and what is wrong is told where it was written."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from hub.configuration import Configuration, read_files
from hub.testing import SimulatedHouse

BLUEPRINT = """\
blueprint:
  name: Lamp by button
  domain: automation
  input:
    button:
      selector:
        entity: {domain: binary_sensor}
    more:
      name: More
      input:
        level:
          default: 50
          selector: {number: {min: 1, max: 100}}
        color:
          default: red
          selector: {select: {options: [red, {label: Green, value: green}]}}
        loud:
          default: false
          selector: {boolean: }
triggers:
  - trigger: state
    entity_id: !input button
    to: "on"
actions:
  - action: test.automation
    data:
      level: !input level
      both: [!input color, !input loud]
"""
USE = """\
automation:
  - alias: Lamp
    use_blueprint:
      path: ann/lamp.yaml
      input:
        button: binary_sensor.button
"""

Read = Callable[..., Configuration]


@pytest.fixture
def read(tmp_path: Path, house: SimulatedHouse) -> Read:
    """Write a configuration and its blueprint, and read them."""

    def write_and_read(
        text: str = USE, blueprint: str = BLUEPRINT, domain: str = "automation"
    ) -> Configuration:
        path = tmp_path / "blueprints" / domain / "ann" / "lamp.yaml"
        path.parent.mkdir(parents=True)
        path.write_text(blueprint, encoding="utf-8")
        (tmp_path / "config.yaml").write_text(text, encoding="utf-8")
        return read_files(tmp_path / "config.yaml", house.house)

    return write_and_read


def said(configuration: Configuration) -> list[str]:
    return [str(problem) for problem in configuration.problems]


async def press(house: SimulatedHouse, configuration: Configuration) -> list[dict[str, Any]]:
    house.set("binary_sensor.button", "off")
    house.household.automate(configuration)
    house.set("binary_sensor.button", "on")
    await house.settle()
    return [dict(call.data) for call in house.calls]


async def test_gaps_are_filled_with_what_is_given_or_usual(house: SimulatedHouse, read: Read) -> None:
    configuration = read(USE + "        color: green\n")

    assert configuration.problems == []
    assert await press(house, configuration) == [{"level": 50, "both": ["green", False]}]


async def test_keys_beside_it_cover_those_of_the_blueprint(house: SimulatedHouse, read: Read) -> None:
    own = "    action:\n      - action: test.automation\n        data: {mine: true}\n"

    configuration = read(USE + own)

    assert configuration.problems == []
    assert await press(house, configuration) == [{"mine": True}]


async def test_scripts_have_blueprints_too(read: Read) -> None:
    blueprint = "blueprint: {name: a, domain: script, input: {what: }}\nsequence:\n  - action: !input what\n"
    use = "script:\n  one:\n    use_blueprint: {path: ann/lamp.yaml, input: {what: test.script}}\n"

    configuration = read(use, blueprint, "script")

    assert configuration.problems == []
    assert list(configuration.scripts) == ["one"]


@pytest.mark.parametrize("beside", ["", "    name: Two\n    unique_id: two\n"])
async def test_template_entities_have_blueprints_too(read: Read, beside: str) -> None:
    blueprint = "blueprint: {name: a, domain: template, input: {of: }}\nvariables: {of: !input of}\n"
    blueprint += "sensor:\n  name: One\n  state: '{{ states(of) }}'\n"
    use = "template:\n  - use_blueprint: {path: ann/lamp.yaml, input: {of: sensor.a}}\n"

    assert said(read(use + beside, blueprint, "template")) == []


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        (
            USE.replace("button: binary_sensor.button", "level: 3"),
            "config.yaml:6:9: automation[0].use_blueprint.input: the blueprint needs the input 'button'",
        ),
        (
            USE + "        levl: 3\n",
            "config.yaml:7:9: automation[0].use_blueprint.input.levl: the blueprint has no input 'levl'. "
            "Did you mean 'level'?",
        ),
        (
            USE.replace("lamp.yaml", "lampe.yaml"),
            "config.yaml:4:13: automation[0].use_blueprint.path: there is no "
            "blueprints/automation/ann/lampe.yaml. Did you mean 'ann/lamp.yaml'?",
        ),
        (
            USE.replace("binary_sensor.button", "[5]"),
            "config.yaml:6:17: automation[0].triggers[0].entity_id: should be an entity id such as "
            "sensor.kitchen",
        ),
        (
            "automation:\n  - use_blueprint: ann/lamp.yaml\n",
            "config.yaml:2:20: automation[0].use_blueprint: should be a mapping with `path:` and `input:`",
        ),
    ],
)
async def test_a_mistake_in_its_use_is_an_error_there(read: Read, text: str, problem: str) -> None:
    found = [str(each) for each in read(text).errors]

    assert found == [problem]


@pytest.mark.parametrize(
    ("given", "problem"),
    [
        ("        level: 500\n", "level: should be at most 100, but is 500"),
        ("        level: much\n", "level: should be a number, but is 'much'"),
        ("        color: gren\n", "color: should be one of red, green, but is 'gren'. Did you mean 'green'?"),
        ("        loud: 3\n", "loud: should be true or false, but is 3"),
        ("        quite_other: 3\n", "quite_other: the blueprint has no input 'quite_other'"),
    ],
)
async def test_an_odd_value_is_a_warning(read: Read, given: str, problem: str) -> None:
    found = read(USE + given).problems

    assert [each.severity for each in found] == ["warning"]
    assert str(found[0]).endswith(f"automation[0].use_blueprint.input.{problem}")


@pytest.mark.parametrize(
    ("old", "new", "problem"),
    [
        ('to: "on"', 'too: "on"', "lamp.yaml:23:5: automation[0].triggers[0].too: unknown key"),
        ("!input level", "!input lvl", "lamp.yaml:27:14: the blueprint has no input 'lvl'"),
        ("domain: automation", "domain: automaton", "lamp.yaml:3:11: blueprint.domain: should be one of"),
        (
            "default: 50",
            "defalt: 50",
            "lamp.yaml:12:11: blueprint.input.more.input.level.defalt: unknown key",
        ),
        ("blueprint:", "bluprint:", "lamp.yaml:1:1: this is no blueprint"),
    ],
)
async def test_a_mistake_in_the_blueprint_is_told_with_its_place_there(
    read: Read, old: str, new: str, problem: str
) -> None:
    found = [str(each) for each in read(blueprint=BLUEPRINT.replace(old, new, 1)).errors]

    assert len(found) == 1
    assert f"blueprints/automation/ann/{problem}" in found[0]


async def test_a_blueprint_that_is_not_there_is_a_warning(read: Read) -> None:
    configuration = read(USE.replace("ann/lamp", "somebody_else/quite_another_thing"))

    assert [each.severity for each in configuration.problems] == ["warning"]
    assert "hub blueprint import" in said(configuration)[0]


@pytest.mark.parametrize("name", ["../../config.yaml", "/etc/hostname", "../script/ann/lamp.yaml"])
async def test_nothing_outside_its_folder_is_read(read: Read, name: str) -> None:
    configuration = read(USE.replace("ann/lamp.yaml", name))

    assert "there is no blueprints/automation/" in said(configuration)[0]


async def test_those_that_come_with_the_hub_are_found(read: Read) -> None:
    use = USE.replace("ann/lamp.yaml", "homeassistant/motion_light.yaml").replace("button:", "motion_entity:")

    assert said(read(use + "        light_target: {entity_id: light.hall}\n")) == []
