"""`hub mqtt` asks the running hub, and speaks MQTT as mosquitto_pub and mosquitto_sub do."""

from __future__ import annotations

import asyncio
import json
import subprocess
import sys
from collections.abc import AsyncIterator, Callable
from pathlib import Path
from typing import Any

import pytest
import trustme
from typer.testing import CliRunner, Result

from hub.app import App
from hub.broker import ClientConnected
from hub.cli.app import app
from hub.cli.mqtt_client import TIMED_OUT
from hub.core.errors import HubError

CONFIG = """
broker:
  listeners:
    - port: 0
  users:
    - name: ann
      password: secret
      publish: home/#
      subscribe: home/#
  limits:
    failed_log_in_delay: 0
"""


class House:
    """A hub that runs, and the command `hub` beside it."""

    def __init__(self, config: Path) -> None:
        self.config = config
        self.hub = App(config)

    @property
    def door(self) -> Any:
        return self.hub._door

    @property
    def port(self) -> str:
        return str(self.door.listening[0].port)

    async def run(self, *words: str, stdin: bytes = b"") -> Result:
        """Run `hub mqtt …` with this hub's configuration."""
        command = ["mqtt", *words, "--config", str(self.config)]
        return await asyncio.to_thread(CliRunner().invoke, app, command, input=stdin)

    async def elsewhere(self, *words: str, stdin: bytes = b"") -> Result:
        """Run `hub mqtt …` as for any server."""
        return await asyncio.to_thread(CliRunner().invoke, app, ["mqtt", *words], input=stdin)

    def kept(self) -> dict[str, bytes]:
        return {kept.topic: kept.payload for kept in self.door.broker.retained("#")}

    def keep(self, topic: str, payload: str) -> None:
        self.door.mqtt.publish(topic, payload, retain=True)


@pytest.fixture
async def start(tmp_path: Path) -> AsyncIterator[Callable[..., Any]]:
    houses: list[House] = []

    async def go(config: str = CONFIG) -> House:
        (tmp_path / "config.yaml").write_text(config)
        houses.append(House(tmp_path / "config.yaml"))
        await houses[-1].hub.start()
        return houses[-1]

    yield go
    for house in houses:
        await house.hub.stop()


@pytest.fixture
async def house(start: Any) -> House:
    return await start()  # type: ignore[no-any-return]


ANN = ("-u", "ann", "-P", "secret")


# Saying.


async def test_the_owner_needs_no_password(house: House) -> None:
    said = await house.run("pub", "-t", "a", "-m", "1", "-r", "-q", "1")
    heard = await house.run("sub", "-t", "#", "-C", "1", "-v")

    assert said.exit_code == 0, said.output
    assert heard.stdout == "a 1\n"


@pytest.mark.parametrize(
    ("words", "stdin", "payload"),
    [
        (["-m", "hällo"], b"", "hällo".encode()),
        (["-f", "FILE"], b"", b"\x00\xff\n"),
        (["-s"], b"one\ntwo\n", b"one\ntwo\n"),
        (["-l"], b"one\r\ntwo", b"two"),
        (["-m", "-1"], b"", b"-1"),
    ],
)
async def test_what_is_said_comes_from_where_it_was_told(
    house: House, tmp_path: Path, words: list[str], stdin: bytes, payload: bytes
) -> None:
    (tmp_path / "payload").write_bytes(b"\x00\xff\n")
    given = [str(tmp_path / "payload") if word == "FILE" else word for word in words]

    result = await house.run("pub", "-t", "a", "-r", "-q", "2", *given, stdin=stdin)

    assert result.exit_code == 0, result.output
    assert house.kept() == {"a": payload}


async def test_an_empty_message_clears_what_is_retained(house: House) -> None:
    house.keep("a", "1")

    await house.run("pub", "-t", "a", "-n", "-r", "-q", "1")

    assert house.kept() == {}


async def test_every_line_of_the_input_is_a_message(house: House) -> None:
    heard: list[bytes] = []
    house.door.mqtt.subscribe("home/#", lambda message: heard.append(message.payload))
    lines = [str(number).encode() for number in range(150)]
    words = ("-p", house.port, *ANN, "-t", "home/x", "-q", "1", "-l")

    await house.elsewhere("pub", *words, stdin=b"\n".join(lines))

    assert heard == lines


