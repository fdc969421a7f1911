"""Home Assistant's addresses and our own answer as documented, to those who may ask."""

from __future__ import annotations

import asyncio
import logging
from typing import Any

import pytest

from hub.core.events import Event
from hub.registry.accounts import Role, Scope


@pytest.fixture
async def api(site: Any) -> Any:
    return await site.program()


async def test_the_api_is_there(api: Any) -> None:
    assert (await api.get("/api/")).json() == {"message": "API running."}
    config = (await api.get("/api/config")).json()
    assert (config["location_name"], config["state"]) == ("Test", "RUNNING")
    assert config["unit_system"]["temperature"] == "°C"


async def test_states_are_read_written_and_forgotten(api: Any) -> None:
    shown = await api.post("/api/states/sensor.x", json={"state": "21", "attributes": {"unit": "C"}})
    assert (shown.status_code, shown.headers["location"]) == (201, "/api/states/sensor.x")
    again = await api.post("/api/states/sensor.x", json={"state": 22})
    assert (again.status_code, again.json()["state"]) == (200, "22")
    assert (await api.get("/api/states/sensor.x")).json()["state"] == "22"
    assert "sensor.x" in [one["entity_id"] for one in (await api.get("/api/states")).json()]
    assert (await api.delete("/api/states/sensor.x")).status_code == 200
    assert (await api.get("/api/states/sensor.x")).status_code == 404


async def test_a_service_is_called_and_tells_what_it_changed(site: Any, api: Any) -> None:
    answer = await api.post(
        "/api/services/input_boolean/turn_on", json={"entity_id": ["input_boolean.guests"]}
    )
    changed = answer.json()
    assert [(one["entity_id"], one["state"]) for one in changed] == [("input_boolean.guests", "on")]
    assert changed[0]["context"]["user_id"] == site.accounts.find("ann").id


@pytest.mark.parametrize(
    ("path", "body", "status"),
    [
        ("/api/services/input_boolean/turn_onn", {}, 400),
        ("/api/services/input_number/set_value", {"entity_id": "input_number.limit"}, 400),
        ("/api/services/input_number/set_value?return_response", {"entity_id": "input_number.limit"}, 400),
        ("/api/services/input_boolean/turn_on", [], 400),
    ],
)
async def test_a_call_that_is_no_good_says_why(api: Any, path: str, body: Any, status: int) -> None:
    answer = await api.post(path, json=body)
    assert answer.status_code == status
    assert answer.json()["problem"]
    assert answer.json()["message"] == answer.json()["problem"]


async def test_what_is_no_json_is_said(api: Any) -> None:
    answer = await api.post("/api/states/sensor.x", content=b"{state: on")
    assert answer.status_code == 400
    assert "JSON" in answer.json()["problem"]


async def test_services_are_described(api: Any) -> None:
    told = {one["domain"]: one["services"] for one in (await api.get("/api/services")).json()}
    assert told["input_number"]["set_value"]["fields"]["value"]["required"] is True
    assert told["input_boolean"]["turn_on"]["target"] == {"entity": [{"domain": ["input_boolean"]}]}


async def test_events_are_fired_and_counted(site: Any, api: Any) -> None:
    heard: list[Event] = []
    site.house.bus.listen("doorbell", heard.append)
    assert {"event": "doorbell", "listener_count": 1} in (await api.get("/api/events")).json()
    answer = await api.post("/api/events/doorbell", json={"door": "front"})
    assert answer.json() == {"message": "Event doorbell fired."}
    assert [event.data for event in heard] == [{"door": "front"}]


async def test_a_template_is_rendered_apart(api: Any) -> None:
    given = {"template": "{{ states('input_number.limit') | float + more }}", "variables": {"more": 1}}
    answer = await api.post("/api/template", json=given)
    assert (answer.text, answer.headers["content-type"]) == ("6.0", "text/plain; charset=utf-8")
    wrong = await api.post("/api/template", json={"template": "{{ 1 + }}"})
    assert wrong.status_code == 400


async def test_the_files_are_checked(api: Any, tmp_path: Any) -> None:
    assert (await api.post("/api/config/core/check_config")).json()["result"] == "valid"
    file = tmp_path / "config.yaml"
    file.write_text(file.read_text() + "counter:\n  visits: {initial: many}\n")
    told = (await api.post("/api/config/core/check_config")).json()
    assert told["result"] == "invalid"
    assert "config.yaml:" in told["errors"]
    problem = (await api.get("/api/check")).json()[0]
    assert problem["line"] > 1
    refused = await api.post("/api/reload")
    assert refused.status_code == 400


async def runs(api: Any, count: int) -> None:
    """Wait until so many runs are told of: while one is being written it is not."""
    path = "/api/automations/quick/traces"
    async with asyncio.timeout(20):
        while len((await api.get(path)).json()) != count:  # noqa: ASYNC110  # only the hub knows when
            await asyncio.sleep(0.02)


async def test_automations_with_their_traces(site: Any, api: Any) -> None:
    site.house.bus.fire(Event("go"))
    await runs(api, 1)
    found = (await api.get("/api/automations")).json()
    assert [(one["entity_id"], one["id"]) for one in found] == [("automation.quick", "quick")]
    one = (await api.get("/api/automations/automation.quick")).json()
    assert one["declared"]["alias"] == "Quick"
    assert one["waits_for"]
    traces = (await api.get("/api/automations/quick/traces")).json()
    assert [trace["outcome"] for trace in traces] == ["finished"]
    trace = (await api.get(f"/api/automations/quick/traces/{traces[0]['run']}")).json()
    assert trace["steps"]
    assert (await api.get("/api/automations/quick/traces/999999")).status_code == 404
    assert (await api.post("/api/automations/quick/disable")).json()["state"] == "off"
    assert (await api.post("/api/automations/quick/enable")).json()["state"] == "on"
    assert (await api.post("/api/automations/quick/run")).status_code == 200
    await runs(api, 2)


