"""IoT Core's REST API: its paths, bodies, errors and roles, by a plain HTTP client against a running hub."""

from __future__ import annotations

import asyncio
import base64
from typing import Any

import aiomqtt
import pytest
from cryptography import x509

from hub.registry.accounts import Role, Scope

REGISTRIES, DEVICES, BROKERS = (
    "/iot-devices/v1/registries",
    "/iot-devices/v1/devices",
    "/iot-broker/v1/brokers",
)
PASSWORD = "Sunflower-in-2026"


@pytest.fixture
async def api(site: Any) -> Any:
    return await site.program(Scope.IOT_ADMIN)


async def made(api: Any, path: str, **body: Any) -> dict[str, Any]:
    answer = await api.post(path, json=body)
    assert answer.status_code == 200, answer.text
    operation = answer.json()
    assert operation["done"] is True
    response: dict[str, Any] = operation["response"]
    return response


@pytest.fixture
async def north(api: Any) -> str:
    return str((await made(api, REGISTRIES, name="north", labels={"site": "n"}))["id"])


@pytest.fixture
async def lamp(api: Any, north: str) -> str:
    aliases = {"lamp/": "$devices/{id}/"}
    device = await made(api, DEVICES, registryId=north, name="lamp", topicAliases=aliases, password=PASSWORD)
    return str(device["id"])


async def test_a_registry_is_made_read_changed_and_deleted(api: Any) -> None:
    answer = (
        await api.post(REGISTRIES, json={"folderId": "b1", "name": "north", "labels": {"a": "b"}})
    ).json()
    assert answer["metadata"]["@type"].endswith("devices.v1.CreateRegistryMetadata")
    assert answer["response"]["@type"].endswith("devices.v1.Registry")
    id = answer["response"]["id"]
    assert answer["metadata"]["registryId"] == id
    read = (await api.get(f"{REGISTRIES}/{id}")).json()
    assert (read["name"], read["labels"], read["status"]) == ("north", {"a": "b"}, "ACTIVE")
    assert read["createdAt"].endswith("Z")
    assert (await api.get(f"{REGISTRIES}:getByName", params={"name": "north"})).json()["id"] == id
    change = {"updateMask": "description", "description": "up there", "name": "ignored"}
    await api.patch(f"{REGISTRIES}/{id}", json=change)
    read = (await api.get(f"{REGISTRIES}/{id}")).json()
    assert (read["name"], read["description"]) == ("north", "up there")
    gone = (await api.delete(f"{REGISTRIES}/{id}")).json()
    assert gone["response"] == {"@type": "type.googleapis.com/google.protobuf.Empty"}
    assert (await api.get(f"{REGISTRIES}/{id}")).status_code == 404


async def test_a_mask_empties_what_it_names_and_is_missing(api: Any, lamp: str) -> None:
    await api.patch(f"{DEVICES}/{lamp}", json={"updateMask": "topicAliases,labels"})
    read = (await api.get(f"{DEVICES}/{lamp}")).json()
    assert "topicAliases" not in read
    assert read["name"] == "lamp"


async def test_an_update_is_done_whole_or_not_at_all(api: Any, lamp: str) -> None:
    answer = await api.patch(
        f"{DEVICES}/{lamp}", json={"topicAliases": {"new/": f"$devices/{lamp}/"}, "name": "?"}
    )
    assert answer.status_code == 400
    assert (await api.get(f"{DEVICES}/{lamp}")).json()["topicAliases"] == {"lamp/": f"$devices/{lamp}/"}


async def test_devices_with_aliases_and_when_they_were_heard_of(
    site: Any, api: Any, north: str, lamp: str
) -> None:
    found = (await api.get(f"{REGISTRIES}/{north}:listDeviceTopicAliases")).json()["aliases"]
    assert found == [{"deviceId": lamp, "topicPrefix": f"$devices/{lamp}/", "alias": "lamp/"}]
    by_name = await api.get(f"{DEVICES}:getByName", params={"registryId": north, "name": "lamp"})
    assert by_name.json()["id"] == lamp
    async with aiomqtt.Client("127.0.0.1", site.mqtt, username=lamp, password=PASSWORD) as client:
        await client.publish("lamp/state", b"on", qos=1)
    assert "monitoringData" not in (await api.get(f"{DEVICES}/{lamp}")).json()
    full = (await api.get(f"{DEVICES}/{lamp}", params={"deviceView": "FULL"})).json()
    assert full["monitoringData"]["lastAuthIp"] == "127.0.0.1"
    values = (await api.get(f"{DEVICES}/{lamp}:listValues")).json()["values"]
    assert [(one["topic"], one["payload"]) for one in values] == [(f"$devices/{lamp}/state", "on")]
    assert any(
        "connected" in one["message"] for one in (await api.get(f"{DEVICES}/{lamp}:logs")).json()["logs"]
    )
    actions = (await api.get(f"{DEVICES}/{lamp}:audit")).json()["actions"]
    assert (actions[0]["action"], actions[0]["by"]) == ("CreateDevice", "ann")


