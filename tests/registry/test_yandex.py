"""An export of Yandex IoT Core is taken over whole: ids, names, labels, aliases, certificates."""

from __future__ import annotations

import asyncio
import csv
import json
import queue
import sqlite3
from collections.abc import Callable
from pathlib import Path
from typing import Any

import paho.mqtt.client as paho
import pytest

from hub.core.clock import SystemClock
from hub.core.errors import HubError
from hub.registry import Device, Owner, Registrar, Registry
from hub.registry.desk import Desk
from hub.registry.operations import Draft, Operations

CREATED = "2021-03-24T09:55:21.757092831Z"
REGISTRY, FIRST, SECOND, BROKER = "areljb44npjoaog", "are3tkujvebfo3s", "are3tkujvebfo4t", "arejg1k2broker"


@pytest.fixture
def export(tmp_path: Path, self_signed: Callable[[], tuple[str, str]]) -> Any:
    """The files as the guide's commands write them, and the certificate and key of the first device."""
    folder = tmp_path / "iot-export"
    (folder / f"device-certs-{REGISTRY}").mkdir(parents=True)
    paper = self_signed()
    common = {"folder_id": "b1g", "created_at": CREATED}

    def write(name: str, rows: list[dict[str, Any]]) -> None:
        (folder / name).write_text(json.dumps(rows))

    labels = {"site": "north"}
    registry = {"id": REGISTRY, "name": "my-registry", "status": "DISABLED", "labels": labels, **common}
    write("registries.json", [registry])
    write("brokers.json", [{"id": BROKER, "name": "my-broker", "status": "ACTIVE", **common}])
    devices = [{"id": id, "registry_id": REGISTRY, "created_at": CREATED} for id in (FIRST, SECOND)]
    write(f"devices-{REGISTRY}.json", [{**one, "name": f"my-{one['id']}"} for one in devices])
    alias = {"device_id": FIRST, "topic_prefix": f"$devices/{FIRST}/", "alias": "my/alias/"}
    write(f"aliases-{REGISTRY}.json", [alias])
    write(f"registry-certs-{REGISTRY}.json", [])
    certificate = {"device_id": FIRST, "certificate_data": paper[0], "created_at": CREATED}
    write(f"device-certs-{REGISTRY}/{FIRST}.json", [{**certificate, "fingerprint": "ab" * 20}])
    return folder, paper, write


async def test_everything_is_recreated(tmp_path: Path, export: Any) -> None:
    folder, _, _ = export
    registrar = await Registrar.open(tmp_path, SystemClock())
    passwords = tmp_path / "new.csv"

    report = await Desk(registrar).import_yandex(str(folder), str(passwords), apply=True)

    assert report["new"] == {"registry": 1, "device": 2, "broker": 1}
    registry, device = registrar.directory.get(REGISTRY), registrar.directory.get(FIRST)
    assert isinstance(registry, Registry)
    assert isinstance(device, Device)
    assert (registry.name, registry.labels, registry.enabled) == ("my-registry", {"site": "north"}, False)
    assert registry.created_at.isoformat() == "2021-03-24T09:55:21.757092+00:00"
    assert device.aliases == {"my/alias/": f"$devices/{FIRST}/"}
    assert len(device.certificates) == 1
    assert passwords.stat().st_mode & 0o777 == 0o600
    rows = list(csv.DictReader(passwords.read_text().splitlines()))
    assert [row["username"] for row in rows] == [REGISTRY, BROKER, FIRST, SECOND]
    assert rows[2]["registry"] == "my-registry"
    await registrar.close()


async def test_a_dry_run_changes_nothing(tmp_path: Path, export: Any) -> None:
    folder, _, _ = export
    registrar = await Registrar.open(tmp_path, SystemClock())

    report = await Desk(registrar).import_yandex(str(folder), str(tmp_path / "new.csv"))

    assert report["new"] == {"registry": 1, "device": 2, "broker": 1}
    assert not list(registrar.directory.all(Owner))
    assert not (tmp_path / "new.csv").exists()
    await registrar.close()


