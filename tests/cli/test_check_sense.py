"""`hub check` warns of what is written well and still goes wrong."""

from __future__ import annotations

import textwrap
from collections.abc import Callable
from pathlib import Path

import pytest

from hub.cli.checking import check_files
from hub.testing.house import known_plugins

Check = Callable[[str], list[str]]
START = """\
input_number:
  level: {min: 0, max: 10}
  free: {min: 0, max: 100}
input_boolean: {a: , b: }
group: {all: {entities: [input_boolean.a]}}
mqtt:
  - switch: {name: Heater, command_topic: heater/set, state_topic: heater}
  - light: {name: Lamp, command_topic: lamp/set}
script:
  greet: {fields: {name: {required: true}, loudness: {}}, sequence: []}
automation:
"""


@pytest.fixture
def check(tmp_path: Path) -> Check:
    """Check automations in a small house; the warnings without their places."""

    def run(text: str) -> list[str]:
        path = tmp_path / "config.yaml"
        path.write_text(START + textwrap.indent(textwrap.dedent(text), "  "), encoding="utf-8")
        found = check_files(path, known_plugins())
        assert [str(problem) for problem in found if problem.is_error] == []
        return [str(problem).partition(": ")[2] for problem in found]

    return run


@pytest.mark.parametrize(
    ("call", "problem"),
    [
        (
            "{action: light.turn_on, target: {entity_id: light.lamp}, data: {brightnes: 5}}",
            "data.brightnes: light.turn_on: unknown key. Did you mean 'brightness'?",
        ),
        (
            "{action: light.turn_on, target: {entity_id: light.lamp}, data: {brightness_pct: 150}}",
            "data.brightness_pct: light.turn_on: should be at most 100, but is 150",
        ),
        (
            "{service: light.turn_on, entity_id: light.lamp, data_template: {colour_name: '{{ this.x }}'}}",
            "data_template.colour_name: light.turn_on: unknown key. Did you mean 'color_name'?",
        ),
        (
            "{action: input_number.set_value, target: {entity_id: input_number.free}}",
            "value: input_number.set_value: is missing",
        ),
        (
            "{action: script.greet, data: {name: A, loudnes: 3}}",
            "data.loudnes: script.greet has no field 'loudnes'",
        ),
        ("{action: script.greet}", "script.greet needs the field 'name'"),
    ],
)
def test_a_field_that_a_service_does_not_take(check: Check, call: str, problem: str) -> None:
    found = check(f"- {{triggers: [], actions: [{call}]}}")

    assert len(found) == 1
    assert found[0].startswith("automation[0].actions[0]")
    assert problem in found[0]


@pytest.mark.parametrize(
    "call",
    [
        "{action: light.turn_on, target: {entity_id: light.lamp}, data: {brightness_pct: '{{ this.x }}'}}",
        "{action: light.turn_on, target: {entity_id: light.lamp}, data: '{{ this.x }}'}",
        "{action: input_number.set_value, data: {entity_id: input_number.free, value: '{{ this.x }}'}}",
        "{action: light.turn_on, target: {entity_id: light.lamp}, data: {rgb_color: ['{{ this.x }}', 1, 2]}}",
        "{action: script.greet, data: {name: A, anything: 3}}",
        "{action: '{{ this.x }}', data: {whatever: 3}}",
        "{action: switch.turn_off, target: {entity_id: switch.heater}, data: }",
    ],
)
def test_what_only_a_template_knows_is_left_alone(check: Check, call: str) -> None:
    assert check(f"- {{triggers: [], actions: [{call}]}}") == []


@pytest.mark.parametrize(
    ("condition", "problem"),
    [
        (
            "{condition: numeric_state, entity_id: input_number.free, above: 20, below: 10}",
            "no number is above 20 and below 10",
        ),
        (
            "{condition: numeric_state, entity_id: input_number.level, above: 10}",
            "input_number.level is never above 10: its most is 10",
        ),
        (
            "{condition: numeric_state, entity_id: input_number.level, below: 0}",
            "input_number.level is never below 0: its least is 0",
        ),
    ],
)
def test_a_limit_that_can_never_be_met(check: Check, condition: str, problem: str) -> None:
    found = check(f"- {{triggers: [], conditions: [{condition}], actions: []}}")

    assert [problem in each for each in found] == [True]


def test_a_change_to_the_same_state_never_happens(check: Check) -> None:
    trigger = '{trigger: state, entity_id: input_boolean.a, from: "on", to: "on"}'

    assert "a change from on to on is none" in check(f"- {{triggers: [{trigger}], actions: []}}")[0]