async def test_lists_come_in_pages(api: Any, north: str) -> None:
    names = [f"device-{number}" for number in range(7)]
    for name in names:
        await made(api, DEVICES, registryId=north, name=name)
    seen: list[str] = []
    token = ""
    while True:
        params = {"registryId": north, "pageSize": 3, "pageToken": token}
        page = (await api.get(DEVICES, params=params)).json()
        seen += [one["name"] for one in page["devices"]]
        token = page.get("nextPageToken", "")
        if not token:
            break
    assert sorted(seen) == names
    assert len((await api.get(DEVICES)).json()["devices"]) == 7
    for bad in ({"pageSize": 30_000}, {"pageSize": -1}, {"pageToken": "?"}, {"pageSize": "many"}):
        answer = await api.get(DEVICES, params={"registryId": north, **bad})
        assert (answer.status_code, answer.json()["code"]) == (400, 3)


async def test_a_registry_that_is_disabled_lets_nobody_in(site: Any, api: Any, north: str, lamp: str) -> None:
    disabled = (await api.post(f"{REGISTRIES}/{north}:disable")).json()
    assert disabled["response"]["status"] == "DISABLED"
    with pytest.raises(aiomqtt.MqttError):
        async with aiomqtt.Client("127.0.0.1", site.mqtt, username=lamp, password=PASSWORD):
            pass
    await api.post(f"{REGISTRIES}/{north}:enable")
    async with aiomqtt.Client("127.0.0.1", site.mqtt, username=lamp, password=PASSWORD):
        pass


# --- credentials -----------------------------------------------------------------------------------


async def test_passwords_are_given_and_taken(site: Any, api: Any, lamp: str) -> None:
    path = f"{DEVICES}/{lamp}/passwords"
    new = await made(api, path)
    assert len(new["password"]) > 20
    listed = (await api.get(path)).json()["passwords"]
    assert {one["id"] for one in listed} > {new["id"]}
    assert new["password"] not in (await api.get(path)).text
    async with aiomqtt.Client("127.0.0.1", site.mqtt, username=lamp, password=new["password"]) as client:
        await api.delete(f"{path}/{new['id']}")
        with pytest.raises(aiomqtt.MqttError):
            async for _ in client.messages:
                pass
    operations = (await api.get(f"{DEVICES}/{lamp}/operations")).json()["operations"]
    assert new["password"] not in str(operations)
    last = (await api.get(f"/operations/{operations[0]['id']}")).json()
    assert last["done"] is True


async def test_certificates_are_issued_listed_and_deleted(api: Any, lamp: str) -> None:
    path = f"{DEVICES}/{lamp}/certificates"
    issued = await made(api, f"{path}:issue")
    assert "PRIVATE KEY" in issued["key"]
    certificate = x509.load_pem_x509_certificate(issued["certificate"].encode())
    assert certificate.subject.rfc4514_string() == f"CN={lamp}"
    listed = (await api.get(path)).json()["certificates"]
    assert [one["fingerprint"] for one in listed] == [issued["fingerprint"]]
    again = await api.post(path, json={"certificateData": issued["certificate"]})
    assert again.status_code in (400, 409)
    assert (await api.delete(f"{path}/{issued['fingerprint']}")).status_code == 200
    assert (await api.get(path)).json() == {"certificates": []}
    assert (await api.post(path, json={"certificateData": "nonsense"})).json()["code"] == 3


# --- publishing ------------------------------------------------------------------------------------


async def test_messages_are_said_in_the_name_of_each(site: Any, api: Any, north: str, lamp: str) -> None:
    heard: asyncio.Queue[tuple[str, bytes]] = asyncio.Queue()
    site.house.mqtt.subscribe(
        "$devices/#", lambda message: heard.put_nowait((message.topic, message.payload))
    )
    data = base64.b64encode(b"\x00on").decode()
    for path, topic in (
        (f"{DEVICES}/{lamp}/publish", "$me/device/events"),
        (f"{DEVICES}/{lamp}:publish", "lamp/events"),
        (f"{REGISTRIES}/{north}/publish", f"$devices/{lamp}/commands"),
    ):
        answer = await api.post(path, json={"topic": topic, "data": data})
        assert (answer.status_code, answer.json()) == (200, {})
    told = [heard.get_nowait() for _ in range(3)]
    assert told == [
        (f"$devices/{lamp}/events", b"\x00on"),
        (f"$devices/{lamp}/events", b"\x00on"),
        (f"$devices/{lamp}/commands", b"\x00on"),
    ]


@pytest.mark.parametrize(
    ("topic", "data", "status"),
    [
        ("$devices/another/events", "", 403),
        ("$me/device/commands", "", 403),
        ("free/topic", "", 403),
        ("$me/device/events", "not base64!", 400),
        ("", "", 400),
        ("$me/device/events", base64.b64encode(b"x" * 262_145).decode(), 400),
    ],
)
async def test_a_device_says_what_is_its_own(api: Any, lamp: str, topic: str, data: str, status: int) -> None:
    answer = await api.post(f"{DEVICES}/{lamp}/publish", json={"topic": topic, "data": data})
    assert answer.status_code == status


