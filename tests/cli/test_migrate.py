"""`hub migrate` writes today's spellings: comments stay, the meaning stays, twice is once."""

from __future__ import annotations

import io
import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from ruamel.yaml import YAML
from typer.testing import CliRunner

from hub.cli import migrate
from hub.cli.app import app
from hub.config.modern import modern, old_spellings
from hub.configuration import read_files
from hub.testing import SimulatedHouse

OLD = """\
# My house
homeassistant:
  whitelist_external_dirs: /media # once so
automation:
  - alias: Lights   # in the evening
    trigger:
      platform: state
      entity_id: binary_sensor.door
    condition: []
    action:
      - service: light.turn_on
        # all of them
        entity_id:
        - light.a     # first

        # the last
        - light.b
        data_template: {brightness: "{{ 5 }}"}
      - {service: light.turn_off, entity_id: light.x} # brackets
      - "service": light.toggle
        entity_id: >
          {{ 'light.a' }}
      - choose:
        - conditions: []
          sequence:
          - entity_id: light.q
            service_template: "light.turn_{{ 'on' }}"
        default:
        - wait_for_trigger:
          - platform: event
            event_type: x
script: !include scripts.yaml
"""
NEW = """\
# My house
homeassistant:
  allowlist_external_dirs: /media # once so
automation:
  - alias: Lights   # in the evening
    triggers:
      trigger: state
      entity_id: binary_sensor.door
    conditions: []
    actions:
      - action: light.turn_on
        # all of them
        target:
          entity_id:
          - light.a     # first

          # the last
          - light.b
        data: {brightness: "{{ 5 }}"}
      - {action: light.turn_off, target: {entity_id: light.x}} # brackets
      - "action": light.toggle
        target:
          entity_id: >
            {{ 'light.a' }}
      - choose:
        - conditions: []
          sequence:
          - target:
              entity_id: light.q
            action: "light.turn_{{ 'on' }}"
        default:
        - wait_for_trigger:
          - trigger: event
            event_type: x
script: !include scripts.yaml
"""


@pytest.fixture
def house(tmp_path: Path) -> Path:
    (tmp_path / "config.yaml").write_text(OLD)
    (tmp_path / "scripts.yaml").write_text(
        "hello:\n  sequence:\n  - service: light.turn_on\n    entity_id: all"
    )
    return tmp_path


def run(*words: str, config: Path) -> Any:
    return CliRunner().invoke(app, [*words, "--config", str(config)])


def test_shows_first_and_writes_only_when_told(house: Path) -> None:
    shown = run("migrate", config=house)
    assert "-      - service: light.turn_on\n" in shown.output
    assert "+      - action: light.turn_on\n" in shown.output
    assert (house / "config.yaml").read_text() == OLD

    assert run("migrate", "--write", config=house).exit_code == 0
    assert (house / "config.yaml").read_text() == NEW
    assert (house / "scripts.yaml").read_text() == (
        "hello:\n  sequence:\n  - action: light.turn_on\n    target:\n      entity_id: all"
    )
    first = min((house / "data/edits").glob("*.json"))
    assert json.loads(first.read_text())["before"] == OLD
    assert "nothing to do" in run("migrate", "--write", config=house).output


def test_check_warns_ahead_with_the_place_of_each(house: Path) -> None:
    assert "old spelling" not in run("check", config=house).output
    ahead = run("check", "--next", config=house)
    assert ahead.exit_code == 0
    told = [line for line in ahead.output.splitlines() if "old spelling" in line]
    assert told[0].startswith("config.yaml:3:3: 'whitelist_external_dirs' is an old spelling (since 0.113).")
    assert any(line.startswith("scripts.yaml:3:5: 'service'") for line in told)
    run("migrate", "--write", config=house)
    assert "old spelling" not in run("check", "--next", config=house).output


