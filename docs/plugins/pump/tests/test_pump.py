"""A pump is what it says, and does what it is told."""

from __future__ import annotations

import pytest
from hub_pump.words import Report, understood

from hub.testing import SimulatedHouse


@pytest.mark.parametrize(
    ("text", "report"),
    [
        ("stopped", Report(False, 0.0)),
        ("running 4.2", Report(True, 4.2)),
        ("running fast", None),
        ("", None),
    ],
)
def test_understands_what_it_says(text: str, report: Report | None) -> None:
    assert understood(text) == report


async def test_the_state_is_what_the_pump_says(house: SimulatedHouse) -> None:
    house.set_up({"pump": [{"name": "Well", "topic": "garden/well"}]})
    assert house.state("switch.well") == "unknown"

    house.mqtt.deliver("garden/well/says", b"running 4.2")

    assert (house.state("switch.well"), house.state("sensor.well_flow")) == ("on", "4.2")


async def test_a_command_is_sent_and_believed_when_it_is_answered(house: SimulatedHouse) -> None:
    house.set_up({"pump": [{"name": "Well", "topic": "garden/well"}]})

    house.house.services.call("switch", "turn_on", {"entity_id": "switch.well"})
    await house.settle()

    [sent] = house.mqtt.published
    assert (sent.topic, sent.payload) == ("garden/well/do", b"start")
    assert house.state("switch.well") == "unknown"
