"""Every key and value of the data has its place, through aliases and includes."""

from __future__ import annotations

import pytest

from hub.config.source import load_text

pytestmark = pytest.mark.usefixtures("each_parser")

TEXT = """\
automation:
  - alias: Hall
    triggers:
    - trigger: state
      to:
      for: {minutes: 5}
    "quoted":   'x'
    text: |
      one
  - &second
    alias: "Küche"   # 2
copy: *second
mixed: {<<: *second, own: 1}
"""


@pytest.mark.parametrize(
    ("path", "value", "key"),
    [
        ((), "1:1", "1:1"),
        (("automation",), "2:3", "1:1"),
        (("automation", 0), "2:5", "2:5"),
        (("automation", 0, "alias"), "2:12", "2:5"),
        (("automation", 0, "triggers", 0), "4:7", "4:7"),
        (("automation", 0, "triggers", 0, "to"), "5:7", "5:7"),
        (("automation", 0, "triggers", 0, "for"), "6:12", "6:7"),
        (("automation", 0, "triggers", 0, "for", "minutes"), "6:22", "6:13"),
        (("automation", 0, "quoted"), "7:17", "7:5"),
        (("automation", 0, "text"), "8:11", "8:5"),
        (("automation", 1, "alias"), "11:12", "11:5"),
        (("copy",), "12:7", "12:1"),
        (("copy", "alias"), "11:12", "11:5"),
        (("mixed", "own"), "13:27", "13:22"),
        (("mixed", "alias"), "11:12", "11:5"),
    ],
)
def test_each_value_and_key_has_its_place(path, value, key):
    document = load_text(TEXT, "a.yaml")

    assert str(document.place(path)) == f"a.yaml:{value}"
    assert str(document.place(path, key=True)) == f"a.yaml:{key}"


@pytest.mark.parametrize(
    ("path", "place"),
    [
        (("nothing",), "1:1"),
        (("automation", 7), "2:3"),
        (("automation", 0, "triggers", 0, "too"), "4:7"),
        (("automation", 0, "alias", "deeper", 1), "2:12"),
    ],
)
def test_an_unknown_path_has_the_place_of_its_nearest_parent(path, place):
    assert str(load_text(TEXT, "a.yaml").place(path)) == f"a.yaml:{place}"


def test_an_included_value_has_its_own_file(read):
    document = read(
        {
            "main.yaml": "a: !include b.yaml\nc: !include_dir_named d\ne: !include_dir_merge_list f\n",
            "b.yaml": "# b\n- x\n- y: 1\n",
            "d/one.yaml": "k: v\n",
            "f/1.yaml": "- p\n",
            "f/2.yaml": "- q\n-   r\n",
        }
    )

    places = {
        path: str(document.place(path)) for path in [("a",), ("a", 1, "y"), ("c", "one", "k"), ("e", 2)]
    }
    assert places == {
        ("a",): "b.yaml:2:1",
        ("a", 1, "y"): "b.yaml:3:6",
        ("c", "one", "k"): "d/one.yaml:1:4",
        ("e", 2): "f/2.yaml:2:5",
    }


def test_a_secret_has_the_place_where_it_is_used(read):
    document = read({"main.yaml": "a:\n  b: !secret c\n", "secrets.yaml": "c: {d: 1}\n"})

    assert str(document.place(("a", "b", "d"))) == "main.yaml:2:6"


def test_any_part_of_the_data_knows_its_places():
    document = load_text(TEXT, "a.yaml")
    part = document.data["automation"][0]

    assert str(document.locate(part, ("triggers", 0, "trigger")).place) == "a.yaml:4:16"
