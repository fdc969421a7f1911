"""`hub energy` and `hub telemetry`, in the files of a hub that is stopped."""

from __future__ import annotations

import asyncio
import json
from datetime import timedelta
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from hub.app import App
from hub.cli.app import app
from hub.core.clock import SimulatedClock, SystemClock
from hub.core.errors import HubError

RUNNER = CliRunner()
CONFIG = """
broker: {listeners: []}
energy:
  tariff: 0.5
  devices:
    - {name: Lamp, power: sensor.lamp}
telemetry:
  pump: {topic: pump, rate: 10}
"""


@pytest.fixture
def config(tmp_path: Path) -> Path:
    """A house in which a lamp of 100 W burned for two hours, and a pump shook."""
    path = tmp_path / "config.yaml"
    path.write_text(CONFIG)
    asyncio.run(_live(path))
    return path


async def _live(path: Path) -> None:
    clock = SimulatedClock(SystemClock().now() - timedelta(hours=2))
    hub = App(path, clock, watch=False)
    await hub.start()
    hub.house.states.set("sensor.lamp", "100", {"unit_of_measurement": "W", "state_class": "measurement"})
    hub.house.mqtt.publish("pump", "[1, 2, 9, 2]")
    await asyncio.sleep(0)
    end = SystemClock().now()
    while clock.run_next(end):
        pass
    assert hub._archive is not None
    await hub._archive.compile()
    await hub.stop()


def hub(*words: str, config: Path) -> Result:
    return RUNNER.invoke(app, [*words, "--config", str(config)])


def test_tells_what_was_used_and_what_it_cost(config: Path) -> None:
    told = json.loads(hub("energy", "--since", "1d", "--json", config=config).output)
    assert told["energy"] == pytest.approx(0.2, abs=0.02)
    assert told["cost"] == pytest.approx(told["energy"] * 0.5)
    assert "Lamp" in hub("energy", "--since", "1d", "--each", config=config).output
    assert "100 W" in hub("energy", "peaks", "--since", "1d", config=config).output
    assert "No device" in hub("energy", "standby", "--since", "1d", config=config).output


def test_shows_a_stream(config: Path) -> None:
    points = json.loads(hub("telemetry", "pump", "--since", "3h", "--format", "json", config=config).output)
    assert [value for _, value in points] == [1, 2, 9, 2]
    assert "9.00" in hub("telemetry", "pump", "--since", "3h", config=config).output
    assert hub("telemetry", config=config).output.split() == ["pump"]
    assert "no stream 'x'" in str(hub("telemetry", "x", config=config).exception)


def test_without_a_section_it_says_what_to_write(tmp_path: Path) -> None:
    path = tmp_path / "config.yaml"
    path.write_text("hub: {}\n")
    found = hub("energy", config=path)
    assert isinstance(found.exception, HubError)
    assert "docs/energy.md" in str(found.exception)
