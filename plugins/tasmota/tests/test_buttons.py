"""Buttons and switches that people press: events and the trigger."""

from __future__ import annotations

import pytest
from pydantic import TypeAdapter

from hub.api import Attachment, Trigger, TriggerField
from hub.fields import Parsing

BUTTONS = {"btn": [1, 1, 0, 0], "so": {"73": 1}}


@pytest.fixture
def pressed(home):
    """What was pressed, as (source, the device's word, type)."""
    seen = []
    home.house.bus.listen(
        "tasmota_event",
        lambda event: seen.append((event.data["source"], event.data["event"], event.data["type"])),
    )
    return seen


def parse(home, config):
    context = Parsing(home.house.kinds, home.house.templates).context()
    trigger: Trigger = TypeAdapter(TriggerField).validate_python(
        {"trigger": "tasmota", **config}, context=context
    )
    return trigger


def do(home, label, action, **more):
    home.tell("stat/RESULT", {label: {"Action": action}}, **more)


def test_an_event_tells_who_and_what(home):
    events = []
    home.house.bus.listen("tasmota_event", events.append)
    home.announce(**BUTTONS)

    do(home, "Button2", "SINGLE")

    device = home.house.devices.find(connections=[("mac", "00:00:00:49:a3:bc")])
    assert [dict(event.data) for event in events] == [
        {
            "mac": "00000049A3BC",
            "source": "button_2",
            "event": "SINGLE",
            "device_id": device.id,
            "type": "button_short_press",
        }
    ]


@pytest.mark.parametrize(
    ("options", "meanings"),
    [
        (
            {},
            {
                "SINGLE": "short",
                "DOUBLE": "double",
                "TRIPLE": "triple",
                "QUAD": "quadruple",
                "PENTA": "quintuple",
            },
        ),
        ({"11": 1}, {"SINGLE": "double", "DOUBLE": "short", "TRIPLE": "triple"}),
        ({"13": 1}, {"SINGLE": "short", "DOUBLE": None, "HOLD": None}),
        ({}, {"HOLD": "long", "OTHER": None}),
        ({"73": 0}, {"SINGLE": None}),
    ],
)
def test_options_say_what_a_press_means(home, pressed, options, meanings):
    home.announce(btn=[1], so={"73": 1, **options})

    for action in meanings:
        do(home, "Button1", action)

    assert pressed == [
        ("button_1", action, f"button_{meaning}_press") for action, meaning in meanings.items() if meaning
    ]


def test_a_button_that_is_not_there_is_not_heard(home, pressed):
    home.announce(**BUTTONS)

    do(home, "Button3", "SINGLE")

    assert pressed == []


@pytest.mark.parametrize(
    ("mode", "toggle", "hold"),
    [
        (-1, None, None),
        (0, "short", None),
        (1, None, None),
        (3, "short", None),
        (5, "short", "long"),
        (8, "short", "double"),
        (9, None, "double"),
        (12, "short", None),
        (13, None, None),
        (99, None, None),
    ],
)
def test_the_mode_of_a_switch_says_what_can_be_done_with_it(home, pressed, mode, toggle, hold):
    home.announce(swc=[mode], state=["0", "1", "um", "halt"])

    do(home, "Switch1", "um")
    do(home, "Switch1", "halt")

    assert pressed == [
        ("switch_1", word, f"button_{meaning}_press")
        for word, meaning in (("um", toggle), ("halt", hold))
        if meaning
    ]


def test_a_switch_with_a_name_is_told_by_it(home, pressed):
    home.announce(swc=[0], swn=["Wall"])

    do(home, "Wall", "TOGGLE")

    assert pressed == [("switch_1", "TOGGLE", "button_short_press")]


def test_what_the_broker_kept_is_no_press(home, pressed):
    home.announce(**BUTTONS)

    do(home, "Button1", "SINGLE", retain=True)

    assert pressed == []


def test_a_change_of_options_counts_at_once(home, pressed):
    home.announce(**BUTTONS)
    home.announce(btn=[0], so={"73": 1})

    do(home, "Button1", "SINGLE")

    assert pressed == []


@pytest.mark.parametrize(
    ("config", "fires"),
    [
        ({}, True),
        ({"mac": "00000049A3BC", "source": "button_1", "type": "button_short_press"}, True),
        ({"mac": "00:00:00:49:a3:bc", "event": "SINGLE"}, True),
        ({"source": "button_2"}, False),
        ({"type": "button_long_press"}, False),
        ({"device_id": "another"}, False),
    ],
)
def test_the_trigger_fires_for_what_it_names(home, config, fires):
    home.announce(**BUTTONS)
    fired = []
    attachment = Attachment(home.house, lambda facts, cause: fired.append(facts["description"]))
    parse(home, config).attach(attachment)

    do(home, "Button1", "SINGLE")

    assert fired == ["button_short_press of button_1 of tasmota 00000049A3BC"] * fires


def test_the_trigger_says_what_it_waits_for(home):
    trigger = parse(home, {"mac": "00:00:00:49:a3:bc", "source": "button_1"})

    assert trigger.waits_for(home.house) == "tasmota mac 00000049A3BC source button_1"
