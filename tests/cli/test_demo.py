"""`hub demo` shows a house that lives, over real MQTT, and stops when it is told to."""

from __future__ import annotations

import re
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import aiomqtt
import pytest
from typer.testing import CliRunner

from hub import loader
from hub.cli.app import app
from hub.config.source import load

ROOT = Path(__file__).parents[2]
DEADLINE = 30
HUB = (sys.executable, "-m", "hub")


def hub(*words: str) -> str:
    done = subprocess.run([*HUB, *words], cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


@pytest.fixture
def demo() -> Iterator[subprocess.Popen[str]]:
    command = [sys.executable, "-m", "hub", "demo", "--plain", "--speed", "5"]
    process = subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
    yield process
    process.kill()
    process.communicate()


def told(process: subprocess.Popen[str], pattern: str) -> re.Match[str]:
    """Read on until a line matches."""
    assert process.stdout is not None
    return next(found for line in process.stdout if (found := re.search(pattern, line)))


def invitation(process: subprocess.Popen[str]) -> tuple[int, str]:
    found = told(process, r"mosquitto_sub -p (\d+) -u demo -P (\S+)")
    return int(found[1]), found[2]


async def next_on(client: aiomqtt.Client, filter: str) -> aiomqtt.Message:
    """Read on until a message's topic matches."""
    return await anext(message async for message in client.messages if message.topic.matches(filter))


async def test_devices_and_automations_talk_over_mqtt(demo: subprocess.Popen[str]) -> None:
    port, password = invitation(demo)
    async with aiomqtt.Client("127.0.0.1", port, username="demo", password=password) as client:
        await client.subscribe("#")

        reading = await next_on(client, "sensors/+/temperature")
        command = await next_on(client, "heaters/+/set")
        answer = await next_on(client, str(command.topic).replace("/set", "/state"))

    assert float(str(reading.payload, "ascii")) < 40
    assert answer.payload == command.payload


@pytest.mark.timeout(400)  # a heater must get cold first
def test_shows_a_run_that_did_not_happen_with_the_reason(demo: subprocess.Popen[str]) -> None:
    found = told(demo, r"bathroom_heater_on: failed_conditions, (.*) \(")

    assert re.fullmatch(r"condition 1: numeric_state sensor.outdoor: [\d.]+ is not below 10", found[1])


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_ends_cleanly_when_told_to(demo: subprocess.Popen[str], number: signal.Signals) -> None:
    invitation(demo)

    demo.send_signal(number)

    rest, _ = demo.communicate(timeout=DEADLINE)
    assert demo.returncode == 0
    assert rest.splitlines()[-1] == "The demo is over."


def test_the_walk_of_the_read_me_ends_with_a_rule_that_works(tmp_path: Path) -> None:
    [rule] = re.findall(r"^```yaml\n(automation mine:.*?)^```", (ROOT / "README.md").read_text(), re.M | re.S)
    demo = subprocess.Popen(
        [*HUB, "demo", "--plain", "--folder", str(tmp_path)],
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
    try:
        invitation(demo)
        config = tmp_path / "config.yaml"
        config.write_text(config.read_text() + rule)
        hub("reload", "--config", str(tmp_path))
        hub("demo", "fault", "door_open", "kitchen_window", "--config", str(tmp_path))
        told(demo, "automation window_and_radiator: finished")
        trace = hub("automation", "trace", "window", "--config", str(tmp_path))
        demo.terminate()
        demo.communicate(timeout=DEADLINE)
        checked = hub("check", "--config", str(tmp_path))
    finally:
        demo.kill()
        demo.communicate()

    assert "all is well" in checked
    assert "message zigbee2mqtt/kitchen_window" in trace
    assert 'climate.set_hvac_mode {"hvac_mode": "off", "entity_id": "climate.kitchen_radiator"}' in trace


def test_another_house_is_not_written_over(tmp_path: Path) -> None:
    (tmp_path / "config.yaml").write_text("automation: []\n")

    outcome = CliRunner().invoke(app, ["demo", "--folder", str(tmp_path)])

    assert "is another house" in str(outcome.exception)
    assert (tmp_path / "config.yaml").read_text() == "automation: []\n"


def test_without_its_plugin_it_says_what_is_missing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(loader, "first_party_dir", lambda: tmp_path)

    outcome = CliRunner().invoke(app, ["demo"])

    assert "no plugin offers `demo:`" in str(outcome.exception)


def test_the_living_room_is_that_of_the_example() -> None:
    automations = [
        [item for item in load(path).data["automation"] if item["id"] in ("heater_on", "heater_off")]
        for path in (ROOT / "config.example.yaml", ROOT / "plugins" / "demo" / "demo.yaml")
    ]
    assert automations[0] == automations[1]
