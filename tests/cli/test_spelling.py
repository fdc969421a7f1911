"""The known name that is nearly the same is named, and that takes no time that matters."""

from __future__ import annotations

import pytest

from hub.cli.spelling import Spelling

KNOWN = ["light.boathouse", "light.jetty", "switch.pump", "sensor.lake"]


@pytest.mark.parametrize(
    ("unknown", "hint"),
    [
        ("light.boathuose", "Did you mean light.boathouse?"),
        ("ligth.jetty", "Did you mean light.jetty?"),
        ("vacuum.pump", "Did you mean switch.pump?"),
        ("light.something_else", ""),
        ("climate.none", ""),
    ],
)
def test_what_is_nearly_the_same_is_named(unknown, hint):
    assert Spelling(KNOWN).hint(unknown) == hint


def test_what_a_rule_is_called_is_meant_by_nobody_who_names_a_thing():
    assert Spelling(["automation.porch"]).hint("light.porch") == ""


def test_the_same_service_of_another_domain_is_another_service():
    assert Spelling(["timer.start"], across=False).hint("vacuum.start") == ""
    assert Spelling(["timer.start"], across=False).hint("tiemr.start") == "Did you mean timer.start?"


def test_only_so_many_comparisons_are_made():
    spelling = Spelling(f"sensor.number_{number}" for number in range(10_000))
    assert [bool(spelling.hint(f"sensor.numbre_{number}")) for number in range(10)].count(True) == 5
