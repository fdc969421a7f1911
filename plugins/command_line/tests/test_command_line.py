"""What programs print becomes states, and nothing is run that is not allowed."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest

from hub.api import HubError
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


async def test_attributes_come_of_the_json_that_is_printed(home: SimulatedHouse) -> None:
    set_up(
        home, """/bin/echo '{"a": {"load": 3, "name": "x"}}'""", value_template="{{ value_json.a.load }}",
        json_attributes=["name", "none"], json_attributes_path="$.a", icon="mdi:{{ value_json.a.name }}",
        unit_of_measurement="%",
    )  # fmt: skip

    await seen(home, "sensor.x", "3")

    attributes = home.house.states.get("sensor.x").attributes
    assert (attributes["name"], attributes["icon"], attributes["unit_of_measurement"]) == ("x", "mdi:x", "%")


async def test_what_says_that_it_is_not_there_is_unavailable(home: SimulatedHouse) -> None:
    set_up(home, "/bin/echo off", domain="binary_sensor", availability="{{ value == 'on' }}")

    while home.house.tasks:  # noqa: ASYNC110  # a program has no event to wait for
        await asyncio.sleep(0.01)

    assert home.state("binary_sensor.x") == "unavailable"


async def test_what_a_template_renders_stays_one_word(home: SimulatedHouse) -> None:
    home.set("sensor.name", "a b; $(reboot)")
    set_up(home, "/bin/echo -n '{{ states('sensor.name') }}' {{ 1 + 1 }}")

    await seen(home, "sensor.x", "a b; $(reboot) 2")


async def test_a_switch_runs_its_programs_and_asks_how_it_is(home: SimulatedHouse, tmp_path: Path) -> None:
    mark = tmp_path / "on"
    options = {
        "name": "X", "command_on": f"/bin/touch {mark}", "command_off": f"/bin/rm {mark}",
        "command_state": f"/bin/ls {mark}",
    }  # fmt: skip
    home.set_up({"command_line": {"allow": ["/bin/touch", "/bin/rm", "/bin/ls"], "switch": options}})
    await seen(home, "switch.x", "off")

    await home.house.services.wait("switch", "turn_on", {"entity_id": "switch.x"})
    assert (home.state("switch.x"), mark.exists()) == ("on", True)
    await home.house.services.wait("switch", "toggle", {"entity_id": "switch.x"})
    assert (home.state("switch.x"), mark.exists()) == ("off", False)


async def test_a_switch_that_nobody_can_ask_is_assumed(home: SimulatedHouse) -> None:
    options = {"name": "X", "command_on": "/bin/true", "command_off": "/bin/false"}
    home.set_up({"command_line": [{"allow": ["/bin/true", "/bin/false"]}, {"switch": options}]})

    await home.house.services.wait("switch", "turn_on", {"entity_id": "switch.x"})
    with pytest.raises(HubError, match="failed with 1"):
        await home.house.services.wait("switch", "turn_off", {"entity_id": "switch.x"})

    assert home.state("switch.x") == "on"
    assert home.house.states.get("switch.x").attributes["assumed_state"] is True


async def test_what_has_no_program_for_it_is_not_switched_in_that_way(home: SimulatedHouse) -> None:
    options = {"name": "X", "command_off": "/bin/echo off"}
    home.set_up({"command_line": {"allow": "/bin/echo", "switch": options}})
    await home.settle()
    await home.house.services.wait("switch", "turn_off", {"entity_id": "switch.x"})

    assert home.house.states.get("switch.x").state == "off"
    with pytest.raises(HubError, match="turn_on"):
        await home.house.services.wait("switch", "turn_on", {"entity_id": "switch.x"})


async def test_a_cover_tells_its_position(home: SimulatedHouse) -> None:
    options = {
        "name": "X", "device_class": "blind", "command_state": "/bin/echo 40", "command_open": "/bin/echo up",
        "command_close": "/bin/echo down", "command_stop": "/bin/echo stop",
    }  # fmt: skip
    home.set_up({"command_line": {"allow": "/bin/echo", "cover": options}})

    await seen(home, "cover.x", "open")
    await home.house.services.wait("cover", "close_cover", {"entity_id": "cover.x"})

    assert home.house.states.get("cover.x").attributes["current_position"] == 40


async def test_people_are_told_by_a_program_that_reads_the_message(
    home: SimulatedHouse, tmp_path: Path
) -> None:
    told = tmp_path / "told"
    notifier = {"name": "Log", "command": f"/usr/bin/tee {told}"}
    home.set_up({"command_line": {"allow": "/usr/bin/tee", "notify": notifier}})

    await home.house.services.wait("notify", "log", {"message": "It's late"})

    assert await asyncio.to_thread(told.read_text) == "It's late"


@pytest.mark.parametrize(
    ("command", "said"),
    [
        ("{{ 'x' }} 1", "the program itself can't be a template"),
        ("/bin/echo 'a", "is not closed"),
        ("/bin/echo {{ 1", "end of template"),
        ("/bin/echo {{ nonsense( }}", "unexpected"),
    ],
)
async def test_a_command_that_can_not_be_read_is_refused(
    home: SimulatedHouse, command: str, said: str
) -> None:
    [problem, *_] = set_up(home, command)

    assert said in problem
