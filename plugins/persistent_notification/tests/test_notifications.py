"""Notifications stay until they are dismissed, and triggers hear of them."""

from __future__ import annotations

import pytest
from pydantic import TypeAdapter

from hub.api import Cause, Event, ServiceRefused, TriggerField
from hub.fields import Parsing
from plugins.persistent_notification import board


@pytest.fixture
async def call(house):
    """Return what calls a service of the running house."""
    house.set_up({})

    def call(service, cause=None, **data):
        return house.house.services.call("persistent_notification", service, data, cause=cause)

    return call


@pytest.fixture
def shown(house, call):
    """Return what tells the notifications that hang there, by id."""

    def shown():
        response = house.house.services.call("persistent_notification", "get", return_response=True)
        return {each["notification_id"]: each for each in response["notifications"]}

    return shown


def automation(trigger):
    notification = "{{ trigger.notification.notification_id }} {{ trigger.notification.message }}"
    told = "{{ trigger.update_type }} " + notification
    return {
        "automation": {
            "triggers": {"trigger": "persistent_notification", **trigger},
            "actions": {"action": "test.automation", "data": {"told": told}},
        }
    }


# --- services ---


async def test_notify_hangs_one_up_too(house, call, shown):
    data = {"message": "It leaks", "title": "Water", "data": {"notification_id": "leak"}}
    house.house.services.call("notify", "persistent_notification", data)
    assert shown()["leak"]["title"] == "Water"


async def test_a_notification_hangs_until_it_is_dismissed(house, call, shown):
    call("create", message="It leaks", title="Water", notification_id="leak")
    assert shown() == {
        "leak": {
            "notification_id": "leak",
            "title": "Water",
            "message": "It leaks",
            "created_at": house.clock.now(),
        }
    }

    call("dismiss", notification_id="leak")

    assert shown() == {}


async def test_the_same_id_replaces(call, shown):
    call("create", message="one", notification_id="a")
    call("create", message=2, notification_id="a")

    assert [(each["message"], each["title"]) for each in shown().values()] == [("2", None)]


async def test_without_an_id_each_gets_its_own(call, shown):
    call("create", message="one")
    call("create", message="two")

    assert [each["message"] for each in shown().values()] == ["one", "two"]


async def test_all_can_be_dismissed(call, shown):
    call("create", message="one")
    call("create", message="two")

    call("dismiss_all")

    assert shown() == {}


async def test_what_is_not_there_can_be_dismissed(call, shown):
    call("dismiss", notification_id="never")

    assert shown() == {}


@pytest.mark.parametrize(
    ("service", "data", "problem"),
    [
        ("create", {}, "persistent_notification.create: message: Field required"),
        ("create", {"message": "x", "titel": "y"}, "titel"),
        ("dismiss", {}, "notification_id"),
    ],
)
async def test_a_call_that_is_wrong_is_refused(call, service, data, problem):
    with pytest.raises(ServiceRefused, match=problem):
        call(service, **data)


async def test_there_is_an_end_to_how_many_hang(call, shown, monkeypatch):
    monkeypatch.setattr(board, "MOST", 2)

    for number in range(4):
        call("create", message="x", notification_id=str(number))
    call("create", message="y", notification_id="2")

    assert list(shown()) == ["2", "3"]


async def test_the_services_are_gone_when_the_house_stops(house, call):
    await house.stop()

    with pytest.raises(ServiceRefused):
        call("create", message="x")


# --- trigger ---


@pytest.mark.parametrize(
    ("trigger", "told"),
    [
        ({}, ["added 42 one", "updated 42 two", "removed 42 two", "added 43 three"]),
        ({"update_type": "removed"}, ["removed 42 two"]),
        ({"update_type": ["added", "updated"], "notification_id": 42}, ["added 42 one", "updated 42 two"]),
        ({"notification_id": "43"}, ["added 43 three"]),
        ({"update_type": "current"}, []),
    ],
)
async def test_the_trigger_hears_of_each_change(house, trigger, told):
    house.set_up(automation(trigger))
    services = house.house.services

    services.call("persistent_notification", "create", {"message": "one", "notification_id": "42"})
    services.call("persistent_notification", "create", {"message": "two", "notification_id": "42"})
    services.call("persistent_notification", "dismiss", {"notification_id": "42"})
    services.call("persistent_notification", "create", {"message": "three", "notification_id": "43"})

    assert [call.data["told"] for call in house.calls] == told


async def test_the_run_has_the_call_as_its_cause(house):
    house.set_up(automation({}))
    cause = Cause()

    house.house.services.call("persistent_notification", "create", {"message": "one"}, cause=cause)

    assert house.calls[0].cause.parent is cause


async def test_an_event_that_only_has_the_name_is_no_notification(house):
    house.set_up(automation({}))

    house.house.bus.fire(Event("persistent_notifications_updated", {"notification": "x"}))

    assert house.calls == []


@pytest.mark.parametrize(
    ("config", "words"),
    [
        ({}, "a notification is added, updated or removed"),
        ({"notification_id": "a", "update_type": "removed"}, "the notification a is removed"),
    ],
)
async def test_says_what_it_waits_for(house, config, words):
    context = Parsing(house.house.kinds, house.house.templates).context()
    config = {"trigger": "persistent_notification", **config}

    trigger = TypeAdapter(TriggerField).validate_python(config, context=context)

    assert trigger.waits_for(house.house) == words