async def test_the_mqtt_server_is_looked_at(site: Any, api: Any) -> None:
    given = {"topic": "a/b", "payload": "hello", "retain": True}
    assert (await api.post("/api/mqtt/publish", json=given)).status_code == 200
    retained = (await api.get("/api/mqtt/retained", params={"filter": "a/#"})).json()
    assert [(one["topic"], one["payload"]) for one in retained] == [("a/b", "hello")]
    await api.delete("/api/mqtt/retained", params={"topic": "a/b"})
    assert (await api.get("/api/mqtt/retained", params={"filter": "a/#"})).json() == []
    assert (await api.get("/api/mqtt/clients")).json() == []
    assert (await api.post("/api/mqtt/kick", json={"client_id": "nobody"})).status_code == 400
    assert (await api.post("/api/mqtt/publish", json={**given, "topic": "a/#"})).status_code == 400


async def test_the_house_is_described(site: Any, api: Any) -> None:
    site.house.areas.ensure("Kitchen")
    entities = {one["entity_id"]: one for one in (await api.get("/api/entities")).json()}
    assert "turn_on" in entities["input_boolean.guests"]["services"]
    assert [one["name"] for one in (await api.get("/api/areas")).json()["areas"]] == ["Kitchen"]
    assert (await api.get("/api/devices")).json() == []
    assert (await api.get("/api/devices/none")).status_code == 404


async def test_logs_and_plugins(site: Any, api: Any) -> None:
    logging.getLogger("hub.test").error("the cellar is flooded")
    assert "the cellar is flooded" in (await api.get("/api/error_log")).text
    found = (await api.get("/api/logs", params={"contains": "cellar", "level": "error"})).json()
    assert [one["message"] for one in found] == ["the cellar is flooded"]
    assert (await api.get("/api/logs", params={"level": "loud"})).status_code == 400
    names = [plugin["name"] for plugin in (await api.get("/api/plugins")).json()]
    assert "mqtt" in names


async def test_the_document_names_every_route(site: Any, api: Any) -> None:
    document = (await api.get("/api/openapi.json")).json()
    assert document["openapi"].startswith("3.")
    assert "/api/states/{entity_id}" in document["paths"]
    for path in document["paths"].values():
        for operation in path.values():
            assert operation["summary"]
            assert "401" in operation["responses"]


# --- objects that are not everybody's --------------------------------------------------------------


@pytest.fixture
async def cook(site: Any) -> Any:
    """Somebody who may use what is in the kitchen, and nothing else: the switch for guests."""
    site.house.areas.ensure("Kitchen")
    site.house.registry.update("input_boolean.guests", area_id="kitchen")
    return await site.program(Scope.ADMIN, name="cook", role=Role.GUEST, kitchen=Role.OPERATOR)


async def test_lists_show_what_is_theirs(cook: Any) -> None:
    assert [one["entity_id"] for one in (await cook.get("/api/states")).json()] == ["input_boolean.guests"]
    assert [one["entity_id"] for one in (await cook.get("/api/entities")).json()] == ["input_boolean.guests"]
    assert (await cook.get("/api/automations")).json() == []
    assert [one["area_id"] for one in (await cook.get("/api/areas")).json()["areas"]] == ["kitchen"]


@pytest.mark.parametrize(
    "path",
    ["/api/states/input_number.limit", "/api/automations/quick", "/api/automations/automation.quick/traces"],
)
async def test_what_is_not_theirs_is_not_there(cook: Any, path: str) -> None:
    there, nowhere = (
        await cook.get(path),
        await cook.get(path.replace("limit", "none").replace("quick", "none")),
    )
    assert (there.status_code, nowhere.status_code) == (404, 404)


@pytest.mark.parametrize(
    ("service", "data", "status"),
    [
        ("input_boolean/turn_on", {"entity_id": "input_boolean.guests"}, 200),
        ("input_boolean/turn_on", {"area_id": "kitchen"}, 200),
        ("homeassistant/turn_on", {"entity_id": "input_boolean.guests"}, 200),
        ("input_boolean/turn_on", {"entity_id": "input_boolean.heating"}, 403),
        ("input_boolean/turn_on", {"entity_id": "INPUT_BOOLEAN.HEATING"}, 403),
        ("INPUT_BOOLEAN/turn_on", {"entity_id": "input_boolean.heating"}, 403),
        ("input_boolean/turn_on", {"entity_id": "input_boolean.guests,input_boolean.heating"}, 403),
        ("input_boolean/turn_on", {"entity_id": "all"}, 403),
        ("homeassistant/turn_on", {"entity_id": "input_boolean.heating"}, 403),
        ("homeassistant/turn_on", {"entity_id": "script.greet"}, 403),
        ("script/greet", {}, 403),
        ("script/turn_on", {"entity_id": "script.greet"}, 403),
        ("automation/trigger", {"entity_id": "automation.quick"}, 403),
        ("automation/reload", {}, 403),
        ("homeassistant/stop", {}, 403),
        ("mqtt/publish", {"topic": "a", "payload": "b"}, 403),
        ("nothing/here", {}, 403),
    ],
)
async def test_services_reach_what_is_theirs(
    site: Any, cook: Any, service: str, data: dict[str, Any], status: int
) -> None:
    answer = await cook.post(f"/api/services/{service}", json=data)
    assert answer.status_code == status, answer.text
    assert site.house.states.get("input_boolean.heating").state == "off"
