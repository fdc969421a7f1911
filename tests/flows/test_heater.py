"""The first walk of the README: a thermometer speaks, a heater hears, and the trace says why."""

from __future__ import annotations

import queue
import re
import signal
import subprocess
from collections.abc import Iterator
from typing import Any

import paho.mqtt.client as paho
import pytest

TEMPERATURE = "sensors/living_room/temperature"
SET = "heaters/living_room/set"
DEADLINE = 30


def heard(heater: subprocess.Popen[str]) -> str:
    """Return the next message that mosquitto_sub prints."""
    assert heater.stdout is not None
    return heater.stdout.readline().rstrip()


def test_the_log_says_what_there_is(hub: Any) -> None:
    log = "\n".join(hub.log_until("try next"))

    assert f"MQTT server on 127.0.0.1:{hub.port}" in log
    assert re.search(r"loaded \d+ devices, \d+ entities, 2 automations", log)
    assert "hub automation list --config" in log


def test_a_warm_room_turns_the_heater_off_and_a_cold_one_on(hub: Any, heater: subprocess.Popen[str]) -> None:
    hub.publish(TEMPERATURE, "26.5")
    warm = heard(heater)
    hub.publish(TEMPERATURE, "18")
    cold = heard(heater)

    assert (warm, cold) == (f"{SET} OFF", f"{SET} ON")


def test_the_trace_shows_the_run(hub: Any, heater: subprocess.Popen[str]) -> None:
    hub.publish(TEMPERATURE, "26.5")
    heard(heater)

    trace = hub.command("automation", "trace", "heater_off")

    assert "finished" in trace
    assert "sensor.living_room_temperature" in trace


def test_the_trace_says_why_a_run_did_not_happen(hub: Any, heater: subprocess.Popen[str]) -> None:
    hub.publish("sensors/outdoor/temperature", "21.9")
    hub.publish(TEMPERATURE, "26.5")

    trace = hub.command("automation", "trace", "heater_off")

    assert "condition 1: numeric_state sensor.outdoor: 21.9 is not below 18" in trace


@pytest.mark.usefixtures("heater")
def test_other_clients_hear_it_too(hub: Any, paho_client: tuple[paho.Client, queue.Queue[Any]]) -> None:
    client, messages = paho_client

    client.publish(TEMPERATURE, "26.5", qos=1)

    message = messages.get(timeout=DEADLINE)
    assert (message.topic, message.payload) == (SET, b"OFF")


@pytest.fixture
def paho_client(hub: Any, heater: subprocess.Popen[str]) -> Iterator[tuple[paho.Client, queue.Queue[Any]]]:
    messages: queue.Queue[Any] = queue.Queue()
    ready: queue.Queue[Any] = queue.Queue()
    client = paho.Client(paho.CallbackAPIVersion.VERSION2, protocol=paho.MQTTv311)
    client.username_pw_set("example", "hearth-example")
    client.on_message = lambda client, data, message: messages.put(message)
    client.on_connect = lambda client, *rest: client.subscribe("heaters/+/set", 1)
    client.on_subscribe = lambda *answer: ready.put(answer)
    client.connect("127.0.0.1", hub.port)
    client.loop_start()
    ready.get(timeout=DEADLINE)
    yield client, messages
    client.disconnect()
    client.loop_stop()


def test_a_wrong_password_is_refused(hub: Any) -> None:
    hub.log_until("try next")
    words = hub.client("mosquitto_pub", "-t", TEMPERATURE, "-m", "26.5", password="guess")

    done = subprocess.run(words, capture_output=True, text=True, timeout=DEADLINE, check=False)

    assert done.returncode != 0
    assert "not authori" in done.stderr.lower()


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
@pytest.mark.usefixtures("heater")
def test_the_hub_ends_cleanly_while_clients_are_there(hub: Any, number: int) -> None:
    assert hub.stop(number) == 0
