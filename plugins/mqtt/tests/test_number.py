"""Check the mqtt number: its limits, what it shows and what it sends."""

from __future__ import annotations

from typing import Any

import pytest

from hub.api import HubError


def number(home: Any, **options: Any) -> list[str]:
    problems: list[str] = home.set_up(mqtt={"number": {"name": "N", "command_topic": "t/set", **options}})
    return problems


@pytest.mark.parametrize(
    ("payload", "state"),
    [
        ("10", "10"),
        ("20.5", "20.5"),
        ("20.0", "20.0"),
        ("None", "unknown"),
        ("", "7"),
        ("x", "7"),
        ("101", "7"),
    ],
)
async def test_shows(home: Any, payload: str, state: str) -> None:
    number(home, state_topic="t/state")
    home.message("t/state", "7")

    home.message("t/state", payload)

    assert home.state("number.n") == state


@pytest.mark.parametrize(("value", "sent"), [("21.5", "21.5"), (22.0, "22"), (0, "0")])
async def test_sends(home: Any, value: object, sent: str) -> None:
    number(home)

    await home.call("number.set_value", "number.n", value=value)

    assert home.sent() == [("t/set", sent)]
    assert home.state("number.n") == sent


async def test_refuses_what_is_out_of_its_limits(home: Any) -> None:
    number(home, min=5, max="10")

    with pytest.raises(HubError, match=r"not from 5\.0 to 10\.0"):
        await home.call("number.set_value", "number.n", value=11)

    assert home.sent() == []


async def test_tells_its_limits(home: Any) -> None:
    number(home, min=1, max=9, step=0.5, mode="box", unit_of_measurement="%")

    attributes = home.attributes("number.n")

    assert {key: attributes[key] for key in ("min", "max", "step", "mode")} == {
        "min": 1.0,
        "max": 9.0,
        "step": 0.5,
        "mode": "box",
    }


async def test_its_limits_have_an_order(home: Any) -> None:
    assert "max should be at least min" in "".join(number(home, min=10, max=5))
