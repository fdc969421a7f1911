"""However often the hub is killed in mid-batch, history is whole and lacks at most the last second."""

from __future__ import annotations

import os
import random
import sqlite3
import subprocess
import sys
import time
from contextlib import closing
from pathlib import Path

import pytest

ROUNDS = int(os.environ.get("HUB_KILL_ROUNDS", "3"))
RECORDER = Path(__file__).with_name("killed_recorder.py")
ROOT = Path(__file__).parents[2]
# A second until it is written, and a machine that has other things to do.
SLACK = 1.0


def told(path: Path) -> list[tuple[int, float]]:
    """Return the numbers that were set, and when; the last line may be cut off."""
    lines = path.read_text().splitlines() if path.exists() else []
    return [(int(parts[0]), float(parts[1])) for line in lines if len(parts := line.split()) == 2]


@pytest.mark.timeout(120 + 30 * ROUNDS)
def test_at_most_the_last_second_is_lost(tmp_path: Path) -> None:
    dice = random.Random(3)
    last = 0
    for _ in range(ROUNDS):
        (tmp_path / "told").unlink(missing_ok=True)
        before = last
        process = subprocess.Popen([sys.executable, str(RECORDER), str(tmp_path), str(last)], cwd=ROOT)
        try:
            while not (tmp_path / "told").exists():
                assert process.poll() is None
                time.sleep(0.01)
            time.sleep(1.2 + dice.random())
        finally:
            process.kill()
            process.wait()
        killed = time.time()

        with closing(sqlite3.connect(tmp_path / "history.db")) as db:
            assert db.execute("PRAGMA integrity_check").fetchone() == ("ok",)
            kept = [int(state) for (state,) in db.execute("SELECT state FROM changes ORDER BY at")]
            orphans = "SELECT count(*) FROM changes WHERE attributes NOT IN (SELECT id FROM attributes)"
            assert db.execute(orphans).fetchone() == (0,)
        mine = [number for number in kept if number > before]
        assert mine == list(range(before + 1, before + 1 + len(mine))), "nothing is missing in between"
        due = [number for number, at in told(tmp_path / "told") if at < killed - 1 - SLACK]
        assert mine[-1:] >= due[-1:]
        last = max([before, *mine, *(number for number, _ in told(tmp_path / "told"))])
    print(f"{ROUNDS} rounds, {last} states, the file is whole")
