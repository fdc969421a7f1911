"""A hub in a process of its own, and clients of others around it."""

from __future__ import annotations

import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.flows.process import DEADLINE, ROOT, STARTED, HubProcess, free_port


class RunningHub(HubProcess):
    """The example, on a port of its own."""

    def __init__(self, config: Path, port: int) -> None:
        super().__init__(config)
        self.port = port

    def client(self, program: str, *words: str, password: str = "hearth-example") -> list[str]:
        return [program, "-p", str(self.port), "-u", "example", "-P", password, *words]

    def publish(self, topic: str, payload: str, *more: str) -> None:
        """Let mosquitto_pub say something, and wait until the server has it."""
        words = self.client("mosquitto_pub", "-q", "1", "-t", topic, "-m", payload, *more)
        subprocess.run(words, timeout=DEADLINE, check=True)


@pytest.fixture
def hub(tmp_path: Path) -> Iterator[RunningHub]:
    if shutil.which("mosquitto_pub") is None:
        pytest.skip("mosquitto-clients is not installed")
    port = free_port()
    config = tmp_path / "config.yaml"
    example = (ROOT / "config.example.yaml").read_text(encoding="utf-8")
    config.write_text(example.replace("port: 1883", f"port: {port}", 1), encoding="utf-8")
    running = RunningHub(config, port)
    running.begin()
    yield running
    running.kill()


@pytest.fixture
def heater(hub: RunningHub) -> Iterator[subprocess.Popen[str]]:
    """What mosquitto_sub hears of the heater, once the hub is up and it has subscribed."""
    hub.log_until(STARTED)
    hub.publish("heaters/probe", "ready", "--retain")
    words = hub.client("mosquitto_sub", "-q", "1", "-v", "-t", "heaters/#")
    process = subprocess.Popen(words, stdout=subprocess.PIPE, text=True)
    assert process.stdout is not None
    assert process.stdout.readline() == "heaters/probe ready\n"  # it is retained, so it came on subscribing
    yield process
    process.kill()
    process.communicate()
