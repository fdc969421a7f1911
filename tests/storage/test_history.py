"""What is asked of the past: states, plots, the logbook."""

from __future__ import annotations

import pytest

from hub.core.cause import Cause

WATT = {"unit_of_measurement": "W"}


async def test_the_first_is_what_it_was_at_the_beginning(recording):
    recording.set("light.a", "on")
    await recording.advance(100)
    recording.set("light.a", "off")
    await recording.advance(100)
    found = (await recording.history.states(["light.a"], recording.now - 150))["light.a"]
    assert [(round(each.at - recording.now), each.state) for each in found] == [(-150, "on"), (-100, "off")]
    assert round(found[0].changed - recording.now) == -200


async def test_the_end_is_left_out(recording):
    for state in "abc":
        recording.set("sensor.a", state)
        await recording.advance(10)
    found = await recording.history.states(["sensor.a"], 0, recording.now - 10)
    assert [each.state for each in found["sensor.a"]] == ["a", "b"]


async def test_significant_changes_are_those_of_the_state(recording):
    for brightness in range(3):
        recording.set("light.a", "on", {"brightness": brightness})
        recording.set("climate.a", "heat", {"temperature": brightness})
        await recording.advance(1)
    found = await recording.history.states(["light.a", "climate.a"], 0, significant=True)
    assert (len(found["light.a"]), len(found["climate.a"])) == (1, 3)


async def test_nothing_is_told_of_what_is_not_recorded(recording):
    assert await recording.history.states(["sensor.never"], 0) == {}
    assert await recording.history.entity_ids() == []


async def test_a_plot_keeps_every_peak(recording):
    for number in range(3000):
        recording.set("sensor.p", "9999" if number == 1234 else str(number % 50), WATT)
        await recording.advance(1)
    found = (await recording.history.states(["sensor.p"], 0, most=100))["sensor.p"]
    assert len(found) <= 100
    assert {"9999", "0"} <= {each.state for each in found}


async def test_a_plot_of_a_long_time_is_made_of_statistics(recording):
    for number in range(2 * 24 * 60):
        recording.set("sensor.p", "777" if number == 1000 else str(number % 10), WATT)
        await recording.advance(60)
    recording.set("sensor.p", "-5", WATT)
    await recording.archive.compile()
    asked = []
    store = await recording.archive.ready()
    readings = store.readings
    store.readings = lambda entity, since, until: (
        asked.append(until - since) or readings(entity, since, until)
    )

    found = (await recording.history.states(["sensor.p"], 0, most=60))["sensor.p"]

    assert len(found) <= 60
    assert {"777", "0", "-5"} <= {each.state for each in found}
    assert [each.at for each in found] == sorted(each.at for each in found)
    assert max(asked) < 600 * 1_000_000, "only the last minutes come from single changes"


async def test_a_plot_of_states_keeps_the_latest(recording):
    for number in range(500):
        recording.set("light.a", "on" if number % 2 else "off")
        await recording.advance(1)
    found = (await recording.history.states(["light.a"], 0, most=50))["light.a"]
    assert len(found) <= 50
    assert found[-1].state == "on"


async def test_pages_give_everything(recording):
    for number in range(12_000):
        recording.set("sensor.p", str(number), WATT)
    pages = [page async for page in recording.archive.kept.pages("sensor.p", 0, recording.now + 10)]
    assert [each.state for page in pages for each in page] == [str(number) for number in range(12_000)]
    assert len(pages) == 3


# --- the logbook ---


async def logbook(recording, **more):
    lines = await recording.history.logbook(0, **more)
    return [f"{line}" + (f" ({line.by})" if line.by else "") for line in lines]


HOUSE = {
    "mqtt": [
        {"sensor": {"name": "Living room temperature", "state_topic": "t", "unit_of_measurement": "°C"}},
        {"switch": {"name": "Heater", "command_topic": "set", "state_topic": "heater"}},
    ],
    "automation": {
        "alias": "Too warm",
        "triggers": {"trigger": "numeric_state", "entity_id": "sensor.living_room_temperature", "above": 25},
        "actions": {"action": "switch.turn_off", "target": {"entity_id": "switch.heater"}},
    },
}


async def test_it_says_because_of_what_a_device_answered(recording):
    simulated = recording.simulated
    simulated.set_up(HOUSE)
    simulated.mqtt.deliver("heater", b"ON")
    await recording.advance(60)
    simulated.mqtt.deliver("t", b"20")
    simulated.mqtt.deliver("t", b"26.4")
    await recording.advance(2)
    simulated.mqtt.deliver("heater", b"OFF")
    assert await logbook(recording) == [
        "Hearth started",
        "Heater turned on",
        "Too warm ran because Living room temperature rose above 25 (26.4)",
        "Heater turned off because Living room temperature rose above 25 (26.4) (automation Too warm)",
    ]


def _change(entity_id, state, **attributes):
    return lambda house: house.set(entity_id, state, attributes)


def _event(name, **data):
    return lambda house: house.house.bus.emit(name, data)


def _message(topic, payload):
    return lambda house: house.mqtt.deliver(topic, payload)


HOME = {"latitude": 52.5, "longitude": 13.4, "gps_accuracy": 5, "friendly_name": "Anna"}


