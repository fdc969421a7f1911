"""A heater is not left on: the hub killed, stopped, its sensor silent, the heater away and back; for real."""

from __future__ import annotations

import signal
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import paho.mqtt.client as paho
import pytest

from tests.flows.process import HubProcess, free_port

STALE = 3
CONFIG = """
broker:
  listeners: [{{host: 127.0.0.1, port: {port}}}]
  users: [{{name: u, password: a-long-password, publish: ["#"], subscribe: ["#"]}}]
mqtt:
  sensor: [{{name: Room, state_topic: room/temperature}}]
  switch:
    - {{name: Heater, command_topic: heater/set, state_topic: heater/state,
        availability_topic: heater/online}}
automation:
  - id: cold
    triggers: [{{trigger: numeric_state, entity_id: sensor.room, below: 18}}]
    actions: [{{action: switch.turn_on, target: {{entity_id: switch.heater}}}}]
safety:
  - {{entity_id: switch.heater, sensors: sensor.room, stale_after: {stale}}}
"""


class Room(HubProcess):
    """A hub, a heater that obeys, and a thermometer that speaks when told to."""

    def __init__(self, folder: Path) -> None:
        super().__init__(folder / "config.yaml")
        self.port = free_port()
        self.config.write_text(CONFIG.format(port=self.port, stale=STALE))
        self.state = "OFF"
        self.changed = threading.Condition()
        self.start()
        self.heater = self.plugged_in()
        self.thermometer = self._client("thermometer")
        self._begin(self.thermometer)

    def plugged_in(self) -> paho.Client:
        """Let the heater come, in the state in which it is."""
        heater = self._client("heater")
        heater.will_set("heater/online", "offline", retain=True)
        heater.on_connect = self._heater_is_there
        heater.on_message = self._obey
        self._begin(heater)
        return heater

    def _begin(self, client: paho.Client) -> None:
        client.connect("127.0.0.1", self.port)
        client.loop_start()

    def _client(self, name: str) -> paho.Client:
        client = paho.Client(paho.CallbackAPIVersion.VERSION2, client_id=name)
        client.username_pw_set("u", "a-long-password")
        client.reconnect_delay_set(min_delay=0.1, max_delay=0.1)
        return client

    def _heater_is_there(self, client: paho.Client, *_: object) -> None:
        client.subscribe("heater/set", qos=1)
        client.publish("heater/state", self.state, retain=True)
        client.publish("heater/online", "online", retain=True)

    def _obey(self, client: paho.Client, _: object, message: paho.MQTTMessage) -> None:
        with self.changed:
            self.state = message.payload.decode()
            self.changed.notify_all()
        client.publish("heater/state", self.state, retain=True)

    def cold(self) -> None:
        """Let the thermometer say that it is cold, until the heater is on."""
        for celsius in range(1000):
            for reading in ("20", f"{10 + celsius / 1000}"):
                self.thermometer.publish("room/temperature", reading, qos=1, retain=True)
            if self.becomes("ON", 1):
                return
        raise AssertionError("the heater never came on")

    def becomes(self, state: str, seconds: float = 30) -> bool:
        with self.changed:
            return self.changed.wait_for(lambda: self.state == state, seconds)

    def close(self) -> None:
        for client in (self.heater, self.thermometer):
            client.loop_stop()
            client.disconnect()
        self.kill()


@pytest.fixture
def room(tmp_path: Path) -> Iterator[Room]:
    room = Room(tmp_path)
    room.cold()
    yield room
    room.close()


def test_a_silent_sensor_switches_it_off(room: Room) -> None:
    assert room.becomes("OFF")


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_a_stop_switches_it_off(room: Room, number: int) -> None:
    room.stop(number)
    assert room.becomes("OFF")


def test_after_a_kill_the_start_switches_it_off_and_it_stays_off_without_a_word_of_the_sensor(
    room: Room,
) -> None:
    room.kill()
    time.sleep(STALE)
    room.start()
    assert room.becomes("OFF")
    # That it was cold is known from what the server kept; that is no word of the sensor.
    assert not room.becomes("ON", 2)
    room.cold()


def test_a_heater_that_was_away_and_comes_back_on_is_switched_off(room: Room) -> None:
    room.cold()
    room.heater.publish("heater/online", "offline", retain=True).wait_for_publish(10)
    room.heater.disconnect()
    room.heater.loop_stop()
    time.sleep(STALE + 0.5)
    assert room.state == "ON"
    room.heater = room.plugged_in()
    assert room.becomes("OFF")
