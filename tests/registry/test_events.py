"""What happened: connection logs, who changed what, and the numbers of registries and brokers."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from typing import Any

import aiomqtt
import pytest

from hub.core.clock import SystemClock
from hub.core.errors import HubError
from hub.registry import Registrar
from hub.registry.desk import Desk
from hub.registry.expiry import ending
from hub.registry.operations import Draft, Operations
from hub.registry.periods import moment

CHOSEN = "Chosen-Password-1"


@pytest.fixture
async def north(site: Any) -> Any:
    """A server with the registry `north` and its device `first`; both know one password."""
    running = await site()
    operations = Operations(running.registrar)
    registry = await operations.create_registry(Draft(name="north", id="arenorth"))
    device = await operations.create_device(Draft(name="first", id="arefirst"), "north")
    for owner in (registry, device):
        await operations.add_password(owner, CHOSEN)
    return running


async def refused(client: aiomqtt.Client) -> None:
    with pytest.raises(aiomqtt.MqttError):
        async with client:
            pass


def messages(rows: list[dict[str, Any]]) -> list[str]:
    return [row["message"].partition(",")[0] for row in rows]


# The connection log.


async def test_the_log_tells_who_was_refused_and_why(north: Any) -> None:
    desk = Desk(north.registrar)
    await refused(north.client("arefirst", "wrong"))
    await desk.enable("north", False)
    await refused(north.client("arefirst", CHOSEN))

    assert messages(desk.logs("device", "first")) == [
        "refused: wrong password",
        "refused: the registry is disabled",
    ]


async def test_the_log_names_the_certificate(
    site: Any, tls: Any, self_signed: Callable[[], tuple[str, str]]
) -> None:
    running = await site(**tls.keys)
    papers = self_signed()
    operations = Operations(running.registrar)
    registry = await operations.create_registry(Draft(name="north", certificates=(papers[0],)))

    async with running.client(tls_context=tls.context(papers)):
        pass
    await running.until(lambda: len(Desk(running.registrar).logs("registry", "north")) > 1)

    fingerprint = registry.certificates[0].fingerprint
    assert messages(Desk(running.registrar).logs("registry", "north")) == [
        f'connected, cert: "{fingerprint}"'.partition(",")[0],
        "disconnected: client disconnected",
    ]
    (line, _) = Desk(running.registrar).logs("registry", "north")
    assert f'cert: "{fingerprint}", address: "127.0.0.1"' in line["message"]


async def test_the_log_outlives_a_restart(north: Any) -> None:
    await refused(north.client("arefirst", "wrong"))
    registrar = north.registrar
    await registrar._save_activity()
    again = await Registrar.open(registrar.folder, SystemClock())

    assert Desk(again).logs("device", "first") == Desk(registrar).logs("device", "first") != []
    await again.close()


async def test_a_log_is_asked_for_a_period(north: Any) -> None:
    await refused(north.client("arefirst", "wrong"))
    desk = Desk(north.registrar)

    assert len(desk.logs("device", "first", since="1h")) == 1
    assert desk.logs("device", "first", until="1m ago") == []
    assert desk.logs("device", "first", since="2100-01-01T00:00:00Z") == []
    with pytest.raises(HubError, match="is no moment"):
        desk.logs("device", "first", since="yesterday")


async def test_who_follows_a_log_hears_what_was_and_what_comes(north: Any) -> None:
    await refused(north.client("arefirst", "wrong"))
    told = Desk(north.registrar).follow_logs("device", "first")

    assert messages([await anext(told)]) == ["refused: wrong password"]
    coming = asyncio.ensure_future(anext(told))
    async with north.client("arefirst", CHOSEN), north.client("arenorth", CHOSEN):
        assert messages([await coming]) == ["connected"]
    await told.aclose()


@pytest.mark.parametrize(
    ("text", "meant"),
    [
        ("2h", "2026-05-01T10:00:00"),
        ("3h30m ago", "2026-05-01T08:30:00"),
        ("1d", "2026-04-30T12:00:00"),
        ("08:51:02", "2026-05-01T08:51:02"),
        ("2026-05-01T12:00:00+03:00", "2026-05-01T09:00:00"),
        ("2026-05-01T12:00:00.5Z", "2026-05-01T12:00:00.500000"),
        ("2026-05-01", "2026-05-01T00:00:00"),
    ],
)
def test_a_moment_may_be_said_in_several_ways(text: str, meant: str) -> None:
    now = datetime(2026, 5, 1, 12, tzinfo=UTC)

    assert moment(text, now) == datetime.fromisoformat(meant).replace(tzinfo=UTC)


# Who changed what.


async def test_each_change_is_written_down_with_who_made_it(north: Any) -> None:
    desk = Desk(north.registrar, "ann")
    made = await desk.create("device", "second", registry="north", generate_password=True)
    await desk.update("device", "second", labels={"a": "1"})
    await desk.add_aliases("second", {"warm": "$devices/{id}/events"})
    issued = await desk.issue_certificate("device", "second")
    await desk.delete_certificate("device", "second", issued["fingerprint"])
    (password,) = desk.list_passwords("device", "second")
    await desk.delete_password("device", "second", password["id"])
    await desk.delete("device", "second")
    await desk.enable("north", False)
    await desk.enable("north", True)
    await desk.create("broker", "shop")

    rows = [row for row in await desk.audit() if row["by"] == "ann"]

    assert [(row["action"], row["name"], row.get("details")) for row in rows] == [
        ("CreateDevice", "second", None),
        ("AddDevicePassword", "second", {"password_id": password["id"]}),
        ("UpdateDevice", "second", {"labels": {"a": "1"}}),
        ("UpdateDevice", "second", {"aliases": {"warm": f"$devices/{made['id']}/events"}}),
        ("AddDeviceCertificate", "second", {"fingerprint": issued["fingerprint"]}),
        ("DeleteDeviceCertificate", "second", {"fingerprint": issued["fingerprint"]}),
        ("DeleteDevicePassword", "second", {"password_id": password["id"]}),
        ("DeleteDevice", "second", None),
        ("DisableRegistry", "north", None),
        ("EnableRegistry", "north", None),
        ("CreateBroker", "shop", None),
    ]
    assert made["password"] not in str(rows)


async def test_what_was_done_to_one_is_told_also_after_it_is_gone(north: Any) -> None:
    desk = Desk(north.registrar, "ann")
    await desk.delete("device", "first")

    of_device = await desk.audit("device", "arefirst")
    of_registry = await desk.audit("registry", "north")

    assert [row["action"] for row in of_device] == ["CreateDevice", "AddDevicePassword", "DeleteDevice"]
    assert [row["action"] for row in of_registry] == [
        "CreateRegistry",
        "CreateDevice",
        "AddRegistryPassword",
        "AddDevicePassword",
        "DeleteDevice",
    ]


async def test_what_the_yaml_declares_was_done_by_its_line(north: Any, make: Any) -> None:
    declared = make.broker("shop", source="config.yaml:3")
    await north.registrar.declare([declared])
    await north.registrar.declare([make.broker("shop", source="config.yaml:9")])
    await north.registrar.declare([])

    rows = await Desk(north.registrar).audit("broker", "shop")

    assert [(row["action"], row["by"]) for row in rows] == [
        ("CreateBroker", "config.yaml:3"),
        ("DeleteBroker", "config.yaml:9"),
    ]


async def test_a_change_that_was_refused_is_not_written_down(north: Any) -> None:
    desk = Desk(north.registrar, "ann")
    before = await desk.audit()

    with pytest.raises(HubError, match="taken"):
        await desk.create("registry", "north")

    assert await desk.audit() == before


async def test_who_follows_the_audit_hears_what_was_and_what_comes(north: Any) -> None:
    desk = Desk(north.registrar, "ann")
    told: AsyncIterator[dict[str, Any]] = desk.follow_audit("registry", "north", limit=1)

    assert (await anext(told))["action"] == "AddDevicePassword"
    coming = asyncio.ensure_future(anext(told))
    await asyncio.sleep(0)
    await desk.create("broker", "shop")
    await desk.delete("device", "first")
    assert (await coming)["action"] == "DeleteDevice"
    await told.aclose()  # type: ignore[attr-defined]


# Numbers.


async def test_a_registry_counts_what_its_devices_and_it_send_and_get(north: Any) -> None:
    desk = Desk(north.registrar)
    await refused(north.client("arefirst", "wrong"))
    async with north.client("arenorth", CHOSEN) as registry, north.client("arefirst", CHOSEN) as device:
        await registry.subscribe("$devices/#", qos=1)
        for number in range(3):
            await device.publish("$devices/arefirst/events", b"x" * 1000, qos=number)
            await anext(registry.messages)

        (live,) = desk.metrics("registry")
    await north.until(lambda: desk.metrics("registry", "north")[0]["connections"] == 0)
    (after,) = desk.metrics("registry", "north")

    assert (live["connections"], live["connects"], live["log_ins_refused"]) == (2, 2, 1)
    assert (live["messages_received"], live["messages_sent"]) == (3, 3)
    assert 3_000 < live["bytes_received"] < 4_000
    assert 3_000 < live["bytes_sent"] < 4_000
    assert (after["disconnects"], after["messages_received"]) == (2, 3)
    assert after["bytes_received"] >= live["bytes_received"]


async def test_a_broker_counts_its_own(north: Any) -> None:
    desk = Desk(north.registrar)
    password = (await desk.create("broker", "shop", generate_password=True))["password"]
    shop = north.registrar.directory.find("broker", "shop").id
    async with north.client(shop, password) as client:
        await client.subscribe("a")
        await client.publish("a", b"1")
        await anext(client.messages)
        await client.subscribe("$devices/#")

        (numbers,) = desk.metrics("broker", "shop")

    assert (numbers["messages_received"], numbers["messages_sent"]) == (1, 1)
    assert (numbers["connections"], numbers["subscribes_denied"]) == (1, 1)
    assert desk.metrics("registry", "north")[0]["messages_received"] == 0


async def test_the_last_values_of_all_devices_are_listed(north: Any) -> None:
    desk = Desk(north.registrar)
    north.door.mqtt.publish("$devices/arefirst/state/lamp", "on")
    north.door.mqtt.publish("$devices/arefirst/config", b"\xff")
    north.door.mqtt.publish("$devices/arefirst/events", "not kept")

    rows = desk.list_values("registry", "north")

    common = {"device_id": "arefirst", "name": "first"}
    assert sorted(rows, key=lambda row: row["topic"]) == [
        {**common, "topic": "$devices/arefirst/config", "payload_base64": "/w=="},
        {**common, "topic": "$devices/arefirst/state/lamp", "payload": "on"},
    ]
    assert desk.list_values("device", "first") == rows


# Certificates that end.


async def test_certificates_that_end_within_a_month_are_named_first_those_that_ended(
    north: Any, self_signed: Callable[[], tuple[str, str]]
) -> None:
    desk = Desk(north.registrar)
    await desk.issue_certificate("device", "first")
    await desk.add_certificate("registry", "north", self_signed()[0])
    owners = [north.registrar.directory.get(id) for id in ("arefirst", "arenorth")]
    ((row),) = desk.list_certificates("device", "first")
    end = datetime.fromisoformat(row["not_after"])

    assert [one[0].id for one in ending(owners, end - timedelta(days=29))] == ["arenorth", "arefirst"]
    assert [one[0].id for one in ending(owners, end - timedelta(days=31))] == ["arenorth"]
    assert all(first[2] <= second[2] for first, second in pairwise(ending(owners, end)))


async def test_a_certificate_that_ends_is_warned_of_when_the_hub_starts(
    site: Any, make: Any, self_signed: Any, caplog: pytest.LogCaptureFixture
) -> None:
    running = await site()
    await Operations(running.registrar).create_registry(Draft(name="north", certificates=(self_signed()[0],)))

    await running.registrar._look_at_certificates()

    assert "of the registry north" in caplog.text
    assert "ended on 2025" in caplog.text
