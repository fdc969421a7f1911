"""An export of Yandex IoT Core is taken over whole: ids, names, labels, aliases, certificates."""

from __future__ import annotations

import asyncio
import csv
import json
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