async def test_a_second_import_changes_nothing_more(tmp_path: Path, export: Any) -> None:
    folder, _, _ = export
    registrar = await Registrar.open(tmp_path, SystemClock())
    desk = Desk(registrar)
    await desk.import_yandex(str(folder), str(tmp_path / "new.csv"), apply=True)
    before = list(registrar.directory.all(Owner))

    report = await desk.import_yandex(str(folder), str(tmp_path / "again.csv"), apply=True)

    assert report["unchanged"] == {"registry": 1, "device": 2, "broker": 1}
    assert list(registrar.directory.all(Owner)) == before
    assert not (tmp_path / "again.csv").exists()
    await registrar.close()


async def test_a_certificate_that_was_added_since_is_added_here(
    tmp_path: Path, export: Any, self_signed: Callable[[], tuple[str, str]]
) -> None:
    folder, _, write = export
    registrar = await Registrar.open(tmp_path, SystemClock())
    desk = Desk(registrar)
    await desk.import_yandex(str(folder), str(tmp_path / "new.csv"), apply=True)
    paper = {"certificate_data": self_signed()[0], "created_at": CREATED}
    write(f"device-certs-{REGISTRY}/{SECOND}.json", [paper])

    report = await desk.import_yandex(str(folder), str(tmp_path / "again.csv"), apply=True)

    assert report["completed"] == {"registry": 0, "device": 1, "broker": 0}
    assert len(registrar.directory.get(SECOND).certificates) == 1  # type: ignore[union-attr]
    await registrar.close()


@pytest.mark.parametrize("trouble", ["name", "certificate", "alias", "same certificate"])
async def test_with_any_trouble_nothing_is_imported(tmp_path: Path, export: Any, trouble: str) -> None:
    folder, paper, write = export
    registrar = await Registrar.open(tmp_path, SystemClock())
    if trouble == "name":
        await Operations(registrar).create_registry(Draft(name="my-registry"))
    elif trouble == "certificate":
        write(f"device-certs-{REGISTRY}/{SECOND}.json", [{"certificate_data": "?", "created_at": CREATED}])
    elif trouble == "same certificate":
        row = {"certificate_data": paper[0], "created_at": CREATED}
        write(f"device-certs-{REGISTRY}/{SECOND}.json", [row])
    else:
        clash = {"device_id": SECOND, "topic_prefix": f"$devices/{SECOND}/", "alias": "my/"}
        first = {"device_id": FIRST, "topic_prefix": f"$devices/{FIRST}/", "alias": "my/alias/"}
        write(f"aliases-{REGISTRY}.json", [first, clash])
    before = list(registrar.directory.all(Owner))

    report = await Desk(registrar).import_yandex(str(folder), str(tmp_path / "new.csv"), apply=True)

    assert report["problems"]
    assert list(registrar.directory.all(Owner)) == before
    assert not (tmp_path / "new.csv").exists()
    await registrar.close()


# Old passwords.

OLD = "Passw0rdForDevice"


