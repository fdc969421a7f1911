"""The register: what commands made and what the YAML declares, kept, checked and never half done."""

from __future__ import annotations

import sqlite3
from collections.abc import AsyncIterator, Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from hub.core.clock import SystemClock
from hub.core.errors import HubError, NotFound
from hub.registry import Broker, Device, Owner, Registrar, Registry
from hub.registry.database import FILE
from hub.registry.operations import Draft, Operations

OLD = Path(__file__).parents[1] / "old_databases"
MOMENT = datetime(2026, 5, 1, 12, tzinfo=UTC)


@pytest.fixture
async def open(tmp_path: Path) -> AsyncIterator[Callable[..., Any]]:
    """Open the register of one folder, again and again."""
    opened: list[Registrar] = []

    async def start(*declared: Owner) -> Registrar:
        for registrar in opened:
            await registrar.close()
        opened[:] = [await Registrar.open(tmp_path, SystemClock(), declared)]
        return opened[0]

    yield start
    for registrar in opened:
        await registrar.close()


def everything(registrar: Registrar) -> list[Owner]:
    return sorted(registrar.directory.all(Owner), key=lambda owner: owner.id)


async def test_what_was_made_is_there_again(open: Any, self_signed: Any) -> None:
    registrar = await open()
    operations = Operations(registrar)
    await operations.create_registry(Draft(name="north", description="Ä", labels={"b": "1", "a": ""}))
    device = await operations.create_device(
        Draft(name="first", certificates=(self_signed()[0],)), "north", {"my/": "$devices/{id}/"}
    )
    await operations.generate_password(device)
    await operations.add_password(await _present(registrar, device), "Chosen-Password-1")
    await operations.create_broker(Draft(name="shop"))
    await operations.enable(registrar.directory.find("registry", "north"), False)  # type: ignore[arg-type]
    before = everything(registrar)

    assert everything(await open()) == before
    assert (registrar.folder / FILE).stat().st_mode & 0o777 == 0o600


async def _present(registrar: Registrar, owner: Owner) -> Owner:
    found = registrar.directory.get(owner.id)
    assert found is not None
    return found


def keep_old(tmp_path: Path, version: int) -> None:
    database = sqlite3.connect(tmp_path / FILE)
    database.executescript((OLD / f"hub-{version}.sql").read_text(encoding="utf-8"))
    database.close()


@pytest.mark.parametrize("version", [1, 2])
async def test_a_database_of_an_old_version_is_read(tmp_path: Path, open: Any, version: int) -> None:
    keep_old(tmp_path, version)

    registrar = await open()

    registry, device, shop = (registrar.directory.get(id) for id in ("arenorth", "arefirst", "areshop"))
    assert isinstance(registry, Registry)
    assert isinstance(device, Device)
    assert isinstance(shop, Broker)
    assert (registry.name, registry.description, registry.labels) == ("north", "ä", {"site": "n"})
    assert (registry.enabled, registry.created_at) == (False, MOMENT)
    assert (device.registry_id, device.aliases) == ("arenorth", {"my/": "$devices/arefirst/"})
    assert [one.fingerprint for one in device.certificates] == ["ab" * 32]
    assert [one.id for one in (*device.passwords, *shop.passwords)] == ["pw2", "pw1"]
    assert registrar.monitoring.of("arefirst").last_auth_ip == "10.0.0.1"


async def test_a_database_of_version_2_has_logs(tmp_path: Path, open: Any) -> None:
    keep_old(tmp_path, 2)

    registrar = await open()

    (action,) = await registrar.audited()
    (line,) = registrar.connections.of("device/arefirst")
    assert (action.at, action.by, action.action, action.id) == (MOMENT, "ann", "CreateDevice", "arefirst")
    assert (line.at, line.text) == (MOMENT, 'connected, address: "10.0.0.1", clientID: "c"')


@pytest.mark.parametrize(
    ("pragma", "problem"),
    [("application_id = 7", "another program"), ("user_version = 99", "newer version")],
)
async def test_a_file_that_is_not_ours_is_left_alone(
    tmp_path: Path, open: Any, pragma: str, problem: str
) -> None:
    await (await open()).close()
    database = sqlite3.connect(tmp_path / FILE)
    database.execute(f"PRAGMA {pragma}")
    database.close()

    with pytest.raises(HubError, match=problem):
        await Registrar.open(tmp_path, SystemClock())


