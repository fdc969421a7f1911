"""A hub in a process of its own: started, asked, stopped and killed."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[2]
DEADLINE = 30
STARTED = "try next"


class HubProcess:
    """`hub run` on a configuration file."""

    process: subprocess.Popen[str]

    def __init__(self, config: Path) -> None:
        self.config = config

    def begin(self) -> None:
        """Start the process, and do not wait until the hub is ready."""
        command = [sys.executable, "-m", "hub", "run", "--config", str(self.config)]
        environment = {**os.environ, "PYTHONPATH": str(ROOT)}
        self.process = subprocess.Popen(
            command, stderr=subprocess.PIPE, text=True, cwd=self.config.parent, env=environment
        )

    def start(self) -> None:
        """Start the process, and wait until the hub is ready."""
        self.begin()
        self.log_until(STARTED)

    def log_until(self, text: str) -> list[str]:
        """Return the lines of the log up to the one that has `text` in it."""
        assert self.process.stderr is not None
        lines: list[str] = []
        for line in self.process.stderr:
            lines.append(line.rstrip())
            if text in line:
                return lines
        raise AssertionError("\n".join(["the hub ended:", *lines]))

    def command(self, *words: str) -> str:
        """Return what `hub …` prints."""
        command = [sys.executable, "-m", "hub", *words, "--config", str(self.config)]
        done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=DEADLINE, check=True)
        return done.stdout

    def stop(self, number: int = signal.SIGINT) -> int:
        """Ask the hub to end, and return its exit code."""
        if self.process.poll() is None:
            self.process.send_signal(number)
        self.process.communicate(timeout=DEADLINE)
        return self.process.returncode

    def kill(self) -> None:
        """End the process as a crash would; one that has ended stays so."""
        self.process.kill()
        self.process.communicate()


def free_port() -> int:
    with socket.socket() as some:
        some.bind(("127.0.0.1", 0))
        return int(some.getsockname()[1])
