"""Check what opens and closes: covers, valves, locks."""

from __future__ import annotations

from typing import Any

import pytest

from hub.api import HubError


def cover(home: Any, **options: Any) -> list[str]:
    problems: list[str] = home.set_up(mqtt={"cover": {"name": "C", "command_topic": "set", **options}})
    return problems


def valve(home: Any, **options: Any) -> list[str]:
    problems: list[str] = home.set_up(mqtt={"valve": {"name": "V", "command_topic": "set", **options}})
    return problems


# --- covers ------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("payloads", "state"),
    [
        (["open"], "open"),
        (["opening"], "opening"),
        (["closing", "stopped"], "closed"),
        (["opening", "stopped"], "open"),
        (["closed"], "closed"),
        (["closed", "None"], "unknown"),
        (["closed", "ajar"], "closed"),
        (["closed", ""], "closed"),
    ],
)
async def test_a_cover_is_as_its_state_topic_says(home: Any, payloads: list[str], state: str) -> None:
    cover(home, state_topic="st")

    for payload in payloads:
        home.message("st", payload)

    assert home.state("cover.c") == state


@pytest.mark.parametrize(
    ("ends", "told", "position", "state"),
    [
        ((0, 100), "0", 0, "closed"),
        ((0, 100), "40", 40, "open"),
        ((0, 100), "140", 100, "open"),
        ((0, 255), "128", 50, "open"),
        ((100, 0), "30", 70, "open"),
        ((100, 0), "100", 0, "closed"),
    ],
)
async def test_a_cover_is_as_its_position_says(
    home: Any, ends: tuple[int, int], told: str, position: int, state: str
) -> None:
    cover(home, position_topic="pos", position_closed=ends[0], position_open=ends[1])

    home.message("pos", told)

    assert home.state("cover.c") == state
    assert home.attributes("cover.c")["current_position"] == position


async def test_stopped_is_decided_by_the_position_of_the_same_message(home: Any) -> None:
    cover(
        home,
        state_topic="st",
        value_template="{{ value_json.moving }}",
        position_topic="st",
        position_template="{{ value_json.position }}",
        state_stopped="STOP",
    )
    home.message("st", {"moving": "STOP", "position": 60})
    assert home.state("cover.c") == "open"

    home.message("st", {"moving": "STOP", "position": 0})
    assert home.state("cover.c") == "closed"


async def test_a_position_template_may_tell_the_tilt_too(home: Any) -> None:
    cover(
        home,
        position_topic="pos",
        position_template='{"position": {{ value }}, "tilt_position": 25}',
        tilt_command_topic="tilt",
    )

    home.message("pos", "60")

    attributes = home.attributes("cover.c")
    assert (attributes["current_position"], attributes["current_tilt_position"]) == (60, 25)


@pytest.mark.parametrize(
    ("service", "data", "sent"),
    [
        ("open_cover", {}, ("set", "OPEN")),
        ("close_cover", {}, ("set", "CLOSE")),
        ("stop_cover", {}, ("set", "STOP")),
        ("set_cover_position", {"position": 50}, ("pos/set", '{"p": 128, "percent": 50}')),
        ("open_cover_tilt", {}, ("tilt", "180")),
        ("close_cover_tilt", {}, ("tilt", "0")),
        ("set_cover_tilt_position", {"tilt_position": 50}, ("tilt", "90")),
        ("stop_cover_tilt", {}, ("tilt", "HALT")),
    ],
)
async def test_a_cover_is_commanded(
    home: Any, service: str, data: dict[str, Any], sent: tuple[str, str]
) -> None:
    cover(
        home,
        state_topic="st",
        position_topic="pos",
        set_position_topic="pos/set",
        set_position_template='{"p": {{ value }}, "percent": {{ position }}}',
        position_open=255,
        tilt_command_topic="tilt",
        tilt_max=180,
        tilt_opened_value=180,
        payload_stop_tilt="HALT",
    )

    await home.call(f"cover.{service}", "cover.c", **data)

    assert home.sent() == [sent]


@pytest.mark.parametrize(
    ("state", "sent"), [("closed", "OPEN"), ("open", "CLOSE"), ("opening", "STOP"), ("closing", "STOP")]
)
async def test_a_cover_toggles(home: Any, state: str, sent: str) -> None:
    cover(home, state_topic="st")
    home.message("st", state)

    await home.call("cover.toggle", "cover.c")

    assert home.sent() == [("set", sent)]


