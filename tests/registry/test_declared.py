"""`registries:` and `brokers:` in the YAML: what they mean, and what is said of mistakes."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import aiomqtt
import pytest

from hub.app import App
from hub.building import prepare
from hub.configuration import Configuration, read_files
from hub.registry import Device, Owner, Registry


def read(folder: Path, text: str, **files: str) -> Configuration:
    path = folder / "config.yaml"
    path.write_text(text, encoding="utf-8")
    for name, content in files.items():
        (folder / f"{name}.yaml").write_text(content, encoding="utf-8")
    house, _ = prepare(path)
    return read_files(path, house)


def test_registries_devices_and_brokers_are_declared(tmp_path: Path, self_signed: Any) -> None:
    pem, _ = self_signed()
    other, _ = self_signed()
    (tmp_path / "thermo.pem").write_text(pem)
    indented = other.replace("\n", "\n          ")
    found = read(
        tmp_path,
        f"""
registries:
  greenhouse:
    description: Behind the house
    labels: {{site: north, floor: 2}}
    enabled: false
    passwords: !secret greenhouse
    devices:
      thermo:
        id: arethermo
        aliases: {{warm: "$devices/{{id}}/events"}}
        certificates:
        - thermo.pem
        - |
          {indented}
      lamp:
brokers:
  workshop:
    passwords: [!secret workshop]
""",
        secrets="greenhouse: Greenhouse-Pass-1\nworkshop: Workshop-Pass-1\n",
    )

    assert found.problems == []
    greenhouse, thermo, lamp, workshop = found.declared.all(Owner)
    assert isinstance(greenhouse, Registry)
    assert isinstance(thermo, Device)
    assert (greenhouse.enabled, greenhouse.labels) == (False, {"floor": "2", "site": "north"})
    assert greenhouse.source == "config.yaml:3"
    assert (thermo.id, thermo.registry_id) == ("arethermo", greenhouse.id)
    assert thermo.aliases == {"warm": "$devices/arethermo/events"}
    assert len(thermo.certificates) == 2
    assert (lamp.name, workshop.name) == ("lamp", "workshop")
    assert "Pass-1" not in repr(greenhouse)


def test_without_an_id_the_same_names_give_the_same_id(tmp_path: Path) -> None:
    text = "registries:\n  a:\n    devices: {x: }\n  b:\n    devices: {x: }\n"

    first = [owner.id for owner in read(tmp_path, text).declared.all(Owner)]

    assert [owner.id for owner in read(tmp_path, text).declared.all(Owner)] == first
    assert len(set(first)) == 4
    assert all(len(id) == 20 for id in first)


@pytest.mark.parametrize(
    ("text", "line", "problem"),
    [
        ("registries:\n  a:\n    passwords: short\n", 3, "a password of 5 characters is too short"),
        ("registries:\n  a:\n    colour: red\n", 3, "unknown key"),
        ("registries:\n  a b:\n", 2, "'a b' can't be a name"),
        ("registries:\n  a:\n    certificates: no.pem\n", 2, "no.pem can't be read"),
        ("registries:\n  a:\n    labels: {A: x}\n", 3, "can't be the key of a label"),
        ("registries:\n  a: {id: arex}\n  b: {id: arex}\n", 3, "the id arex is taken by the registry a"),
        (
            'registries:\n  a:\n    devices:\n      x: {aliases: {m: "$devices/{id}/nothing"}}\n',
            4,
            "a device has no topic 'nothing'",
        ),
        ("brokers:\n  a:\n    enabled: true\n", 3, "unknown key"),
        ("brokers:\n  a:\n    passwords: $2b$12$abcdefghijklmnopq\n", 3, "this hash is of a kind"),
        ("registrys:\n  a:\n", 1, "unknown section"),
    ],
)
def test_a_mistake_is_told_with_its_place(tmp_path: Path, text: str, line: int, problem: str) -> None:
    errors = read(tmp_path, text).errors

    assert errors
    assert errors[0].place.line == line
    assert problem in errors[0].text


def test_what_has_a_mistake_is_left_out_and_the_rest_stays(tmp_path: Path) -> None:
    found = read(tmp_path, "registries:\n  a: {certificates: no.pem}\n  b: {devices: {x: }}\n")

    assert [owner.name for owner in found.declared.all(Owner)] == ["b", "x"]


async def test_a_saved_file_takes_effect_on_who_is_connected(tmp_path: Path) -> None:
    text = (
        "broker: {listeners: [{port: 0}]}\nregistries:\n  a:\n    id: area\n    passwords: Some-Password-1\n"
    )
    path = tmp_path / "config.yaml"
    path.write_text(text)
    running = App(path, watch=False)
    await running.start()
    door: Any = running._door
    client = aiomqtt.Client("127.0.0.1", door.listening[0].port, username="area", password="Some-Password-1")
    async with client:
        await client.subscribe("$registries/area/events")
        path.write_text(text + "    enabled: false\n")
        running.reload()
        with pytest.raises(aiomqtt.MqttError):
            async for _ in client.messages:
                pass
    await running.stop()
