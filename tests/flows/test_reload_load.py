"""A hundred reloads, half of them of broken files, while 500 messages a second go through: none is lost."""

from __future__ import annotations

import asyncio
import subprocess
import sys
import threading
import time
from pathlib import Path

import paho.mqtt.client as paho
import pytest

from hub.app import App, BadConfiguration
from tests.flows.process import ROOT, free_port

RELOADS = 100
RATE = 500
CONFIG = """
broker:
  listeners: [{{host: 127.0.0.1, port: {port}}}]
  users: [{{name: u, password: a-long-password, publish: ["#"], subscribe: ["#"],
            limits: {{messages_per_second: null}}}}]
mqtt:
  sensor: [{{name: Number, state_topic: in, force_update: true}}]
script:
  slow:
    sequence: [{{delay: 3600}}]
  fast:
    sequence: [{{event: fast_{turn}}}]
automation:
  - id: pass_on
    mode: parallel
    triggers: [{{trigger: mqtt, topic: in}}]
    actions: [{{action: mqtt.publish, data: {{topic: out, qos: 1, payload: "{{{{ trigger.payload }}}}"}}}}]
  - id: waits
    triggers: [{{trigger: state, entity_id: sensor.number, to: null, for: 3600}}]
    actions: [{{delay: 3600}}]
  - id: changes
    triggers: [{{trigger: mqtt, topic: in}}]
    actions: [{{event: turn_{turn}}}]
"""
BROKEN = "  - {id: broken, triggers: [{trigger: stat}], actions: []}\n"


class Sender(threading.Thread):
    """Publishes numbers at a steady rate until told to stop, and hears what comes back."""

    def __init__(self, port: int) -> None:
        super().__init__()
        self.sent = 0
        self.heard: list[int] = []
        self.over = threading.Event()
        self.client = paho.Client(paho.CallbackAPIVersion.VERSION2)
        self.client.username_pw_set("u", "a-long-password")
        self.client.max_queued_messages_set(0)
        self.client.on_message = lambda _, __, message: self.heard.append(int(message.payload))
        ready = threading.Event()
        self.client.on_subscribe = lambda *_: ready.set()
        self.client.on_connect = lambda client, *_: client.subscribe("out", qos=1)
        self.client.connect("127.0.0.1", port)
        self.client.loop_start()
        assert ready.wait(20)

    def run(self) -> None:
        began = time.monotonic()
        while not self.over.is_set():
            due = int((time.monotonic() - began) * RATE)
            while self.sent < due:
                self.client.publish("in", str(self.sent), qos=1)
                self.sent += 1
            time.sleep(0.01)

    def until_all_came(self) -> None:
        until = time.monotonic() + 30
        while len(self.heard) < self.sent and time.monotonic() < until:
            time.sleep(0.05)

    def close(self) -> None:
        self.client.disconnect()
        self.client.loop_stop()


async def test_no_message_and_no_timer_is_lost(tmp_path: Path) -> None:
    port = free_port()
    config = tmp_path / "config.yaml"
    config.write_text(CONFIG.format(port=port, turn=0))
    app = App(config, watch=False)
    await app.start()
    sender = await asyncio.to_thread(Sender, port)
    try:
        app.house.services.call("script", "turn_on", {"entity_id": "script.slow"})
        sender.start()
        refused = 0
        for turn in range(1, RELOADS + 1):
            broken = turn % 2 == 0
            config.write_text(CONFIG.format(port=port, turn=turn) + (BROKEN if broken else ""))
            try:
                told = app.reload()
                assert told["automations"] == "1 changed (changes); 2 unchanged"
                assert told["scripts"] == "1 changed (fast); 1 unchanged"
            except BadConfiguration as error:
                refused += "config.yaml:" in str(error.problems[0])
            await asyncio.sleep(0.02)
        sender.over.set()
        await asyncio.to_thread(sender.join)
        await asyncio.to_thread(sender.until_all_came)
        slow = app.house.states.get("script.slow").attributes["current"]
        [waits] = app.household.engine.automation("waits").waits_for()
    finally:
        await asyncio.to_thread(sender.close)
        await app.stop()
    assert refused == RELOADS // 2
    assert sender.heard == list(range(sender.sent))
    assert slow == 1
    assert "its `for` runs for sensor.number" in waits


@pytest.fixture
def running(tmp_path: Path):
    config = tmp_path / "config.yaml"
    config.write_text(CONFIG.format(port=free_port(), turn=0))
    command = [sys.executable, "-m", "hub", "run", "--config", str(config)]
    process = subprocess.Popen(command, stderr=subprocess.PIPE, text=True, cwd=ROOT)
    assert process.stderr is not None
    for line in process.stderr:
        if "try next" in line:
            break
    yield config
    process.kill()
    process.communicate()


def test_the_command_says_what_changed_and_what_is_wrong(running: Path) -> None:
    def reload() -> subprocess.CompletedProcess[str]:
        command = [sys.executable, "-m", "hub", "reload", "--config", str(running)]
        return subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)

    text = running.read_text()
    running.write_text(text.replace("turn_0", "turn_1").replace("id: waits", "id: stays"))
    told = reload()
    assert "automations: 1 added (stays); 1 changed (changes); 1 removed (waits); 1 unchanged" in told.stdout
    running.write_text(text + BROKEN + BROKEN.replace("stat", "tim"))
    told = reload()
    assert told.returncode == 1
    assert "nothing was changed" in told.stderr
    assert told.stderr.count("config.yaml:") == 2
