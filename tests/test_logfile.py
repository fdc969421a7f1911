"""What is logged is kept in a file, by lines of JSON, and shown again by `hub logs`."""

from __future__ import annotations

import json
import logging
import stat
import subprocess
import sys
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from typer.testing import CliRunner

from hub.cli.app import app
from hub.logfile import NAME, keep_log, read_log


@pytest.fixture
def home(tmp_path: Path) -> Iterator[Path]:
    (tmp_path / "config.yaml").write_text("hub: {name: Test}\n")
    (tmp_path / "data").mkdir()
    root = logging.getLogger()
    before = root.level
    root.setLevel(logging.INFO)
    yield tmp_path
    root.setLevel(before)


def write(home: Path, *records: tuple[int, str], megabytes: float = 1, files: int = 2) -> Path:
    stop = keep_log(home / "data", megabytes, files)
    for level, text in records:
        logging.getLogger("hub.test").log(level, text)
    stop()
    return home / "data" / NAME


def show(home: Path, *words: str) -> str:
    result = CliRunner().invoke(app, ["logs", "--config", str(home), *words])
    assert result.exit_code == 0, result.output
    return result.output


def test_a_line_is_json_with_its_time_and_only_the_owner_may_read_it(home: Path) -> None:
    path = write(home, (logging.WARNING, "the sensor is gone"))

    [line] = [json.loads(text) for text in path.read_text().splitlines()]
    assert (line["level"], line["logger"], line["event"]) == ("warning", "hub.test", "the sensor is gone")
    assert abs((datetime.fromisoformat(line["timestamp"]) - datetime.now(UTC)).total_seconds()) < 60
    assert stat.S_IMODE(path.stat().st_mode) == 0o600


def test_a_traceback_is_kept(home: Path) -> None:
    stop = keep_log(home / "data", 1, 1)
    try:
        raise RuntimeError("deep down")
    except RuntimeError:
        logging.getLogger("hub.test").exception("a plugin failed")
    stop()

    [line] = read_log(home / "data")
    assert line.text.startswith("a plugin failed\nTraceback")
    assert line.text.endswith("RuntimeError: deep down")


def test_files_are_rotated_and_read_in_order(home: Path) -> None:
    write(home, *((logging.INFO, f"line {n}") for n in range(100)), megabytes=0.002, files=3)

    kept = [line.text for line in read_log(home / "data")]
    assert len(list((home / "data").glob("hub.log*"))) == 4
    assert kept == [f"line {n}" for n in range(100 - len(kept), 100)]
    assert len(kept) > 30


def test_logs_shows_the_last_lines_by_level_words_and_number(home: Path) -> None:
    write(home, *((logging.INFO, f"line {n}") for n in range(9)), (logging.ERROR, "it burns"))

    assert [line.split(maxsplit=2)[2] for line in show(home, "-n", "2").splitlines()] == [
        "INFO    line 8",
        "ERROR   it burns",
    ]
    assert show(home, "--level", "error").count("\n") == 1
    assert show(home, "--search", "LINE 3").rstrip().endswith("line 3")
    assert show(home, "--since", "1h").count("\n") == 10
    assert show(home, "--since", "2999-01-01") == ""


@pytest.mark.parametrize("since", ["yesterday", "3 parsecs", ""])
def test_a_time_that_is_none_is_refused(home: Path, since: str) -> None:
    write(home, (logging.INFO, "x"))

    result = CliRunner().invoke(app, ["logs", "--config", str(home), "--since", since])
    assert since == "" or "is no time" in str(result.exception)


def test_without_a_log_it_says_so(home: Path) -> None:
    result = CliRunner().invoke(app, ["logs", "--config", str(home)])
    assert "there is no log" in str(result.exception)


def test_follow_goes_on_over_a_rotation(home: Path) -> None:
    write(home, (logging.INFO, "before"))
    command = [sys.executable, "-m", "hub", "logs", "--config", str(home), "--follow"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as follower:
        try:
            heard = follower.stdout
            assert heard is not None
            assert heard.readline().endswith("before\n")
            path = write(home, (logging.INFO, "after"))
            assert heard.readline().endswith("after\n")
            path.rename(path.with_suffix(".log.1"))
            write(home, (logging.INFO, "new"))
            assert heard.readline().endswith("new\n")
        finally:
            follower.kill()