# Hearing.


@pytest.mark.parametrize(
    ("words", "printed"),
    [
        (["-C", "2"], "1\n2\n"),
        (["-C", "2", "-v"], "home/a 1\nhome/b 2\n"),
        (["-C", "1", "-N", "-T", "home/a"], "2"),
        (["-C", "2", "-F", "%t=%p %r"], "home/a=1 1\nhome/b=2 1\n"),
        (["-C", "2", "-t", "elsewhere"], "1\n2\n"),
        (["-R", "-W", "0.3"], ""),
        (["--retained-only", "-W", "0.3"], "1\n2\n"),
    ],
)
async def test_messages_are_printed_as_asked(house: House, words: list[str], printed: str) -> None:
    house.keep("home/a", "1")
    house.keep("home/b", "2")

    result = await house.run("sub", "-t", "home/#", *words)

    assert result.stdout == printed


async def test_messages_are_printed_as_json(house: House) -> None:
    house.keep("home/a", "1")

    result = await house.run("sub", "-t", "home/#", "-C", "1", "--json")

    told = json.loads(result.stdout)
    assert (told["topic"], told["payload"], told["retain"]) == ("home/a", "1", 1)


async def test_time_may_be_up(house: House) -> None:
    result = await house.run("sub", "-t", "home/#", "-W", "0.1")

    assert result.exit_code == TIMED_OUT
    assert result.stderr == "hub: timed out\n"


async def test_a_kept_session_has_what_came_meanwhile(house: House) -> None:
    login = ("-p", house.port, *ANN, "-i", "me", "-c", "-t", "home/#", "-q", "1")
    await house.elsewhere("sub", *login, "-W", "0.3")
    house.door.mqtt.publish("home/a", "meanwhile", qos=1)

    result = await house.elsewhere("sub", *login, "-C", "1")

    assert result.stdout == "meanwhile\n"


async def test_after_a_lost_connection_it_comes_back(house: House) -> None:
    connected: asyncio.Queue[str] = asyncio.Queue()

    def note(event: object) -> None:
        match event:
            case ClientConnected(client_id):
                connected.put_nowait(client_id)

    house.door.broker.listen_events(note)
    hearing = asyncio.create_task(house.run("sub", "-t", "#", "-C", "1", "-i", "me"))
    await connected.get()
    while not house.door.broker.stats.subscriptions:  # noqa: ASYNC110 - a subscription is no event
        await asyncio.sleep(0)
    house.door.broker.disconnect(client_id="me")
    await connected.get()
    house.keep("a", "1")

    result = await hearing

    assert result.stdout == "1\n"
    assert result.stderr.splitlines()[0].endswith("is lost; trying again")


def test_a_program_reads_what_is_printed(tmp_path: Path) -> None:
    command = [sys.executable, "-m", "hub", "mqtt", "sub", "-h", "127.0.0.1", "-p", "1", "-t", "a"]

    result = subprocess.run(command, capture_output=True, text=True, check=False)

    assert result.returncode == 1
    assert result.stderr.startswith("hub: there is no MQTT server on 127.0.0.1:1: Connection refused")
    assert "Traceback" not in result.stderr


# What goes wrong.


@pytest.mark.parametrize(
    ("words", "problem"),
    [
        (["sub", "-t", "home/#", "-u", "ann", "-P", "wrong"], "does not let us in: Not authorized"),
        (["sub", "-t", "home/#", "-u", "nobody", "-P", "x"], "does not let us in: Not authorized"),
        (["sub", "-t", "other/#", *ANN], "refuses other/#"),
        (["pub", "-t", "home/a", "-m", "x", *ANN, "-V", "5"], "does not let us in|no answer to the log-in"),
        (["pub", "-t", "a", "-f", "/nowhere"], "/nowhere can't be read"),
        (["pub", "-t", "a", "-m", "x", "--cafile", "/nowhere"], "/nowhere can't be read"),
    ],
)
async def test_what_goes_wrong_is_said_in_words(house: House, words: list[str], problem: str) -> None:
    result = await house.run(*words)

    with pytest.raises(HubError, match=problem):
        raise result.exception  # type: ignore[misc]


