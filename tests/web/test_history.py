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


async def test_a_long_time_comes_in_pieces(recorded: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    for module in ("hub.storage.desk", "hub.storage.history", "hub.web.period", "hub.web.past"):
        monkeypatch.setattr(f"{module}.PAGE", 4)
    expected = ["1.0", "2.0", "3.0"]
    for value in range(11):
        data = {"entity_id": "input_number.limit", "value": value}
        recorded.house.services.call("input_number", "set_value", data)
        expected.append(f"{float(value)}")
    api = await recorded.program()
    for more in ({}, {"minimal_response": ""}, {"significant_changes_only": "0"}):
        params = {"filter_entity_id": "input_number.limit,input_boolean.guests,light.none", **more}
        first, second = (await api.get("/api/history/period", params=params)).json()
        assert [row["state"] for row in first][-14:] == expected
        assert [first[0]["entity_id"], first[-1]["entity_id"]] == ["input_number.limit"] * 2
        assert ("attributes" in first[1]) == ("minimal_response" not in more)
        assert second[-1]["state"] == "on"
    told: list[str] = []
    since: float | None = 0
    while since is not None:
        params = {"entity": "input_number.limit", "since": str(since), "until": "1e10"}
        page = (await api.get("/api/past/changes", params=params)).json()
        told += [row["state"] for row in page["changes"]]
        since = page["next"]
    assert told[-14:] == expected
    assert len(told) == len(first)


async def test_energy_and_streams(open_site: Any) -> None:
    energy = "energy: {tariff: 0.5, devices: [{name: Lamp, power: sensor.lamp}]}\n"
    site = await open_site(sections=f"recorder:\n{energy}telemetry: {{pump: {{topic: pump, rate: 10}}}}\n")
    viewer = await site.program(Scope.VIEWER, name="eye", role=Role.VIEWER)
    guest = await site.program(Scope.VIEWER, name="guest", role=Role.GUEST)
    site.house.mqtt.publish("pump", "[1, 9, 2]")
    now = datetime.now(UTC).timestamp()
    range = {"since": str(now - 60), "until": str(now + 60)}
    asked = {
        "/api/past/energy": range,
        "/api/past/standby": range,
        "/api/past/peaks": range,
        "/api/past/streams": {},
        "/api/past/telemetry": {**range, "name": "pump"},
    }
    answers = {path: await viewer.get(path, params=params) for path, params in asked.items()}
    assert {path: answer.status_code for path, answer in answers.items()} == dict.fromkeys(asked, 200)
    assert answers["/api/past/energy"].json()["devices"][0]["name"] == "Lamp"
    assert answers["/api/past/streams"].json()[0]["name"] == "pump"
    assert [value for _, value in answers["/api/past/telemetry"].json()] == [1, 9, 2]
    refused = {path: (await guest.get(path, params=params)).status_code for path, params in asked.items()}
    assert refused == dict.fromkeys(asked, 403)
    unknown = await viewer.get("/api/past/telemetry", params={**range, "name": "x"})
    assert unknown.status_code == 404
    many = {"entities": "sensor.lamp", "since": "0", "until": str(now), "period": "5minute"}
    assert (await viewer.get("/api/past/statistics", params=many)).status_code == 400


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
