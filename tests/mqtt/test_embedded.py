"""The hub as its own MQTT server: who may come in from where, and what its keys mean."""

from __future__ import annotations

import dataclasses
import logging
from collections.abc import Callable
from pathlib import Path
from typing import Any

import aiomqtt
import pytest
import trustme
from cryptography.hazmat.primitives import serialization
from pydantic import ValidationError

from hub.broker import Limits
from hub.core.errors import HubError
from hub.core.ports import House, Message
from hub.mqtt import EmbeddedEngine
from hub.mqtt.limits import ServerLimits
from hub.registry import hash_password

ANN = {"name": "ann", "password": "secret", "publish": "home/#", "subscribe": ["home/%u/#"]}


def engine(**keys: Any) -> EmbeddedEngine:
    return EmbeddedEngine.model_validate({"listeners": [{"port": 0}], **keys})


def client(door: Any, name: str | None = None, password: str | None = None, **more: Any) -> aiomqtt.Client:
    port = door.listening[0].port
    return aiomqtt.Client("127.0.0.1", port, username=name, password=password, **more)


# Who comes in.


async def test_a_user_logs_in_and_is_held_to_the_rights(opened: Any, inbox: Any) -> None:
    door = await opened(engine(users=[ANN]))
    seen = inbox()
    door.mqtt.subscribe("#", seen)

    async with client(door, "ann", "secret") as ann:
        await ann.publish("elsewhere", "no", qos=1)
        await ann.publish("home/x", "yes", qos=1)

    assert await seen.get() == ("home/x", b"yes", False)


async def test_a_subscription_wider_than_the_rights_is_refused(opened: Any) -> None:
    door = await opened(engine(users=[ANN]))

    async with client(door, "ann", "secret") as ann:
        codes = [(await ann.subscribe(filter))[0].value for filter in ("home/#", "home/ann/#", "#")]

    assert codes == [128, 0, 128]


async def test_a_user_with_a_hashed_password_logs_in(opened: Any) -> None:
    door = await opened(engine(users=[{"name": "eve", "password": hash_password("apple"), "admin": True}]))

    async with client(door, "eve", "apple") as eve:
        codes = await eve.subscribe("#")

    assert codes[0].value == 0


@pytest.mark.parametrize(("name", "password"), [("ann", "wrong"), ("bob", "secret"), (None, None)])
async def test_everybody_else_is_refused_and_the_log_says_so(
    opened: Any, caplog: pytest.LogCaptureFixture, name: str | None, password: str | None
) -> None:
    door = await opened(engine(users=[ANN], limits={"failed_log_in_delay": 0}))

    with pytest.raises(aiomqtt.MqttError):
        async with client(door, name, password):
            pass

    assert "is not let in" in caplog.text
    assert "secret" not in caplog.text


async def test_with_nobody_to_log_in_the_log_says_what_to_do(
    opened: Any, caplog: pytest.LogCaptureFixture
) -> None:
    await opened(engine())

    assert "run `hub user hash`" in caplog.text


async def test_a_client_without_a_name_does_what_anonymous_clients_may(opened: Any, inbox: Any) -> None:
    door = await opened(
        engine(listeners=[{"port": 0, "anonymous": True}], anonymous={"publish": "open/#"}),
    )
    seen = inbox()
    door.mqtt.subscribe("#", seen)

    async with client(door) as nobody:
        await nobody.publish("home/x", "no", qos=1)
        await nobody.publish("open/x", "yes", qos=1)

    assert await seen.get() == ("open/x", b"yes", False)


async def test_a_user_with_own_limits_has_those(opened: Any) -> None:
    keys = {"limits": {"subscriptions": 1}, "users": [{**ANN, "limits": {"subscriptions": 2}}]}
    door = await opened(engine(**keys))

    async with client(door, "ann", "secret") as ann:
        codes = [(await ann.subscribe(f"home/ann/{number}"))[0].value for number in range(3)]

    assert codes == [0, 0, 128]


# The hub's own way.


async def test_a_message_is_there_when_publish_returns(opened: Any, inbox: Any) -> None:
    door = await opened(engine())
    seen = inbox()
    door.mqtt.subscribe("a/+", seen)

    door.mqtt.publish("a/b", "x")

    assert seen.seen == [("a/b", b"x", False)]


async def test_a_subscriber_detached_by_another_gets_nothing_more(opened: Any, inbox: Any) -> None:
    door = await opened(engine())
    late = inbox()
    stops: list[Callable[[], None]] = []
    door.mqtt.subscribe("a", lambda message: stops[0]())
    stops.append(door.mqtt.subscribe("a", late))

    door.mqtt.publish("a", "x")

    assert late.seen == []


