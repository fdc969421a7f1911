"""What holds for the hub's way to MQTT, whichever engine is behind it."""

from __future__ import annotations

from typing import Any

import pytest

from hub.core.errors import HubError


async def echo(place: Any, inbox: Any, topic: str = "the/end") -> None:
    """Wait until everything said so far has come round."""
    seen = inbox()
    detach = place.mqtt.subscribe(topic, seen)
    place.mqtt.publish(topic, "echo", qos=1)
    await seen.get()
    detach()


async def test_a_message_comes_to_who_subscribed_its_topic(place: Any, inbox: Any) -> None:
    seen = inbox()
    place.mqtt.subscribe("home/lamp/state", seen)

    place.mqtt.publish("home/lamp/state", "ON")

    assert await seen.get() == ("home/lamp/state", b"ON", False)


async def test_connected_is_true_once_it_is_open(place: Any) -> None:
    assert place.mqtt.connected


@pytest.mark.parametrize(
    ("filter", "topics"),
    [
        ("home/+/state", ["home/lamp/state", "home//state"]),
        ("home/#", ["home", "home/lamp", "home/lamp/state"]),
        ("#", ["x", "/x", "home/lamp"]),
        ("+/+", ["/", "a/b"]),
    ],
)
async def test_wildcards_match_as_the_standard_says(
    place: Any, inbox: Any, filter: str, topics: list[str]
) -> None:
    seen = inbox()
    place.mqtt.subscribe(filter, seen)

    for topic in topics:
        place.mqtt.publish(topic, "x", qos=1)
    await seen.until(len(topics))

    assert [message.topic for message in seen.messages] == topics


@pytest.mark.parametrize(
    ("filter", "topic"),
    [("home/+", "home/a/b"), ("home/+", "home"), ("home/#", "homes"), ("+", "/a"), ("a", "A"), ("a", "a/")],
)
async def test_nothing_else_matches(place: Any, inbox: Any, filter: str, topic: str) -> None:
    seen = inbox()
    place.mqtt.subscribe(filter, seen)

    place.mqtt.publish(topic, "x", qos=1)
    await echo(place, inbox)

    assert seen.seen == []


async def test_a_kept_message_comes_to_who_subscribes_later_with_retain(place: Any, inbox: Any) -> None:
    place.mqtt.publish("home/mode", "night", qos=1, retain=True)
    await echo(place, inbox)
    seen = inbox()

    place.mqtt.subscribe("home/#", seen)

    assert await seen.get() == ("home/mode", b"night", True)


async def test_a_live_message_comes_without_retain_even_if_it_is_kept(place: Any, inbox: Any) -> None:
    seen = inbox()
    place.mqtt.subscribe("home/mode", seen)
    await echo(place, inbox)

    place.mqtt.publish("home/mode", "night", qos=1, retain=True)

    assert await seen.get() == ("home/mode", b"night", False)


async def test_a_kept_message_is_cleared_by_an_empty_one(place: Any, inbox: Any) -> None:
    place.mqtt.publish("home/mode", "night", qos=1, retain=True)
    await echo(place, inbox)
    place.mqtt.publish("home/mode", b"", qos=1, retain=True)
    await echo(place, inbox)
    seen = inbox()

    place.mqtt.subscribe("home/mode", seen)
    await echo(place, inbox)

    assert seen.seen == []


@pytest.mark.parametrize("qos", [0, 1, 2])
async def test_each_quality_of_service_delivers_once(place: Any, inbox: Any, qos: int) -> None:
    seen = inbox()
    place.mqtt.subscribe("a", seen, qos=qos)

    for number in range(50):
        place.mqtt.publish("a", str(number), qos=qos)
    await seen.until(50)
    await echo(place, inbox)

    assert [int(message.payload) for message in seen.messages] == list(range(50))
    assert {message.qos for message in seen.messages} == {qos}


async def test_two_subscribers_to_the_same_filter_get_it_both(place: Any, inbox: Any) -> None:
    first, second = inbox(), inbox()
    place.mqtt.subscribe("a/+", first)
    place.mqtt.subscribe("a/+", second)

    place.mqtt.publish("a/b", "x")

    assert await first.get() == await second.get() == ("a/b", b"x", False)


