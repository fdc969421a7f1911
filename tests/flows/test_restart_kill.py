"""A hub that is killed at any moment goes on with what waited, and does none of it twice."""

from __future__ import annotations

import json
import os
import random
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import paho.mqtt.client as paho
import pytest

from tests.flows.conftest import ROOT, _free_port

KILLS = int(os.environ.get("HUB_KILL_ROUNDS", "6"))
STEPS = 6
RUNS = 8
CONFIG = """
broker:
  listeners: [{{host: 127.0.0.1, port: {port}}}]
  users: [{{name: u, password: a-long-password, publish: ["#"], subscribe: ["#"]}}]
mqtt:
  binary_sensor:
    - {{name: Door, state_topic: door, payload_on: "open", payload_off: "closed"}}
automation:
  - id: walk
    mode: parallel
    max: 100
    triggers: [{{trigger: mqtt, topic: begin}}]
    actions:
      - repeat:
          count: {steps}
          sequence:
            - delay: {{milliseconds: "{{{{ range(150, 400) | random }}}}"}}
            - action: mqtt.publish
              data: {{topic: done, qos: 1, payload: "{{{{ trigger.payload }}}} {{{{ repeat.index }}}}"}}
  - id: door
    triggers: [{{trigger: state, entity_id: binary_sensor.door, to: "on", for: 2}}]
    actions:
      - action: mqtt.publish
        data: {{topic: done, qos: 1, payload: door}}
"""


class Hub:
    """A hub in a process of its own, that is killed and started again; and who listens to it."""

    def __init__(self, folder: Path) -> None:
        self.port = _free_port()
        self.config = folder / "config.yaml"
        self.config.write_text(CONFIG.format(port=self.port, steps=STEPS))
        self.heard: list[str] = []
        self.client = paho.Client(paho.CallbackAPIVersion.VERSION2, client_id="listener", clean_session=False)
        self.client.username_pw_set("u", "a-long-password")
        self.client.on_connect = lambda client, *_: client.subscribe("done", qos=1)
        self.client.on_message = self._message
        self.client.reconnect_delay_set(min_delay=0.05, max_delay=0.05)
        self.start()
        self.client.connect("127.0.0.1", self.port)
        self.client.loop_start()

    def _message(self, client: object, userdata: object, message: paho.MQTTMessage) -> None:
        if not message.dup:  # what the server sends again because it was killed is known
            self.heard.append(message.payload.decode())

    def start(self) -> None:
        self.process = subprocess.Popen(
            [sys.executable, "-m", "hub", "run", "--config", str(self.config)],
            stderr=subprocess.PIPE, text=True, cwd=self.config.parent,
            env={**os.environ, "PYTHONPATH": str(ROOT)},
        )  # fmt: skip
        assert self.process.stderr is not None
        for line in self.process.stderr:
            if "try next" in line:
                return
        raise AssertionError("the hub did not start")

    def kill(self) -> None:
        self.process.kill()
        self.process.communicate()

    def publish(self, topic: str, payload: str, *, retain: bool = False) -> None:
        self.client.publish(topic, payload, qos=1, retain=retain).wait_for_publish(20)

    def command(self, *words: str) -> str:
        command = [sys.executable, "-m", "hub", *words, "--config", str(self.config)]
        return subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True).stdout

    def until_idle(self) -> None:
        while any(one["current"] for one in json.loads(self.command("automation", "list", "--json"))):
            time.sleep(0.1)


@pytest.fixture
def hub(tmp_path: Path) -> Iterator[Hub]:
    hub = Hub(tmp_path)
    yield hub
    hub.client.loop_stop()
    hub.client.disconnect()
    hub.kill()


def test_killed_at_random_moments_no_step_is_done_twice_and_none_out_of_turn(hub: Hub) -> None:
    chance = random.Random(5)
    for number in range(RUNS):
        hub.publish("begin", f"run{number}")
    for _ in range(KILLS):
        time.sleep(chance.uniform(0, 0.4))
        hub.kill()
        hub.start()
    hub.until_idle()
    time.sleep(0.5)
    steps = [text for text in hub.heard if text.startswith("run")]
    assert len(steps) == len(set(steps)), "a step was done twice"
    interrupted = sum(
        run["outcome"] == "interrupted"
        for run in json.loads(hub.command("automation", "trace", "walk", "--json", "--last", "100"))
    )
    for number in range(RUNS):
        mine = [text for text in steps if text.startswith(f"run{number} ")]
        assert mine == sorted(mine)
    whole = sum(f"run{number} {STEPS}" in steps for number in range(RUNS))
    # A run that was killed in the moment in which it went on is not begun anew, and its trace says so.
    assert whole + interrupted >= RUNS - 1


def test_a_for_that_is_over_while_the_hub_is_dead_fires_once(hub: Hub) -> None:
    hub.publish("door", "closed", retain=True)
    hub.publish("door", "open", retain=True)
    time.sleep(0.3)
    hub.kill()
    time.sleep(2)
    hub.start()
    while "door" not in hub.heard:
        time.sleep(0.05)
    hub.kill()
    hub.start()
    time.sleep(2.5)
    assert hub.heard.count("door") == 1


def test_stopped_in_an_orderly_way_it_goes_on_too(hub: Hub) -> None:
    hub.publish("begin", "run0")
    time.sleep(0.3)
    hub.process.terminate()
    hub.process.communicate()
    hub.start()
    while f"run0 {STEPS}" not in hub.heard:
        time.sleep(0.05)
    assert hub.heard == [f"run0 {number}" for number in range(1, STEPS + 1)]
