"""`hub registry`, `hub device` and `hub broker`, with and without a hub that runs."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from hub.app import App
from hub.cli.answers import show
from hub.cli.app import app
from hub.cli.registry import devices
from hub.config.source import load_text
from hub.core.errors import HubError
from hub.registry.desk import PREFIX

CONFIG = "broker: {listeners: [{port: 0}]}\nregistries:\n  declared:\n"


@pytest.fixture
def hub(tmp_path: Path) -> Callable[..., Any]:
    """Run a command on a configuration, and return what it printed, as JSON if it is that."""
    (tmp_path / "config.yaml").write_text(CONFIG)

    def run(*words: str, input: str = "") -> Any:
        config = ["--config", str(tmp_path)]
        result = CliRunner().invoke(app, [*words, *config], input=input, catch_exceptions=False)
        assert result.exit_code == 0, result.output
        text = result.output
        return json.loads(text) if text.startswith(("{", "[")) else text

    return run


def test_a_registry_is_created_changed_and_deleted(hub: Callable[..., Any]) -> None:
    made = hub(
        "registry", "create", "north", "--labels", "a=1,b=2", "--description", "Up", "--format", "json"
    )
    changed = hub("registry", "update", "north", "--new-name", "south", "--format", "json")
    hub("registry", "add-labels", "--name", "south", "--labels", "c=3")
    hub("registry", "remove-labels", "--id", made["id"], "--labels", "a,b")
    hub("registry", "disable", "south")

    assert (made["labels"], made["description"]) == ({"a": "1", "b": "2"}, "Up")
    assert changed["name"] == "south"
    found = hub("registry", "get", "south", "--format", "json")
    assert (found["labels"], found["status"], found["source"]) == ({"c": "3"}, "DISABLED", "hub.db")
    assert hub("registry", "enable", "south", "--format", "json")["status"] == "ACTIVE"
    hub("registry", "delete", "south")
    rows = hub("registry", "list", "--format", "json")
    assert [(row["name"], row["source"]) for row in rows] == [("declared", "config.yaml:3")]


def test_a_device_has_aliases(hub: Callable[..., Any]) -> None:
    add = ("--topic-aliases", "my/=$devices/{id}/,warm=$devices/{id}/events")
    made = hub("device", "create", "first", "--registry-name", "declared", *add, "--format", "json")
    hub("device", "remove-topic-aliases", "first", "--aliases", "my/")
    hub("device", "add-topic-aliases", "first", "--topic-aliases", "do=$devices/{id}/commands")

    rows = hub("registry", "list-device-topic-aliases", "declared", "--format", "json")
    assert rows == [
        {"device_id": made["id"], "topic_prefix": f"$devices/{made['id']}/events", "alias": "warm"},
        {"device_id": made["id"], "topic_prefix": f"$devices/{made['id']}/commands", "alias": "do"},
    ]


def test_credentials_come_and_go(hub: Callable[..., Any], tmp_path: Path) -> None:
    hub("broker", "create", "shop")
    generated = hub("broker", "password", "add", "shop", "--generate", "--format", "json")
    hub("broker", "password", "add", "shop", "--read", input="Chosen-Password-1\n")
    passwords = hub("broker", "password", "list", "--broker-name", "shop", "--format", "json")
    hub("broker", "password", "delete", "shop", "--password-id", generated["id"])
    hub("broker", "certificate", "issue", "shop", "--out", str(tmp_path))
    (certificate,) = hub("broker", "certificate", "list", "shop", "--format", "json")
    hub("broker", "certificate", "delete", "shop", "--fingerprint", certificate["fingerprint"])
    hub("broker", "certificate", "add", "shop", "--certificate-file", str(tmp_path / "shop.crt"))

    assert len(generated["password"]) == 22
    assert len(passwords) == 2
    assert not any("password" in row for row in passwords)
    assert len(hub("broker", "password", "list", "shop", "--format", "json")) == 1
    assert (tmp_path / "shop.key").stat().st_mode & 0o777 == 0o600


@pytest.mark.parametrize(
    ("words", "problem"),
    [
        (("registry", "delete", "declared"), "is declared in config.yaml:3"),
        (("registry", "get", "nobody"), "there is no registry 'nobody'"),
        (("registry", "get"), "say which registry you mean"),
        (("device", "create", "first"), "needs a registry"),
        (("registry", "create", "x", "--labels", "a"), "says nothing of its value"),
    ],
)
def test_what_cannot_be_is_said_in_one_line(
    hub: Callable[..., Any], words: tuple[str, ...], problem: str
) -> None:
    with pytest.raises(HubError, match=problem):
        hub(*words)


async def test_a_running_hub_is_asked(tmp_path: Path) -> None:
    (tmp_path / "config.yaml").write_text(CONFIG)
    running = App(tmp_path / "config.yaml", watch=False)
    await running.start()
    answer = running._commands()[f"{PREFIX}create"]
    made = await answer(kind="device", name="first", registry="declared", generate_password=True)
    rows = await running._commands()[f"{PREFIX}list_all"](kind="device")
    await running.stop()

    assert [row["id"] for row in rows] == [made["id"]]
    assert len(made["password"]) == 22


def test_yaml_is_yaml(capsys: pytest.CaptureFixture[str]) -> None:
    answer = [{"a": "plain", "b": "yes", "c": {"d": 1, "e": ["x: y", "2026-01-01"]}, "f": "a\nb"}, {"g": {}}]

    show(answer, "yaml")

    document = load_text(capsys.readouterr().out, "answer.yaml")
    assert document.data == answer


def test_every_verb_says_what_it_does() -> None:
    assert [command.name for command in devices.registered_commands if not command.help] == []


def test_what_happened_is_told_in_lines(hub: Callable[..., Any]) -> None:
    hub("broker", "create", "shop")
    hub("brokers", "delete", "shop")

    *_, created, deleted = hub("audit").splitlines()

    assert " CreateBroker shop (" in created
    assert " DeleteBroker shop (" in deleted
    assert hub("registry", "logs", "declared") == ""
    assert hub("registry", "metrics", "declared", "--format", "json")[0]["connects"] == 0


def test_an_issued_certificate_comes_with_a_line_that_works(hub: Callable[..., Any], tmp_path: Path) -> None:
    without = hub("registry", "certificate", "issue", "declared", "--out", str(tmp_path / "a"))
    hub("cert", "create", "hub.example")
    listener = "{port: 8883, tls: {certificate: tls/server.crt, key: tls/server.key}}"
    (tmp_path / "config.yaml").write_text(CONFIG.replace("{port: 0}", listener))

    told = hub("registry", "certificate", "issue", "declared", "--out", str(tmp_path / "b"))

    assert "there is none yet" in without
    assert "mosquitto_pub -h localhost -p 8883 --cafile" in told
    authority = (tmp_path / "tls" / "ca.crt").read_text()
    assert (tmp_path / "b" / "declared.ca.crt").read_text() == authority
    with pytest.raises(HubError, match="is there already"):
        hub("registry", "certificate", "issue", "declared", "--out", str(tmp_path / "b"))


def test_a_key_of_json_rest_is_written_as_there(capsys: pytest.CaptureFixture[str]) -> None:
    show({"registry_id": "a", "topic_aliases": {"my_own": "x"}}, "json-rest")

    assert json.loads(capsys.readouterr().out) == {"registryId": "a", "topicAliases": {"my_own": "x"}}
