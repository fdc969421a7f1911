"""What people change of entities, devices and rooms, and which devices they let in, over the API."""

from __future__ import annotations

import asyncio
from typing import Any

import orjson
import pytest
from websockets.asyncio.client import connect

from hub.registry.accounts import Scope

PLUG = "homeassistant/switch/plug/config"


def announce(site: Any, topic: str = PLUG, name: str = "Plug", id: str = "p1") -> None:
    device = {"identifiers": [id], "name": name}
    told = {"name": None, "command_topic": f"{id}/set", "state_topic": id, "unique_id": id, "device": device}
    site.house.mqtt.publish(topic, orjson.dumps(told), retain=True)


async def announced(site: Any, entity_id: str = "switch.plug") -> None:
    """Wait until discovery has taken its batch."""
    there = asyncio.Event()
    stop = site.house.bus.listen("entity_registry_updated", lambda event: there.set())
    while site.house.registry.get(entity_id) is None:
        await asyncio.wait_for(there.wait(), 20)
        there.clear()
    stop()


@pytest.fixture
async def plug(site: Any) -> Any:
    announce(site)
    await announced(site)
    return site


async def changed(client: Any, path: str, **given: Any) -> Any:
    answer = await client.patch(path, json=given)
    assert answer.status_code == 200, answer.text
    return answer.json()


async def test_an_entity_is_named_placed_hidden_and_given_another_id(plug: Any) -> None:
    admin = await plug.browser()
    await admin.post("/api/areas", json={"name": "Kitchen"})
    await admin.post("/api/labels", json={"name": "Winter", "color": "blue"})

    told = await changed(
        admin, "/api/entities/switch.plug", name="Kettle", icon="mdi:kettle", area="Kitchen",
        labels=["Winter"], hidden=True, new_id="switch.kettle",
    )  # fmt: skip

    assert (told["entity_id"], told["name"], told["area"]) == ("switch.kettle", "Kettle", "Kitchen")
    [entity] = [one for one in (await admin.get("/api/entities")).json() if one["unique_id"] == "p1"]
    assert (entity["area_id"], entity["labels"], entity["hidden"]) == ("kitchen", ["winter"], True)
    assert plug.house.states.get("switch.kettle").attributes["icon"] == "mdi:kettle"
    again = await changed(admin, "/api/entities/switch.kettle", name=None, hidden=False)
    assert (again["name"], again["hidden_by"], again["icon"]) == ("Plug", None, "mdi:kettle")


async def test_an_entity_is_switched_off_and_forgotten(plug: Any) -> None:
    admin = await plug.browser()
    refused = await admin.delete("/api/entities/switch.plug")

    await changed(admin, "/api/entities/switch.plug", disabled=True)

    assert plug.house.states.get("switch.plug") is None
    assert "it would come back" in refused.json()["problem"]
    assert (await admin.delete("/api/entities/switch.plug")).status_code == 200
    assert plug.house.registry.get("switch.plug") is None


async def test_a_device_is_named_and_forgotten_with_its_announcement(plug: Any) -> None:
    admin = await plug.browser()
    [device] = plug.house.devices.entries.values()

    told = await changed(admin, f"/api/devices/{device.id}", name_by_user="Washer")
    assert (told["name"], told["area"]) == ("Washer", None)
    assert plug.house.states.get("switch.plug").name == "Washer"
    assert (await admin.delete(f"/api/devices/{device.id}")).status_code == 200

    assert (await admin.get("/api/devices")).json() == []
    assert (await admin.get(f"/api/mqtt/retained?filter={PLUG}")).json() == []


async def test_rooms_and_labels_come_change_and_go(site: Any) -> None:
    admin = await site.browser()
    floor = (await admin.post("/api/floors", json={"name": "Attic", "level": 2})).json()
    area = (await admin.post("/api/areas", json={"name": "Study", "floor": "Attic"})).json()
    label = (await admin.post("/api/labels", json={"name": "Night"})).json()

    await changed(admin, f"/api/floors/{floor['id']}", name="Top", aliases=["Roof"])
    told = await changed(admin, f"/api/areas/{area['id']}", name="Office", aliases=["Work"], labels=["Night"])
    await changed(admin, f"/api/labels/{label['id']}", name="Dark", icon="mdi:moon")

    assert (told["name"], told["floor"], told["aliases"]) == ("Office", "Top", ["Work"])
    known = (await admin.get("/api/areas")).json()
    assert [one["name"] for one in known["labels"]] == ["Dark"]
    for path in ("areas/study", "floors/attic", "labels/night"):
        assert (await admin.delete(f"/api/{path}")).status_code == 200
    assert (await admin.get("/api/areas")).json() == {"areas": [], "floors": [], "labels": []}


