"""A hub that is killed at any moment goes on with what waited, and does none of it twice."""

from __future__ import annotations

import json
import os
import random
import signal
import time
from collections.abc import Iterator
from pathlib import Path

import paho.mqtt.client as paho
import pytest

from tests.flows.process import HubProcess, free_port

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
  - id: half
    triggers: [{{trigger: mqtt, topic: half}}]
    actions:
      - {{action: mqtt.publish, data: {{topic: lamp, payload: "on"}}}}
      - delay: {{milliseconds: 200}}
      - {{action: mqtt.publish, data: {{topic: done, qos: 1, payload: "off"}}}}
  - id: door
    triggers: [{{trigger: state, entity_id: binary_sensor.door, to: "on", for: 2}}]
    actions:
      - action: mqtt.publish
        data: {{topic: done, qos: 1, payload: door}}
"""


class Hub(HubProcess):
    """A hub that is killed and started again; and who listens to it."""

    def __init__(self, folder: Path) -> None:
        super().__init__(folder / "config.yaml")
        self.port = free_port()
        self.config.write_text(CONFIG.format(port=self.port, steps=STEPS))
        self.heard: list[str] = []
        self.client = paho.Client(paho.CallbackAPIVersion.VERSION2, client_id="listener", clean_session=False)
        self.client.username_pw_set("u", "a-long-password")
        self.client.on_connect = self._connected
        self.connections = 0
        self.client.on_message = self._message
        self.client.reconnect_delay_set(min_delay=0.05, max_delay=0.05)
        self.start()
        self.client.connect("127.0.0.1", self.port)
        self.client.loop_start()

    def _connected(self, client: paho.Client, *_: object) -> None:
        client.subscribe([("done", 1), ("lamp", 0)])
        self.connections += 1

    def until_connected(self, times: int) -> None:
        while self.connections < times:
            time.sleep(0.02)

    def _message(self, client: object, userdata: object, message: paho.MQTTMessage) -> None:
        if message.topic == "lamp":
            self.process.kill()  # the moment in which the first action is heard of
            return
        if not message.dup:  # what the server sends again because it was killed is known
            self.heard.append(message.payload.decode())

    def publish(self, topic: str, payload: str, *, retain: bool = False) -> None:
        self.client.publish(topic, payload, qos=1, retain=retain).wait_for_publish(20)

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


def test_a_run_that_is_killed_when_its_first_action_is_heard_of_is_not_half_done(hub: Hub) -> None:
    rounds = KILLS // 2
    for count in range(1, rounds + 1):
        hub.until_connected(count)
        hub.client.publish("half", "")  # no more than once, so not with QoS 1
        hub.process.communicate()
        hub.start()
        while len(hub.heard) < count:
            time.sleep(0.02)
    assert hub.heard == ["off"] * rounds


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
    hub.stop(signal.SIGTERM)
    hub.start()
    while f"run0 {STEPS}" not in hub.heard:
        time.sleep(0.05)
    assert hub.heard == [f"run0 {number}" for number in range(1, STEPS + 1)]
