"""Small clients that people wrote for Home Assistant work unchanged."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest

pytest.importorskip("hass_client", reason="needs the extra dev")
hass = pytest.importorskip("homeassistant_api", reason="needs the extra dev")


async def test_hass_client(site: Any) -> None:
    from hass_client import HomeAssistantClient

    url = f"ws://127.0.0.1:{site.port}/api/websocket"
    async with HomeAssistantClient(url, await site.token()) as client:
        assert client.connected
        states = {one["entity_id"]: one["state"] for one in await client.get_states()}
        assert states["input_boolean.guests"] == "off"
        assert "input_boolean.guests" in {one["entity_id"] for one in await client.get_entity_registry()}
        heard: asyncio.Queue[Any] = asyncio.Queue()
        stop = await client.subscribe_entities(heard.put_nowait, ["input_boolean.guests"])
        listening = asyncio.create_task(client.start_listening()) if not client._listening else None
        assert (await asyncio.wait_for(heard.get(), 20))["a"]["input_boolean.guests"]["s"] == "off"
        await client.call_service("input_boolean", "turn_on", target={"entity_id": "input_boolean.guests"})
        change = await asyncio.wait_for(heard.get(), 20)
        assert change["c"]["input_boolean.guests"]["+"]["s"] == "on"
        stop()
        if listening is not None:
            listening.cancel()


async def test_homeassistant_api_over_rest(site: Any) -> None:
    client = hass.AsyncClient(f"{site.url}/api", await site.token())
    async with client:
        assert (await client.get_config())["location_name"] == "Test"
        state = await client.get_state(entity_id="input_boolean.guests")
        assert state.state == "off"
        domains = await client.get_domains()
        changed = await domains["input_boolean"].services["turn_on"].trigger(entity_id="input_boolean.guests")
        assert [(one.entity_id, one.state) for one in changed] == [("input_boolean.guests", "on")]
        shown = await client.set_state(hass.State(state="7", entity_id="sensor.shown"))
        assert shown.state == "7"
        assert await client.get_rendered_template("{{ states('sensor.shown') }}") == "7"
        events = await client.get_events()
        assert events