@pytest.mark.parametrize(
    "words",
    [
        ["pub", "-t", "a/#", "-m", "x"],
        ["pub", "-t", "a"],
        ["pub", "-t", "a", "-m", "x", "-n"],
        ["pub", "-t", "a", "-m", "x", "-q", "3"],
        ["sub", "-t", "a#"],
        ["sub", "-t", "a", "-c"],
        ["sub", "-t", "a", "-P", "x"],
        ["sub", "-t", "a", "-V", "4"],
        ["sub", "-t", "a", "-F", "%y"],
        ["sub", "-t", "a", "-h", "localhost", "--cert", "x"],
        ["sub"],
    ],
)
def test_flags_that_cannot_be_meant_are_refused(words: list[str]) -> None:
    assert CliRunner().invoke(app, ["mqtt", *words]).exit_code == 2


def test_a_hub_that_does_not_run_is_named(tmp_path: Path) -> None:
    (tmp_path / "config.yaml").write_text(CONFIG)

    result = CliRunner().invoke(app, ["mqtt", "sub", "-t", "a", "--config", str(tmp_path)])

    assert isinstance(result.exception, HubError)
    assert "no hub runs" in result.exception.problem


# TLS.


@pytest.fixture
def certified(tmp_path: Path) -> Path:
    ca = trustme.CA()
    ca.cert_pem.write_to_path(tmp_path / "ca.crt")
    certificate = ca.issue_cert("hub.example")
    certificate.private_key_pem.write_to_path(tmp_path / "server.key")
    certificate.cert_chain_pems[0].write_to_path(tmp_path / "server.crt")
    return tmp_path


SECURE = CONFIG.replace(
    "- port: 0", "- port: 0\n      tls:\n        certificate: server.crt\n        key: server.key"
)


async def test_the_owner_comes_in_over_tls_too(start: Any, certified: Path) -> None:
    house = await start(SECURE)
    house.keep("a", "1")

    result = await house.run("sub", "-t", "a", "-C", "1")

    assert result.stdout == "1\n"


# paho does not close the socket of a handshake that failed.
@pytest.mark.filterwarnings("ignore:unclosed <ssl.SSLSocket:ResourceWarning")
async def test_a_servers_certificate_is_checked(start: Any, certified: Path) -> None:
    house = await start(SECURE)
    words = ("sub", "-h", "localhost", "-p", house.port, *ANN, "-t", "home/#", "-W", "0.1")
    authority = ("--cafile", str(certified / "ca.crt"))

    by_number = await house.elsewhere(*words, *authority, "--insecure")
    wrong_name = str((await house.elsewhere(*words, *authority)).exception)
    unknown = str((await house.elsewhere(*words, "--tls-use-os-certs")).exception)

    assert by_number.exit_code == TIMED_OUT
    assert "localhost" in wrong_name
    assert "is not trusted" in unknown


# Asking.


async def test_clients_subscriptions_and_retained_messages_are_listed(house: House) -> None:
    await house.elsewhere("sub", "-p", house.port, *ANN, "-i", "me", "-c", "-t", "home/a", "-W", "0.1")
    house.keep("home/b", "21 [red]\x1b[31m")

    clients = await house.run("clients")
    subscriptions = await house.run("subscriptions", "me")
    retained = await house.run("retained", "home/#")

    assert clients.stdout.split("\n")[1].split() == ["me", "ann", "away", "-", "-", "-", "1"]
    assert subscriptions.stdout.split("\n")[1].split() == ["home/a", "me", "ann"]
    assert retained.stdout.split("\n")[1].rstrip().endswith("21 [red]\\x1b[31m")


@pytest.mark.parametrize("what", ["clients", "subscriptions", "retained"])
async def test_lists_may_be_empty(house: House, what: str) -> None:
    told, as_json = await house.run(what), await house.run(what, "--json")

    assert told.stdout.startswith("No ")
    assert json.loads(as_json.stdout) == []


async def test_a_session_is_forgotten(house: House) -> None:
    await house.elsewhere("sub", "-p", house.port, *ANN, "-i", "me", "-c", "-t", "home/a", "-W", "0.1")

    result = await house.run("kick", "me", "--forget")

    assert result.stdout == "disconnected: 0, forgotten: 1\n"
