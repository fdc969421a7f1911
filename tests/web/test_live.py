"""Pages see what they show as it changes, coalesced, and nothing that is not theirs to see."""

from __future__ import annotations

import asyncio
import json
import logging
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import pytest
from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import InvalidStatus

from hub.core.events import Event
from hub.registry.accounts import Role, Scope

PASSWORD = "correct horse battery"


class Live:
    """A page's socket."""

    def __init__(self, socket: ClientConnection) -> None:
        self.socket = socket
        self._waiting: list[dict[str, Any]] = []

    async def say(self, **message: Any) -> None:
        await self.socket.send(json.dumps(message))

    async def hear(self, id: int, key: str) -> dict[str, Any]:
        """Return the next message for a subscription that has a key."""
        while True:
            for message in self._waiting:
                if message.get("id") == id and key in message:
                    self._waiting.remove(message)
                    return message
            self._waiting += json.loads(await asyncio.wait_for(self.socket.recv(), 20))

    async def subscribe(self, id: int, channel: str, **more: Any) -> None:
        await self.say(id=id, subscribe=channel, **more)
        assert (await self.hear(id, "ok"))["ok"] is True


@asynccontextmanager
async def opened(site: Any, **headers: str) -> AsyncIterator[Live]:
    async with connect(f"ws://127.0.0.1:{site.port}/api/live", additional_headers=headers) as socket:
        yield Live(socket)


@pytest.fixture
async def live(site: Any) -> AsyncIterator[Live]:
    async with opened(site, Authorization=f"Bearer {await site.token()}") as page:
        yield page


async def test_all_states_come_first_and_then_what_changes(site: Any, live: Live) -> None:
    await live.subscribe(1, "states")
    first = await live.hear(1, "states")
    assert first["first"] is True
    assert first["states"]["input_boolean.guests"]["state"] == "off"

    site.house.services.call("input_boolean", "turn_on", {"entity_id": "input_boolean.guests"})
    changed = await live.hear(1, "states")
    assert list(changed["states"]) == ["input_boolean.guests"]
    assert changed["states"]["input_boolean.guests"]["state"] == "on"

    site.house.states.remove("input_boolean.guests")
    assert (await live.hear(1, "removed"))["removed"] == ["input_boolean.guests"]


async def test_only_what_the_page_shows_is_sent(site: Any, live: Live) -> None:
    await live.subscribe(1, "states", entities=["input_number.limit"])
    assert list((await live.hear(1, "states"))["states"]) == ["input_number.limit"]
    site.house.services.call("input_boolean", "turn_on", {"entity_id": "input_boolean.guests"})
    site.house.services.call("input_number", "set_value", {"entity_id": "input_number.limit", "value": 9})
    assert list((await live.hear(1, "states"))["states"]) == ["input_number.limit"]


async def test_many_changes_are_one_frame(site: Any, live: Live) -> None:
    await live.subscribe(1, "states", entities=["input_number.limit"])
    await live.hear(1, "states")
    for value in range(100):
        data = {"entity_id": "input_number.limit", "value": value}
        site.house.services.call("input_number", "set_value", data)
    assert (await live.hear(1, "states"))["states"]["input_number.limit"]["state"] == "99.0"
    await live.say(ping=7)
    assert not any("states" in message for message in live._waiting)


async def test_a_subscription_ends(site: Any, live: Live) -> None:
    await live.subscribe(1, "states")
    await live.hear(1, "states")
    await live.say(id=1, unsubscribe=True)
    await live.hear(1, "ok")
    site.house.services.call("input_boolean", "turn_on", {"entity_id": "input_boolean.guests"})
    await live.subscribe(2, "states", entities=["input_boolean.guests"])
    assert (await live.hear(2, "states"))["states"]["input_boolean.guests"]["state"] == "on"


async def test_topics_and_messages(site: Any, live: Live) -> None:
    site.house.mqtt.publish("sensors/kitchen", "21.5", retain=True)
    await live.subscribe(1, "mqtt.topics", filter="sensors/#")
    first = await live.hear(1, "topics")
    assert first["topics"]["sensors/kitchen"] | {"time": 0} == {
        "payload": "21.5", "size": 4, "qos": 0, "retain": True, "time": 0, "count": 1,
    }  # fmt: skip
    await live.subscribe(2, "mqtt.messages", filter="sensors/+")
    site.house.mqtt.publish("sensors/hall", b"\xff\x00")
    assert (await live.hear(1, "topics"))["topics"]["sensors/hall"]["payload_base64"] == "/wA="
    heard = [(await live.hear(2, "messages"))["messages"] for _ in range(2)]
    assert [message["topic"] for messages in heard for message in messages] == [
        "sensors/kitchen",
        "sensors/hall",
    ]


