"""Problems are told to people, to programs and to GitHub."""

from __future__ import annotations

import json

import pytest

from hub.config.problems import Problem, as_github, as_json, as_text, did_you_mean, path_text
from hub.core.errors import Place

UNKNOWN = Problem(
    Place("garden.yaml", 14, 7),
    "unknown key",
    "Did you mean 'to'?",
    ("automation", 2, "triggers", 0, "too"),
    excerpt="      too: 'on'",
)
DOUBTFUL = Problem(Place("a.yaml", 2, 1), "100% odd: yes,\nreally", severity="warning")


def test_a_problem_is_one_line():
    assert str(UNKNOWN) == "garden.yaml:14:7: automation[2].triggers[0].too: unknown key. Did you mean 'to'?"


def test_the_line_of_the_file_follows_with_a_caret():
    assert as_text([UNKNOWN]).splitlines()[1:] == ["          too: 'on'", "          ^"]


def test_the_caret_stands_below_its_character_behind_tabs():
    problem = Problem(Place("a.yaml", 1, 3), "odd", excerpt="\ta\tb")

    assert as_text([problem]).splitlines()[2] == "    \t ^"


def test_problems_are_in_the_order_of_the_file_and_told_once():
    first, second = Problem(Place("a.yaml", 2, 1), "x"), Problem(Place("a.yaml", 10, 1), "y")

    assert as_text([second, first, second]) == "a.yaml:2:1: x\na.yaml:10:1: y"


def test_a_warning_says_so():
    assert as_text([Problem(Place("a.yaml", 1, 1), "odd", severity="warning")]) == "a.yaml:1:1: odd (warning)"


def test_a_program_gets_json():
    (record,) = json.loads(as_json([UNKNOWN]))

    assert record == {
        "severity": "error",
        "file": "garden.yaml",
        "line": 14,
        "column": 7,
        "path": "automation[2].triggers[0].too",
        "keys": ["automation", 2, "triggers", 0, "too"],
        "problem": "unknown key",
        "hint": "Did you mean 'to'?",
    }


def test_github_gets_annotations():
    assert as_github([UNKNOWN, DOUBTFUL], folder="config/").splitlines() == [
        "::warning file=config/a.yaml,line=2,col=1::100%25 odd: yes,%0Areally",
        "::error file=config/garden.yaml,line=14,col=7::"
        "automation[2].triggers[0].too: unknown key. Did you mean 'to'?",
    ]


@pytest.mark.parametrize(
    ("path", "text"),
    [
        ((), ""),
        (("hub",), "hub"),
        (("automation kitchen", 0), "automation kitchen[0]"),
        (("customize", "light.hall", "icon"), "customize['light.hall'].icon"),
        (("a", True, 1.5, None), "a[True][1.5][None]"),
        (("a", "x\ny"), "a['x\\ny']"),
    ],
)
def test_a_path_is_written_as_people_do(path, text):
    assert path_text(path) == text


def test_a_near_spelling_is_suggested():
    assert did_you_mean("entity", ["entity_id", "to"]) == "Did you mean 'entity_id'?"
    assert did_you_mean("zzz", ["entity_id", "to"]) == ""
