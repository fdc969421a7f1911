"""What was is told over REST and WebSocket, of what somebody may see."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import quote

import pytest

from hub.registry.accounts import Role, Scope
from tests.web.test_websocket import opened


@pytest.fixture
async def recorded(open_site: Any) -> Any:
    site = await open_site(sections="recorder:\n")
    for value in (1, 2, 3):
        data = {"entity_id": "input_number.limit", "value": value}
        site.house.services.call("input_number", "set_value", data)
    site.house.services.call("input_boolean", "turn_on", {"entity_id": "input_boolean.guests"})
    return site


async def test_what_is_recorded(recorded: Any) -> None:
    api = await recorded.program()
    assert "input_number.limit" in (await api.get("/api/history/entities")).json()


async def test_home_assistants_history(recorded: Any) -> None:
    api = await recorded.program()
    params = {"filter_entity_id": "input_number.limit,input_boolean.guests"}
    found = (await api.get("/api/history/period", params=params)).json()
    assert [rows[-1]["state"] for rows in found] == ["3.0", "on"]
    assert found[0][-1]["attributes"]["max"] == 100
    start = (datetime.now(UTC) - timedelta(hours=1)).isoformat()
    short = await api.get(
        f"/api/history/period/{quote(start)}", params={**params, "minimal_response": "", "no_attributes": ""}
    )
    assert [rows[-1]["state"] for rows in short.json()] == ["3.0", "on"]
    assert set(short.json()[0][1]) == {"state", "last_changed"}
    assert (await api.get("/api/history/period")).status_code == 400


async def test_the_logbook(recorded: Any) -> None:
    api = await recorded.program()
    found = (await api.get("/api/logbook", params={"entity": "input_boolean.guests"})).json()
    assert found[-1]["state"] == "on"
    assert found[-1]["entity_id"] == "input_boolean.guests"
    assert found[-1]["message"]


@pytest.mark.parametrize("start", ["yesterday", "2026-13-01", "nan", "1e300", "-5"])
async def test_times_that_are_none_are_said(recorded: Any, start: str) -> None:
    api = await recorded.program()
    params = {"filter_entity_id": "input_number.limit"}
    answer = await api.get(f"/api/history/period/{start}", params=params)
    assert answer.status_code == 400
    assert answer.json()["problem"]


async def test_of_what_is_not_theirs_nothing_is_told(recorded: Any) -> None:
    recorded.house.areas.ensure("Kitchen")
    recorded.house.registry.update("input_boolean.guests", area_id="kitchen")
    cook = await recorded.program(Scope.ADMIN, name="cook", role=Role.GUEST, kitchen=Role.VIEWER)
    both = "input_number.limit,input_boolean.guests"
    assert (await cook.get("/api/history/entities")).json() == ["input_boolean.guests"]
    period = (await cook.get("/api/history/period", params={"filter_entity_id": both})).json()
    assert [rows[0]["entity_id"] for rows in period] == ["input_boolean.guests"]
    for params in ({}, {"entity": "input_number.limit"}):
        lines = (await cook.get("/api/logbook", params=params)).json()
        assert {line.get("entity_id") for line in lines} <= {"input_boolean.guests"}


async def test_over_the_websocket(recorded: Any) -> None:
    start = (datetime.now(UTC) - timedelta(hours=1)).isoformat()
    async with opened(recorded, await recorded.token()) as client:
        found = await client.result(
            "history/history_during_period", start_time=start, entity_ids=["input_number.limit"]
        )
        assert [row["s"] for row in found["input_number.limit"]][-1] == "3.0"
        lines = await client.result("logbook/get_events", start_time=start)
        assert any(line["entity_id"] == "input_boolean.guests" for line in lines)
        told = await client.result(
            "recorder/statistics_during_period", start_time=start, statistic_ids=["input_number.limit"]
        )
        assert isinstance(told, dict)
        wrong = await client.ask("history/history_during_period", start_time="soon", entity_ids=[])
        assert wrong["success"] is False