async def test_traces_logs_and_events(site: Any, live: Live) -> None:
    await live.subscribe(1, "traces")
    await live.subscribe(2, "logs", level="warning")
    await live.subscribe(3, "events", types=["went"])
    site.house.bus.fire(Event("go"))
    logging.getLogger("hub.test").warning("the door is open")
    trace = (await live.hear(1, "traces"))["traces"][0]
    assert (trace["item"], trace["outcome"]) == ("automation.quick", "finished")
    assert "the door is open" in [one["message"] for one in (await live.hear(2, "records"))["records"]]
    assert (await live.hear(3, "events"))["events"][0]["event_type"] == "went"


@pytest.mark.parametrize(
    ("message", "problem"),
    [
        ("nonsense", "no JSON"),
        ("[]", "JSON object"),
        ('{"subscribe": "states"}', "needs an `id`"),
        ('{"id": 1, "subscribe": "everything"}', "no channel"),
        ('{"id": 1, "subscribe": "states", "entities": "light.x"}', "a list"),
        ('{"id": 1, "subscribe": "mqtt.topics", "filter": "a/#/b"}', "cannot subscribe"),
        ('{"id": 1, "subscribe": "logs", "level": "loud"}', "no level"),
    ],
)
async def test_what_is_not_understood_is_said(live: Live, message: str, problem: str) -> None:
    await live.socket.send(message)
    answer = json.loads(await asyncio.wait_for(live.socket.recv(), 20))[0]
    assert problem in answer["problem"]


# --- rights ----------------------------------------------------------------------------------------


@pytest.mark.parametrize("channel", ["mqtt.topics", "mqtt.messages", "logs"])
async def test_what_shows_everything_is_for_admins(site: Any, channel: str) -> None:
    token = await site.token(Scope.OPERATOR, name="bob", role=Role.OPERATOR)
    async with opened(site, Authorization=f"Bearer {token}") as page:
        await page.say(id=1, subscribe=channel)
        assert "admin" in (await page.hear(1, "problem"))["problem"]


async def test_whoever_may_see_one_area_sees_nothing_else(site: Any) -> None:
    site.house.areas.ensure("Kitchen")
    site.house.registry.update("input_boolean.guests", area_id="kitchen")
    token = await site.token(Scope.VIEWER, name="bob", role=Role.GUEST, kitchen=Role.VIEWER)
    async with opened(site, Authorization=f"Bearer {token}") as page:
        await page.subscribe(1, "states")
        assert list((await page.hear(1, "states"))["states"]) == ["input_boolean.guests"]
        await page.subscribe(2, "states", entities=["input_number.limit"])
        assert (await page.hear(2, "states"))["states"] == {}


async def test_nobody_listens_without_a_log_in(site: Any) -> None:
    with pytest.raises(InvalidStatus):
        async with opened(site):
            pass


@pytest.mark.parametrize(("origin", "open"), [("same", True), (None, False), ("https://evil.example", False)])
async def test_a_browser_listens_for_our_pages_only(site: Any, origin: str | None, open: bool) -> None:
    client = await site.browser()
    headers = {"Cookie": f"hub_session={client.cookies['hub_session']}"}
    if origin is not None:
        headers["Origin"] = site.url if origin == "same" else origin
    if open:
        async with opened(site, **headers) as page:
            await page.subscribe(1, "states")
        return
    with pytest.raises(InvalidStatus):
        async with opened(site, **headers):
            pass


async def test_a_log_in_that_ends_closes_the_socket(site: Any) -> None:
    token = await site.token()
    async with opened(site, Authorization=f"Bearer {token}") as page:
        await page.subscribe(1, "states")
        proof = site.accounts.proof(token)
        await site.accounts.end(proof)
        await asyncio.wait_for(page.socket.wait_closed(), 20)
        assert page.socket.close_code == 4001