REFUSED = (
    ("PATCH", "/api/entities/switch.none", {"name": "A"}, "no entity is called switch.none"),
    ("PATCH", "/api/entities/switch.plug", {"area": "Moon"}, "no area is called 'Moon'"),
    ("PATCH", "/api/entities/switch.plug", {"icon": "lamp"}, "'lamp' is no icon"),
    ("PATCH", "/api/entities/switch.plug", {"new_id": "light.plug"}, "switch.plug stays a switch"),
    ("PATCH", "/api/entities/switch.plug", {"unit": "W"}, "is measured in no unit"),
    ("PATCH", "/api/entities/switch.plug", {"colour": "red"}, "colour: Extra inputs are not permitted"),
    ("POST", "/api/areas", {"name": " "}, "a name has letters"),
    ("DELETE", "/api/floors/none", None, "no floor is called 'none'"),
    ("POST", "/api/discovery/approve", {"device": ["none"]}, "no device that announces itself is called"),
)


async def test_what_can_not_be_is_refused_with_the_reason(plug: Any) -> None:
    admin = await plug.browser()
    answers = [await admin.request(method, path, json=given) for method, path, given, _ in REFUSED]

    assert {answer.status_code for answer in answers} == {400, 404}
    wrong = [
        answer.text
        for answer, (*_, problem) in zip(answers, REFUSED, strict=True)
        if problem not in answer.text
    ]
    assert wrong == []


async def test_devices_that_wait_are_let_in_or_kept_out(open_site: Any) -> None:
    site = await open_site(sections="discovery: {approve: true}\n")
    announce(site)
    announce(site, "homeassistant/switch/other/config", "Other", "p2")
    admin = await site.browser()
    waiting: list[Any] = []
    while len(waiting) < 2:  # they are taken in batches
        waiting = (await admin.get("/api/discovery")).json()["devices"]

    await admin.post("/api/discovery/reject", json={"device": ["Other"]})
    told = (await admin.post("/api/discovery/approve", json={"device": ["Plug"]})).json()
    await announced(site)

    assert sorted((one["name"], one["status"]) for one in waiting) == [("Other", "waits"), ("Plug", "waits")]
    assert told == {"devices": ["Plug"]}
    known = {one["name"]: one["status"] for one in (await admin.get("/api/discovery")).json()["devices"]}
    assert known["Other"] == "rejected"


async def test_ghosts_and_problems_are_told_and_cleared_up(plug: Any) -> None:
    plug.house.mqtt.publish("p1", "ON")
    plug.house.mqtt.publish("homeassistant/sensor/bad/config", '{"name": "No topic"}')
    admin = await plug.browser()

    ghosts = (await admin.get("/api/discovery/ghosts?days=0")).json()["ghosts"]
    problems = (await admin.get("/api/discovery/problems")).json()["problems"]
    removed = (await admin.post("/api/discovery/ghosts/remove", json={"days": 0})).json()["removed"]

    assert [one["name"] for one in ghosts] == ["Plug"]
    assert [one["topic"] for one in problems] == ["homeassistant/sensor/bad/config"]
    assert removed == [PLUG]


async def test_the_page_of_a_device_names_its_bad_announcements(plug: Any) -> None:
    wrong = {"name": "No topic", "unique_id": "x", "device": {"identifiers": ["p1"]}}
    plug.house.mqtt.publish("homeassistant/sensor/bad/config", orjson.dumps(wrong), retain=True)
    admin = await plug.browser()
    [device] = plug.house.devices.entries.values()
    problems: list[Any] = []

    while not problems:  # announcements are taken in batches
        problems = (await admin.get(f"/api/devices/{device.id}/about")).json()["problems"]

    assert [one["topic"] for one in problems] == ["homeassistant/sensor/bad/config"]
    assert "state_topic: is missing" in problems[0]["reason"]


async def test_home_assistants_clients_change_the_registries_over_the_websocket(plug: Any) -> None:
    [device] = plug.house.devices.entries.values()
    async with connect(f"ws://127.0.0.1:{plug.port}/api/websocket") as socket:
        number = 0

        async def ask(type: str, **more: Any) -> Any:
            nonlocal number
            number += 1
            await socket.send(orjson.dumps({"id": number, "type": f"config/{type}", **more}).decode())
            answer = orjson.loads(await socket.recv())
            return answer["result"] if answer["success"] else answer["error"]

        await socket.recv()
        await socket.send(
            orjson.dumps({"type": "auth", "access_token": await plug.token(Scope.ADMIN)}).decode()
        )
        await socket.recv()
        area = await ask("area_registry/create", name="Hall", aliases=["Entry"])
        label = await ask("label_registry/create", name="Old")
        moved = await ask("device_registry/update", device_id=device.id, area_id=area["area_id"])
        entity = await ask(
            "entity_registry/update", entity_id="switch.plug", name="Lamp", labels=[label["label_id"]],
            new_entity_id="switch.lamp", disabled_by="user",
        )  # fmt: skip
        renamed = await ask("area_registry/update", area_id=area["area_id"], name="Lobby")
        wrong = await ask("entity_registry/update", entity_id="switch.lamp", disabled_by="integration")
        gone = await ask("area_registry/delete", area_id=area["area_id"])

    assert (area["name"], area["aliases"], renamed["name"], gone) == ("Hall", ["Entry"], "Lobby", None)
    assert moved["area_id"] == "hall"
    entry = entity["entity_entry"]
    assert (entry["entity_id"], entry["name"], entry["disabled_by"]) == ("switch.lamp", "Lamp", "user")
    assert entry["labels"] == ["old"]
    assert "disabled_by should be 'user' or null" in wrong["message"]
