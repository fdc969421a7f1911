"""Plain scalars mean what YAML 1.1 says, and keep what the author wrote."""

from __future__ import annotations

import copy
import json
import math

import pytest

from hub.config.scalars import Sixties, Word, plain, resolve
from hub.config.source import load_text


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("", None),
        ("~", None),
        ("null", None),
        ("true", True),
        ("FALSE", False),
        ("0", 0),
        ("-12", -12),
        ("+5", 5),
        ("1_000", 1000),
        ("010", 8),
        ("-010", -8),
        ("0x1F", 31),
        ("0b101", 5),
        ("1.5", 1.5),
        (".5", 0.5),
        ("-1.", -1.0),
        ("1.5e+3", 1500.0),
        ("-.inf", -math.inf),
    ],
)
def test_a_number_or_a_truth_is_read(text, value):
    assert resolve(text) == value
    assert type(resolve(text)) is type(value)


@pytest.mark.parametrize(
    "text",
    [
        "08:00:00",
        "12:30",
        "1:30.5",
        "2024-01-01",
        "2024-01-01 10:00:00",
        "1e3",
        "08",
        "0o17",
        "tRue",
        "y",
        "n",
        "-",
        ".",
        "+",
        "0x",
        "1.2.3",
        "١٢",
        "9" * 2000,
    ],
)
def test_what_is_no_number_in_yaml_1_1_stays_text(text):
    assert resolve(text) == text


@pytest.mark.parametrize(
    ("text", "number"),
    [("10:00", 600), ("-1:30", -90), ("1:00:05", 3605), ("+2:5", 125), ("190:20:30", 685230)],
)
def test_a_number_of_sixties_is_the_text_and_knows_the_number(text, number):
    value = load_text(f"a: {text}").data["a"]

    assert (value, value.number, type(value)) == (text, number, Sixties)


@pytest.mark.parametrize("text", ["'10:00'", "00:10", "0:10:00", "10:60", "10:00:00:00", "a1:00", "10:00.5"])
def test_what_yaml_does_not_count_by_sixties_is_just_a_text(text):
    assert type(load_text(f"a: {text}").data["a"]) is str


def test_not_a_number_is_read():
    assert math.isnan(resolve(".nan"))


@pytest.mark.parametrize(
    ("text", "truth"),
    [("on", True), ("Yes", True), ("ON", True), ("off", False), ("No", False), ("OFF", False)],
)
def test_a_word_is_its_text_and_knows_its_truth_and_place(text, truth):
    word = load_text(f"to: {text}", "a.yaml").data["to"]

    assert word == text
    assert word.truth is truth
    assert str(word.place) == "a.yaml:1:5"


def test_a_quoted_word_is_only_text():
    assert type(load_text("to: 'on'").data["to"]) is str


def test_a_word_as_a_key_is_text():
    assert load_text("{on: 1, no: 2}").data == {"on": 1, "no": 2}


def test_a_word_can_be_copied_and_written_as_json():
    word = load_text("to: on").data["to"]

    assert copy.deepcopy(word).truth is True
    assert json.dumps([word]) == '["on"]'


def test_free_data_have_truths_for_words():
    data = load_text("{a: on, b: [no, 'off', x], c: {d: 1}}").data

    assert plain(data) == {"a": True, "b": [False, "off", "x"], "c": {"d": 1}}
    assert isinstance(data["a"], Word)


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("!!str 5", "5"),
        ("! 5", "5"),
        ("!!float 5", 5.0),
        ("!!int '5'", 5),
        ("!!bool yes", True),
        ("!!null ''", None),
    ],
)
def test_a_tag_decides_the_type(text, value):
    read = load_text(f"a: {text}").data["a"]

    assert read == value
    assert type(read) is type(value)
