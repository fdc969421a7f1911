"""`hub check` says all that is wrong at once, each with its place, and nothing of secrets."""

from __future__ import annotations

import json
import textwrap
from pathlib import Path

import pytest
from typer.testing import CliRunner

from hub.cli.app import app

BROKEN = """\
hub:
  nmae: Home
automation:
  - alias: one
    triggers:
      - trigger: state
        entity_id: sensor.a
        too: "on"
    actions:
      - action: switch.turn_off
        target: {entity_id: switch.heater}
  - alias: two
    triggers:
      - trigger: numeric_stat
        entity_id: sensor.a
    actions: []
"""


@pytest.fixture
def check(tmp_path: Path):
    def run(text: str, *options: str):
        file = tmp_path / "config.yaml"
        file.write_text(textwrap.dedent(text))
        return CliRunner().invoke(app, ["check", "--config", str(file), *options])

    return run


def test_every_error_is_told_with_place_hint_and_caret(check):
    result = check(BROKEN)
    assert result.exit_code == 1
    assert "config.yaml:2:3: hub.nmae: unknown key. Did you mean 'name'?" in result.output
    assert "config.yaml:8:9: automation[0].triggers[0].too: unknown key. Did you mean 'to'?" in result.output
    assert "automation[1].triggers[0].trigger: no trigger is called 'numeric_stat'" in result.output
    assert "Did you mean 'numeric_state'?" in result.output
    lines = result.output.splitlines()
    at = next(index for index, line in enumerate(lines) if "too: unknown key" in line)
    assert lines[at + 1].strip() == 'too: "on"'
    assert lines[at + 2].index("^") == lines[at + 1].index("too")


def test_json_is_for_machines(check):
    found = json.loads(check(BROKEN, "--json").stdout)
    assert {(each["line"], each["column"]) for each in found} >= {(2, 3), (8, 9)}
    assert all(each["severity"] in ("error", "warning") for each in found)


def test_what_nothing_stands_behind_is_only_a_warning(check):
    result = check(
        """\
        broker:
          users:
            - {name: a, password: "some-long-Password1", publish: [sensors/#], subscribe: [heaters/#]}
        mqtt:
          sensor:
            - {name: T, state_topic: sensor/room/temperature}
        automation:
          - alias: one
            triggers:
              - {trigger: state, entity_id: sensor.tt}
            actions:
              - action: switch.turn_of
                target: {entity_id: switch.heater}
        """
    )
    assert result.exit_code == 0
    assert "6:30: mqtt.sensor[0].state_topic: nobody in this configuration may publish" in result.output
    assert "nothing here defines sensor.tt. Did you mean sensor.t?" in result.output
    assert "no service is called switch.turn_of. Did you mean switch.turn_off?" in result.output
    assert "nothing here defines switch.heater" in result.output
    assert "0 errors, 4 warnings" in result.output


def test_a_good_configuration_is_praised(check):
    result = check("hub:\n  name: Home\n")
    assert result.exit_code == 0
    assert "all is well" in result.output


def test_a_secret_is_never_shown(check, tmp_path):
    (tmp_path / "secrets.yaml").write_text("place: VerySecretWord\n")
    result = check("hub:\n  latitude: !secret place\n")
    assert result.exit_code == 1
    assert "hub.latitude" in result.output
    assert "VerySecretWord" not in result.output


def test_a_missing_file_says_how_to_make_one(tmp_path):
    result = CliRunner().invoke(app, ["check", "--config", str(tmp_path / "none.yaml")])
    assert result.exit_code == 1
    assert "hub init" in result.output


def test_checking_starts_and_writes_nothing(check, tmp_path):
    check("broker: {}\nmqtt: {}\n")
    assert [path.name for path in tmp_path.iterdir()] == ["config.yaml"]
