"""A form changes single values; comments, order, quotes and indentation stay."""

from __future__ import annotations

import pytest

from hub.config.form import Change, change
from hub.core.errors import HubError

ITEM = """\
id: a   # why
alias: "Quoted"
triggers:
  - trigger: state   # deep
    entity_id: switch.a
    to: on
actions: []   # none yet
# the end
"""


def test_a_value_changes_and_the_rest_stays() -> None:
    assert change(ITEM, [Change(("alias",), "Other")]) == ITEM.replace("Quoted", "Other")


def test_nothing_changes_if_the_value_is_the_same() -> None:
    assert change(ITEM, [Change(("alias",), "Quoted"), Change(("gone",), remove=True)]) == ITEM


def test_a_new_key_comes_last_and_a_removed_one_goes() -> None:
    changed = change(
        ITEM, [Change(("triggers", 0, "from"), "off"), Change(("triggers", 0, "to"), remove=True)]
    )

    assert changed == ITEM.replace("    to: on\n", "    from: off\n")


def test_an_item_is_appended_to_a_list_and_taken_out() -> None:
    more = change(ITEM, [Change(("triggers", 1), {"trigger": "time", "at": "07:00:00"})])
    less = change(more, [Change(("triggers", 0), remove=True)])

    assert "  - trigger: time\n    at: 07:00:00\n" in more
    assert "trigger: state" in more
    assert "trigger: state" not in less
    assert "trigger: time" in less


def test_one_that_stands_for_a_list_becomes_a_list() -> None:
    changed = change(
        "triggers:\n  trigger: sun\n  event: sunset\n", [Change(("triggers", 1), {"trigger": "time"})]
    )

    assert changed == "triggers:\n  - trigger: sun\n    event: sunset\n  - trigger: time\n"


def test_lists_are_indented_as_they_were() -> None:
    assert change("a:\n- b: 1 # x\n", [Change(("a", 1), {"b": 2})]) == "a:\n- b: 1 # x\n- b: 2\n"


def test_secrets_and_other_tags_stay() -> None:
    text = "a: !secret door\nb: !include other.yaml\nc: 1\n"

    assert change(text, [Change(("c",), 2)]) == text.replace("c: 1", "c: 2")


@pytest.mark.parametrize(
    ("text", "path", "message"),
    [("a: [", ("a",), "no YAML"), ("a: 1\n", ("a", "b"), "no place"), ("a: []\n", ("a", 3), "no place")],
)
def test_refuses_what_it_cannot_do(text: str, path: tuple[str | int, ...], message: str) -> None:
    with pytest.raises(HubError, match=message):
        change(text, [Change(path, 1)])
