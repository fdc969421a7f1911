"""Check the mqtt switch: what it shows and what it sends."""

from __future__ import annotations

from typing import Any

import pytest

from hub.api import Remembered


def switch(home: Any, **options: Any) -> None:
    home.set_up(mqtt={"switch": {"name": "S", "command_topic": "t/set", **options}})


async def test_waits_for_the_device_to_tell_its_state(home: Any) -> None:
    switch(home, state_topic="t/state")
    home.message("t/state", "OFF")

    await home.call("switch.turn_on", "switch.s")
    assert home.sent() == [("t/set", "ON")]
    assert home.state("switch.s") == "off"

    home.message("t/state", "ON")
    assert home.state("switch.s") == "on"


@pytest.mark.parametrize("options", [{}, {"state_topic": "t/state", "optimistic": True}])
async def test_assumes_its_state_where_nobody_tells_it(home: Any, options: dict[str, Any]) -> None:
    switch(home, **options)

    await home.call("switch.turn_on", "switch.s")

    assert home.state("switch.s") == "on"
    assert home.attributes("switch.s")["assumed_state"] is True


async def test_takes_up_the_state_that_it_assumed_before(home: Any) -> None:
    home.house.memory._kept["switch.s"] = Remembered("on")

    switch(home)

    assert home.state("switch.s") == "on"


async def test_toggles(home: Any) -> None:
    switch(home)

    await home.call("switch.toggle", "switch.s")
    await home.call("switch.toggle", "switch.s")

    assert home.sent() == [("t/set", "ON"), ("t/set", "OFF")]


async def test_the_state_may_be_spelt_otherwise_than_the_command(home: Any) -> None:
    switch(home, state_topic="t/state", payload_on=1, payload_off=0, state_on="HIGH", state_off="LOW")

    home.message("t/state", "HIGH")

    assert home.state("switch.s") == "on"


@pytest.mark.parametrize(
    ("template", "payload"),
    [
        ('{"x": "{{ value }}"}', b'{"x": "ON"}'),
        ("{{ name }} {{ entity_id }} {{ value }}", b"S switch.s ON"),
        ("{{ pack(4, '>H') }}", b"\x00\x04"),
    ],
)
async def test_a_template_makes_the_command(home: Any, template: str, payload: bytes) -> None:
    switch(home, command_template=template, qos="1", retain="true")

    await home.call("switch.turn_on", "switch.s")

    message = home.simulated.mqtt.published[-1]
    assert (message.payload, message.qos, message.retain) == (payload, 1, True)
