"""Home Assistant's WebSocket, as its clients speak it."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import pytest
from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import InvalidStatus

from hub.core.events import Event
from hub.registry.accounts import Role, Scope


class Client:
    """A client that is logged in."""

    def __init__(self, socket: ClientConnection) -> None:
        self.socket = socket
        self._id = 0
        self._events: list[dict[str, Any]] = []

    async def ask(self, type: str, **more: Any) -> dict[str, Any]:
        """Send a command and return its answer."""
        self._id += 1
        await self.socket.send(json.dumps({"id": self._id, "type": type, **more}))
        while True:
            message = await self._next()
            if message["type"] in ("result", "pong") and message["id"] == self._id:
                return message
            self._events.append(message)

    async def result(self, type: str, **more: Any) -> Any:
        answer = await self.ask(type, **more)
        assert answer["success"], answer
        return answer["result"]

    async def event(self) -> Any:
        """Return what the next event carries."""
        message = self._events.pop(0) if self._events else await self._next()
        assert message["type"] == "event"
        return message["event"]

    async def _next(self) -> dict[str, Any]:
        return json.loads(await asyncio.wait_for(self.socket.recv(), 20))


@asynccontextmanager
async def opened(site: Any, token: str) -> AsyncIterator[Client]:
    async with connect(f"ws://127.0.0.1:{site.port}/api/websocket") as socket:
        assert json.loads(await socket.recv())["type"] == "auth_required"
        await socket.send(json.dumps({"type": "auth", "access_token": token}))
        assert json.loads(await socket.recv())["type"] == "auth_ok"
        yield Client(socket)


@pytest.fixture
async def client(site: Any) -> AsyncIterator[Client]:
    async with opened(site, await site.token()) as opened_client:
        yield opened_client


@pytest.mark.parametrize(
    "first", ['{"type": "auth", "access_token": "guess"}', '{"type": "get_states"}', "x"]
)
async def test_nothing_is_said_before_the_log_in(site: Any, first: str) -> None:
    async with connect(f"ws://127.0.0.1:{site.port}/api/websocket") as socket:
        assert json.loads(await socket.recv())["type"] == "auth_required"
        await socket.send(first)
        assert json.loads(await socket.recv())["type"] == "auth_invalid"
        await asyncio.wait_for(socket.wait_closed(), 20)


async def test_another_sites_page_is_not_let_in(site: Any) -> None:
    with pytest.raises(InvalidStatus):
        async with connect(f"ws://127.0.0.1:{site.port}/api/websocket", origin="https://evil.example"):
            pass


async def test_what_the_hub_is(site: Any, client: Client) -> None:
    assert (await client.ask("ping"))["type"] == "pong"
    assert (await client.result("get_config"))["location_name"] == "Test"
    assert "turn_on" in (await client.result("get_services"))["input_boolean"]
    states = {one["entity_id"]: one["state"] for one in await client.result("get_states")}
    assert states["input_boolean.guests"] == "off"
    assert (await client.result("auth/current_user"))["is_admin"] is True


async def test_a_service_is_called_and_its_event_seen(site: Any, client: Client) -> None:
    await client.result("subscribe_events", event_type="state_changed")
    told = await client.result(
        "call_service",
        domain="input_boolean",
        service="turn_on",
        target={"entity_id": "input_boolean.guests"},
    )
    event = await client.event()
    assert event["data"]["new_state"]["state"] == "on"
    assert told["context"]["user_id"] == site.accounts.find("ann").id


async def test_entities_come_whole_and_then_in_differences(site: Any, client: Client) -> None:
    await client.result("subscribe_entities", entity_ids=["input_number.limit", "sensor.new"])
    first = (await client.event())["a"]["input_number.limit"]
    assert (first["s"], first["a"]["max"]) == ("5.0", 100.0)
    site.house.services.call("input_number", "set_value", {"entity_id": "input_number.limit", "value": 9})
    change = (await client.event())["c"]["input_number.limit"]["+"]
    assert change["s"] == "9.0"
    assert "a" not in change
    site.house.states.set("sensor.new", "1", {"unit": "C", "old": 1})
    assert (await client.event())["a"]["sensor.new"]["a"] == {"unit": "C", "old": 1}
    site.house.states.set("sensor.new", "1", {"unit": "F"})
    difference = (await client.event())["c"]["sensor.new"]
    assert (difference["+"]["a"], difference["-"]) == ({"unit": "F"}, {"a": ["old"]})
    site.house.states.remove("sensor.new")
    assert await client.event() == {"r": ["sensor.new"]}


async def test_triggers_conditions_and_templates_are_tried(site: Any, client: Client) -> None:
    await client.result("subscribe_trigger", trigger={"platform": "event", "event_type": "bell"})
    site.house.bus.fire(Event("bell", {"door": "front"}))
    assert (await client.event())["variables"]["trigger"]["event"]["data"] == {"door": "front"}
    condition = {"condition": "state", "entity_id": "input_boolean.guests", "state": "on"}
    assert await client.result("test_condition", condition=condition) == {"result": False}
    await client.result("render_template", template="{{ states('input_boolean.guests') }}")
    assert (await client.event())["result"] == "off"
    site.house.services.call("input_boolean", "turn_on", {"entity_id": "input_boolean.guests"})
    assert (await client.event())["result"] == "on"


async def test_a_subscription_ends(site: Any, client: Client) -> None:
    await client.result("subscribe_events", event_type="bell")
    await client.result("fire_event", event_type="bell", event_data={"n": 1})
    assert (await client.event())["data"] == {"n": 1}
    await client.result("unsubscribe_events", subscription=1)
    await client.result("fire_event", event_type="bell")
    assert client._events == []
    assert (await client.ask("unsubscribe_events", subscription=1))["error"]["code"] == "not_found"


async def test_registries_are_listed(site: Any, client: Client) -> None:
    site.house.areas.ensure("Kitchen")
    assert [one["area_id"] for one in await client.result("config/area_registry/list")] == ["kitchen"]
    entities = {one["entity_id"] for one in await client.result("config/entity_registry/list")}
    assert "input_boolean.guests" in entities
    assert await client.result("config/device_registry/list") == []
    assert await client.result("config/floor_registry/list") == []
    assert await client.result("config/label_registry/list") == []


@pytest.mark.parametrize(
    ("command", "code"),
    [
        ({"type": "no_such_command"}, "unknown_command"),
        ({"type": "call_service", "domain": 1, "service": "x"}, "invalid_format"),
        ({"type": "call_service", "domain": "light", "service": "nothing"}, "service_validation_error"),
        ({"type": "subscribe_trigger", "trigger": {"platform": "nothing"}}, "invalid_format"),
        ({"type": "render_template", "template": "{{ 1 + }}"}, "home_assistant_error"),
        ({"type": "config/entity_registry/get", "entity_id": "light.none"}, "not_found"),
    ],
)
async def test_trouble_has_a_code(client: Client, command: dict[str, Any], code: str) -> None:
    answer = await client.ask(**command)
    assert (answer["success"], answer["error"]["code"]) == (False, code)
    assert answer["error"]["message"]


async def test_a_number_is_used_once(client: Client) -> None:
    await client.ask("ping")
    client._id = 0
    assert (await client.ask("ping"))["error"]["code"] == "id_reuse"


async def test_several_messages_may_share_a_frame(site: Any, client: Client) -> None:
    await client.result("supported_features", features={"coalesce_messages": 1})
    await client.result("subscribe_events", event_type="bell")
    for number in range(3):
        site.house.bus.fire(Event("bell", {"n": number}))
    frame = json.loads(await asyncio.wait_for(client.socket.recv(), 20))
    assert [message["event"]["data"]["n"] for message in frame] == [0, 1, 2]


@pytest.mark.parametrize(
    "command",
    [
        {"type": "subscribe_events"},
        {"type": "subscribe_events", "event_type": "call_service"},
        {"type": "fire_event", "event_type": "bell"},
        {"type": "subscribe_trigger", "trigger": {"platform": "event", "event_type": "bell"}},
        {"type": "render_template", "template": "{{ states('input_number.limit') }}"},
        {"type": "test_condition", "condition": "{{ true }}"},
        {"type": "config/entity_registry/get", "entity_id": "input_number.limit"},
        {
            "type": "call_service", "domain": "input_number", "service": "set_value",
            "service_data": {"entity_id": "input_number.limit", "value": 1},
        },
    ],
)  # fmt: skip
async def test_what_is_not_theirs_is_refused(site: Any, command: dict[str, Any]) -> None:
    site.house.areas.ensure("Kitchen")
    site.house.registry.update("input_boolean.guests", area_id="kitchen")
    token = await site.token(Scope.ADMIN, name="cook", role=Role.GUEST, kitchen=Role.OPERATOR)
    async with opened(site, token) as cook:
        answer = await cook.ask(**command)
        assert answer["error"]["code"] in ("unauthorized", "not_found")
        assert [one["entity_id"] for one in await cook.result("get_states")] == ["input_boolean.guests"]


async def test_a_token_that_is_revoked_closes_the_connection(site: Any) -> None:
    token = await site.token()
    async with opened(site, token) as client:
        await site.accounts.end(site.accounts.proof(token))
        await asyncio.wait_for(client.socket.wait_closed(), 20)
