"""Check that new devices wait to be let in, and that what people decided stays."""

from __future__ import annotations

from typing import Any

import pytest

from hub.api import HubError

PLUG = {"name": "X", "stat_t": "t", "uniq_id": "u", "dev": {"ids": ["d1"], "name": "Plug"}}


async def ask(home: Any, service: str, **data: Any) -> Any:
    return await home.house.services.wait("mqtt", f"discovery_{service}", data, return_response=True)


def set_up(home: Any, *, approve: bool = True) -> None:
    home.set_up(discovery={"approve": approve})


async def status(home: Any) -> list[tuple[str, str]]:
    return [(row["name"], row["status"]) for row in (await ask(home, "list"))["devices"]]


async def test_a_new_device_waits_and_people_are_told(home: Any) -> None:
    set_up(home)

    home.discover("sensor/x", PLUG)
    home.message("t", "5")

    assert home.entities() == []
    assert await status(home) == [("Plug", "waits")]
    told = home.house.states.entity_ids("persistent_notification")
    assert len(told) in (0, 1)


@pytest.mark.parametrize("whom", ["Plug", "d1", "homeassistant/sensor/x/config", "all"])
async def test_an_approved_device_comes_in_with_all_of_it(home: Any, whom: str) -> None:
    set_up(home)
    home.discover("sensor/x", PLUG)
    home.discover("sensor/y", {**PLUG, "name": "Y", "uniq_id": "v"})

    answer = await ask(home, "approve", device=whom)
    home.message("t", "5")

    assert answer == {"devices": ["Plug"]}
    assert (home.state("sensor.plug_x"), home.state("sensor.plug_y")) == ("5", "5")
    home.discover("sensor/z", {**PLUG, "name": "Z", "uniq_id": "w"})
    assert home.state("sensor.plug_z") == "unknown"


async def test_a_rejected_device_goes_and_stays_out(home: Any) -> None:
    set_up(home, approve=False)
    home.discover("sensor/x", PLUG)
    assert home.state("sensor.plug_x") == "unknown"

    await ask(home, "reject", device="Plug")
    home.discover("sensor/x", {**PLUG, "name": "Other"})

    assert home.entities() == []
    assert await status(home) == [("Plug", "rejected")]
    assert home.sent() == []
    await ask(home, "approve", device="Plug")
    assert home.entities() == ["sensor.plug_other"]


async def test_a_waiting_device_that_takes_itself_back_is_forgotten(home: Any) -> None:
    set_up(home)
    home.discover("sensor/x", PLUG)
    home.discover(
        "device/d", {"dev": {"ids": "e"}, "o": {"name": "o"}, "cmps": {"a": {**PLUG, "p": "sensor"}}}
    )

    home.discover("sensor/x", "")
    home.discover("device/d", "")

    assert await status(home) == []


async def test_a_wrong_announcement_does_not_wait_but_is_named(home: Any) -> None:
    set_up(home)

    home.discover("sensor/x", {**PLUG, "dev_cla": "nonsense"})

    assert await status(home) == []
    (problem,) = (await ask(home, "problems"))["problems"]
    assert (problem["device"], problem["topic"]) == ("Plug", "homeassistant/sensor/x/config")


async def test_nobody_is_asked_about_a_name_that_is_not_there(home: Any) -> None:
    set_up(home)

    with pytest.raises(HubError, match="no device that announces itself is called 'Lamp'"):
        await ask(home, "approve", device="Lamp")


async def test_a_device_that_was_here_before_need_not_be_let_in(home: Any) -> None:
    set_up(home, approve=False)
    home.discover("sensor/x", PLUG)
    home.simulated.household.set_up(home.simulated.read({"discovery": {"approve": True}}))

    home.discover("sensor/x", PLUG)

    assert home.entities() == ["sensor.plug_x"]
