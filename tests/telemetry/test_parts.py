"""Payloads are understood, samples packed exactly, alarms begin and end as they should."""

from __future__ import annotations

import struct
from datetime import timedelta
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from hub.telemetry.alarm import Alarm, AlarmModel
from hub.telemetry.chunk import Chunk, pack, unpack
from hub.telemetry.payload import Samples, decode
from hub.telemetry.stream import Stream

FLOATS = st.lists(st.floats(allow_nan=False, allow_infinity=False, width=64), min_size=1, max_size=300)
DECIMALS = st.lists(st.integers(-(10**6), 10**6).map(lambda n: n / 1000), min_size=1, max_size=300)


@given(st.one_of(FLOATS, DECIMALS))
def test_what_is_packed_comes_back_exactly(values):
    assert unpack(*pack(values)) == values


def test_decimals_are_packed_tightly():
    values = [round(1.2 + (n % 7) * 0.013, 3) for n in range(500)]
    assert len(pack(values)[1]) < 500


@pytest.mark.parametrize(
    ("payload", "format", "field", "expected"),
    [
        (b"1.5", "json", None, Samples([1.5])),
        (b"[1, 2, 3]", "json", None, Samples([1, 2, 3])),
        (b'{"values": [1, 2], "t": 1714996800, "rate": 250}', "json", None, Samples([1, 2], 1714996800, 250)),
        (b'{"value": 7, "time": 1714996800123}', "json", None, Samples([7], 1714996800.123)),
        (b'{"mv": [0.1]}', "json", "mv", Samples([0.1])),
        (struct.pack("<3h", -1, 0, 300), "int16", None, Samples([-1, 0, 300])),
        (struct.pack("<2f", 0.5, -0.25), "float32", None, Samples([0.5, -0.25])),
    ],
)
def test_payloads_are_understood(payload, format, field, expected):
    assert decode(payload, format, field, 1.0) == expected


@pytest.mark.parametrize(
    ("payload", "format"),
    [
        *(
            (text, "json")
            for text in (b"", b"on", b"[]", b"{}", b'["x"]', b"[null]", b"[true]", b'{"values": {}}')
        ),
        (b"abc", "int16"),
        (b"", "float32"),
        (struct.pack("<f", float("nan")), "float32"),
        (b"[" + b"1," * 10_000 + b"1]", "json"),
        (b"[1e999]", "json"),
    ],
)
def test_what_is_no_samples_is_refused(payload, format):
    with pytest.raises((ValueError, TypeError)):
        decode(payload, format, None, 1.0)


def test_samples_are_scaled():
    assert decode(b"[10, 20]", "json", None, 0.5).values == [5, 10]


# --- alarms ---


def changes(alarm: Alarm, values, step=1.0):
    return [(at * step, alarm.active) for at, value in enumerate(values) if alarm.feed(at * step, value)]


def test_an_alarm_ends_beyond_its_hysteresis():
    alarm = Alarm(AlarmModel(name="high", above=180, clear=170))
    assert changes(alarm, [100, 181, 175, 179, 171, 170, 175, 182]) == [(1, True), (5, False), (7, True)]


def test_a_low_value_is_watched_the_other_way_round():
    alarm = Alarm(AlarmModel(name="low", below=40, clear=45))
    assert changes(alarm, [60, 39, 44, 45, 41]) == [(1, True), (3, False)]


def test_it_must_last():
    alarm = Alarm(AlarmModel.model_validate({"name": "high", "above": 10, "for": 3}))
    assert changes(alarm, [11, 11, 9, 11, 11, 11, 11, 11]) == [(6, True)]


def test_a_rate_of_change_is_taken_over_a_time():
    alarm = Alarm(AlarmModel(name="jump", rate_above=50, clear=10, over=0.2))
    values = [0] * 20 + [2 * n for n in range(20)] + [38] * 30
    found = changes(alarm, values, step=0.02)
    assert [active for _, active in found] == [True, False]
    assert 0.4 < found[0][0] < 0.62


def test_what_is_in_a_gap_raises_no_alarm():
    alarm = Alarm(AlarmModel(name="jump", rate_above=5, over=1))
    assert changes(alarm, [0, 0, 0]) == []
    alarm.interrupt()
    assert not alarm.feed(100, 1000)


@pytest.mark.parametrize(
    "data",
    [{}, {"above": 1, "below": 0}, {"above": 1, "clear": 2}, {"below": 1, "clear": 0}, {"rate_above": -1}],
)
def test_an_alarm_that_can_not_be_meant_is_refused(data):
    with pytest.raises(ValidationError):
        AlarmModel.model_validate({"name": "x", **data})


# --- time ---


def stream(rate=100.0, chunk=1.0):
    chunks: list[Chunk] = []
    return Stream(rate, chunk, [], chunks.append), chunks


@given(st.lists(st.tuples(st.integers(1, 50), st.floats(-0.1, 0.1)), min_size=2, max_size=40))
def test_messages_that_come_a_little_early_or_late_make_one_line(messages):
    follows, chunks = stream()
    at, sent = 1000.0, 0
    for count, jitter in messages:
        at += count / 100
        follows.take(Samples([float(sent + n) for n in range(count)]), at + jitter)
        sent += count
    follows.cut()
    assert [value for chunk in chunks for value in chunk.values] == [float(n) for n in range(sent)]
    assert not any(chunk.gap for chunk in chunks)
    assert all(after.start == before.end for before, after in pairwise(chunks))


def test_a_silence_is_a_gap():
    follows, chunks = stream()
    follows.take(Samples([1.0] * 50), 1000.5)
    follows.take(Samples([2.0] * 50), 1010.5)
    follows.cut()
    assert [chunk.gap for chunk in chunks] == [False, True]
    assert chunks[1].start - chunks[0].end == pytest.approx(9.5e6, abs=20_000)


def test_the_devices_own_clock_counts():
    follows, chunks = stream()
    follows.take(Samples([1.0] * 10, start=500.0), 1000.0)
    follows.take(Samples([1.0] * 10, start=500.1), 1003.0)
    follows.take(Samples([1.0] * 10, start=500.3), 1003.1)
    follows.cut()
    assert [(chunk.start, len(chunk.values), chunk.gap) for chunk in chunks] == [
        (500_000_000, 20, False),
        (500_300_000, 10, True),
    ]
    assert timedelta(microseconds=chunks[0].step) == timedelta(milliseconds=10)