async def test_a_change_that_cannot_be_stored_is_not_made(open: Any, monkeypatch: Any) -> None:
    registrar = await open()
    operations = Operations(registrar)
    registry = await operations.create_registry(Draft(name="north"))
    before = everything(registrar)

    async def fail(*_: object) -> None:
        raise sqlite3.OperationalError("disk full")

    monkeypatch.setattr(registrar._database, "save", fail)

    with pytest.raises(HubError, match="disk full"):
        await operations.create_device(Draft(name="first"), "north")
    with pytest.raises(HubError, match="disk full"):
        await operations.delete(registry)
    assert everything(registrar) == before


async def test_of_many_changes_all_are_made_or_none(open: Any, make: Any) -> None:
    registrar = await open()

    with pytest.raises(HubError, match="name first is taken"):
        await registrar.save(
            [
                make.registry("north"),
                make.device("a", "north", name="first"),
                make.device("b", "north", name="first"),
            ]
        )

    assert everything(registrar) == []
    assert everything(await open()) == []


# What is declared.


async def test_what_the_yaml_declares_is_in_the_same_list_and_says_where_from(open: Any, make: Any) -> None:
    registrar = await open(make.registry("north", source="config.yaml:3"))
    await Operations(registrar).create_device(Draft(name="first", id="arefirst"), "north")

    assert [(owner.id, owner.source) for owner in everything(registrar)] == [
        ("arefirst", ""),
        ("north", "config.yaml:3"),
    ]


async def test_what_the_yaml_declares_changes_only_there(open: Any, make: Any) -> None:
    registrar = await open(make.registry("north", source="config.yaml:3"))
    operations = Operations(registrar)
    north = registrar.directory.get("north")

    for change in (operations.update(north, name="x"), operations.enable(north), operations.delete(north)):
        with pytest.raises(HubError, match=r"is declared in config\.yaml:3"):
            await change


async def test_credentials_may_be_added_to_what_is_declared(open: Any, make: Any) -> None:
    declared = make.registry("north", source="config.yaml:3", passwords=())
    registrar = await open(declared)
    made, _ = await Operations(registrar).generate_password(registrar.directory.get("north"))

    again = await open(declared)
    assert [one.id for one in again.directory.get("north").passwords] == [made.id]
    await Operations(again).delete_password(again.directory.get("north"), made.id)
    assert (await open(declared)).directory.get("north").passwords == ()


async def test_the_moment_when_something_was_declared_is_remembered(open: Any, make: Any) -> None:
    declared = make.registry("north", source="config.yaml:3")
    first = (await open(declared)).directory.get("north").created_at

    assert (await open(declared)).directory.get("north").created_at == first


async def test_what_is_declared_comes_before_what_was_made(
    open: Any, make: Any, caplog: pytest.LogCaptureFixture
) -> None:
    registrar = await open()
    await Operations(registrar).create_registry(Draft(name="north", id="aremade"))

    registrar = await open(make.registry("aredeclared", name="north", source="config.yaml:3"))

    assert [owner.id for owner in everything(registrar)] == ["aredeclared"]
    assert "registry north (aremade) is left out: the name north is taken" in caplog.text
    assert [owner.id for owner in everything(await open())] == ["aremade"]


async def test_a_reload_takes_over_what_is_declared_now(open: Any, make: Any) -> None:
    registrar = await open(make.registry("north", source="a:1"), make.registry("south", source="a:2"))
    made = await Operations(registrar).create_device(Draft(name="first"), "north")

    await registrar.declare(
        [make.registry("north", source="a:1", enabled=False), make.broker("shop", source="a:9")]
    )

    assert {owner.id for owner in everything(registrar)} == {"north", "shop", made.id}
    assert registrar.directory.get("north").enabled is False  # type: ignore[union-attr]


# Uniqueness and other refusals.


@pytest.fixture
async def operations(open: Any) -> Operations:
    """A registry `north` with a device `first` that has the alias `my/alias/`, and a registry `south`."""
    found = Operations(await open())
    await found.create_registry(Draft(name="north", id="arenorth"))
    await found.create_registry(Draft(name="south", id="aresouth"))
    await found.create_device(
        Draft(name="first", id="arefirst"), "north", {"my/alias/": "$devices/{id}/events/"}
    )
    return found


async def test_names_are_unique_where_they_must_be(operations: Operations) -> None:
    await operations.create_device(Draft(name="first"), "south")

    with pytest.raises(HubError, match="taken by another device in this registry"):
        await operations.create_device(Draft(name="first"), "north")
    with pytest.raises(HubError, match="taken by another registry"):
        await operations.create_registry(Draft(name="north"))
    with pytest.raises(HubError, match="id arefirst is taken"):
        await operations.create_device(Draft(name="other", id="arefirst"), "north")


