"""`hub template` renders with the states of the running hub, in a process that can't do harm."""

from __future__ import annotations

import asyncio
import json
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from hub.app import App
from hub.cli.app import app
from hub.control import ControlServer
from hub.core.errors import HubError
from hub.rendering import render

STATE = {
    "entity_id": "sensor.a",
    "state": "21.5",
    "attributes": {"unit_of_measurement": "°C"},
    "last_changed": "2024-05-06T12:00:00+00:00",
}


def request(tmp_path: Path, template: str, **more: Any) -> dict[str, Any]:
    return {"template": template, "config": str(tmp_path / "config.yaml"), **more}


def hub(tmp_path: Path, template: str, *options: str) -> Any:
    return CliRunner().invoke(
        app, ["template", template, "--config", str(tmp_path / "config.yaml"), *options]
    )


@pytest.mark.parametrize(
    ("template", "result", "kind"),
    [
        ("{{ 1 + 2 }}", 3, "number"),
        ("{{ 'a' ~ 'b' }}", "ab", "text"),
        ("{{ [1, 2] }}", [1, 2], "list"),
        ("{{ {'a': true} }}", {"a": True}, "mapping"),
        ("{{ 1 < 2 }}", True, "truth"),
        ("{{ none }}", None, "nothing"),
    ],
)
def test_the_result_and_its_type_are_told(tmp_path: Path, template: str, result: Any, kind: str) -> None:
    done = hub(tmp_path, template, "--json")

    assert json.loads(done.stdout) == {"result": result, "type": kind}


def test_without_a_hub_the_house_is_empty(tmp_path: Path) -> None:
    done = hub(tmp_path, "{{ states | list | count }}")

    assert done.stdout == "0\n"
    assert "the template sees no entities" in done.stderr
    assert "type: number" in done.stderr


def test_the_settings_of_the_file_count(tmp_path: Path) -> None:
    (tmp_path / "config.yaml").write_text("hub: {time_zone: Asia/Tokyo}\n", encoding="utf-8")

    done = hub(tmp_path, "{{ now().utcoffset().total_seconds() }}", "--json")

    assert json.loads(done.stdout)["result"] == 9 * 3600


def test_states_have_the_time_at_which_they_changed(tmp_path: Path) -> None:
    asked = request(
        tmp_path, "{{ states.sensor.a.last_changed.year }} {{ states('sensor.a') }}", states=[STATE]
    )

    assert render(asked)["text"] == "2024 21.5"


def test_what_is_wrong_is_said(tmp_path: Path) -> None:
    done = hub(tmp_path, "{{ 1 + }}")

    assert isinstance(done.exception, HubError)


@pytest.mark.parametrize("template", ["{{ 'x' * 10**10 }}", "{% for a in range(10**9) %}{% endfor %}"])
def test_a_hungry_template_is_stopped(tmp_path: Path, template: str) -> None:
    done = hub(tmp_path, template)

    assert isinstance(done.exception, HubError)


def test_a_worker_that_does_not_end_is_given_up(tmp_path: Path) -> None:
    with pytest.raises(HubError, match="was not done in"):
        render(request(tmp_path, "{{ 1 }}"), seconds=0.001)


async def test_the_states_of_the_running_hub_are_seen(tmp_path: Path) -> None:
    config = tmp_path / "config.yaml"
    await asyncio.to_thread(config.write_text, "hub: {name: Home}\n", encoding="utf-8")
    running = await asyncio.to_thread(App, config)
    running.house.states.set("sensor.a", "21.5")
    (tmp_path / "data").mkdir()
    server = ControlServer(tmp_path / "data", running._commands())
    await server.open()

    done = await asyncio.to_thread(hub, tmp_path, "{{ states('sensor.a') | float + 1 }}")

    assert done.stdout == "22.5\n"
    assert "sees no entities" not in done.stderr
    await server.close()