@pytest.mark.parametrize(
    ("trigger", "acts", "because"),
    [
        (
            {"trigger": "state", "entity_id": "binary_sensor.door", "to": "on"},
            [
                _change("binary_sensor.door", "off", friendly_name="Front door"),
                _change("binary_sensor.door", "on", friendly_name="Front door"),
            ],
            "Front door changed from off to on",
        ),
        (
            {"trigger": "numeric_state", "entity_id": "sensor.t", "below": 18, "attribute": "inside"},
            [_change("sensor.t", "x", inside=20), _change("sensor.t", "x", inside=17.5)],
            "inside of t fell below 18 (17.5)",
        ),
        ({"trigger": "time", "at": "12:00:05"}, [], "it was 12:00:05"),
        ({"trigger": "time_pattern", "hours": "/6"}, [], "it was 18:00:00"),
        ({"trigger": "sun", "event": "sunset"}, [], "the sun set"),
        ({"trigger": "sun", "event": "sunrise", "offset": "-00:30:00"}, [], "the sun rose (-0:30:00)"),
        ({"trigger": "mqtt", "topic": "b/1"}, [_message("b/1", b"press")], "a message came on b/1 (press)"),
        ({"trigger": "event", "event_type": "bell"}, [_event("bell")], "the event bell happened"),
        (
            {
                "trigger": "template",
                "value_template": "{{ is_state('light.a', 'on') }}",
                "alias": "it is light",
            },
            [_change("light.a", "off"), _change("light.a", "on")],
            "it is light became true by a",
        ),
        (
            {"trigger": "zone", "entity_id": "device_tracker.anna", "zone": "zone.home", "event": "leave"},
            [
                _change("zone.home", "0", latitude=52.5, longitude=13.4, radius=100, friendly_name="Home"),
                _change("device_tracker.anna", "home", **HOME),
                _change("device_tracker.anna", "not_home", **{**HOME, "latitude": 53}),
            ],
            "Anna left Home",
        ),
        ({"trigger": "tag", "tag_id": "T1"}, [_event("tag_scanned", tag_id="T1")], "the tag T1 was scanned"),
        ({"trigger": "homeassistant", "event": "start"}, [], "the hub has started"),
    ],
)
async def test_each_trigger_says_in_words_what_happened(recording, trigger, acts, because):
    simulated = recording.simulated
    if trigger["trigger"] not in simulated.house.kinds.triggers:
        pytest.skip(f"no plugin offers {trigger['trigger']}")
    automation = {"alias": "It", "triggers": trigger, "actions": {"event": "done"}}
    assert simulated.set_up({"automation": automation}).errors == []
    for act in acts:
        act(simulated)
        await recording.advance(1)
    await recording.advance(0 if acts else 24 * 3600)
    lines = [line for line in await logbook(recording) if line.startswith("It ran")]
    assert lines[0] == f"It ran because {because}"


async def test_a_script_that_somebody_runs_says_who(recording):
    simulated = recording.simulated
    simulated.set_up({"script": {"off": {"alias": "All off", "sequence": [{"event": "done"}]}}})
    cause = Cause(user_id="0123abcd", origin="anna (web)")
    await simulated.house.services.wait("script", "turn_on", {"entity_id": "script.off"}, cause=cause)
    assert (await logbook(recording))[-1] == "All off ran (anna (web))"


async def test_what_a_device_says_late_has_no_cause(recording):
    simulated = recording.simulated
    simulated.set_up(HOUSE)
    simulated.mqtt.deliver("heater", b"ON")
    simulated.mqtt.deliver("t", b"20")
    simulated.mqtt.deliver("t", b"26.4")
    await recording.advance(6)
    simulated.mqtt.deliver("heater", b"OFF")
    assert (await logbook(recording, entity_ids=["switch.heater"]))[-1] == "Heater turned off"


async def test_a_silence_between_two_equal_states_is_no_change(recording):
    for state in ("on", "unavailable", "unknown", "on", "off"):
        recording.set("light.a", state)
    assert await logbook(recording) == ["a turned on", "a became unavailable", "a turned off"]


async def test_what_changes_all_the_time_is_told_only_if_asked_for(recording):
    recording.set("sensor.p", "1", WATT)
    recording.set("sun.sun", "above_horizon")
    assert await logbook(recording) == []
    assert await logbook(recording, entity_ids=["sensor.p"]) == ["p changed to 1 W"]


async def test_a_chain_of_causes_is_followed_to_who_began(recording):
    person = Cause(user_id="ann")
    script = Cause(Cause(person, origin="automation.all_off"), origin="script.off")
    recording.set("light.a", "off", cause=script)
    assert await logbook(recording) == ["a turned off (script off)"]
    await recording.advance(1)
    recording.set("light.b", "on", cause=person)
    assert (await logbook(recording))[-1] == "b turned on (ann)"


async def test_people_write_into_it(recording):
    services = recording.simulated.house.services
    await services.wait("logbook", "log", {"name": "Kitchen", "message": "is being painted"})
    assert await logbook(recording) == ["Kitchen is being painted"]


@pytest.mark.parametrize(
    ("entity_id", "state", "attributes", "words"),
    [
        ("binary_sensor.x", "on", {"device_class": "motion"}, "detected motion"),
        ("binary_sensor.x", "off", {"device_class": "window"}, "was closed"),
        ("cover.x", "open", {}, "opened"),
        ("lock.x", "locked", {}, "was locked"),
        ("person.x", "not_home", {}, "is away"),
        ("person.x", "Work", {}, "is at Work"),
        ("select.x", "slow", {}, "changed to slow"),
    ],
)
async def test_it_speaks_of_each_thing_in_its_words(recording, entity_id, state, attributes, words):
    recording.set(entity_id, state, attributes)
    assert await logbook(recording) == [f"x {words}"]


async def test_only_so_many_lines_are_told_and_they_are_the_newest(recording):
    for number in range(20):
        recording.set("select.a", str(number))
    assert await logbook(recording, most=2) == ["a changed to 18", "a changed to 19"]
