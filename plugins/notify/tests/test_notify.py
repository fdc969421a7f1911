"""Messages reach people, in groups too; at night and when there are too many they wait or are left out."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator
from datetime import UTC, datetime
from typing import Any

import pytest

from hub.api import HubError
from hub.testing.house import SimulatedHouse

NOON, NIGHT = datetime(2024, 5, 6, 12, tzinfo=UTC), datetime(2024, 5, 6, 23, tzinfo=UTC)


class Home:
    def __init__(self, start: datetime = NOON, **manners: Any) -> None:
        self.simulated = SimulatedHouse(start=start)
        self.house = self.simulated.house
        for name in ("phone", "tablet"):
            self.simulated.record("notify", name)
        self.problems = self.simulated.set_up(
            {"notify": [{"platform": "group", "name": "family", "services": ["phone", "tablet"], **manners}]}
        ).problems

    async def say(self, message: str, **more: Any) -> None:
        await self.house.services.wait("notify", "family", {"message": message, **more})

    def said(self, name: str = "phone") -> list[str]:
        return [call.data["message"] for call in self.simulated.calls if call.service == name]


@pytest.fixture
async def homes() -> AsyncIterator[Any]:
    made: list[Home] = []

    def make(**manners: Any) -> Home:
        made.append(Home(**manners))
        return made[-1]

    yield make
    for home in made:
        await home.simulated.stop()


QUIET = {"quiet_hours": {"start": "22:00", "end": "07:00"}}


async def test_a_group_tells_everybody(homes: Any) -> None:
    home = homes()

    await home.say("Hello", title="T", data={"sound": "ding"})

    assert home.said("phone") == home.said("tablet") == ["Hello"]
    call = home.simulated.calls[0]
    assert (call.data["title"], call.data["data"]) == ("T", {"sound": "ding"})


async def test_one_that_fails_does_not_stop_the_others(homes: Any) -> None:
    home = homes(services=[{"service": "gone"}, {"action": "notify.tablet"}])

    await home.say("Hello")

    assert home.said("tablet") == ["Hello"]


async def test_a_group_that_reaches_nobody_says_so(homes: Any) -> None:
    home = homes(services="gone")

    with pytest.raises(HubError, match="nobody could be reached"):
        await home.say("Hello")


async def test_in_quiet_hours_messages_wait_and_come_together(homes: Any) -> None:
    home = homes(start=NIGHT, **QUIET)
    await home.say("One", title="First")
    await home.say("Two")
    await home.say("Fire", data={"urgent": True})
    assert home.said() == ["Fire"]

    await home.simulated.advance(8 * 3600 + 1)

    assert home.said() == ["Fire", "First: One\nTwo"]


async def test_by_day_nothing_waits(homes: Any) -> None:
    home = homes(**QUIET)

    await home.say("One")

    assert home.said() == ["One"]


async def test_too_many_are_left_out_and_counted(homes: Any, caplog: Any) -> None:
    home = homes(rate_limit={"count": 2, "per": "01:00:00"})
    for number in range(5):
        await home.say(str(number))
    assert home.said() == ["0", "1"]

    await home.simulated.advance(3601)
    await home.say("later")

    assert home.said() == ["0", "1", "later"]
    assert "3 messages were left out" in caplog.text


@pytest.mark.parametrize(
    ("manners", "problem"),
    [
        ({"quiet_hours": {"start": "22:00", "end": "22:00"}}, "different times"),
        ({"rate_limit": {"count": 0}}, "count"),
    ],
)
async def test_wrong_manners_are_named(homes: Any, manners: dict[str, Any], problem: str) -> None:
    assert problem in str(homes(**manners).problems[0])


# The library imports what Python is about to drop.
@pytest.mark.filterwarnings("ignore::DeprecationWarning")
async def test_apprise_sends_over_a_real_address() -> None:
    pytest.importorskip("apprise")
    heard: list[dict[str, Any]] = []

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        head = (await reader.readuntil(b"\r\n\r\n")).decode().lower()
        length = int(head.split("content-length: ")[1].split("\r\n")[0])
        heard.append(json.loads(await reader.readexactly(length)))
        writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\nConnection: close\r\n\r\n")
        writer.close()

    server = await asyncio.start_server(serve, "127.0.0.1", 0)
    port = server.sockets[0].getsockname()[1]
    simulated = SimulatedHouse()
    url = f"json://127.0.0.1:{port}/anna"
    simulated.set_up({"notify": {"platform": "apprise", "name": "Anna", "url": url}})

    await simulated.house.services.wait("notify", "anna", {"message": "Hello", "title": "T"})

    assert [(one["title"], one["message"]) for one in heard] == [("T", "Hello")]
    server.close()
    await simulated.stop()


@pytest.mark.filterwarnings("ignore::DeprecationWarning")
async def test_an_address_that_is_none_is_named_without_its_secret(caplog: Any) -> None:
    pytest.importorskip("apprise")
    simulated = SimulatedHouse()

    simulated.set_up({"notify": {"platform": "apprise", "name": "anna", "url": "nonsense-secret"}})

    with pytest.raises(HubError, match="address 1 is none that Apprise knows"):
        await simulated.house.services.wait("notify", "anna", {"message": "Hello"})

    assert "secret" not in caplog.text
    await simulated.stop()


async def test_a_way_words_what_is_said(homes: Any) -> None:
    home = homes(
        title_template="{{ title or 'Home' }}{{ '!' if urgent }}",
        message_template="{{ data.room | default('?') }}: {{ message }} ({{ states('sensor.warmth') }})",
    )
    home.simulated.set("sensor.warmth", "21")

    await home.say("Leak", data={"urgent": True, "room": "Bath"})

    call = home.simulated.calls[0]
    assert (call.data["title"], call.data["message"]) == ("Home!", "Bath: Leak (21)")


async def test_a_wording_that_fails_leaves_what_is_said(homes: Any, caplog: Any) -> None:
    home = homes(message_template="{{ 1 / 0 }}")

    await home.say("Leak")

    assert home.said() == ["Leak"]
    assert "message_template" in caplog.text


async def test_what_is_held_is_said_after_a_restart(homes: Any) -> None:
    home = homes(start=NIGHT, **QUIET)
    await home.say("One")
    kept = home.house.memory.all()
    home.simulated.calls.clear()

    again = SimulatedHouse(start=NIGHT, remembered=kept)
    again.record("notify", "phone")
    again.set_up({"notify": [{"platform": "group", "name": "family", "services": "phone", **QUIET}]})
    await again.advance(9 * 3600)

    assert [call.data["message"] for call in again.calls] == ["One"]
    await again.stop()