async def test_who_has_the_old_password_keeps_it(tmp_path: Path, site: Any, export: Any) -> None:
    folder, _, _ = export
    running = await site()
    desk = Desk(running.registrar)
    (tmp_path / "old.csv").write_text(f"username,password\n{FIRST},{OLD}\n")
    arguments = {"old_passwords": str(tmp_path / "old.csv"), "apply": True}

    report = await desk.import_yandex(str(folder), str(tmp_path / "new.csv"), **arguments)
    await desk.enable("my-registry")

    assert report["passwords"] == {"old": 1, "new": 3}
    rows = csv.DictReader((tmp_path / "new.csv").read_text().splitlines())
    assert [row["username"] for row in rows] == [REGISTRY, BROKER, SECOND]
    async with running.client(FIRST, OLD):
        assert [one.name for one in running.door.broker.clients()] == [f"device/{FIRST}"]


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        (f"username,password\n{FIRST},short\n", "old.csv:2: a password of 5 characters is too short"),
        (f"username,password\nnobody,{OLD}\n", "old.csv:2: 'nobody' is nobody in this export"),
    ],
)
async def test_old_passwords_that_cannot_be_are_named_and_nothing_is_imported(
    tmp_path: Path, export: Any, text: str, problem: str
) -> None:
    folder, _, _ = export
    registrar = await Registrar.open(tmp_path, SystemClock())
    (tmp_path / "old.csv").write_text(text)
    arguments = {"old_passwords": str(tmp_path / "old.csv"), "apply": True}

    report = await Desk(registrar).import_yandex(str(folder), str(tmp_path / "new.csv"), **arguments)

    assert report["problems"][0].startswith(problem)
    assert not list(registrar.directory.all(Owner))
    with pytest.raises(HubError, match="can't be read"):
        await Desk(registrar).import_yandex(str(folder), "", old_passwords=str(tmp_path / "none.csv"))
    (tmp_path / "old.csv").write_text("device;secret\n")
    with pytest.raises(HubError, match="should name the columns"):
        await Desk(registrar).import_yandex(str(folder), "", old_passwords=str(tmp_path / "old.csv"))
    await registrar.close()


# What exports lack.


async def test_several_registries_and_rows_that_lack_things_are_taken_over(
    tmp_path: Path, export: Any
) -> None:
    folder, _, write = export
    more = {"id": "aresecondreg", "name": "second", "labels": None, "description": None, "status": "ACTIVE"}
    known = json.loads((folder / "registries.json").read_text())
    write("registries.json", [*known, more])
    device = {"id": "arethird", "registry_id": "aresecondreg", "name": "third", "topic_aliases": None}
    write("devices-aresecondreg.json", [device])
    (folder / "brokers.json").write_text("null")
    (folder / f"aliases-{REGISTRY}.json").unlink()
    registrar = await Registrar.open(tmp_path, SystemClock())

    report = await Desk(registrar).import_yandex(str(folder), str(tmp_path / "new.csv"), apply=True)

    assert report["problems"] == []
    assert report["new"] == {"registry": 2, "device": 3, "broker": 0}
    assert registrar.directory.find("device", "third", "second").id == "arethird"
    await registrar.close()