@pytest.mark.parametrize("conditions", ["[]", '"{{ true }}"', '["{{ true }}"]'])
def test_options_after_one_without_a_condition_are_never_chosen(check: Check, conditions: str) -> None:
    options = (
        f"[{{conditions: {conditions}, sequence: []}}, {{conditions: '{{{{ this.x }}}}', sequence: []}}]"
    )

    found = check(f"- {{triggers: [], actions: [{{choose: {options}}}]}}")

    assert len(found) == 1
    assert "actions[0].choose[1]: it is never chosen: option 1 before it" in found[0]


def test_steps_after_a_stop_are_never_reached(check: Check) -> None:
    found = check("- {triggers: [], actions: [{stop: done}, {delay: 1}]}")

    assert len(found) == 1
    assert "actions[1]: it is never reached" in found[0]


def test_ids_that_clash(check: Check) -> None:
    found = check("- {id: one, triggers: [], actions: []}\n- {id: one, triggers: [], actions: []}")

    assert "the id one is used twice, first at config.yaml:12:10" in found[0]


@pytest.mark.parametrize(
    "action",
    [
        "{action: mqtt.publish, data: {topic: heater/set, payload: 'ON'}}",
        "{action: switch.turn_on, target: {entity_id: switch.heater}}",
    ],
)
def test_what_an_automation_says_to_itself(check: Check, action: str) -> None:
    found = check(f"- {{triggers: [{{trigger: mqtt, topic: 'heater/#'}}], actions: [{action}]}}")

    assert len(found) == 1
    assert "this is published to heater/set, and the automation is triggered by heater/#" in found[0]


def test_other_topics_are_no_loop(check: Check) -> None:
    action = "{action: switch.turn_on, target: {entity_id: switch.heater}}"

    assert check(f"- {{triggers: [{{trigger: mqtt, topic: button}}], actions: [{action}]}}") == []


def test_names_are_looked_at_in_packages_and_blueprints_too(tmp_path: Path) -> None:
    text = "hub: {packages: {a: {automation: [{triggers: [], actions: [{action: light.turn_onn}]}]}}}"
    (tmp_path / "config.yaml").write_text(text, encoding="utf-8")

    found = check_files(tmp_path / "config.yaml", known_plugins())

    assert ["no service is called light.turn_onn" in str(problem) for problem in found] == [True]


RULE = "- {{id: a, variables: {{warm: 1}}, triggers: [], actions: [{actions}]}}\n"


@pytest.mark.parametrize(
    ("action", "problem"),
    [
        (
            "{event: x, event_data: {a: '{{ warn }}'}}",
            "nothing sets the variable 'warn'. Did you mean 'warm'?",
        ),
        ("{delay: '{{ seconds }}'}", "nothing sets the variable 'seconds'. It is empty in this template"),
        ("{repeat: {while: '{{ nothing == 1 }}', sequence: []}}", "nothing sets the variable 'nothing'."),
    ],
)
def test_a_variable_that_nothing_sets(check: Check, action: str, problem: str) -> None:
    [found] = check(RULE.format(actions=action))
    assert problem in found


@pytest.mark.parametrize(
    "actions",
    [
        "{event: x, event_data: {a: '{{ warm }} {{ trigger.id }} {{ this.state }} {{ now() }}'}}",
        "{event: x, event_data: {a: '{{ late }}'}}, {variables: {late: 1}}",
        "{event: x, event_data: {a: '{{ none_yet | default(1) }} {{ some is defined }}'}}",
        "{event: x, event_data: {a: '{% set y = 1 %}{% for z in [y] %}{{ z }}{% endfor %}'}}",
        "{repeat: {for_each: [1], sequence: [{event: '{{ repeat.item }}'}]}}",
        "{wait_template: '{{ true }}'}, {event: x, event_data: {a: '{{ wait.completed }}'}}",
        "{action: script.greet, data: {name: x}, response_variable: back}, {delay: '{{ back.s }}'}",
    ],
)
def test_variables_that_something_sets(check: Check, actions: str) -> None:
    assert check(RULE.format(actions=actions)) == []


def test_an_entity_that_hears_its_own_commands(tmp_path: Path) -> None:
    path = tmp_path / "config.yaml"
    path.write_text("mqtt: [{switch: {name: A, command_topic: a, state_topic: a}}]\n", encoding="utf-8")
    [found] = check_files(path, known_plugins())
    assert "a is the topic of its commands, too" in found.text
