"""Services are found by name, take what their schema takes, and give back what they promise."""

from __future__ import annotations

import asyncio

import pytest

from hub.core.errors import ServiceRefused
from hub.core.services import Services


@pytest.fixture
def services(bus):
    return Services(bus)


def test_a_call_reaches_its_handler_with_data(services):
    calls = []
    services.register("light", "turn_on", calls.append)
    services.call("light", "turn_on", {"entity_id": "light.a"})
    assert calls[0].data == {"entity_id": "light.a"}


def test_an_unknown_service_is_refused_with_the_nearest_name(services):
    services.register("light", "turn_on", print)
    with pytest.raises(ServiceRefused, match=r"light\.turn_onn.*Did you mean light\.turn_on"):
        services.call("light", "turn_onn")


def test_a_replaced_service_comes_back_when_the_newer_one_goes(services):
    calls = []
    services.register("a", "b", lambda call: calls.append("old"))
    detach = services.register("a", "b", lambda call: calls.append("new"))
    services.call("a", "b")
    detach()
    services.call("a", "b")
    assert calls == ["new", "old"]


def test_a_response_is_given_only_where_one_is_promised(services):
    services.register("a", "silent", lambda call: None)
    services.register("a", "answers", lambda call: {"n": 1}, response="only")
    with pytest.raises(ServiceRefused, match="gives no response"):
        services.call("a", "silent", return_response=True)
    with pytest.raises(ServiceRefused, match="only gives a response"):
        services.call("a", "answers")
    assert services.call("a", "answers", return_response=True) == {"n": 1}


async def test_wait_ends_when_an_asynchronous_handler_ends(services):
    async def slow(call):
        await asyncio.sleep(0)
        return {"done": True}

    services.register("a", "slow", slow, response="optional")
    assert await services.wait("a", "slow", return_response=True) == {"done": True}


def test_a_call_is_told_to_those_who_listen(services, bus):
    heard = []
    services.register("a", "b", lambda call: None)
    bus.listen("call_service", heard.append)
    services.call("a", "b", {"x": 1})
    assert heard[0].data == {"domain": "a", "service": "b", "service_data": {"x": 1}}
