"""`hub demo chat`: two terminals join, hear each other, and leave."""

from __future__ import annotations

import os
import re
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
DEADLINE = 30


class Terminal:
    """One that runs the command; what is typed goes in, what is shown comes out."""

    def __init__(self, folder: Path, name: str) -> None:
        self.process = subprocess.Popen(
            [sys.executable, "-m", "hub", "demo", "chat", "--name", name],
            cwd=ROOT,
            env={**os.environ, "TMPDIR": str(folder)},
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )

    def types(self, line: str) -> None:
        assert self.process.stdin is not None
        self.process.stdin.write(f"{line}\n")
        self.process.stdin.flush()

    def shows(self, pattern: str) -> str:
        """Read on until a line matches."""
        assert self.process.stdout is not None
        return next(line.rstrip() for line in self.process.stdout if re.fullmatch(pattern, line.rstrip()))

    def ends(self) -> int:
        assert self.process.stdin is not None
        self.process.stdin.close()
        return self.process.wait(DEADLINE)


@pytest.fixture
def terminal(tmp_path: Path) -> Iterator[Callable[[str], Terminal]]:
    opened: list[Terminal] = []

    def open(name: str) -> Terminal:
        opened.append(Terminal(tmp_path, name))
        opened[-1].shows(f"You are {name}\\..*")
        return opened[-1]

    yield open
    for one in opened:
        one.process.kill()
        for stream in (one.process.stdin, one.process.stdout):
            if stream is not None and not stream.closed:
                stream.close()
        one.process.wait()


def test_two_terminals_join_talk_and_leave(terminal: Callable[[str], Terminal]) -> None:
    ann = terminal("ann")
    bob = terminal("bob")
    ann.shows("bob joins")
    bob.shows("ann is here")

    ann.types("Hello, who is there?")
    assert bob.shows("ann: .*") == "ann: Hello, who is there?"
    bob.types("It's me")
    assert ann.shows("bob: .*") == "bob: It's me"
    bob.types("/who")
    assert bob.shows(".*, .*") == "ann, bob"
    bob.types("/leave")

    assert ann.shows("bob leaves")
    assert bob.shows("You have left.")
    assert bob.process.wait(DEADLINE) == 0
    assert ann.ends() == 0


def test_one_that_is_killed_leaves_too_and_so_do_all_when_the_hub_does(
    terminal: Callable[[str], Terminal],
) -> None:
    ann, bob, cid = terminal("ann"), terminal("bob"), terminal("cid")

    bob.process.kill()
    ann.shows("bob leaves")
    ann.process.send_signal(signal.SIGINT)

    assert cid.shows("The room is closed.*")
    assert cid.process.wait(DEADLINE) == 0
    assert ann.process.wait(DEADLINE) == 0


def test_a_room_of_a_hub_that_was_killed_is_opened_anew(terminal: Callable[[str], Terminal]) -> None:
    terminal("ann").process.kill()

    assert terminal("bob").ends() == 0
