"""Check the service mqtt.publish."""

from __future__ import annotations

from typing import Any

import pytest

from hub.api import HubError


async def publish(home: Any, **data: Any) -> Any:
    await home.house.services.wait("mqtt", "publish", data)
    return home.simulated.mqtt.published[-1]


@pytest.mark.parametrize(
    ("data", "payload"),
    [
        ({}, b""),
        ({"payload": None}, b""),
        ({"payload": 21.5}, b"21.5"),
        ({"payload": True}, b"True"),
        ({"payload_template": "ready"}, b"ready"),
        ({"payload": r"b'\x02'"}, rb"b'\x02'"),
        ({"payload": r"b'\x02'", "evaluate_payload": True}, b"\x02"),
        ({"payload": "b'", "evaluate_payload": True}, b"b'"),
    ],
)
async def test_sends(home: Any, data: dict[str, Any], payload: bytes) -> None:
    home.set_up()

    assert (await publish(home, topic="t", **data)).payload == payload


async def test_a_text_that_a_template_took_for_a_mapping_is_sent_as_text(home: Any) -> None:
    home.set_up()
    rendered = home.house.templates.compile('{"a": {{ 1 }}}').render()

    assert (await publish(home, topic="t", payload=rendered)).payload == b'{"a": 1}'


async def test_sends_with_quality_and_retention(home: Any) -> None:
    home.set_up()

    message = await publish(home, topic="t", payload="x", qos="2", retain="true")

    assert (message.qos, message.retain) == (2, True)


@pytest.mark.parametrize(
    ("data", "word"),
    [
        ({}, "'topic' is missing"),
        ({"topic": "a/#"}, "no wildcards"),
        ({"topic": "t", "qos": 3}, "qos"),
        ({"topic": "t", "payload": {"a": 1}}, "a payload is a text"),
        ({"topic": "t", "payload": "a", "payload_template": "b"}, "can't be given together"),
        ({"topic": "t", "colour": 1}, "unknown field 'colour'"),
    ],
)
async def test_refuses(home: Any, data: dict[str, Any], word: str) -> None:
    home.set_up()

    with pytest.raises(HubError, match=word):
        await publish(home, **data)
