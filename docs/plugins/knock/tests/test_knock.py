"""The trigger fires at the sign that was agreed on, and at no other."""

from __future__ import annotations

import pytest

from hub.testing import SimulatedHouse


@pytest.mark.parametrize(("knocks", "runs"), [(b"3", 1), (b"2", 0), (b"many", 0)])
async def test_fires_at_the_sign(house: SimulatedHouse, knocks: bytes, runs: int) -> None:
    trigger = {"trigger": "knock", "door": "cellar"}
    house.set_up({"automation": {"triggers": [trigger], "actions": [{"action": "test.automation"}]}})

    house.mqtt.deliver("doors/cellar/knocks", knocks)
    await house.settle()

    assert len(house.calls) == runs


def test_a_number_that_cannot_be_is_refused(house: SimulatedHouse) -> None:
    trigger = {"trigger": "knock", "door": "cellar", "times": 0}
    configuration = house.read({"automation": {"triggers": [trigger], "actions": []}})

    assert "times" in str(configuration.errors[0])
