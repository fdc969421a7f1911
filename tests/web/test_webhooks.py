"""Webhooks fire automations over HTTP; MQTT is spoken on the port of the pages."""

from __future__ import annotations

import asyncio
from typing import Any

import aiomqtt
import pytest
from websockets.asyncio.client import connect
from websockets.exceptions import InvalidStatus

from hub.core.errors import HubError
from hub.core.web import WebAnswer, WebRequest
from hub.registry.accounts import Role

ID = "parcel-5f0c9d2e7a41"
HOOKS = """
  - id: parcel
    triggers:
      - trigger: webhook
        webhook_id: parcel-5f0c9d2e7a41
    actions:
      - event: parcel
        event_data: {from: "{{ trigger.json.sender }}"}
"""


@pytest.fixture
async def hooked(open_site: Any) -> Any:
    return await open_site(sections=HOOKS)


def heard(site: Any, event_type: str) -> list[Any]:
    found: list[Any] = []
    site.house.bus.listen(event_type, lambda event: found.append(event.data))
    return found


async def test_a_call_fires_without_a_log_in(hooked: Any) -> None:
    parcels = heard(hooked, "parcel")
    answer = await hooked.client().post(f"/api/webhook/{ID}", json={"sender": "shop"})
    assert (answer.status_code, answer.text) == (200, "")
    assert parcels == [{"from": "shop"}]


async def test_a_call_in_a_wrong_way_fires_nothing(hooked: Any) -> None:
    parcels = heard(hooked, "parcel")
    client = hooked.client()
    assert (await client.get(f"/api/webhook/{ID}")).status_code == 405
    unknown = await client.post("/api/webhook/guess", json={})
    assert (unknown.status_code, unknown.text) == (200, "")
    assert parcels == []


async def test_a_call_from_outside_is_not_heard(open_site: Any) -> None:
    site = await open_site(more=", trusted_proxies: 127.0.0.1", sections=HOOKS)
    parcels = heard(site, "parcel")
    stranger = site.client(**{"X-Forwarded-For": "203.0.113.5"})
    neighbour = site.client(**{"X-Forwarded-For": "192.168.1.7"})
    assert (await stranger.post(f"/api/webhook/{ID}", json={"sender": "x"})).status_code == 200
    assert parcels == []
    await neighbour.post(f"/api/webhook/{ID}", json={"sender": "y"})
    assert parcels == [{"from": "y"}]


async def test_a_caller_with_a_password_of_its_own_is_heard(hooked: Any) -> None:
    parcels = heard(hooked, "parcel")
    client = hooked.client(Authorization="Basic bm90Om91cnM=")
    await client.post(f"/api/webhook/{ID}", json={"sender": "shop"})
    assert len(parcels) == 1


async def test_a_plugins_page_is_for_its_role(site: Any) -> None:
    async def numbers(request: WebRequest) -> WebAnswer:
        told = f"{request.method} {request.query['n']}"
        return WebAnswer(told.encode(), headers={"Content-Type": "text/plain"})

    detach = site.house.web.page("numbers/all", numbers, role="operator")
    with pytest.raises(HubError, match="taken"):
        site.house.web.page("numbers/all", numbers, role="viewer")
    path = "/api/plugin/numbers/all?n=7"
    viewer, operator = await site.browser("v", Role.VIEWER), await site.browser("o", Role.OPERATOR)
    assert (await site.client().get(path)).status_code == 401
    assert (await viewer.get(path)).status_code == 403
    assert (await operator.get(path)).text == "GET 7"
    assert (await operator.post(path)).status_code == 405
    detach()
    assert (await operator.get(path)).status_code == 404


# --- MQTT over WebSocket ---------------------------------------------------------------------------


def client(site: Any, password: str = "somebody-is-here", **more: Any) -> aiomqtt.Client:
    return aiomqtt.Client(
        "127.0.0.1", site.port, transport="websockets", websocket_path="/mqtt",
        username="someone", password=password, **more,
    )  # fmt: skip


async def test_mqtt_is_spoken_at_mqtt(site: Any) -> None:
    async with (
        client(site) as browser,
        aiomqtt.Client("127.0.0.1", site.mqtt, username="someone", password="somebody-is-here") as device,
    ):
        await browser.subscribe("a/#", qos=1)
        payload = b"x" * 200_000
        await device.publish("a/b", payload, qos=1)
        message = await asyncio.wait_for(anext(aiter(browser.messages)), 20)
        assert (str(message.topic), message.payload) == ("a/b", payload)
        await device.subscribe("b/#")
        for number in range(50):
            await browser.publish("b/c", str(number), qos=1)
        told = [(await asyncio.wait_for(anext(aiter(device.messages)), 20)).payload for _ in range(50)]
        assert told == [str(number).encode() for number in range(50)]
        admin = await site.program()
        clients = (await admin.get("/api/mqtt/clients")).json()
        assert {one["listener"] for one in clients} >= {"web"}


async def test_mqtt_has_its_own_log_in(site: Any) -> None:
    with pytest.raises(aiomqtt.MqttError):
        async with client(site, password="wrong"):
            pass


@pytest.mark.parametrize(
    "more", [{"subprotocols": ["chat"]}, {}, {"subprotocols": ["mqtt"], "origin": "https://evil.example"}]
)
async def test_who_does_not_speak_mqtt_is_not_let_in(site: Any, more: dict[str, Any]) -> None:
    with pytest.raises(InvalidStatus):
        async with connect(f"ws://127.0.0.1:{site.port}/mqtt", **more):
            pass


async def test_nonsense_ends_the_connection(site: Any) -> None:
    for nonsense in (b"\xff" * 100, "text"):
        async with connect(f"ws://127.0.0.1:{site.port}/mqtt", subprotocols=["mqtt"]) as socket:
            await socket.send(nonsense)
            await asyncio.wait_for(socket.wait_closed(), 20)
