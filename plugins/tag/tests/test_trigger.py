"""The tag trigger fires for the tags and readers that are wanted."""

from __future__ import annotations

import pytest
from pydantic import TypeAdapter

from hub.api import Cause, Event, TriggerField
from hub.fields import Parsing


def automation(trigger):
    data = {"tag": "{{ trigger.event.data.tag_id }}", "platform": "{{ trigger.platform }}"}
    actions = {"action": "test.automation", "data": data}
    return {"automation": {"triggers": {"trigger": "tag", **trigger}, "actions": actions}}


@pytest.mark.parametrize(
    ("trigger", "scan", "fires"),
    [
        ({"tag_id": "abc"}, {"tag_id": "abc", "device_id": "door"}, 1),
        ({"tag_id": "abc"}, {"tag_id": "xyz"}, 0),
        ({"tag_id": "abc"}, {}, 0),
        ({"tag_id": ["abc", "def"]}, {"tag_id": "def"}, 1),
        ({"tag_id": 123}, {"tag_id": "123"}, 1),
        ({"tag_id": "abc", "device_id": "door"}, {"tag_id": "abc", "device_id": "door"}, 1),
        ({"tag_id": "abc", "device_id": ["door", "gate"]}, {"tag_id": "abc", "device_id": "gate"}, 1),
        ({"tag_id": "abc", "device_id": "door"}, {"tag_id": "abc", "device_id": "gate"}, 0),
        ({"tag_id": "abc", "device_id": "door"}, {"tag_id": "abc"}, 0),
    ],
)
async def test_the_tag_and_the_reader_must_be_wanted(house, trigger, scan, fires):
    house.set_up(automation(trigger))

    house.house.bus.fire(Event("tag_scanned", scan))

    assert len(house.calls) == fires


async def test_tells_the_scan(house):
    house.set_up(automation({"tag_id": "abc"}))
    cause = Cause()

    house.house.bus.fire(Event("tag_scanned", {"tag_id": "abc"}, cause))

    assert house.calls[0].data == {"tag": "abc", "platform": "tag"}
    assert house.calls[0].cause.parent is cause


@pytest.mark.parametrize(
    ("config", "words"),
    [
        ({"tag_id": ["abc", "def"]}, "the tag abc or def is scanned"),
        ({"tag_id": "abc", "device_id": ["door", "gate"]}, "the tag abc is scanned by door or gate"),
    ],
)
async def test_says_what_it_waits_for(house, config, words):
    context = Parsing(house.house.kinds, house.house.templates).context()

    trigger = TypeAdapter(TriggerField).validate_python({"trigger": "tag", **config}, context=context)

    assert trigger.waits_for(house.house) == words


async def test_a_tag_is_needed(house):
    configuration = house.read(automation({}))

    assert "tag_id" in str(configuration.problems[0])
