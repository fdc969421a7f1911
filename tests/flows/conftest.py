"""A hub in a process of its own, and clients of others around it."""

from __future__ import annotations

import os
import shutil
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
DEADLINE = 30


@dataclass
class RunningHub:
    """The example, on a port of its own."""

    process: subprocess.Popen[str]
    config: Path
    port: int

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

    def client(self, program: str, *words: str, password: str = "hearth-example") -> list[str]:
        return [program, "-p", str(self.port), "-u", "example", "-P", password, *words]

    def publish(self, topic: str, payload: str, *more: str) -> None:
        """Let mosquitto_pub say something, and wait until the server has it."""
        words = self.client("mosquitto_pub", "-q", "1", "-t", topic, "-m", payload, *more)
        subprocess.run(words, timeout=DEADLINE, check=True)

    def stop(self, number: int = signal.SIGINT) -> int:
        """Ask the hub to end, and return its exit code."""
        self.process.send_signal(number)
        self.process.communicate(timeout=DEADLINE)
        return self.process.returncode


@pytest.fixture
def hub(tmp_path: Path) -> Iterator[RunningHub]:
    if shutil.which("mosquitto_pub") is None:
        pytest.skip("mosquitto-clients is not installed")
    port = _free_port()
    config = tmp_path / "config.yaml"
    example = (ROOT / "config.example.yaml").read_text(encoding="utf-8")
    config.write_text(example.replace("port: 1883", f"port: {port}", 1), encoding="utf-8")
    command = [sys.executable, "-m", "hub", "run", "--config", str(config)]
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    process = subprocess.Popen(command, stderr=subprocess.PIPE, text=True, cwd=tmp_path, env=environment)
    yield RunningHub(process, config, port)
    process.kill()
    process.communicate()


def _free_port() -> int:
    with socket.socket() as some:
        some.bind(("127.0.0.1", 0))
        return int(some.getsockname()[1])


@pytest.fixture
def heater(hub: RunningHub) -> Iterator[subprocess.Popen[str]]:
    """What mosquitto_sub hears of the heater, once the hub is up and it has subscribed."""
    hub.log_until("try next")
    hub.publish("heaters/probe", "ready", "--retain")
    words = hub.client("mosquitto_sub", "-q", "1", "-v", "-t", "heaters/#")
    process = subprocess.Popen(words, stdout=subprocess.PIPE, text=True)
    assert process.stdout is not None
    assert process.stdout.readline() == "heaters/probe ready\n"  # it is retained, so it came on subscribing
    yield process
    process.kill()
    process.communicate()
