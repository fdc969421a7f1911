"""The same complaint is written once a minute, with a count of those held back."""

from __future__ import annotations

import logging

from hub.logfile import Repeats


def record(text, at, level=logging.WARNING):
    made = logging.LogRecord("hub", level, "", 0, text, None, None)
    made.created = at
    return made


def test_a_repeated_warning_is_held_back_and_counted():
    repeats = Repeats()
    passed = [repeats.filter(record("sensor is gone", at)) for at in (0.0, 1.0, 59.0)]
    assert passed == [True, False, False]
    late = record("sensor is gone", 61.0)
    assert repeats.filter(late)
    assert late.getMessage() == "sensor is gone (and 2 times more before)"


def test_others_and_plain_information_pass():
    repeats = Repeats()
    assert all(repeats.filter(record(text, 0.0)) for text in ("a", "b"))
    assert all(repeats.filter(record("same", 0.0, logging.INFO)) for _ in range(3))