async def test_a_bug_in_one_subscriber_does_not_reach_the_others(opened: Any, inbox: Any) -> None:
    door = await opened(engine())
    seen = inbox()

    def broken(message: Message) -> None:
        raise RuntimeError("a bug")

    door.mqtt.subscribe("a", broken)
    door.mqtt.subscribe("a", seen)
    door.mqtt.publish("a", "x")

    assert seen.seen == [("a", b"x", False)]


# Doors.


async def test_a_unix_socket_is_opened_and_cleared_away(house: House, tmp_path: Path) -> None:
    door = await engine(users=[ANN], listeners=[{"path": "mqtt.sock"}]).open(house)

    async with aiomqtt.Client(
        str(tmp_path / "mqtt.sock"), 1, username="ann", password="secret", transport="unix"
    ):
        assert list(door.lines()) == [f"MQTT server on {tmp_path / 'mqtt.sock'}"]
    await door.close()

    assert not (tmp_path / "mqtt.sock").exists()


async def test_a_port_that_is_taken_is_named_with_what_to_do(opened: Any, house: House) -> None:
    door = await opened(engine())
    port = door.listening[0].port

    with pytest.raises(HubError, match=rf"127\.0\.0\.1:{port}.*in use.*engine: external"):
        await engine(listeners=[{"port": 0}, {"name": "two", "port": port}]).open(house)


async def test_passwords_in_clear_over_the_network_are_warned_of(
    opened: Any, caplog: pytest.LogCaptureFixture
) -> None:
    await opened(engine(users=[ANN], listeners=[{"name": "lan", "host": "0.0.0.0", "port": 0}]))

    assert "lan: passwords cross the network in clear" in caplog.text


@pytest.fixture
def authority(tmp_path: Path) -> trustme.CA:
    ca = trustme.CA()
    ca.cert_pem.write_to_path(tmp_path / "ca.pem")
    server = ca.issue_cert("localhost")
    server.private_key_pem.write_to_path(tmp_path / "key.pem")
    server.cert_chain_pems[0].write_to_path(tmp_path / "cert.pem")
    ca.issue_cert("me").private_key_and_cert_chain_pem.write_to_path(tmp_path / "client.pem")
    return ca


async def test_a_client_is_served_over_tls(opened: Any, authority: trustme.CA, tmp_path: Path) -> None:
    listener = {"port": 0, "tls": {"certificate": "cert.pem", "key": "key.pem"}}
    door = await opened(engine(users=[ANN], listeners=[listener]))
    tls = aiomqtt.TLSParameters(ca_certs=str(tmp_path / "ca.pem"))

    async with aiomqtt.Client(
        "localhost", door.listening[0].port, username="ann", password="secret", tls_params=tls
    ) as ann:
        await ann.publish("home/x", "y", qos=1)

    assert list(door.lines()) == [f"MQTT server on 127.0.0.1:{door.listening[0].port} with TLS"]


async def test_with_an_authority_for_clients_only_its_clients_come_in(
    opened: Any, authority: trustme.CA, tmp_path: Path
) -> None:
    tls = {"certificate": "cert.pem", "key": "key.pem", "client_ca": "ca.pem"}
    door = await opened(engine(users=[ANN], listeners=[{"port": 0, "tls": tls}]))
    place: Any = {"hostname": "localhost", "port": door.listening[0].port, "timeout": 3}
    known = aiomqtt.TLSParameters(str(tmp_path / "ca.pem"), certfile=str(tmp_path / "client.pem"))
    strange = aiomqtt.TLSParameters(str(tmp_path / "ca.pem"))

    async with aiomqtt.Client(**place, username="ann", password="secret", tls_params=known) as ann:
        await ann.publish("home/x", "y", qos=1)
    with pytest.raises(aiomqtt.MqttError):
        async with aiomqtt.Client(**place, username="ann", password="secret", tls_params=strange):
            pass


@pytest.mark.parametrize(
    ("tls", "problem"),
    [
        ({"certificate": "none.pem", "key": "key.pem"}, "none.pem can't be read: No such file"),
        ({"certificate": "cert.pem", "key": "none.pem"}, "none.pem can't be read: No such file"),
        ({"certificate": "cert.pem", "key": "client.pem"}, "key does not belong to the certificate"),
        ({"certificate": "junk.pem", "key": "key.pem"}, "can't be used for TLS"),
        ({"certificate": "cert.pem", "key": "locked.pem"}, r"locked.pem.*without a pass phrase"),
        ({"certificate": "cert.pem", "key": "key.pem", "client_ca": "junk.pem"}, "junk.pem.*can't be used"),
    ],
)
async def test_a_bad_certificate_or_key_is_named(
    house: House, authority: trustme.CA, tmp_path: Path, tls: dict[str, str], problem: str
) -> None:
    key = serialization.load_pem_private_key((tmp_path / "key.pem").read_bytes(), None)
    locked = key.private_bytes(
        serialization.Encoding.PEM,
        serialization.PrivateFormat.PKCS8,
        serialization.BestAvailableEncryption(b"pass"),
    )
    (tmp_path / "locked.pem").write_bytes(locked)
    (tmp_path / "junk.pem").write_text("junk")

    with pytest.raises(HubError, match=problem):
        await engine(listeners=[{"port": 0, "tls": tls}]).open(house)


