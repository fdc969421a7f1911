"""Commands and sensors over HTTP, against a real server on this machine."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from typing import Any

import pytest

from hub.api import HubError
from hub.testing.house import SimulatedHouse
from plugins.rest.reaching import is_local


class Server:
    """Answers with what it is told, and remembers what it was asked."""

    def __init__(self) -> None:
        self.answers: list[tuple[int, str, str]] = []
        self.heard: list[tuple[str, str]] = []
        self.url = ""

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        head = (await reader.readuntil(b"\r\n\r\n")).decode()
        length = [line for line in head.lower().split("\r\n") if line.startswith("content-length:")]
        body = await reader.readexactly(int(length[0].split(":")[1])) if length else b""
        self.heard.append((head, body.decode()))
        status, kind, text = self.answers.pop(0) if self.answers else (200, "text/plain", "ok")
        told = f"HTTP/1.1 {status} X\r\nContent-Type: {kind}\r\nContent-Length: {len(text)}\r\n"
        writer.write(
            f"{told}Location: http://127.0.0.1/\r\nConnection: close\r\n\r\n{text}".encode(
                errors="surrogateescape"
            )
        )
        await writer.drain()
        writer.close()


@pytest.fixture
async def server() -> AsyncIterator[Server]:
    server = Server()
    listening = await asyncio.start_server(server.serve, "127.0.0.1", 0)
    server.url = f"http://127.0.0.1:{listening.sockets[0].getsockname()[1]}"
    yield server
    listening.close()


@pytest.fixture
async def home() -> AsyncIterator[SimulatedHouse]:
    home = SimulatedHouse()
    yield home
    await home.stop()


async def send(home: SimulatedHouse, **data: Any) -> Any:
    return await home.house.services.wait("rest_command", "ring", data, return_response=True)


def command(home: SimulatedHouse, url: str, **more: Any) -> None:
    home.set_up({"rest_command": {"ring": {"url": url, "allow_local": True, **more}}})


async def test_a_command_sends_what_its_templates_say(home: SimulatedHouse, server: Server) -> None:
    server.answers = [(200, "application/json", '{"rang": true}')]
    command(
        home, server.url + "/{{ where }}", method="post", payload='{"v": {{ v }}}',
        content_type="application/json", headers={"x-who": "{{ who }}"}, username="u", password="p",
    )  # fmt: skip

    answer = await send(home, where="hall", v=7, who="me")

    head, body = server.heard[0]
    assert head.startswith("POST /hall HTTP/1.1")
    assert "x-who: me" in head
    assert "authorization: Basic dTpw" in head.replace("Authorization", "authorization")
    assert body == '{"v": 7}'
    assert (answer["status"], answer["content"]) == (200, {"rang": True})


async def test_what_fails_in_the_server_is_tried_again(home: SimulatedHouse, server: Server) -> None:
    server.answers = [(503, "text/plain", ""), (502, "text/plain", ""), (200, "text/plain", "well")]
    command(home, server.url, retries=2)

    asking = asyncio.ensure_future(send(home))
    while not asking.done():
        await asyncio.sleep(0.01)
        await home.advance(0.5)

    assert (await asking)["content"] == "well"
    assert len(server.heard) == 3


async def test_a_refusal_is_an_error_unless_it_is_wanted(home: SimulatedHouse, server: Server) -> None:
    server.answers = [(404, "text/plain", "no"), (404, "text/plain", "no")]
    command(home, server.url)

    assert (await send(home))["status"] == 404
    with pytest.raises(HubError, match="404"):
        await home.house.services.wait("rest_command", "ring", {})


async def test_a_redirect_is_not_followed(home: SimulatedHouse, server: Server) -> None:
    server.answers = [(302, "text/plain", "")]
    command(home, server.url)

    assert (await send(home))["status"] == 302
    assert len(server.heard) == 1


async def test_this_machine_is_not_asked_unless_that_is_allowed(home: SimulatedHouse, server: Server) -> None:
    command(home, server.url, allow_local=False)

    with pytest.raises(HubError, match="allow_local"):
        await send(home)

    assert server.heard == []


@pytest.mark.parametrize(
    ("number", "local"),
    [
        ("127.0.0.1", True), ("::1", True), ("169.254.169.254", True), ("::ffff:127.0.0.1", True),
        ("0.0.0.0", True), ("fe80::1%eth0", True), ("192.168.1.5", False), ("8.8.8.8", False),
    ],
)  # fmt: skip
def test_addresses_are_judged(number: str, local: bool) -> None:
    assert is_local(number) is local


@pytest.mark.parametrize("url", ["ftp://x/", "nonsense", "file:///etc/passwd"])
async def test_only_http_is_spoken(home: SimulatedHouse, url: str) -> None:
    command(home, url)

    with pytest.raises(HubError, match="is no address"):
        await send(home)


async def seen(home: SimulatedHouse, entity_id: str, state: str) -> None:
    while home.state(entity_id) != state:  # noqa: ASYNC110  # a socket has no event to wait for
        await asyncio.sleep(0.01)


async def test_a_sensor_shows_what_the_address_answers(home: SimulatedHouse, server: Server) -> None:
    server.answers = [(200, "application/json", '{"price": 0.31, "zone": "DE"}'), (500, "text/plain", "")]
    home.set_up({"sensor": {
        "platform": "rest", "name": "Price", "resource": server.url, "allow_local": True,
        "value_template": "{{ value_json.price }}", "json_attributes": ["zone"], "scan_interval": 60,
    }})  # fmt: skip

    await seen(home, "sensor.price", "0.31")
    assert home.house.states.get("sensor.price").attributes["zone"] == "DE"
    await home.advance(61)
    await seen(home, "sensor.price", "unavailable")


async def test_a_binary_sensor_is_on_or_off(home: SimulatedHouse, server: Server) -> None:
    server.answers = [(200, "text/plain", "True")]
    home.set_up({"binary_sensor": {
        "platform": "rest", "name": "Up", "resource": server.url, "allow_local": True,
    }})  # fmt: skip

    await seen(home, "binary_sensor.up", "on")


WEATHER = '{"now": {"warm": 21.5, "wind": [{"speed": 3, "from": "N"}]}, "ok": true}'


async def test_one_answer_is_read_by_several_sensors(home: SimulatedHouse, server: Server) -> None:
    server.answers = [(200, "application/json", WEATHER)]
    resource = {
        "resource_template": server.url + "/{{ 1 + 1 }}",
        "allow_local": True,
        "params": {"days": "{{ 3 }}", "of": "a b"},
        "headers": {"x-day": "{{ 7 * 2 }}"},
        "method": "post",
        "payload_template": '{"n": {{ 2 * 2 }}}',
        "scan_interval": 60,
        "sensor": [
            {
                "name": "Warmth", "unique_id": "w", "value_template": "{{ value_json.now.warm }}",
                "unit_of_measurement": "°C", "device_class": "temperature", "icon": "mdi:{{ value_json.ok }}",
                "json_attributes_path": "$.now.wind[0]", "json_attributes": ["speed", "from", "none"],
            },
            {"name": "Gone", "value_template": "1", "availability": "{{ not value_json.ok }}"},
        ],
        "binary_sensor": {"name": "Fine", "value_template": "{{ value_json.ok }}"},
    }  # fmt: skip
    home.set_up({"rest": [resource]})

    await seen(home, "sensor.warmth", "21.5")

    head, body = server.heard[0]
    assert head.startswith("POST /2?days=3&of=a+b HTTP/1.1")
    assert "x-day: 14" in head
    assert body == '{"n": 4}'
    attributes = home.house.states.get("sensor.warmth").attributes
    assert (attributes["speed"], attributes["from"], attributes["icon"]) == (3, "N", "mdi:True")
    assert (home.state("sensor.gone"), home.state("binary_sensor.fine")) == ("unavailable", "on")
    assert len(server.heard) == 1


async def test_a_log_in_by_digest_is_answered(home: SimulatedHouse, server: Server) -> None:
    challenge = 'Digest realm="r", nonce="n", qop="auth"'
    server.answers = [(401, f"text/plain\r\nWWW-Authenticate: {challenge}", ""), (200, "text/plain", "in")]
    command(home, server.url, authentication="digest", username="u", password="p")

    answer = await send(home)

    assert answer["content"] == "in"
    assert 'Digest username="u"' in server.heard[1][0]


async def test_text_is_read_in_the_encoding_that_is_named(home: SimulatedHouse, server: Server) -> None:
    server.answers = [(200, "text/plain", "caf\udce9")]
    home.set_up(
        {
            "sensor": {
                "platform": "rest", "name": "S", "resource": server.url, "allow_local": True,
                "encoding": "iso-8859-1",
            }
        }
    )  # fmt: skip

    await seen(home, "sensor.s", "café")


@pytest.mark.parametrize(
    ("options", "problem"),
    [
        ({}, "needs resource or resource_template"),
        ({"resource": "http://a", "resource_template": "http://b"}, "needs resource or resource_template"),
        ({"resource": "http://a", "payload": "a", "payload_template": "b"}, "can't both be sent"),
        ({"resource": "http://a", "encoding": "klingon"}, "'klingon' is no encoding"),
        ({"resource": "http://a", "sensor": {"json_attributes_path": "$.a["}}, "is no JSON path"),
    ],
)
async def test_what_can_not_be_asked_is_refused(
    home: SimulatedHouse, options: dict[str, Any], problem: str
) -> None:
    found = home.set_up({"rest": [options]})

    assert problem in str(found.errors[0])


async def test_a_switch_is_told_and_asked(home: SimulatedHouse, server: Server) -> None:
    off, on = ((200, "application/json", f'{{"active": {word}}}') for word in ("false", "true"))
    server.answers = [off, (200, "text/plain", ""), on]
    home.set_up({"switch": {
        "platform": "rest", "name": "Pump", "resource": server.url + "/set", "allow_local": True,
        "state_resource": server.url + "/get", "is_on_template": "{{ value_json.active }}",
        "body_on": '{"active": {{ true | tojson }}}', "scan_interval": 600,
    }})  # fmt: skip
    await seen(home, "switch.pump", "off")

    await home.house.services.wait("switch", "turn_on", {"entity_id": "switch.pump"})

    assert home.state("switch.pump") == "on"
    asked = [(head.partition(" HTTP")[0], body) for head, body in server.heard]
    assert asked == [("GET /get", ""), ("POST /set", '{"active": true}'), ("GET /get", "")]


async def test_a_switch_that_refuses_is_an_error(home: SimulatedHouse, server: Server) -> None:
    server.answers = [(200, "text/plain", "OFF"), (500, "text/plain", "")]
    home.set_up({"switch": {
        "platform": "rest", "name": "Pump", "resource": server.url, "allow_local": True, "scan_interval": 600,
    }})  # fmt: skip
    await seen(home, "switch.pump", "off")

    with pytest.raises(HubError, match="the answer is 500"):
        await home.house.services.wait("switch", "turn_on", {"entity_id": "switch.pump"})

    assert home.state("switch.pump") == "off"
