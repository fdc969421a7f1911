"""Events reach those who listen, in order, whatever one of them does."""

from __future__ import annotations

import logging

from hub.core.events import Event


def test_a_listener_hears_only_its_type(bus):
    heard = []
    bus.listen("door", heard.append)
    bus.fire(Event("window"))
    bus.fire(Event("door", {"side": "left"}))
    assert [event.data for event in heard] == [{"side": "left"}]


def test_star_hears_every_type(bus):
    heard = []
    bus.listen("*", lambda event: heard.append(event.event_type))
    bus.fire(Event("door"))
    bus.fire(Event("window"))
    assert heard == ["door", "window"]


def test_after_detach_nothing_is_heard_and_a_second_detach_does_no_harm(bus):
    heard = []
    detach = bus.listen("door", heard.append)
    other = bus.listen("door", heard.append)
    detach()
    detach()
    bus.fire(Event("door"))
    assert len(heard) == 1
    other()
    assert not bus.has_listeners("door")


def test_an_event_fired_while_another_is_delivered_waits_its_turn(bus):
    order = []

    def first(event):
        order.append(("first", event.event_type))
        bus.emit("window")

    bus.listen("door", first)
    bus.listen("door", lambda event: order.append(("second", event.event_type)))
    bus.listen("window", lambda event: order.append(("third", event.event_type)))
    bus.fire(Event("door"))
    assert order == [("first", "door"), ("second", "door"), ("third", "window")]


def test_one_listeners_bug_does_not_silence_the_others(bus, caplog):
    heard = []

    def broken(event):
        raise ValueError("bug")

    bus.listen("door", broken)
    bus.listen("door", heard.append)
    with caplog.at_level(logging.ERROR):
        bus.fire(Event("door"))
    assert len(heard) == 1
    assert "broken" in caplog.text


def test_a_change_of_state_reaches_only_listeners_of_its_entity(bus, states):
    heard = []
    bus.listen_state("sensor.a", heard.append)
    states.set("sensor.b", "1")
    states.set("sensor.a", "2")
    assert [(event.entity_id, event.new.state) for event in heard] == [("sensor.a", "2")]