async def test_a_cover_that_tells_nothing_is_assumed(home: Any) -> None:
    cover(home)

    await home.call("cover.close_cover", "cover.c")

    assert home.state("cover.c") == "closed"
    assert home.attributes("cover.c")["assumed_state"] is True


@pytest.mark.parametrize("service", ["stop_cover", "set_cover_position", "open_cover_tilt"])
async def test_a_cover_refuses_what_it_can_not(home: Any, service: str) -> None:
    cover(home, state_topic="st", payload_stop=None)
    data = {"position": 1} if service == "set_cover_position" else {}

    with pytest.raises(HubError, match="does not support"):
        await home.call(f"cover.{service}", "cover.c", **data)


@pytest.mark.parametrize(
    ("options", "word"),
    [
        ({"set_position_topic": "p"}, "position_topic only"),
        ({"value_template": "x"}, "state_topic only"),
        ({"position_open": 0}, "two different ends"),
        ({"device_class": "door_of_hell"}, "no device_class"),
    ],
)
async def test_a_cover_refuses_options(home: Any, options: dict[str, Any], word: str) -> None:
    assert word in "".join(cover(home, **options))


# --- valves ------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("options", "payload", "state", "position"),
    [
        ({}, "open", "open", None),
        ({}, '{"state": "closing"}', "closing", None),
        ({"reports_position": True}, "0", "closed", 0),
        ({"reports_position": True}, "50", "open", 50),
        ({"reports_position": True}, "opening", "opening", None),
        ({"reports_position": True}, '{"position": 30, "state": "closing"}', "closing", 30),
        ({"reports_position": True}, '{"state": "closing"}', "unknown", None),
        ({"reports_position": True, "position_closed": 100, "position_open": 0}, "100", "closed", 0),
    ],
)
async def test_a_valve_is_as_it_tells(
    home: Any, options: dict[str, Any], payload: str, state: str, position: int | None
) -> None:
    valve(home, state_topic="st", **options)

    home.message("st", payload)

    assert home.state("valve.v") == state
    assert home.attributes("valve.v").get("current_position") == position


@pytest.mark.parametrize(
    ("options", "service", "data", "sent"),
    [
        ({}, "open_valve", {}, "OPEN"),
        ({}, "close_valve", {}, "CLOSE"),
        ({"payload_stop": "HALT"}, "stop_valve", {}, "HALT"),
        ({"reports_position": True}, "open_valve", {}, "100"),
        ({"reports_position": True}, "close_valve", {}, "0"),
        ({"reports_position": True, "position_open": 200}, "set_valve_position", {"position": 50}, "100"),
    ],
)
async def test_a_valve_is_commanded(
    home: Any, options: dict[str, Any], service: str, data: dict[str, Any], sent: str
) -> None:
    valve(home, state_topic="st", **options)

    await home.call(f"valve.{service}", "valve.v", **data)

    assert home.sent() == [("set", sent)]


async def test_a_valve_with_positions_has_no_states(home: Any) -> None:
    assert "can't go with reports_position" in "".join(valve(home, reports_position=True, state_open="o"))


# --- locks -------------------------------------------------------------------------------------------


def lock(home: Any, **options: Any) -> None:
    home.set_up(mqtt={"lock": {"name": "L", "command_topic": "set", **options}})


@pytest.mark.parametrize(
    ("payload", "state"),
    [
        ("LOCKED", "locked"),
        ("JAMMED", "jammed"),
        ("UNLOCKING", "unlocking"),
        ("OPEN", "open"),
        ("?", "unknown"),
    ],
)
async def test_a_lock_is_as_it_tells(home: Any, payload: str, state: str) -> None:
    lock(home, state_topic="st")

    home.message("st", payload)

    assert home.state("lock.l") == state


async def test_a_lock_sends_its_code(home: Any) -> None:
    lock(home, command_template="{{ value }}:{{ code }}", code_format=r"^\d{4}$")

    await home.call("lock.unlock", "lock.l", code=1234)

    assert home.sent() == [("set", "UNLOCK:1234")]
    assert home.state("lock.l") == "unlocked"


@pytest.mark.parametrize("data", [{}, {"code": "12"}])
async def test_a_lock_refuses_a_code_that_does_not_fit(home: Any, data: dict[str, Any]) -> None:
    lock(home, code_format=r"^\d{4}$")

    with pytest.raises(HubError, match="needs a code"):
        await home.call("lock.lock", "lock.l", **data)


async def test_only_a_lock_with_a_payload_for_it_opens(home: Any) -> None:
    lock(home)

    with pytest.raises(HubError, match="does not support"):
        await home.call("lock.open", "lock.l")