# Keys.


@pytest.mark.parametrize(
    ("keys", "problem"),
    [
        ({"listeners": [{"host": "0.0.0.0", "anonymous": True}]}, "would let in anybody who reaches 0.0.0.0"),
        ({"listeners": [{"host": "", "anonymous": True}]}, "would let in anybody"),
        ({"listeners": [{"anonymous": True}]}, "nothing says what they may do"),
        ({"anonymous": {"publish": "#"}}, "no listener lets them in"),
        ({"listeners": [{"path": "x", "port": 1}]}, "a Unix socket has no port"),
        ({"listeners": [{}, {}]}, "more than one listener is '127.0.0.1:1883'"),
        ({"users": [ANN, ANN]}, "more than one user is called 'ann'"),
        ({"users": [{**ANN, "name": "a/b"}]}, "can't be a user's name"),
        ({"users": [{**ANN, "name": ""}]}, "can't be a user's name"),
        ({"users": [{**ANN, "password": ""}]}, "an empty password lets anybody in"),
        ({"users": [{**ANN, "password": 1234}]}, "a password should be a text"),
        ({"users": [{**ANN, "password": "$6$salt$hash"}]}, "this hash is of a kind that is not known"),
        ({"users": [{**ANN, "password": "$argon2id$v=19"}]}, "this argon2id hash can't be read"),
        ({"users": [{"name": "ann"}]}, "Field required"),
        ({"users": [{**ANN, "publish": "home/#/x"}]}, "'home/#/x' is no MQTT filter"),
        ({"users": [{**ANN, "admin": True}]}, "an admin may do everything"),
        ({"limits": {"packet": 0}}, "greater than 0"),
        ({"limits": {"speed": 1}}, "Extra inputs are not permitted"),
        ({"users": [{**ANN, "limits": {"connections": 1}}]}, "Extra inputs are not permitted"),
        (
            {"listeners": [{"anonymous": True}], "anonymous": {"publish": "home/%u"}},
            "%u is the user's name, and these have none",
        ),
    ],
)
def test_a_key_that_cannot_be_meant_is_refused(keys: dict[str, Any], problem: str) -> None:
    with pytest.raises(ValidationError, match=problem) as refused:
        EmbeddedEngine.model_validate(keys)

    assert "secret" not in str(refused.value.errors(include_input=False))


def test_an_open_listener_for_all_needs_both_flags() -> None:
    listener = {"host": "0.0.0.0", "anonymous": True, "i_know_this_is_open": True}

    made = EmbeddedEngine.model_validate({"listeners": [listener], "anonymous": {"subscribe": "open/#"}})

    assert made.listeners[0].anonymous


@pytest.mark.parametrize("host", ["127.0.0.1", "127.8.8.8", "::1", "localhost"])
def test_a_listener_that_only_this_machine_reaches_may_be_open(host: str) -> None:
    keys = {"listeners": [{"host": host, "anonymous": True}], "anonymous": {"subscribe": "open/#"}}

    assert EmbeddedEngine.model_validate(keys).listeners[0].is_local


def test_a_password_is_not_kept_in_clear() -> None:
    made = EmbeddedEngine.model_validate({"users": [ANN]})

    assert "secret" not in repr(made)
    assert "secret" not in str(made.model_dump())


def test_without_keys_it_listens_here_and_knows_nobody() -> None:
    made = EmbeddedEngine()

    assert [listener.where for listener in made.listeners] == ["127.0.0.1:1883"]
    assert made.users == []
    assert made.limits.over(Limits()) == Limits()


def test_every_limit_of_the_server_has_its_key() -> None:
    assert {name: field.default for name, field in ServerLimits.model_fields.items()} == dataclasses.asdict(
        Limits()
    )


def test_times_among_the_limits_may_be_written_as_durations() -> None:
    limits = EmbeddedEngine.model_validate({"limits": {"session_expiry": {"days": 2}}}).limits

    assert limits.over(Limits()).session_expiry == 172_800


async def test_refusals_of_the_same_client_are_logged_once_in_a_while(
    opened: Any, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.WARNING, "hub.mqtt.watching")
    door = await opened(engine(users=[ANN], limits={"failed_log_in_delay": 0}))

    for _ in range(3):
        with pytest.raises(aiomqtt.MqttError):
            async with client(door, "ann", "wrong"):
                pass

    assert caplog.text.count("is not let in") == 1
