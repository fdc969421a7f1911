"""`hub doctor` names what ails a hub, and what to do."""

from __future__ import annotations

import asyncio
import json
import socket
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from hub.app import App
from hub.cli import checkups
from hub.cli.app import app
from hub.cli.cert import create
from hub.core.clock import SystemClock
from hub.registry.server_certificates import issue_server, make_authority

Findings = dict[str, list[dict[str, Any]]]

HEALTHY = """
hub: {{name: Test, time_zone: Europe/Berlin}}
broker:
  listeners: [{{host: 127.0.0.1, port: {port}}}]
automation:
  - id: quick
    triggers: [{{trigger: event, event_type: go}}]
    actions: [{{event: went}}]
"""


@pytest.fixture
def port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@pytest.fixture
def config(tmp_path: Path, port: int) -> Path:
    file = tmp_path / "config.yaml"
    file.write_text(HEALTHY.format(port=port))
    return file


@pytest.fixture
def examined(config: Path) -> Callable[[], Findings]:
    def examine() -> Findings:
        result = CliRunner().invoke(app, ["doctor", "--json", "--config", str(config)])
        found = json.loads(result.output)
        assert result.exit_code == any(each["grade"] == "wrong" for each in found)
        subjects = dict.fromkeys(each["subject"] for each in found)
        return {name: [each for each in found if each["subject"] == name] for name in subjects}

    return examine


def grades(findings: Findings, subject: str) -> set[str]:
    return {each["grade"] for each in findings[subject]}


def test_a_healthy_hub_that_does_not_run(examined: Callable[[], Findings], port: int) -> None:
    findings = examined()

    assert not [each for found in findings.values() for each in found if each["grade"] == "wrong"]
    assert findings["ports"][0]["text"] == f"MQTT on 127.0.0.1 port {port} is free"
    assert "it does not run" in findings["version"][0]["text"]
    assert "devices" not in findings


async def test_a_hub_that_runs_is_asked(examined: Callable[[], Findings], config: Path) -> None:
    house = App(config, watch=False)
    await house.start()
    try:
        house.house.states.set("sensor.attic", "unavailable")
        house.house.bus.emit("go")
        findings = await asyncio.to_thread(examined)
    finally:
        await house.stop()

    assert "it runs" in findings["version"][0]["text"]
    assert grades(findings, "databases") == {"ok"}
    assert "1 entities are unavailable: sensor.attic" in findings["devices"][0]["text"]
    assert grades(findings, "automations") == {"ok"}
    assert grades(findings, "plugins") == {"ok"}


def test_a_port_that_another_has(examined: Callable[[], Findings], port: int) -> None:
    with socket.socket() as other:
        other.bind(("127.0.0.1", port))
        other.listen()
        findings = examined()

    assert findings["ports"][0]["text"] == f"MQTT on 127.0.0.1 port {port}: something else uses it"


def test_a_mistake_in_the_files(examined: Callable[[], Findings], config: Path) -> None:
    config.write_text(config.read_text().replace("event_type", "event_tpye"))

    [finding] = examined()["configuration"]
    assert finding["grade"] == "wrong"
    assert "config.yaml:" in finding["text"]


@pytest.mark.parametrize(("days", "grade"), [(400, "ok"), (10, "see to"), (-1, "wrong")])
def test_certificates_that_end(examined: Callable[[], Findings], config: Path, days: int, grade: str) -> None:
    create(names=["hub.example"], folder=None, days=400, config=config)
    authority = make_authority("Hearth", SystemClock().now() - timedelta(days=50))
    issued = issue_server(authority, ["hub.example"], SystemClock().now() - timedelta(days=20), 20 + days)
    (config.parent / "tls/server.crt").write_bytes(issued.certificate)
    tls = "tls: {certificate: tls/server.crt, key: tls/server.key}"
    config.write_text(config.read_text().replace("host: 127.0.0.1", f"host: 127.0.0.1, {tls}"))

    assert grades(examined(), "certificates") == {grade}


def test_secrets_that_others_can_read(examined: Callable[[], Findings], config: Path) -> None:
    (config.parent / "secrets.yaml").write_text("a: b\n")
    (config.parent / "secrets.yaml").chmod(0o644)

    first = examined()["secrets"][0]
    assert (first["grade"], first["remedy"]) == ("wrong", f"chmod 600 '{config.parent / 'secrets.yaml'}'")


def test_a_database_that_is_damaged(examined: Callable[[], Findings], config: Path) -> None:
    (config.parent / "data").mkdir(mode=0o700)
    (config.parent / "data/hub.db").write_bytes(b"SQLite format 3\x00" + b"garbage" * 1000)

    assert grades(examined(), "databases") == {"wrong"}


def test_a_plugin_that_is_broken(examined: Callable[[], Findings], config: Path) -> None:
    assert grades(examined(), "plugins") == {"ok"}
    (config.parent / "plugins").mkdir()
    (config.parent / "plugins/bad.py").write_text("1 / 0\n")

    found = examined()["plugins"]
    assert "bad is left out: ZeroDivisionError" in found[0]["text"]
    assert grades(examined(), "plugins") == {"wrong"}


def test_a_disk_that_is_nearly_full(
    examined: Callable[[], Findings], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(checkups, "FREE_AT_LEAST", 1 << 60)

    assert grades(examined(), "disk") == {"wrong"}


def test_what_fails_to_be_looked_at_hides_nothing_else(
    examined: Callable[[], Findings], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(checkups.shutil, "disk_usage", lambda _: 1 / 0)

    findings = examined()
    assert "can't be looked at" in findings["disk"][0]["text"]
    assert "log" in findings
