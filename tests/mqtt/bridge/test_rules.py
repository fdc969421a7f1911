"""Which topics cross a bridge, and what they are called on the other side."""

from __future__ import annotations

from typing import Any

import pytest
from pydantic import ValidationError

from hub.mqtt.bridge.model import BridgeModel, BridgeTopic
from hub.mqtt.bridge.rules import Rule, Rules


@pytest.mark.parametrize(
    ("rule", "here", "there"),
    [
        (Rule("a/#"), "a/b", "a/b"),
        (Rule("a/#"), "a", "a"),
        (Rule("#", local_prefix="here/", remote_prefix="there/"), "here/a/b", "there/a/b"),
        (Rule("+/state", remote_prefix="house/"), "lamp/state", "house/lamp/state"),
        (Rule("a", local_prefix="x/", remote_prefix=""), "x/a", "a"),
        (Rule("x/#", local_prefix="$SYS/", remote_prefix="house/"), "$SYS/x/y", "house/x/y"),
    ],
)
def test_a_prefix_takes_the_place_of_the_other(rule: Rule, here: str, there: str) -> None:
    assert rule.to_remote(here) == there
    assert rule.to_local(there) == here


@pytest.mark.parametrize(
    ("rule", "topic"),
    [
        (Rule("a/#"), "b"),
        (Rule("#"), "$SYS/broker/uptime"),
        (Rule("#", local_prefix="a/"), "a"),
        (Rule("#", local_prefix="a/"), "a/"),
        (Rule("#", local_prefix="a/"), "a/$SYS/x"),
        (Rule("+", local_prefix="a/"), "a/b/c"),
    ],
)
def test_everything_else_stays(rule: Rule, topic: str) -> None:
    assert rule.to_remote(topic) is None


def test_of_rules_with_the_same_result_the_first_decides() -> None:
    rules = Rules([Rule("a/#", qos=0), Rule("a/b"), Rule("a/b", remote_prefix="x/"), Rule("a/b", "in")])

    found = rules.out_of("a/b")

    assert [(way.name, way.rule.qos) for way in found] == [("a/b", 0), ("x/a/b", 1)]


@pytest.mark.parametrize(
    ("keys", "problem"),
    [
        ({"filter": "a#"}, "is no MQTT filter"),
        ({"filter": "#", "local_prefix": "a"}, "is no MQTT filter"),
        ({"filter": "a", "local_prefix": "+/"}, "can't be a prefix"),
        ({"filter": "a", "qos": 3}, "less than or equal to 2"),
        ({"filter": "a", "direction": "sideways"}, "'in', 'out' or 'both'"),
        ({"filter": "a", "direction": "in", "local_prefix": "$SYS/"}, "the server's own"),
        ({"filter": "$SYS/#", "direction": "out"}, "the server's own"),
        ({"filter": "a", "color": 1}, "Extra inputs"),
    ],
)
def test_a_rule_that_cannot_be_meant_is_refused(keys: dict[str, Any], problem: str) -> None:
    with pytest.raises(ValidationError, match=problem):
        BridgeTopic.model_validate(keys)


def test_the_servers_numbers_may_go_out_under_a_prefix() -> None:
    topic = BridgeTopic.model_validate({"filter": "$SYS/#", "remote_prefix": "house/"})

    assert topic.rule().to_remote("$SYS/broker/uptime") == "house/$SYS/broker/uptime"


@pytest.mark.parametrize(
    ("keys", "problem"),
    [
        ({"topics": []}, "at least 1 item"),
        ({"name": "The cloud"}, "should match pattern"),
        ({"name": "../x"}, "should match pattern"),
        ({"port": 0}, "greater than 0"),
        ({"outbox": {"size": 0}}, "greater than 0"),
    ],
)
def test_a_bridge_that_cannot_be_meant_is_refused(keys: dict[str, Any], problem: str) -> None:
    usual = {"name": "far", "host": "x", "topics": [{"filter": "#"}]}

    with pytest.raises(ValidationError, match=problem):
        BridgeModel.model_validate({**usual, **keys})


def test_the_password_is_not_shown() -> None:
    keys = {"name": "far", "host": "x", "topics": [{"filter": "#"}], "username": "ann", "password": "hush"}

    assert "hush" not in repr(BridgeModel.model_validate(keys))