async def test_filters_that_cover_each_other_give_each_subscriber_one_copy(place: Any, inbox: Any) -> None:
    filters = ["a/b", "a/+", "a/#", "#"]
    seen = [inbox() for _ in filters]
    for filter, one in zip(filters, seen, strict=True):
        place.mqtt.subscribe(filter, one, qos=1)
    await echo(place, inbox, "quiet")

    place.mqtt.publish("a/b", "x", qos=1)
    await echo(place, inbox, "quiet")

    assert [[topic for topic, _, _ in one.seen if topic == "a/b"] for one in seen] == [["a/b"]] * 4


async def test_a_second_subscriber_to_the_same_filter_gets_what_is_kept_and_the_first_not_again(
    place: Any, inbox: Any
) -> None:
    first, second = inbox(), inbox()
    place.mqtt.publish("a/b", "x", qos=1, retain=True)
    await echo(place, inbox)
    place.mqtt.subscribe("a/+", first)
    await first.get()

    place.mqtt.subscribe("a/+", second)

    assert await second.get() == ("a/b", b"x", True)
    await echo(place, inbox)
    assert first.seen == [("a/b", b"x", True)]


async def test_a_narrower_filter_gets_what_is_kept_under_a_wider_one(place: Any, inbox: Any) -> None:
    wide, narrow = inbox(), inbox()
    place.mqtt.publish("a/b", "x", qos=1, retain=True)
    place.mqtt.publish("a/c", "y", qos=1, retain=True)
    await echo(place, inbox)
    place.mqtt.subscribe("a/#", wide)
    await wide.until(2)

    place.mqtt.subscribe("a/b", narrow)

    assert await narrow.get() == ("a/b", b"x", True)
    await echo(place, inbox)
    assert len(wide.messages) == 2


async def test_a_detached_subscriber_gets_nothing_more_and_the_others_still_do(
    place: Any, inbox: Any
) -> None:
    leaving, staying = inbox(), inbox()
    detach = place.mqtt.subscribe("a/#", leaving)
    place.mqtt.subscribe("a/b", staying)
    await echo(place, inbox)

    detach()
    detach()
    place.mqtt.publish("a/b", "x")

    assert await staying.get() == ("a/b", b"x", False)
    assert leaving.seen == []


async def test_a_client_of_the_same_server_sees_what_the_hub_says(place: Any) -> None:
    async with place.client() as client:
        await client.subscribe("home/#", qos=1)

        place.mqtt.publish("home/lamp/set", "ON", qos=1)

        message = await anext(client.messages)
    assert (message.topic.value, message.payload) == ("home/lamp/set", b"ON")


async def test_the_hub_sees_what_a_client_of_the_same_server_says(place: Any, inbox: Any) -> None:
    seen = inbox()
    place.mqtt.subscribe("home/#", seen, qos=1)
    await echo(place, inbox)

    async with place.client() as client:
        await client.publish("home/lamp/state", "ON", qos=1)

        assert await seen.get() == ("home/lamp/state", b"ON", False)


async def test_a_big_payload_comes_whole(place: Any, inbox: Any) -> None:
    seen = inbox()
    payload = bytes(range(256)) * 800
    place.mqtt.subscribe("big", seen)

    place.mqtt.publish("big", payload)

    assert (await seen.get())[1] == payload


@pytest.mark.parametrize("topic", ["дом/лампа", "家/灯", "a b/ç", "emoji/🔥"])
async def test_topics_may_be_in_any_letters(place: Any, inbox: Any, topic: str) -> None:
    seen = inbox()
    place.mqtt.subscribe(topic, seen)

    place.mqtt.publish(topic, "день")

    assert await seen.get() == (topic, "день".encode(), False)


@pytest.mark.parametrize("topic", ["", "a/+", "a/#"])
async def test_a_topic_that_is_none_is_refused_at_once(place: Any, topic: str) -> None:
    with pytest.raises(HubError, match="cannot publish"):
        place.mqtt.publish(topic, "x")


@pytest.mark.parametrize("filter", ["", "a/#/b", "a/b+"])
async def test_a_filter_that_is_none_is_refused_at_once(place: Any, inbox: Any, filter: str) -> None:
    with pytest.raises(HubError, match="cannot subscribe"):
        place.mqtt.subscribe(filter, inbox())


async def test_a_subscriber_may_publish_and_subscribe_from_its_callback(place: Any, inbox: Any) -> None:
    answer = inbox()

    def react(message: Any) -> None:
        place.mqtt.subscribe("answer", answer)
        place.mqtt.publish("answer", message.payload)

    place.mqtt.subscribe("question", react)
    place.mqtt.publish("question", "why")

    assert await answer.get() == ("answer", b"why", False)
