"""What programs print becomes states, and nothing is run that is not allowed."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from typing import Any

import pytest

from hub.testing.house import SimulatedHouse


@pytest.fixture
async def home() -> AsyncIterator[SimulatedHouse]:
    home = SimulatedHouse()
    yield home
    await home.stop()


def set_up(home: SimulatedHouse, command: str, domain: str = "sensor", **more: Any) -> list[str]:
    allow = ["/bin/echo", "/bin/sleep", "/bin/false", "/nowhere/program"]
    reading = {"name": "X", "command": command, **more}
    found = home.set_up({"command_line": {"allow": allow, domain: reading}})
    return [str(problem) for problem in found.problems]


async def seen(home: SimulatedHouse, entity_id: str, state: str) -> None:
    while home.state(entity_id) != state:  # noqa: ASYNC110  # a program has no event to wait for
        await asyncio.sleep(0.01)


async def test_a_sensor_shows_what_a_program_prints(home: SimulatedHouse) -> None:
    set_up(home, "/bin/echo 41500", value_template="{{ value | multiply(0.001) | round(1) }}")

    await seen(home, "sensor.x", "41.5")


async def test_a_binary_sensor_is_on_or_off(home: SimulatedHouse) -> None:
    set_up(home, "/bin/echo up", domain="binary_sensor", payload_on="up", payload_off="down")

    await seen(home, "binary_sensor.x", "on")


async def test_there_is_no_shell(home: SimulatedHouse) -> None:
    set_up(home, "/bin/echo 1; echo $HOME | cat")

    await seen(home, "sensor.x", "1; echo $HOME | cat")


@pytest.mark.parametrize(
    ("command", "more", "said"),
    [
        ("/bin/false", {}, "failed with 1"),
        ("/nowhere/program", {}, "can't be run"),
        ("/bin/sleep 60", {"command_timeout": 0.05}, "was not done after 0.05 s"),
    ],
)
async def test_what_fails_is_unavailable_and_named(
    home: SimulatedHouse, caplog: Any, command: str, more: dict[str, Any], said: str
) -> None:
    set_up(home, command, **more)

    while said not in caplog.text:  # noqa: ASYNC110  # as above
        await asyncio.sleep(0.01)

    assert home.state("sensor.x") == "unavailable"


@pytest.mark.parametrize("command", ["/bin/cat /etc/passwd", "echo 1", "''"])
async def test_what_is_not_allowed_is_refused(home: SimulatedHouse, command: str) -> None:
    assert "may not be run" in set_up(home, command)[0]
    assert home.state("sensor.x") is None


async def test_programs_are_allowed_by_their_whole_paths(home: SimulatedHouse) -> None:
    found = home.set_up({"command_line": {"allow": "echo"}})

    assert "is no whole path" in str(found.problems[0])