@pytest.mark.parametrize(
    "action",
    [
        "{service: light.turn_on, action: light.turn_off}",
        "{data: {a: 1}, data_template: {b: 2}, action: light.turn_on}",
        "{action: light.turn_on, target: {area_id: x}, entity_id: light.a}",
        "{event: x, event_data: {service: y, platform: z}}",
    ],
)
def test_what_somebody_wrote_both_ways_is_left_to_them(tmp_path: Path, action: str) -> None:
    text = f"script:\n  a:\n    sequence:\n    - {action}\n"
    (tmp_path / "config.yaml").write_text(text)
    assert "nothing to do" in run("migrate", "--write", config=tmp_path).output
    assert (tmp_path / "config.yaml").read_text() == text


def test_nothing_is_written_that_means_something_else(house: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    wrong = {house / "config.yaml": NEW.replace("light.q", "light.z")}
    monkeypatch.setattr(migrate, "modern", lambda *_: wrong)
    done = run("migrate", "--write", config=house)
    assert "does not mean the same" in str(done.exception)
    assert (house / "config.yaml").read_text() == OLD


# --- whatever is written, in whatever style ----------------------------------------------------------

ENTITIES = st.one_of(
    st.sampled_from(["light.a", "all", "light.a, light.b", "{{ 'light.c' }}"]),
    st.lists(st.sampled_from(["light.a", "light.b", "light.c"]), min_size=1, max_size=3, unique=True),
)
TRIGGERS = st.fixed_dictionaries(
    {"event_type": st.sampled_from(["a", "b"])}, optional={"id": st.just("one")}
).flatmap(lambda rest: st.sampled_from(["platform", "trigger"]).map(lambda key: {key: "event", **rest}))
CALLS = st.fixed_dictionaries(
    {}, optional={"entity_id": ENTITIES, "data_template": st.just({"brightness": "{{ 1 + 1 }}"})}
).flatmap(
    lambda rest: st.sampled_from(["service", "action", "service_template"]).map(
        lambda key: {key: "light.turn_on", **rest}
    )
)
ACTIONS: st.SearchStrategy[Any] = st.recursive(
    CALLS,
    lambda inner: st.one_of(
        st.lists(inner, min_size=1, max_size=3).map(lambda steps: {"sequence": steps}),
        st.tuples(inner, inner).map(lambda two: {"if": "{{ true }}", "then": [two[0]], "else": two[1]}),
        inner.map(lambda one: {"repeat": {"count": 2, "sequence": one}}),
        inner.map(lambda one: {"choose": [{"conditions": [], "sequence": [one]}], "default": [one]}),
        TRIGGERS.map(lambda trigger: {"wait_for_trigger": [trigger]}),
    ),
    max_leaves=6,
)
HOUSES = st.fixed_dictionaries(
    {
        "automation": st.lists(
            st.tuples(
                st.lists(TRIGGERS, min_size=1, max_size=2),
                st.lists(ACTIONS, min_size=1, max_size=3),
                st.booleans(),
            ).map(
                lambda parts: (
                    {"trigger": parts[0], "action": parts[1]}
                    if parts[2]
                    else {"triggers": parts[0], "actions": parts[1]}
                )
            ),
            min_size=1,
            max_size=2,
        ),
        "script": st.dictionaries(
            st.sampled_from(["a", "b"]), st.lists(ACTIONS, min_size=1, max_size=2), max_size=2
        ),
    }
)


def written(data: Any, flow: bool | None, offset: int) -> str:
    yaml = YAML()
    yaml.default_flow_style = flow
    yaml.indent(mapping=2, sequence=2 + offset, offset=offset)
    out = io.StringIO()
    # By way of JSON, so that nothing is shared: an anchor is written once, and is in one place.
    yaml.dump(json.loads(json.dumps(data)), out)
    return out.getvalue()


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=HOUSES, flow=st.sampled_from([None, False, True]), offset=st.sampled_from([0, 2]))
def test_means_the_same_and_twice_is_once(tmp_path: Path, data: Any, flow: bool | None, offset: int) -> None:
    file = tmp_path / "config.yaml"
    file.write_text(written(data, flow, offset))
    house = SimulatedHouse().house
    before = read_files(file, house)

    for path, text in modern(before.document, tmp_path).items():
        path.write_text(text)

    after = read_files(file, house)
    assert old_spellings(after.document) == []
    assert modern(after.document, tmp_path) == {}
    assert list(migrate._meanings(after)) == list(migrate._meanings(before))
    assert [str(problem) for problem in after.errors] == []