async def test_a_certificate_has_one_owner(operations: Operations, self_signed: Any) -> None:
    pem, _ = self_signed()
    first = operations._registrar.directory.find("device", "first")
    certificate = await operations.add_certificate(first, pem)

    with pytest.raises(HubError, match="belongs to the device first already"):
        await operations.add_certificate(operations._registrar.directory.find("registry", "north"), pem)
    with pytest.raises(HubError, match="twice"):
        await operations.add_certificate(operations._registrar.directory.find("device", "first"), pem)
    present = operations._registrar.directory.find("device", "first")
    await operations.delete_certificate(present, certificate.fingerprint[:12])
    await operations.add_certificate(operations._registrar.directory.find("registry", "north"), pem)


@pytest.mark.parametrize("alias", ["my/", "my/alias/2/", "my/ali", "my/alias/"])
async def test_no_alias_is_the_beginning_of_another(operations: Operations, alias: str) -> None:
    slash = "/" if alias.endswith("/") else ""
    with pytest.raises(HubError, match=r"alias"):
        await operations.create_device(Draft(name="second"), "north", {alias: "$devices/{id}/state" + slash})


@pytest.mark.parametrize("alias", ["my/alias1/", "my/alias2/", "my/ali/"])
async def test_aliases_that_a_slash_tells_apart_are_fine(operations: Operations, alias: str) -> None:
    made = await operations.create_device(Draft(name="second"), "north", {alias: "$devices/{id}/"})

    assert made.aliases == {alias: f"$devices/{made.id}/"}


async def test_a_device_may_exchange_its_own_aliases(operations: Operations) -> None:
    first = operations._registrar.directory.find("device", "first")
    assert isinstance(first, Device)

    changed = await operations.set_aliases(first, {"my/": "$devices/{id}/"})

    assert changed.aliases == {"my/": "$devices/arefirst/"}


@pytest.mark.parametrize(
    ("aliases", "problem"),
    [
        ({str(n): "$devices/{id}/events" for n in range(6)}, "6 aliases"),
        ({"x": "$devices/other/events"}, "of its own device"),
        ({"x": "$registries/arenorth/events"}, "of its own device"),
        ({"x": "$monitoring/{id}/json"}, "of its own device"),
        ({"x": "$devices/{id}/other"}, "has no topic 'other'"),
        ({"$x": "$devices/{id}/events"}, "can't be an alias"),
        ({"a/#": "$devices/{id}/events"}, "can't be an alias"),
        ({"": "$devices/{id}/events"}, "can't be an alias"),
        ({"a/": "$devices/{id}/events"}, "only one ends in a slash"),
        ({"a": "$devices/{id}/events", "ab": "$devices/{id}/state"}, "begin alike"),
    ],
)
async def test_aliases_that_cannot_be_are_refused(
    operations: Operations, aliases: dict[str, str], problem: str
) -> None:
    with pytest.raises(HubError, match=problem):
        await operations.create_device(Draft(name="second"), "north", aliases)


@pytest.mark.parametrize(
    ("password", "problem"),
    [
        ("Short-1", "too short"),
        ("onlysmallletters", "too few kinds"),
        ("small-and-others", "too few kinds"),
        ("x" * 2000, "more than"),
    ],
)
async def test_weak_passwords_are_refused_and_not_shown(
    operations: Operations, password: str, problem: str
) -> None:
    with pytest.raises(HubError, match=problem) as refusal:
        await operations.add_password(operations._registrar.directory.find("device", "first"), password)
    assert password not in str(refusal.value)


@pytest.mark.parametrize(
    "draft",
    [
        Draft(name=""),
        Draft(name="with space"),
        Draft(name="x" * 64),
        Draft(name="x", id="-x"),
        Draft(name="x", description="x" * 257),
        Draft(name="x", labels={"A": "1"}),
        Draft(name="x", labels={"a": "B"}),
        Draft(name="x", labels={f"k{n}": "" for n in range(65)}),
        Draft(name="x", certificates=("no certificate",)),
    ],
)
async def test_what_cannot_be_is_refused(operations: Operations, draft: Draft) -> None:
    with pytest.raises(HubError):
        await operations.create_registry(draft)


async def test_a_registry_with_devices_is_not_deleted(operations: Operations) -> None:
    directory = operations._registrar.directory
    with pytest.raises(HubError, match="still has devices"):
        await operations.delete(directory.find("registry", "north"))
    await operations.delete(directory.find("device", "first"))
    await operations.delete(directory.find("registry", "north"))
    with pytest.raises(NotFound):
        directory.find("registry", "north")
