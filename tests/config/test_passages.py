"""Items are found, changed, added and removed in the text of a file; all else keeps its bytes."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from ruamel.yaml import YAML

from hub.config import passages
from hub.core.errors import HubError

HOME = """\
# my house
automation:
  # about the first
  - id: a   # why
    alias: A
    triggers:
      - trigger: state   # deep
        entity_id: switch.a
      # inside
    actions: []
    # the end of a

  # about the second
  - id: b
    description: |
      several
        lines

      more
    actions: [ {action: x.y} ]
  - {id: c, alias: C}
script:
  s: {}
"""


@pytest.mark.parametrize(
    ("line", "item"),
    [
        (4, "id: a   # why\nalias: A\ntriggers:\n  - trigger: state   # deep\n    entity_id: switch.a\n"
            "  # inside\nactions: []\n# the end of a\n"),
        (14, "id: b\ndescription: |\n  several\n    lines\n\n  more\nactions: [ {action: x.y} ]\n"),
        (21, "{id: c, alias: C}\n"),
    ],
)  # fmt: skip
def test_takes_an_item_with_its_comments(line: int, item: str) -> None:
    found = passages.find(HOME, line, 5)

    assert passages.take(HOME, found) == item
    assert passages.put(HOME, found, item) == HOME


def test_a_changed_item_leaves_the_others_alone() -> None:
    found = passages.find(HOME, 4, 5)

    changed = passages.put(HOME, found, "id: a\nalias: Z\nactions:\n  - delay: 5\n")

    assert (
        changed
        == HOME[: found.start] + "id: a\n    alias: Z\n    actions:\n      - delay: 5\n" + HOME[found.end :]
    )


def test_a_removed_item_takes_its_dash_along() -> None:
    left = passages.remove(HOME, passages.find(HOME, 14, 5))

    assert "id: b" not in left
    assert [item["id"] for item in YAML(typ="safe").load(left)["automation"]] == ["a", "c"]
    assert "# about the second\n  - {id: c" in left


@pytest.mark.parametrize(
    ("name", "text", "expected"),
    [
        ("automation", "", "automation:\n  - id: d\n    alias: D\n"),
        ("automation", "hub:\n  name: x\n", "hub:\n  name: x\n\nautomation:\n  - id: d\n    alias: D\n"),
        ("automation", "hub: {}", "hub: {}\n\nautomation:\n  - id: d\n    alias: D\n"),
        ("automation", "automation: []\nhub: {}\n", "automation:\n  - id: d\n    alias: D\nhub: {}\n"),
        ("automation", "automation: # all\nhub: {}\n", "automation:\n  - id: d\n    alias: D\nhub: {}\n"),
        ("automation", "automation:\n- id: a\n  b: c", "automation:\n- id: a\n  b: c\n- id: d\n  alias: D\n"),
        ("automation", "automation:\n  - id: a\n\n  - id: b\n\nscript:\n",
         "automation:\n  - id: a\n\n  - id: b\n\n  - id: d\n    alias: D\n\nscript:\n"),
        ("", "- id: a\n", "- id: a\n- id: d\n  alias: D\n"),
        ("", "[]\n", "- id: d\n  alias: D\n"),
        ("", "", "- id: d\n  alias: D\n"),
    ],
)  # fmt: skip
def test_appends_in_the_style_of_the_file(name: str, text: str, expected: str) -> None:
    assert passages.append(text, name, "id: d\nalias: D\n") == expected


def test_refuses_a_place_where_nothing_begins() -> None:
    with pytest.raises(HubError, match="nothing begins in line 3, column 5"):
        passages.find(HOME, 3, 5)


def test_refuses_what_is_no_yaml() -> None:
    with pytest.raises(HubError, match="no YAML any more, see line 2"):
        passages.find("a: [\n", 1, 1)


_ITEMS = st.lists(
    st.fixed_dictionaries(
        {"id": st.text("abc", min_size=1, max_size=3)},
        optional={
            "note": st.text("xy z\n#:-", max_size=12),
            "actions": st.lists(
                st.dictionaries(st.sampled_from("kl"), st.integers(0, 9), max_size=2), max_size=3
            ),
        },
    ),
    min_size=1,
    max_size=4,
)


@given(_ITEMS, st.sampled_from([(2, 2, 0), (2, 4, 2), (4, 6, 4)]), st.data())
def test_any_list_is_the_same_after_put_what_was_taken(items, indent, data) -> None:
    yaml = YAML()
    yaml.indent(mapping=indent[0], sequence=indent[1], offset=indent[2])
    import io

    stream = io.StringIO()
    yaml.dump({"automation": items}, stream)
    text = stream.getvalue()
    loaded = yaml.load(text)["automation"]
    index = data.draw(st.integers(0, len(items) - 1))
    line, column = loaded.lc.item(index)

    found = passages.find(text, line + 1, column + 1)
    item = passages.take(text, found)

    assert passages.put(text, found, item) == text
    assert YAML(typ="safe").load(item) == items[index]
