"""`hub demo` shows a house that lives, over real MQTT, and stops when it is told to."""

from __future__ import annotations

import re
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import aiomqtt
import pytest

from hub.cli.demo_house import DemoHouse, Room
from hub.config.source import load

ROOT = Path(__file__).parents[2]
DEADLINE = 30


@pytest.fixture
def demo() -> Iterator[subprocess.Popen[str]]:
    command = [sys.executable, "-m", "hub", "demo", "--plain", "--speed", "5"]
    process = subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
    yield process
    process.kill()
    process.communicate()


def told(process: subprocess.Popen[str], pattern: str) -> re.Match[str]:
    """Read on until a line matches."""
    assert process.stdout is not None
    return next(found for line in process.stdout if (found := re.search(pattern, line)))


def invitation(process: subprocess.Popen[str]) -> tuple[int, str]:
    found = told(process, r"mosquitto_sub -p (\d+) -u demo -P (\S+)")
    return int(found[1]), found[2]


async def next_on(client: aiomqtt.Client, filter: str) -> aiomqtt.Message:
    """Read on until a message's topic matches."""
    return await anext(message async for message in client.messages if message.topic.matches(filter))


async def test_devices_and_automations_talk_over_mqtt(demo: subprocess.Popen[str]) -> None:
    port, password = invitation(demo)
    async with aiomqtt.Client("127.0.0.1", port, username="demo", password=password) as client:
        await client.subscribe("#")

        reading = await next_on(client, "sensors/+/temperature")
        command = await next_on(client, "heaters/+/set")
        answer = await next_on(client, str(command.topic).replace("/set", "/state"))

    assert float(str(reading.payload, "ascii")) < 40
    assert answer.payload == command.payload


@pytest.mark.timeout(400)  # a heater must get cold first
def test_shows_a_run_that_did_not_happen_with_the_reason(demo: subprocess.Popen[str]) -> None:
    found = told(demo, r"bathroom_heater_on: failed_conditions, (.*) \(")

    assert re.fullmatch(r"condition 1: numeric_state sensor.outdoor: [\d.]+ is not below 10", found[1])


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_ends_cleanly_when_told_to(demo: subprocess.Popen[str], number: signal.Signals) -> None:
    invitation(demo)

    demo.send_signal(number)

    rest, _ = demo.communicate(timeout=DEADLINE)
    assert demo.returncode == 0
    assert rest.splitlines()[-1] == "The demo is over."


def test_the_living_room_is_that_of_the_example() -> None:
    automations = [
        [item for item in load(path).data["automation"] if item["id"] in ("heater_on", "heater_off")]
        for path in (ROOT / "config.example.yaml", ROOT / "hub" / "cli" / "demo.yaml")
    ]
    assert automations[0] == automations[1]


def test_a_room_warms_with_its_heater_and_cools_without() -> None:
    room = Room("room", 20.0, heater=True)
    room.pass_time(5, outdoor=5.0)
    warm = room.temperature
    room.heater = False
    room.pass_time(5, outdoor=5.0)

    assert warm > 20.0
    assert 5.0 < room.temperature < warm


def test_a_step_of_time_may_be_taken_in_two() -> None:
    one, two = Room("one", 20.0), Room("two", 20.0)
    one.pass_time(4, outdoor=5.0)
    two.pass_time(1, outdoor=5.0)
    two.pass_time(3, outdoor=5.0)

    assert one.temperature == pytest.approx(two.temperature)


def test_the_day_begins_mild_and_gets_cold() -> None:
    house = DemoHouse()
    mild = house.outdoor
    house.pass_time(37.5)

    assert mild > 10 > house.outdoor
