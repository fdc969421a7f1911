"""Check the mqtt trigger: what fires it and what it tells."""

from __future__ import annotations

from typing import Any

import pytest


def automation(home: Any, **trigger: Any) -> None:
    action = {
        "action": "test.automation",
        "data": {
            "payload": "{{ trigger.payload }}",
            "json": "{{ trigger.payload_json is defined }}",
            "qos": "{{ trigger.qos }}",
            "retain": "{{ trigger.retain }}",
            "topic": "{{ trigger.topic }}",
            "description": "{{ trigger.description }}",
        },
    }
    home.set_up(automation={"triggers": {"trigger": "mqtt", **trigger}, "actions": action})


async def fired(home: Any) -> list[Any]:
    await home.simulated.settle()
    return [dict(call.data) for call in home.simulated.calls]


async def test_tells_all_of_the_message(home: Any) -> None:
    automation(home, topic="a/+")

    home.message("a/b", "hi", retain=True)

    assert await fired(home) == [
        {
            "payload": "hi",
            "json": False,
            "qos": 0,
            "retain": True,
            "topic": "a/b",
            "description": "mqtt topic a/b",
        }
    ]


@pytest.mark.parametrize(
    ("trigger", "payload", "fires"),
    [
        ({"payload": "1"}, "1", True),
        ({"payload": 1}, "1", True),
        ({"payload": "1"}, "1.0", False),
        ({"payload": "on", "value_template": "{{ value_json.x }}"}, '{"x": "on"}', True),
        ({"payload": "on", "value_template": "{{ value_json.x }}"}, '{"x": "off"}', False),
        ({"payload": "on", "value_template": "{{ value_json.x }}"}, "on", False),
        ({"payload": "{{ 'a' ~ 'b' }}"}, "ab", True),
        ({"payload": ""}, "", True),
        ({"ignore_retained": True}, "x", True),
        ({}, b"\xff", False),
    ],
)
async def test_fires_when_the_payload_fits(
    home: Any, trigger: dict[str, Any], payload: str | bytes, fires: bool
) -> None:
    automation(home, topic="t", **trigger)

    home.message("t", payload)

    assert bool(await fired(home)) is fires


async def test_retained_messages_may_be_ignored(home: Any) -> None:
    automation(home, topic="t", ignore_retained=True)

    home.message("t", "x", retain=True)

    assert await fired(home) == []


async def test_raw_bytes_are_handed_on(home: Any) -> None:
    automation(home, topic="t", encoding="")

    home.message("t", b"\xff")

    assert (await fired(home))[0]["payload"] == b"\xff"


async def test_trigger_variables_make_the_topic(home: Any) -> None:
    action = {"action": "test.automation"}
    home.set_up(
        automation={
            "trigger_variables": {"room": "bath"},
            "triggers": {"trigger": "mqtt", "topic": "home/{{ room }}"},
            "actions": action,
        }
    )

    home.message("home/bath", "x")

    assert len(await fired(home)) == 1


async def test_a_topic_that_is_none_is_told(home: Any, caplog: Any) -> None:
    automation(home, topic="a/#/b")

    assert "write it last" in caplog.text