async def test_a_broker_is_a_space_of_its_own(site: Any, api: Any) -> None:
    chat = await made(api, BROKERS, name="chat", password=PASSWORD)
    outside: list[Any] = []
    site.house.mqtt.subscribe("#", outside.append)
    async with aiomqtt.Client("127.0.0.1", site.mqtt, username=chat["id"], password=PASSWORD) as client:
        await client.subscribe("room/#")
        data = base64.b64encode(b"hello").decode()
        answer = await api.post(f"{BROKERS}/{chat['id']}/publish", json={"topic": "room/1", "data": data})
        assert answer.status_code == 200
        message = await asyncio.wait_for(anext(aiter(client.messages)), 10)
        assert (str(message.topic), message.payload) == ("room/1", b"hello")
    assert outside == []
    await api.patch(f"{BROKERS}/{chat['id']}", json={"description": "for all"})
    assert [one["description"] for one in (await api.get(BROKERS)).json()["brokers"]] == ["for all"]
    assert (await api.delete(f"{BROKERS}/{chat['id']}")).json()["done"] is True


# --- errors and roles ------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("method", "path", "body", "status", "code"),
    [
        ("GET", f"{REGISTRIES}/nowhere", None, 404, 5),
        ("POST", REGISTRIES, {"name": "north"}, 409, 6),
        ("POST", REGISTRIES, {"name": "a b"}, 400, 3),
        ("POST", REGISTRIES, {}, 400, 3),
        ("POST", REGISTRIES, {"name": "x", "colour": "red"}, 400, 3),
        ("POST", DEVICES, {"name": "x", "registryId": "nowhere"}, 404, 5),
        ("PATCH", f"{REGISTRIES}/north", {"updateMask": "id"}, 400, 3),
        ("DELETE", f"{REGISTRIES}/north", None, 400, 9),
        ("GET", "/iot-devices/v1/nothing", None, 404, 5),
        ("PUT", REGISTRIES, {}, 405, 12),
        ("GET", "/operations/none", None, 404, 5),
    ],
)
async def test_trouble_is_told_as_google_does(
    api: Any, lamp: str, method: str, path: str, body: Any, status: int, code: int
) -> None:
    answer = await api.request(method, path, json=body)
    assert (answer.status_code, answer.json()["code"]) == (status, code), answer.text
    assert answer.json()["message"]
    assert isinstance(answer.json()["details"], list)


async def test_without_a_token_nothing_is_told(site: Any) -> None:
    answer = await site.client().get(REGISTRIES)
    assert (answer.status_code, answer.json()["code"]) == (401, 16)
    wrong = await site.client(Authorization="Bearer guess").get(REGISTRIES)
    assert wrong.status_code == 401


async def test_an_api_key_is_a_token_too(site: Any) -> None:
    token = await site.token(Scope.IOT_VIEWER)
    assert (await site.client(Authorization=f"Api-Key {token}").get(REGISTRIES)).status_code == 200


@pytest.mark.parametrize(
    ("scope", "reads", "writes", "as_device", "as_registry"),
    [
        (Scope.IOT_VIEWER, 200, 403, 403, 403),
        (Scope.IOT_EDITOR, 200, 200, 403, 403),
        (Scope.IOT_ADMIN, 200, 200, 200, 200),
        (Scope.DEVICES_WRITER, 403, 403, 200, 403),
        (Scope.REGISTRIES_WRITER, 403, 403, 403, 200),
        (Scope.OPERATOR, 200, 403, 403, 403),
        (Scope.ADMIN, 200, 200, 200, 200),
    ],
)
async def test_a_role_opens_what_it_is_for(
    site: Any, north: str, lamp: str, scope: Scope, reads: int, writes: int, as_device: int, as_registry: int
) -> None:
    program = await site.program(scope)
    event = {"topic": f"$devices/{lamp}/events", "data": ""}
    command = {"topic": f"$devices/{lamp}/commands", "data": ""}
    told = [
        (await program.get(f"{DEVICES}/{lamp}")).status_code,
        (await program.post(f"{DEVICES}/{lamp}/passwords", json={})).status_code,
        (await program.post(f"{DEVICES}/{lamp}/publish", json=event)).status_code,
        (await program.post(f"{REGISTRIES}/{north}/publish", json=command)).status_code,
    ]
    assert told == [reads, writes, as_device, as_registry]


async def test_a_viewer_of_the_house_reads_and_a_guest_does_not(site: Any, lamp: str) -> None:
    viewer = await site.browser("bob", Role.VIEWER)
    guest = await site.browser("eve", Role.GUEST)
    assert (await viewer.get(f"{DEVICES}/{lamp}")).status_code == 200
    assert (await viewer.delete(f"{DEVICES}/{lamp}")).status_code == 403
    assert (await guest.get(f"{DEVICES}/{lamp}")).status_code == 403


async def test_it_has_a_document_of_its_own(api: Any, site: Any) -> None:
    document = (await api.get("/iot-devices/v1/openapi.json")).json()
    assert f"{DEVICES}/{{id}}/passwords" in document["paths"]
    assert not any(path.startswith("/api") for path in document["paths"])