async def test_what_cannot_be_stored_leaves_nothing_behind(
    tmp_path: Path, export: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder, _, _ = export
    registrar = await Registrar.open(tmp_path, SystemClock())

    async def fail(*_: object) -> None:
        raise sqlite3.OperationalError("disk full")

    monkeypatch.setattr(registrar._database, "save", fail)
    with pytest.raises(HubError, match="disk full"):
        await Desk(registrar).import_yandex(str(folder), str(tmp_path / "new.csv"), apply=True)

    assert not list(registrar.directory.all(Owner))
    assert not (tmp_path / "new.csv").exists()
    await registrar.close()


# The migration guide's three checks of isolation, with a client as devices have it.


class Paho:
    """A paho client whose calls are made beside the loop."""

    def __init__(self, port: int, username: str | None, password: str | None) -> None:
        self.client = paho.Client(paho.CallbackAPIVersion.VERSION2, f"paho {username}")
        if username is not None:
            self.client.username_pw_set(username, password)
        self.answers: queue.Queue[Any] = queue.Queue()
        self.client.on_connect = lambda *given: self.answers.put(given[3])
        self.client.on_subscribe = lambda *given: self.answers.put(given[3])
        self.client.on_message = lambda *given: self.answers.put(given[2].topic)
        self.client.on_disconnect = lambda *given: self.answers.put("disconnected")
        self.port = port

    async def connect(self) -> Any:
        def begin() -> None:
            self.client.connect("localhost", self.port)
            self.client.loop_start()

        await asyncio.to_thread(begin)
        return await self.answer()

    async def answer(self) -> Any:
        return await asyncio.to_thread(self.answers.get, True, 30)

    async def leave(self) -> None:
        await asyncio.to_thread(self.client.disconnect)
        await asyncio.to_thread(self.client.loop_stop)


async def test_no_device_hears_or_speaks_for_another_and_nobody_comes_in_without_a_name(
    tmp_path: Path, site: Any, export: Any, caplog: pytest.LogCaptureFixture
) -> None:
    folder, _, _ = export
    running = await site()
    desk = Desk(running.registrar)
    await desk.import_yandex(str(folder), str(tmp_path / "new.csv"), apply=True)
    await desk.enable("my-registry")
    rows = csv.DictReader((tmp_path / "new.csv").read_text().splitlines())
    passwords = {row["username"]: row["password"] for row in rows}
    got: list[str] = []
    running.door.mqtt.subscribe("$devices/#", lambda message: got.append(message.topic))
    first = Paho(running.port, FIRST, passwords[FIRST])
    back_end = Paho(running.port, REGISTRY, passwords[REGISTRY])
    assert (await first.connect(), await back_end.connect()) == ("Success", "Success")

    # One: the commands of another device.
    first.client.subscribe([(f"$devices/{SECOND}/commands", 1), (f"$devices/{FIRST}/commands", 1)])
    assert [code.value for code in await first.answer()] == [128, 1]
    back_end.client.publish(f"$devices/{SECOND}/commands", "not for the first", 1)
    back_end.client.publish(f"$devices/{FIRST}/commands", "for the first", 1)
    assert await first.answer() == f"$devices/{FIRST}/commands"
    # Two: to speak as another device.
    first.client.publish(f"$devices/{SECOND}/events", "a lie", 1)
    assert await first.answer() == "disconnected"
    # Three: to come in without a name.
    nobody = Paho(running.port, None, None)
    assert await nobody.connect() == "Not authorized"

    for client in (first, back_end, nobody):
        await client.leave()
    assert f"$devices/{SECOND}/events" not in got
    log = " ".join(row["message"] for row in desk.logs("device", FIRST))
    assert f'not allowed to subscribe: ["$devices/{SECOND}/commands"]' in log
    assert f'publish to topic "$devices/{SECOND}/events" not allowed' in log
    assert "not authorized" in caplog.text


async def test_no_passwords_are_overwritten(tmp_path: Path, export: Any) -> None:
    folder, _, _ = export
    (tmp_path / "new.csv").write_text("old ones")
    registrar = await Registrar.open(tmp_path, SystemClock())

    with pytest.raises(HubError, match="is there already"):
        await Desk(registrar).import_yandex(str(folder), str(tmp_path / "new.csv"), apply=True)

    assert (tmp_path / "new.csv").read_text() == "old ones"
    assert not list(registrar.directory.all(Owner))
    await registrar.close()


async def test_a_folder_without_an_export_is_said_to_be_one(tmp_path: Path) -> None:
    registrar = await Registrar.open(tmp_path, SystemClock())

    with pytest.raises(HubError, match=r"there is no registries\.json"):
        await Desk(registrar).import_yandex(str(tmp_path), "")
    await registrar.close()


async def test_a_device_comes_back_with_its_old_certificate(
    tmp_path: Path, site: Any, tls: Any, export: Any
) -> None:
    folder, paper, _ = export
    running = await site(**tls.keys)
    desk = Desk(running.registrar)
    await desk.import_yandex(str(folder), str(tmp_path / "new.csv"), apply=True)
    await desk.enable("my-registry")
    got: asyncio.Queue[tuple[str, bytes]] = asyncio.Queue()
    running.door.mqtt.subscribe(
        f"$devices/{FIRST}/#", lambda message: got.put_nowait((message.topic, message.payload))
    )
    client = paho.Client(paho.CallbackAPIVersion.VERSION2, "an old device")
    client.tls_set_context(tls.context(paper))

    def work() -> None:
        client.connect("localhost", running.port)
        client.loop_start()
        client.publish("my/alias/events", b"21.5", qos=1).wait_for_publish(10)

    await asyncio.to_thread(work)

    assert await got.get() == (f"$devices/{FIRST}/events", b"21.5")
    await asyncio.to_thread(client.disconnect)
    await asyncio.to_thread(client.loop_stop)
