"""`hub history`, `hub statistics` and `hub logbook`, in the files of a hub that is stopped."""

from __future__ import annotations

import asyncio
import csv
import io
import json
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner, Result

from hub.app import App
from hub.cli import plot
from hub.cli.app import app
from hub.cli.times import moment
from hub.core.clock import SimulatedClock, SystemClock
from hub.core.errors import HubError

RUNNER = CliRunner()


@pytest.fixture
def config(tmp_path: Path) -> Path:
    """A house that ran for a while and is stopped."""
    path = tmp_path / "config.yaml"
    path.write_text("broker: {listeners: []}\n")
    asyncio.run(_live(path))
    return path


async def _live(path: Path) -> None:
    clock = SimulatedClock(SystemClock().now() - timedelta(minutes=30))
    hub = App(path, clock, watch=False)
    await hub.start()
    for number in range(60):
        attributes = {"unit_of_measurement": "W", "friendly_name": "P"}
        hub.house.states.set("sensor.p", f"{number % 7}.5", attributes)
        if number % 20 == 0:
            hub.house.states.set("light.a", "on" if number % 40 else "off")
        later = clock.now() + timedelta(seconds=20)
        while clock.run_next(later):
            pass
    assert hub._archive is not None
    await hub._archive.compile()
    await hub.stop()


def hub(*words: str, config: Path) -> Result:
    return RUNNER.invoke(app, [*words, "--config", str(config)])


def test_lists_what_is_recorded(config: Path) -> None:
    assert {"light.a", "sensor.p"} <= set(hub("history", config=config).output.split())


def test_shows_states(config: Path) -> None:
    lines = hub("history", "light.a", "--since", "1h", config=config).output.splitlines()
    assert [line.split()[-1] for line in lines] == ["off", "on", "off"]


def test_plots_numbers_and_states(config: Path) -> None:
    drawn = hub("history", "sensor.p", "light.a", "--since", "1h", "--plot", config=config).output
    assert "6.5" in drawn
    assert "█" in drawn
    assert any(0x2800 < ord(sign) <= 0x28FF for sign in drawn)


def test_writes_csv_and_json_lines(config: Path, tmp_path: Path) -> None:
    target = tmp_path / "out"
    words = ("history", "sensor.p", "--since", "1h", "--output", str(target), "--format")
    assert hub(*words, "csv", config=config).exception is None
    rows = list(csv.DictReader(io.StringIO(target.read_text())))
    hub(*words, "jsonl", config=config)
    lines: list[dict[str, Any]] = [json.loads(line) for line in target.read_text().splitlines()]
    assert len(rows) == len(lines) == 60
    assert rows[0]["state"] == lines[0]["state"] == "0.5"
    assert json.loads(rows[0]["attributes"]) == lines[0]["attributes"]


def test_writes_parquet(config: Path, tmp_path: Path) -> None:
    parquet = pytest.importorskip("pyarrow.parquet", reason="Parquet needs hearth-hub[export]")
    target = tmp_path / "out.parquet"
    hub("history", "sensor.p", "--since", "1h", "-o", str(target), "-f", "parquet", config=config)
    table = parquet.read_table(target)
    assert table.num_rows == 60
    assert table.column("value")[1].as_py() == 1.5


def test_shows_statistics(config: Path) -> None:
    found = hub("statistics", "sensor.p", "--since", "1h", "--period", "5minute", "--json", config=config)
    rows = json.loads(found.output)["sensor.p"]
    assert len(rows) >= 3
    assert max(row["max"] for row in rows) == 6.5
    assert "mean" in hub("statistics", "sensor.p", "--since", "1h", config=config).output


def test_tells_the_logbook(config: Path) -> None:
    told = hub("logbook", "--since", "1h", config=config).output
    assert "a turned on" in told
    assert "Hearth started" in told
    assert "Hearth stopped" in told


def test_says_what_is_wrong(config: Path) -> None:
    found = hub("history", "sensor.never", config=config)
    assert isinstance(found.exception, HubError)
    assert "nothing was recorded of 'sensor.never'" in str(found.exception)
    assert "is no time" in str(hub("history", "light.a", "--since", "soon", config=config).exception)


@pytest.mark.parametrize(
    "text", ["2h", "7d", "1.5 h", "today", "yesterday", "2024-05-06", "2024-05-06T12:00", "now"]
)
def test_times_are_read_as_people_write_them(text: str) -> None:
    assert moment(text) <= moment("now")


def test_a_flat_curve_and_a_gap_are_drawn() -> None:
    assert len(list(plot.curve([(0, 5.0), (5, None), (9, 5.0)], 0, 10, 40, 5))) == 7
